"""Reports for people and for CI: one HTML page that needs no network, JUnit XML, a summary in Markdown.

`gathered` holds what is reported, `sections` and `charts` draw the page (markup by `markup`, which escapes all text),
`page`, `junit` and `summary` write the three files. Nothing here judges or measures: every figure comes from a
report of another part.
"""

from __future__ import annotations

from datacraft.evaluation.reports.gathered import Gathered, GoldRows, gold_rows
from datacraft.evaluation.reports.written import report_files

__all__ = ["Gathered", "GoldRows", "gold_rows", "report_files"]

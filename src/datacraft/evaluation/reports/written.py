"""The report's files by name, for a folder or a release."""

from __future__ import annotations

from datacraft.evaluation.reports.gathered import Gathered
from datacraft.evaluation.reports.junit import junit
from datacraft.evaluation.reports.page import page
from datacraft.evaluation.reports.summary import markdown


def report_files(gathered: Gathered) -> dict[str, bytes]:
    """Return `report.html` for people, `junit.xml` and `summary.md` for CI."""
    return {
        "report.html": page(gathered).encode(),
        "junit.xml": junit(gathered).encode(),
        "summary.md": markdown(gathered).encode(),
    }

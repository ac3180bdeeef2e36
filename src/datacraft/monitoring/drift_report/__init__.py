"""A drift report for people: a page with old against new, column by column; Markdown for CI and mail.

What is drift is decided in `profiles.drift`; here it is only shown.
"""

from datacraft.monitoring.drift_report.page import document, drift_sections, page
from datacraft.monitoring.drift_report.summary import markdown

__all__ = ["document", "drift_sections", "markdown", "page"]

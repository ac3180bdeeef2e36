"""A look at production for people: a page that opens offline (`page`), and Markdown for CI and tickets (`summary`)."""

from datacraft.monitoring.production_report.page import as_page
from datacraft.monitoring.production_report.summary import as_markdown

__all__ = ["as_markdown", "as_page"]

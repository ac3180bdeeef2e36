"""A look at production for people: a page that opens offline (`page`), and Markdown for CI and tickets (`summary`)."""

from datacraft.monitoring.production_report.page import as_page
from datacraft.monitoring.production_report.summary import accuracy_words, as_markdown

__all__ = ["accuracy_words", "as_markdown", "as_page"]

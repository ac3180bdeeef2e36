"""DataCraft: plain-language questions about business data, answered with SQL, rows, a chart and a sentence."""

__version__ = "0.1.0"

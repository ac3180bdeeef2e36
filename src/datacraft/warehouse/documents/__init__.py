"""Tables out of documents: PDF, scans, Word files and web pages, with the place and the certainty of every cell.

Reading a page gives words and lines (`pages`), from these come grids (`grid`), from grids tables that may go on
over pages (`tables`); invoices and statements are read by their fields (`invoices`). What is uncertain is left
empty and told with its place; who decides on it lies in `ingest.review`. Needs the `documents` extra, and scans
need tesseract; nothing here is imported before a document is read.
"""

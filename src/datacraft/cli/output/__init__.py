"""How answers are written: rows (`rows`), JSON (`record`), a page (`page`), and talk on stderr (`talk`)."""

"""How answers are written: rows (`rows`), tables (`tables`), JSON (`record`), a page (`page`), and talk on stderr (`talk`)."""

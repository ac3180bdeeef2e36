"""Reading files into one typed DuckDB database; imported only when there is something to load."""

"""From grids to tables: what heads them, which go on over pages, what is a total, and which numbers were repaired."""

"""From the words and lines of a page to the grids on it: where they are, their columns, their rows."""

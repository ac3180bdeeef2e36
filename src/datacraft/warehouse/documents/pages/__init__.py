"""From a file to its pages: words with their places, and the lines that are drawn on them."""

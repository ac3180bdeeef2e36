"""The page Releases: what was published, what its gates say, which of it serves, and moving that by people."""

"""Production is watched: what it measures, whether it is healthy, what drifted, and what is done about it."""

"""Takes a release to the people who use it: gates, comparison, targets, canary, notice."""

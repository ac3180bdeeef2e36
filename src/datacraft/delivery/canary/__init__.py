"""Canary: a release serves a few before it serves all, is judged meanwhile, and is promoted or rolled back."""

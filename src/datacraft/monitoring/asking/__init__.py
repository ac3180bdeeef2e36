"""Asking others to evaluate candidates anew: GitHub's workflow (`github`), or whoever takes a signed call (`webhook`)."""

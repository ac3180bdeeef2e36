"""Running calls: bounded, resumable, within a budget. Nothing here knows what an answer is worth."""

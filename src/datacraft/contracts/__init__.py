"""Types that every layer shares. Imports nothing of ours from outside this package; holds no behaviour."""

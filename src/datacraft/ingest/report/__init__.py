"""What a load did, as data and as pages that people read."""

"""Which model is ahead, and of whom."""

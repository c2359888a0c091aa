"""Which errors were marked, how often, in which model."""

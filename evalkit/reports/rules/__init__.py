"""Whether the order of the models hangs on the rules by which they are ranked."""

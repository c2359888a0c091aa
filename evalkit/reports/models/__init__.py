"""What each model takes and how good it is."""

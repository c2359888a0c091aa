"""A study's results as one file for a board."""

"""What leaves as files: the records of a study, and its annotations as CSV."""

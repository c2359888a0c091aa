"""What the annotation screen reads."""

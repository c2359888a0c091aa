"""Whether a judge may be believed: beside people, and beside how far people agree."""

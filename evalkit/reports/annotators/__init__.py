"""How each annotator works: pace, sides, agreement, quality."""

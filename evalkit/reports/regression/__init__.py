"""What a change of a model broke and mended."""

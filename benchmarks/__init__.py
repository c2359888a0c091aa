"""Measurements of speed: ratios to a floor or a peer taken in the same run, never tests."""

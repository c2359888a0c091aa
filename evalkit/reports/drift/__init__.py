"""Whether a judge still is the judge it was: what it says of frozen anchors, check by check."""

"""Which model is better on each criterion, as annotators chose on it alone."""

"""Agreement among annotators, beyond chance."""

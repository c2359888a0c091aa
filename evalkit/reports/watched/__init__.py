"""Watched cases: which of them a model passed before and fails in a newer run."""

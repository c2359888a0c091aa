"""Strengths and win rates from preferences between two."""

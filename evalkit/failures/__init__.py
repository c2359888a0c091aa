"""Failures: the taxonomy of errors and where they occur."""

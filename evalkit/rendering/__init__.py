"""Untrusted text to HTML that is safe to show."""

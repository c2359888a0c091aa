"""What an import checks before it writes."""

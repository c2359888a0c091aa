"""What an import writes, in order."""

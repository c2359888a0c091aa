"""What a page's address holds."""

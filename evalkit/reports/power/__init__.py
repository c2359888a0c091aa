"""What more annotations would buy."""

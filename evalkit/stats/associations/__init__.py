"""What goes together: errors with models and kinds of cases, by exchange and by odds."""

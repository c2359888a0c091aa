"""Forms and tables of the library."""

"""The reports: one place for page, command line and test to get the same numbers from."""

"""The kinds of checks, one file each; ``evalkit.checks.table`` lists them."""

"""Images of cases and outputs: what a file of one may be, and what refers to it."""

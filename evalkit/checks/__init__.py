"""What a program can tell of a response without a person or a model: one file for each kind."""

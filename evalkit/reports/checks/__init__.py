"""What automated checks find of each model, and whether people say the same."""

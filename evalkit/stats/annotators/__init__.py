"""What annotators are like: habits, quality, sides."""

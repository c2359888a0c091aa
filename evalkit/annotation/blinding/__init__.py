"""What would tell an annotator which model wrote a response."""

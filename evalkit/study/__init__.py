"""What a study has collected and what is asked of it: where every question starts."""

"""Results weighted to what production is asked."""

"""Whether an eval set still represents what production is asked."""

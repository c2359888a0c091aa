"""Which model to choose, weighing quality, cost and latency."""

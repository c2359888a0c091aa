"""How models are scored on each criterion."""

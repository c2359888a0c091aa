"""By how much responses were preferred, and how sure their annotators were."""

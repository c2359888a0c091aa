"""evalkit: find out which model is better on your own cases, judged by your own people."""

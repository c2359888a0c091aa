"""The demo study: cases and outputs written by us, and simulated annotations."""

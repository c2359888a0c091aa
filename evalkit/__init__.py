"""evalkit: find out which model is better on your own cases, judged by your own people."""

#: Of this code; JSON documents name it.
__version__ = "0.1.0.dev0"

"""Known failures: how often each happens, what it costs, and whether its fix holds."""

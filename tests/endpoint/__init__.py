"""An OpenAI-compatible server of our own, for tests: real HTTP on 127.0.0.1, scripted answers."""

"""What runs inside a peer's own environment: only the standard library, numpy and the peer."""

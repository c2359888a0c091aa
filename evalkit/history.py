"""How one step of a history is told."""

from datetime import datetime


def happened(what: str, *, at: datetime, by: str, why: str) -> str:
    """Say what became of something: when (UTC), by whom and why where these are known."""
    whose = f" by {by}" if by else ""
    reason = f": {why}" if why else ""
    return f"{at:%Y-%m-%d %H:%M} UTC{whose}, {what}{reason}"

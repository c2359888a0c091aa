"""What the fake server of the workbench tests remembers: in this process only."""

from typing import Any

runs = 0
#: How often the question for the next case gets lost, as when the server restarts.
lost = 0
drafts: dict[int, dict[str, Any]] = {}
submitted: dict[int, dict[str, Any]] = {}
skipped: set[int] = set()
requests: list[dict[str, Any]] = []
#: Answers to give before the real one, as [path, status, body].
planned: list[list[Any]] = []


def reset() -> None:
    """Forget everything."""
    global runs, lost
    runs = lost = 0
    for kept in (drafts, submitted, requests, planned):
        kept.clear()
    skipped.clear()

"""What a program said elsewhere, and a file brought: kept, and never run here."""

from collections.abc import Mapping
from typing import Any

from evalkit.checks.kind import CheckedResponse, Checker, CheckKind, CheckOutcome, untold


def _prepare(settings: Mapping[str, Any]) -> Checker:
    def check(response: CheckedResponse) -> CheckOutcome:
        return untold("It was said elsewhere, and is not worked out here.")

    return check


IMPORTED = CheckKind(
    "imported",
    "Said elsewhere",
    "What a program elsewhere said of responses, as a file brought it.",
    (),
    _prepare,
    "What it looked at is known to whoever made the file; it is not run here.",
    measures="what the file says",
    is_run=False,
)

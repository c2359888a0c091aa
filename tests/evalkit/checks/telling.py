"""What the tests of checks have in common."""

from evalkit.checks.kind import CheckedResponse, CheckKind, CheckOutcome
from evalkit.checks.running import checker_of
from evalkit.checks.settings import read_settings


def tell(kind: CheckKind, response: CheckedResponse | str, **settings: object) -> CheckOutcome:
    """Return what a kind with these settings says of a response."""
    if isinstance(response, str):
        response = CheckedResponse(response)
    (outcome,) = checker_of(kind, read_settings(kind, settings))([response])
    assert outcome is not None
    return outcome


def result(kind: CheckKind, response: CheckedResponse | str, **settings: object) -> str:
    """Return only whether it passes."""
    return tell(kind, response, **settings).result.value

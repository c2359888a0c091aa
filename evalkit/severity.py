"""How much an error matters to who would have read the response: a taxonomy's own grades."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: So many can be told apart, and chosen by one digit.
LEAST_SEVERITIES, MOST_SEVERITIES = 2, 8
#: A longer name has no room on a button of the annotation screen.
MAX_SEVERITY_NAME = 30


@dataclass(frozen=True, slots=True)
class Severity:
    """One grade of a taxonomy, which lists them from the mildest to the gravest.

    ``key`` names it in files, ``name`` on screens; ``weight`` is what an error of it counts, 0 or
    more.
    """

    key: str
    name: str
    weight: float


#: Those of a taxonomy that says nothing of them, with the weights of MQM.
DEFAULT_SEVERITIES = (
    Severity("minor", "minor", 1.0),
    Severity("major", "major", 5.0),
    Severity("critical", "critical", 10.0),
)


def read_severities(stored: Iterable[Mapping[str, Any]] | None) -> tuple[Severity, ...]:
    """Return severities as files and the database hold them; the usual ones where they do not."""
    if stored is None:
        return DEFAULT_SEVERITIES
    return tuple(
        Severity(each["key"], each.get("name") or each["key"], float(each["weight"]))
        for each in stored
    )


def written_severities(severities: Sequence[Severity]) -> list[dict[str, Any]] | None:
    """Return severities as they are stored: nothing where they are the usual ones."""
    if tuple(severities) == DEFAULT_SEVERITIES:
        return None
    return [asdict(severity) for severity in severities]


def severity_name(severities: Iterable[Severity], key: str) -> str:
    """Return what a severity is called; its key where it is none of these."""
    return next((severity.name for severity in severities if severity.key == key), key)


def gravity(severities: Sequence[Severity], key: str | None) -> float:
    """Return where a severity stands from the mildest (0) to the gravest (1), by its rank alone.

    What is none of these, or not said, is 0.
    """
    keys = [severity.key for severity in severities]
    return keys.index(key) / (len(keys) - 1) if key in keys and len(keys) > 1 else 0.0

"""What an error weighs, by its severity and its tag, as in MQM."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalkit.vocabulary import Severity

#: What an error weighs unless a study says otherwise.
SEVERITY_WEIGHTS = {Severity.MINOR: 1.0, Severity.MAJOR: 5.0, Severity.CRITICAL: 10.0}


@dataclass(frozen=True, slots=True)
class ErrorWeights:
    """What an error weighs by its severity, and where a tag weighs something else.

    Attributes
    ----------
    severities : mapping of Severity to float
    tags : mapping of (tag, Severity) to float
        Keys of tags as the taxonomy has them; an error without a severity weighs as a minor one.
    """

    severities: Mapping[Severity, float] = field(default_factory=lambda: dict(SEVERITY_WEIGHTS))
    tags: Mapping[tuple[str, Severity], float] = field(default_factory=dict)

    def of(self, tag: str, severity: Severity) -> float:
        """Return what an error of this tag and severity weighs."""
        return float(self.tags.get((tag, severity), self.severities[severity]))

"""What an error weighs, by its severity and its tag, as in MQM."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalkit.severity import DEFAULT_SEVERITIES, Severity


@dataclass(frozen=True, slots=True)
class ErrorWeights:
    """What an error weighs by its severity, and where a tag weighs something else.

    Attributes
    ----------
    severities : tuple of Severity
        From the mildest to the gravest, each with its weight.
    tags : mapping of (tag, severity) to float
        Keys of tags and severities as the taxonomy has them.
    """

    severities: tuple[Severity, ...] = DEFAULT_SEVERITIES
    tags: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def of(self, tag: str, severity: str | None) -> float:
        """Return what an error of this tag and severity weighs.

        Without a severity it weighs as one of the mildest, the first. A severity that is none of
        these raises `KeyError`.
        """
        weights = {each.key: each.weight for each in self.severities}
        key = self.severities[0].key if severity is None else severity
        return float(self.tags.get((tag, key), weights[key]))

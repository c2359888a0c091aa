"""Cases that every model passes, version after version: they tell models apart no more."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

#: In so many versions every model must have passed a case before it is proposed.
N_VERSIONS = 3
#: Of fewer models "every model" says nothing.
_LEAST_MODELS = 2


#: What is said where there is none.
NO_PROPOSAL = (
    f"No case is proposed: none that every model passes in {N_VERSIONS} versions that were judged."
)


@dataclass(frozen=True, slots=True)
class JudgedContent:
    """Whether a model's response to a content passed, in a study of a version."""

    version: int
    case_hash: str
    model: str
    passes: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that may be saturated, and the versions that say so, in order."""

    case_id: int
    key: str
    versions: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """Say why."""
        told = ", ".join(map(str, self.versions))
        return f"{self.key}: every model judged on it passes it in versions {told}."


def proposals(
    cases: Iterable[tuple[int, str, str]], answered: Iterable[JudgedContent]
) -> tuple[Proposal, ...]:
    """Propose the cases that every model passed in the last three versions that judged them.

    Parameters
    ----------
    cases : iterable of (int, str, str)
        Id, name and content hash of each case that may be proposed.
    answered : iterable of JudgedContent
        What every study says, each by the version it is of.

    Returns
    -------
    tuple of Proposal
        In the order of the cases. In each of the three newest versions in which a content was
        judged at all, two models at least were, and none of their responses failed. A case judged
        in fewer versions is never proposed.
    """
    models: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    failed: set[tuple[str, int]] = set()
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for answer in answered:
        place = answer.case_hash, answer.version
        versions[answer.case_hash].add(answer.version)
        models[place].add(answer.model)
        if not answer.passes:
            failed.add(place)
    made = []
    for case_id, key, hashed in cases:
        newest = sorted(versions[hashed])[-N_VERSIONS:] if hashed in versions else []
        places = [(hashed, version) for version in newest]
        if len(newest) == N_VERSIONS and all(
            place not in failed and len(models[place]) >= _LEAST_MODELS for place in places
        ):
            made.append(Proposal(case_id, key, tuple(newest)))
    return tuple(made)

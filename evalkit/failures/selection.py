"""Responses that somebody chose: of which cases, of which models, and what can be made of them."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from evalkit.errors import RefusedError
from evalkit.judging.few_shot import MOST_FEW_SHOT
from evalkit.judging.split import Split, split_of
from evalkit.phrases import counted, quoted


@dataclass(frozen=True, slots=True)
class ChosenResponse:
    """One of them, with what the ways out need to know of its case."""

    output_id: int
    case_id: int
    case: str
    case_hash: str
    eval_set: str
    run_id: int
    model: str
    has_note: bool
    is_watched: bool

    @property
    def part(self) -> Split:
        """Return what its case serves: examples of a judge, choosing it, or the test."""
        return split_of(self.case_hash)


@dataclass(frozen=True, slots=True)
class Selection:
    """Responses in the order in which they were chosen, each once, at least one."""

    responses: tuple[ChosenResponse, ...]

    @property
    def output_ids(self) -> tuple[int, ...]:
        """Return the row numbers of the responses."""
        return tuple(response.output_id for response in self.responses)

    @property
    def case_ids(self) -> tuple[int, ...]:
        """Return those of their cases."""
        return _once(response.case_id for response in self.responses)

    @property
    def run_ids(self) -> tuple[int, ...]:
        """Return those of the runs they are of."""
        return _once(response.run_id for response in self.responses)

    @property
    def n_models(self) -> int:
        """Return of how many models they are."""
        return len({response.model for response in self.responses})

    @property
    def eval_set(self) -> str:
        """Return the eval set of all; raise RefusedError where there are several."""
        names = sorted({response.eval_set for response in self.responses})
        if len(names) > 1:
            raise RefusedError(
                f"These responses are of {len(names)} eval sets: {quoted(names)}. Choose those of "
                "one: a study and a version are of one."
            )
        return names[0]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of which responses they are, in whatever order, in hexadecimal."""
        words = ",".join(map(str, sorted(self.output_ids)))
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def examples(self) -> tuple[ChosenResponse, ...]:
        """Return those that a judge may be shown: of cases of the train split, one a case."""
        of_case: dict[int, ChosenResponse] = {}
        for response in self.responses:
            if response.part is Split.TRAIN:
                of_case.setdefault(response.case_id, response)
        return tuple(of_case.values())[:MOST_FEW_SHOT]

    def in_words(self) -> str:
        """Say how many there are: ``14 responses of 2 models to 12 cases``."""
        n, cases = counted(len(self.responses), "response"), counted(len(self.case_ids), "case")
        return f"{n} of {counted(self.n_models, 'model')} to {cases}"


def study_words(selection: Selection, source: str, *, n_responses: int, kind: str) -> str:
    """Say what a study of a selection would be."""
    cases = counted(len(selection.case_ids), "case")
    more = n_responses - len(selection.responses)
    beside = (
        f", {more:,} of them not chosen: all these models are asked on each of these cases"
        if more
        else ""
    )
    n = counted(n_responses, "response")
    return (
        f"A study of {cases}, {kind}, with {n}{beside}. Instructions, "
        f"people and blinding are those of “{source}”; nobody is told what was found before. The "
        "cases are chosen, not drawn: its numbers speak of them alone."
    )


def version_words(selection: Selection, *, n_before: int, number: int) -> str:
    """Say what the next version of an eval set would hold."""
    n = len(selection.case_ids)
    return (
        f"Version {number + 1} of “{selection.eval_set}” with {counted(n, 'case')} of the "
        f"{n_before:,} of version {number}, its parent, which stays as it is. Studies begun from "
        "then on, and further versions, are made of the new one."
    )


def watch_words(selection: Selection) -> str:
    """Say which cases would be watched from then on, and of which it is not said why they exist."""
    cases = {response.case_id: response for response in selection.responses}.values()
    n_new = sum(not response.is_watched for response in cases)
    if not n_new:
        return f"All {counted(len(cases), 'case')} are watched already."
    n_unsaid = sum(not response.is_watched and not response.has_note for response in cases)
    unsaid = (
        f" What you write is also why {n_unsaid:,} of them exist: nobody said." if n_unsaid else ""
    )
    already = f" Watched already: {len(cases) - n_new:,}." if n_new < len(cases) else ""
    return (
        f"{counted(n_new, 'case')} will raise an alarm when a model that passed them fails them in "
        f"a newer run.{unsaid}{already}"
    )


def judge_words(selection: Selection, tag: str, *, n_examples: int) -> str:
    """Say what the start of a judge for one kind of error would show as examples, and why no more.

    Cases of the other splits are what a judge is chosen and tested on.
    """
    parts = Counter({response.case_id: response.part for response in selection.responses}.values())
    n_held = parts[Split.DEV] + parts[Split.TEST]
    n = counted(n_examples, "example")
    return (
        f"A request that asks a judge for “{tag}” alone, with {n} of the train "
        f"split. {counted(n_held, 'case')} of the dev and test splits are left out: on these a "
        "judge is chosen and tested."
    )


def _once(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(values))

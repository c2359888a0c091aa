"""Every check of anchors beside the one since which its judge has not moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from evalkit.judging.anchors import N_LOOKS, PREFERENCE
from evalkit.stats.counts import IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.judges.acceptance import look_level
from evalkit.stats.judges.drift import LEVEL, Drift, drift, power_to_notice
from evalkit.stats.significance import McNemar, mcnemar
from evalkit.vocabulary import JudgeTask

#: What change of a judge the power is told of: one anchor in ten.
CHANGED = 0.1
_TURNED = {"left": "right", "right": "left"}
#: An anchor, whether its sides were swapped, which look.
Place = tuple[int, bool, int]
#: An anchor, whether its sides were swapped.
_Unit = tuple[int, bool]


class DriftStanding(StrEnum):
    """How a check stands to those before it."""

    FIRST = "first"
    SAME = "same"
    MOVED = "moved"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class AnchorLook:
    """One check: what a judge said of the anchors, by place and by what was asked."""

    judge: str
    task: JudgeTask
    checked_at: datetime
    served_models: tuple[str, ...]
    cost_usd: float | None
    answers: Mapping[Place, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One check of a judge.

    Attributes
    ----------
    since : datetime or None
        When the check was that it is held against: the last at which the judge was another.
    number : int or None
        The how many-eth it is of those held against that one; None where nothing is compared.
    drift : Drift or None
        None of a first check.
    right : Estimate
        The share of anchors on which the judge says most often what most people say; of pairs.
    correctness : McNemar or None
        Anchors on which it was right then and is not now, and the other way round; of pairs.
    power : float or None
        How probable it is that a judge that answers one in ten anchors otherwise is noticed; of
        a check that found nothing.
    """

    look: AnchorLook
    standing: DriftStanding
    since: datetime | None
    number: int | None
    drift: Drift | None
    right: Estimate
    correctness: McNemar | None
    power: float | None
    n_anchors: int

    @property
    def level(self) -> float | None:
        """Return what p may be at most where the judge has moved."""
        return None if self.number is None else look_level(self.number, error=LEVEL)


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All checks of a study, by judge, each judge's oldest first."""

    study: str
    rows: tuple[DriftRow, ...]

    @property
    def moved(self) -> tuple[DriftRow, ...]:
        """Return the checks at which a judge was another than before."""
        return tuple(row for row in self.rows if row.standing is DriftStanding.MOVED)

    @property
    def compared(self) -> tuple[DriftRow, ...]:
        """Return the checks that were held against an earlier one."""
        return tuple(row for row in self.rows if row.number is not None)

    def newest(self, most: int) -> tuple[DriftRow, ...]:
        """Return the newest checks of whichever judge, and all at which one was another."""
        moments = sorted(row.look.checked_at for row in self.rows)[-most:]
        return tuple(
            row
            for row in self.rows
            if row.look.checked_at in moments or row.standing is DriftStanding.MOVED
        )


def drift_report(study: str, looks: Sequence[AnchorLook], people: Mapping[int, str]) -> DriftReport:
    """Hold each check against the first one since its judge last moved.

    Parameters
    ----------
    study : str
    looks : sequence of AnchorLook
        The oldest first.
    people : mapping of int to str
        What most people prefer of the pair of an anchor, as it is frozen; without those that are
        split.
    """
    rows: list[DriftRow] = []
    for judge in dict.fromkeys(look.judge for look in looks):
        reference: AnchorLook | None = None
        n_before = 0
        for look in (each for each in looks if each.judge == judge):
            row = _row(look, reference, n_before, people)
            rows.append(row)
            if row.number is not None:
                n_before = row.number
            # Nothing could ever be held against a check without one anchor answered every time.
            if reference is None or row.standing is DriftStanding.MOVED or not _whole(reference):
                reference, n_before = look, 0
    return DriftReport(study, tuple(rows))


def _row(
    look: AnchorLook, reference: AnchorLook | None, n_before: int, people: Mapping[int, str]
) -> DriftRow:
    is_right = _right(look, people)
    n_anchors = len({anchor for anchor, _, _ in look.answers})
    share = _share(is_right)
    if reference is None:
        return DriftRow(look, DriftStanding.FIRST, None, None, None, share, None, None, n_anchors)
    units = sorted(_whole(reference) & _whole(look))
    compared = drift(*_codes(reference, look, units))
    number = n_before + 1 if compared.floor is not None else None
    standing = _standing(compared, number)
    power = None
    if standing is DriftStanding.SAME and compared.floor is not None and number is not None:
        power = power_to_notice(
            tuple(Counter(anchor for anchor, _ in units).values()),
            floor=min(compared.floor, 0.5),
            changed=CHANGED,
            number=number,
        )
    return DriftRow(
        look,
        standing,
        reference.checked_at,
        number,
        compared,
        share,
        _correctness(_right(reference, people), is_right),
        power,
        n_anchors,
    )


def _standing(compared: Drift, number: int | None) -> DriftStanding:
    if number is None:
        return DriftStanding.NOT_COMPARED
    return DriftStanding.MOVED if compared.has_moved(number) else DriftStanding.SAME


def _correctness(before: Mapping[int, bool], after: Mapping[int, bool]) -> McNemar | None:
    """Count the anchors on which a judge was right and is not, and the other way round."""
    both = before.keys() & after.keys()
    if not both:
        return None
    return mcnemar(
        only_first=sum(before[anchor] and not after[anchor] for anchor in both),
        only_second=sum(after[anchor] and not before[anchor] for anchor in both),
    )


def _whole(look: AnchorLook) -> set[_Unit]:
    """Return what was answered every time it was asked."""
    units = {(anchor, is_turned) for anchor, is_turned, _ in look.answers}
    numbers = range(1, N_LOOKS + 1)
    return {unit for unit in units if all((*unit, number) in look.answers for number in numbers)}


def _codes(
    before: AnchorLook, after: AnchorLook, units: Sequence[_Unit]
) -> tuple[IntArray, IntArray]:
    """Return the answers of two checks as codes, by unit, field and look."""
    numbers = range(1, N_LOOKS + 1)
    fields = sorted({field for answer in before.answers.values() for field in answer})
    words: dict[str, int] = {}

    def coded(look: AnchorLook) -> IntArray:
        cells = [
            [
                [
                    words.setdefault(look.answers[(*unit, n)].get(field, ""), len(words))
                    for n in numbers
                ]
                for field in fields
            ]
            for unit in units
        ]
        return np.array(cells, dtype=np.int64).reshape(len(units), len(fields), N_LOOKS)

    return coded(before), coded(after)


def _right(look: AnchorLook, people: Mapping[int, str]) -> dict[int, bool]:
    """Tell of each pair people agree on whether the judge says the same, over orders and looks."""
    told: dict[int, Counter[str]] = {}
    for (anchor, is_turned, _), answer in look.answers.items():
        word = answer.get(PREFERENCE)
        if word is not None and anchor in people:
            seen = _TURNED.get(word, word) if is_turned else word
            told.setdefault(anchor, Counter())[seen] += 1
    return {anchor: _most(words) == people[anchor] for anchor, words in told.items()}


def _most(words: Counter[str]) -> str | None:
    """Return the commonest word, None where two are equally common."""
    ranked = words.most_common(2)
    return None if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def _share(is_right: Mapping[int, bool]) -> Estimate:
    anchors = sorted(is_right)
    n = len(anchors)
    means = clustered_means(
        np.zeros(n, dtype=np.int64),
        case=np.arange(n),
        value=np.array([float(is_right[anchor]) for anchor in anchors], dtype=np.float64),
        n=np.ones(n, dtype=np.int64),
        n_groups=1,
    )
    return share_estimate(means)

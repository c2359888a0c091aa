"""A judge's numbers of each model, corrected by what people say of a part of it."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.reports.correction.units import (
    UnitTable,
    corrected_subjects,
    is_judge,
    judges_means,
    odds_on,
    people_means,
    unit_table,
)
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.judges.correction import Correction, Design, JudgedUnits, corrected_mean
from evalkit.stats.judges.design import recorded_design
from evalkit.stats.judges.strengths import CorrectedStrengths, JudgedPairs, corrected_strengths
from evalkit.study.collected import Collected
from evalkit.study.odds import Presented
from evalkit.study.subjects import Preferred, Subject
from evalkit.study.who import said_by


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedRow:
    """One number of a model: its mean, or of preferences its win rate, corrected.

    ``other`` is the model it is set against; empty for all others alike, or where there is none.
    ``n_judged`` units have a verdict, and the labels of ``correction`` are of a part of these.
    """

    model: str
    other: str
    design: Design
    correction: Correction
    n_judged: int


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedPart:
    """What one judge says on one thing, model by model."""

    judge: str
    subject: Subject
    rows: tuple[CorrectedRow, ...]
    units: UnitTable
    models: tuple[str, ...]

    @property
    def n_labelled(self) -> int:
        """How many units people labelled at known odds."""
        return int(np.count_nonzero(~np.isnan(self.units.label)))

    @property
    def n_judged(self) -> int:
        """How many units the judge judged."""
        return len(self.units.verdict)


@dataclass(frozen=True, slots=True, eq=False)
class CorrectionReport:
    """Each judge on each thing that it and people judged; ``n_judges`` judged anything at all."""

    parts: tuple[CorrectedPart, ...]
    subjects: tuple[Subject, ...]
    n_judges: int
    has_people: bool

    def on(self, subject: Subject) -> tuple[CorrectedPart, ...]:
        """Return the judges on one thing."""
        return tuple(part for part in self.parts if part.subject == subject)


def correction_report(
    collected: Collected, presented: Presented, others: tuple[Collected, ...] = ()
) -> CorrectionReport:
    """Correct what every judge says by people's labels, on everything that has a mean.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included (``Limits.judges``): people's labels are those of this study.
    presented : Presented
        With which chance its people were shown what.
    others : tuple of Collected
        Other studies with verdicts on the same responses, which count here too.

    Returns
    -------
    CorrectionReport
        A part for each judge and thing of which it judged something that people judged too.
    """
    people = said_by(collected, ~is_judge(collected))
    subjects = corrected_subjects(collected, people)
    parts, judges = [], set[str]()
    for subject in subjects:
        labels, odds = people_means(people, subject), odds_on(collected, presented, subject)
        for judge, verdicts in judges_means(collected, others, subject).items():
            judges.add(judge)
            units = unit_table(collected, verdicts, labels, odds)
            if units.n_set_aside or not np.isnan(units.label).all():
                rows = tuple(_rows(units, subject, collected.models))
                parts.append(CorrectedPart(judge, subject, rows, units, collected.models))
    judged_at_all = any(is_judge(of).any() for of in (collected, *others))
    return CorrectionReport(
        parts=tuple(parts),
        subjects=tuple(subject for subject in subjects if any(p.subject == subject for p in parts)),
        n_judges=max(len(judges), int(judged_at_all)),
        has_people=bool(subjects),
    )


def pair_rows(part: CorrectedPart) -> tuple[CorrectedRow, ...]:
    """Return every two models against each other.

    Of preferences the win rate of the first; of all else its mean less the other's, on the cases
    that the judge judged of both: a difference of two corrected numbers would forget that both
    are of the same cases.
    """
    units, rows = part.units, []
    for model, other in combinations(range(len(part.models)), 2):
        if not isinstance(part.subject, Preferred):
            judged = _differences(units, model, other, _limits(part.subject))
            if len(judged.verdict):
                rows.append(_corrected(part.models[model], part.models[other], judged))
            continue
        here = ((units.model == model) & (units.other == other)) | (
            (units.model == other) & (units.other == model)
        )
        if here.any():
            names = part.models[model], part.models[other]
            judged = _toward(units, here, model, counts=None)
            rows.append(_corrected(*names, judged))
    return tuple(rows)


def strengths_of(part: CorrectedPart) -> CorrectedStrengths:
    """Return people's Bradley-Terry strengths, moved by the judge's verdicts.

    Raises
    ------
    UndefinedStatisticError
        Of anything but preferences, and where `corrected_strengths` does.
    """
    units = part.units
    if not isinstance(part.subject, Preferred):
        raise UndefinedStatisticError("Strengths are of comparisons alone.")
    places = np.unique(np.concatenate([units.model, units.other]))
    code = np.zeros(len(part.models), dtype=np.int64)
    code[places] = np.arange(len(places))
    judged = JudgedUnits(units.verdict, units.label, units.case, units.odds)
    design = recorded_design(judged)
    return corrected_strengths(
        JudgedPairs(
            first=code[units.model],
            second=code[units.other],
            verdict=units.verdict,
            label=units.label,
            case=units.case,
            odds=units.odds,
            models=tuple(part.models[place] for place in places.tolist()),
        ),
        # Its verdicts are seen from one model of each pair, so their strata are no strata here.
        Design.KNOWN_ODDS if design is Design.BY_VERDICT else design,
    )


def _rows(units: UnitTable, subject: Subject, models: tuple[str, ...]) -> list[CorrectedRow]:
    rows = []
    for place, model in enumerate(models):
        here = (units.model == place) | (units.other == place)
        if not here.any():
            continue
        if isinstance(subject, Preferred):
            counts = _opponents_alike(units, here, place)
            rows.append(_corrected(model, "", _toward(units, here, place, counts=counts)))
        else:
            rows.append(_corrected(model, "", _judged(units, here, _limits(subject))))
    return rows


def _corrected(model: str, other: str, judged: JudgedUnits) -> CorrectedRow:
    design = recorded_design(judged)
    return CorrectedRow(model, other, design, corrected_mean(judged, design), len(judged.verdict))


def _limits(subject: Subject) -> tuple[float, float]:
    values = getattr(subject, "values", (0.0, 1.0))
    return float(min(values)), float(max(values))


def _judged(units: UnitTable, here: BoolArray, limits: tuple[float, float]) -> JudgedUnits:
    return JudgedUnits(
        units.verdict[here], units.label[here], units.case[here], units.odds[here], limits
    )


def _toward(
    units: UnitTable, here: BoolArray, model: int, *, counts: FloatArray | None
) -> JudgedUnits:
    """Return comparisons of one model as the share that it won."""
    is_first = units.model[here] == model
    verdict, label = units.verdict[here], units.label[here]
    return JudgedUnits(
        np.where(is_first, verdict, 1.0 - verdict),
        np.where(is_first, label, 1.0 - label),
        units.case[here],
        units.odds[here],
        counts=counts,
    )


def _differences(
    units: UnitTable, model: int, other: int, limits: tuple[float, float]
) -> JudgedUnits:
    """Return what two models differ by on each case, with the lower of their odds.

    A case is labelled where both are, and the chance of that goes with the lower.
    """
    own, rival = _by_case(units, model), _by_case(units, other)
    case, here, there = np.intersect1d(own[0], rival[0], return_indices=True)
    extent = limits[1] - limits[0]
    return JudgedUnits(
        own[1][here] - rival[1][there],
        own[2][here] - rival[2][there],
        case,
        np.fmin(own[3][here], rival[3][there]),
        (-extent, extent),
    )


def _by_case(units: UnitTable, model: int) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return the cases of a model with its mean verdict, label and odds; several runs are one."""
    here = np.flatnonzero(units.model == model)
    case, place = np.unique(units.case[here], return_inverse=True)
    place = place.reshape(-1)
    n = np.bincount(place, minlength=len(case))
    columns = (units.verdict[here], units.label[here], units.odds[here])
    means = (sum_by(place, column, n_codes=len(case)) / n for column in columns)
    verdict, label, odds = means
    return case, verdict, label, odds


def _opponents_alike(units: UnitTable, here: BoolArray, model: int) -> FloatArray | None:
    """Return what lets every opponent count the same, however often the judge saw each.

    None where they do already.
    """
    opponent = np.where(units.model[here] == model, units.other[here], units.model[here])
    n = np.bincount(opponent)
    often = n[n > 0]
    if often.min() == often.max():
        return None
    counts: FloatArray = 1.0 / n[opponent]
    return counts

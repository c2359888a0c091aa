"""Which cases people should label next, by what a judge says, and what that will be worth."""

from dataclasses import dataclass

import numpy as np

from evalkit import text
from evalkit.annotation.assignment.tournament import draw
from evalkit.errors import UndefinedStatisticError
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.correction.report import CorrectedPart
from evalkit.reports.correction.units import UnitTable
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.judges.allocation import (
    LEAST_OF_STRATUM,
    Strata,
    allocate,
    expected_width,
)
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subjects import Preferred, Subject

#: More different verdicts than this are cut into as many ranges of about equal size.
_MOST_STRATA = 5
#: What stands for people's answers until there are some counts as so many labels of a stratum.
_PRIOR_LABELS = 5.0
#: How far a judge's share is taken at its word before people answered: 0 is .1, 1 is .9.
_TRUST = 0.8
#: The spread of scores within a verdict before anybody scored, of the whole scale.
_SPREAD_OF_SCALE = 0.25
#: For how many cases intervals are foretold.
STEPS = (30, 50, 100, 150, 200, 300, 400, 600, 1000)


@dataclass(frozen=True, slots=True, eq=False)
class LabelPlan:
    """The cases that people could label, in strata of what the judge says of them.

    Attributes
    ----------
    case : IntArray of shape (n_cases,)
        Row numbers of the database.
    stratum : IntArray of shape (n_cases,)
    names : tuple of str
        What the judge says in each stratum, as a number of what ``about`` calls.
    strata : Strata
    is_score : bool
        Whether widths are in points of a scale, else they are shares.
    collects : str
        What people have to be asked for: ``preference``, ``scores`` or ``tags``.
    """

    case: IntArray
    stratum: IntArray
    names: tuple[str, ...]
    about: str
    strata: Strata
    is_score: bool
    collects: str

    @property
    def least(self) -> int:
        """The fewest cases that can be drawn so."""
        return int(np.minimum(self.strata.size, LEAST_OF_STRATUM).sum())

    @property
    def most(self) -> int:
        """All the cases there are."""
        return len(self.case)

    def steps(self) -> tuple[int, ...]:
        """Return for how many cases intervals can be foretold."""
        return tuple(n for n in STEPS if self.least <= n < self.most)


def label_plan(collected: Collected, part: CorrectedPart) -> LabelPlan:
    """Put the cases that a judge judged into strata by its verdicts.

    Parameters
    ----------
    collected : Collected
        Of the study; cases outside its version of the eval set are left out.
    part : CorrectedPart
        One judge on one thing.

    Returns
    -------
    LabelPlan
        Of one unit a case the strata are its verdicts; of several, their mean, and of preferences
        among three models or more how decided they are on average, for no order of models is its
        own. Spreads are those of people's labels in a stratum, together with what is expected
        without any.

    Raises
    ------
    UndefinedStatisticError
        Where the judge judged fewer than two cases, or says the same of all of them.
    """
    counted = np.unique(collected.outputs.case[collected.outputs.is_counted])
    units = part.units
    here = np.isin(units.case, counted)
    case, place = np.unique(units.case[here], return_inverse=True)
    value = _summary(units, here, place.reshape(-1), n_cases=len(case), part=part)
    stratum, names = _strata(value)
    if len(case) < 2 or len(names) < 2:
        raise UndefinedStatisticError(
            "The judge says the same of every case, so no case is known to help more than another: "
            "draw them at random, on the page Studies."
        )
    size = np.bincount(stratum, minlength=len(names))
    expected = [
        _expected(part, here, model, case, stratum, n_strata=len(names))
        for model in np.unique(np.concatenate([units.model[here], units.other[here]])).tolist()
    ]
    mean, spread = (np.array(rows) for rows in zip(*expected, strict=True))
    is_score = isinstance(part.subject, Criterion)
    strata = Strata(size, mean, spread)
    collects = "scores" if is_score else _collected(part.subject)
    return LabelPlan(case, stratum, names, _about(part), strata, is_score, collects)


def _collected(subject: Subject) -> str:
    return "preference" if isinstance(subject, Preferred) else "tags"


def drawn_cases(plan: LabelPlan, n: int, *, seed: int) -> dict[int, float]:
    """Draw cases for people to label, each with its chance to be drawn.

    The same seed draws the same cases; the chance is that of its stratum, the cases drawn over all.
    """
    n_drawn = allocate(plan.strata, n)
    drawn: dict[int, float] = {}
    for stratum, wanted in enumerate(n_drawn.tolist()):
        ids = plan.case[plan.stratum == stratum].tolist()
        ids.sort(key=lambda case_id: draw(seed, "labels", case_id))
        drawn |= dict.fromkeys(ids[:wanted], wanted / len(ids))
    return drawn


def strata_table(plan: LabelPlan, n: int) -> Table:
    """Give a row per stratum: how many cases it has, how many are drawn and at which odds."""
    n_drawn = allocate(plan.strata, n)
    rows = [
        [
            Cell(name),
            Cell(text.whole(size)),
            Cell(text.whole(wanted)),
            Cell(text.percent(wanted / size)),
        ]
        for name, size, wanted in zip(
            plan.names, plan.strata.size.tolist(), n_drawn.tolist(), strict=True
        )
    ]
    return table("Cases drawn by verdict", (plan.about, "Cases", "Drawn", "Odds"), rows)


def forecast_table(plan: LabelPlan, n: int | None = None) -> Table:
    """Foretell the widest interval of a model for numbers of cases, and for ``n`` if given."""
    form = text.number if plan.is_score else _points
    rows = []
    for step in sorted({*plan.steps(), *((n,) if n else ())}):
        alone = float(expected_width(plan.strata, step).max())
        drawn = float(expected_width(plan.strata, allocate(plan.strata, step)).max())
        rows.append([Cell(text.whole(step)), Cell(form(alone)), Cell(form(drawn))])
    columns = ("Cases labelled", "At random, people alone", "Drawn so, with the judge")
    unit = "points of the scale" if plan.is_score else "percentage points"
    note = f"How wide the widest 95 % interval of a model will be, in {unit}: a forecast."
    return table("Intervals foretold", columns, rows, note=note)


def _points(share: float) -> str:
    return f"{100 * share:.0f}"


def _summary(
    units: UnitTable, here: BoolArray, place: IntArray, *, n_cases: int, part: CorrectedPart
) -> FloatArray:
    """Return what a judge says of each case in one number, whatever models are called."""
    value = units.verdict[here]
    if isinstance(part.subject, Preferred) and len(part.rows) > 2:
        value = np.abs(2.0 * value - 1.0)
    return sum_by(place, value, n_codes=n_cases) / np.bincount(place, minlength=n_cases)


def _strata(value: FloatArray) -> tuple[IntArray, tuple[str, ...]]:
    """Return the stratum of each case and what they are called, lowest first."""
    value = np.round(value, 9)
    levels = np.unique(value)
    if len(levels) > _MOST_STRATA:
        cuts = np.quantile(value, np.arange(1, _MOST_STRATA) / _MOST_STRATA, method="higher")
        code = np.searchsorted(np.unique(cuts), value, side="left")
        _, stratum = np.unique(code, return_inverse=True)
        stratum = stratum.reshape(-1)
    else:
        stratum = np.searchsorted(levels, value)
    names = []
    for place in range(int(stratum.max(initial=-1)) + 1):
        ends = value[stratum == place].min(), value[stratum == place].max()
        names.append(" to ".join(dict.fromkeys(map(_level, ends))))
    return stratum, tuple(names)


def _about(part: CorrectedPart) -> str:
    """Say what the numbers of the strata are."""
    if isinstance(part.subject, Criterion):
        return "The judge's score"
    if not isinstance(part.subject, Preferred):
        return "Share of responses with the error, to the judge"
    if len(part.rows) > 2:
        return "How decided the judge is, 0 to 1"
    return f"Won by {part.rows[0].model}, to the judge"


def _level(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _expected(
    part: CorrectedPart,
    here: BoolArray,
    model: int,
    case: IntArray,
    stratum: IntArray,
    *,
    n_strata: int,
) -> tuple[FloatArray, FloatArray]:
    """Return mean and spread of the label of a case of one model, by stratum."""
    units = part.units
    mine = np.flatnonzero(here & ((units.model == model) | (units.other == model)))
    verdict, label = units.verdict[mine], units.label[mine]
    if isinstance(part.subject, Preferred):
        is_first = units.model[mine] == model
        verdict = np.where(is_first, verdict, 1.0 - verdict)
        label = np.where(is_first, label, 1.0 - label)
    of = stratum[np.searchsorted(case, units.case[mine])]
    n = np.bincount(of, minlength=n_strata)
    verdicts = sum_by(of, verdict, n_codes=n_strata) / np.maximum(n, 1)
    prior, spread = _prior(part, verdicts)
    labelled = ~np.isnan(label)
    of, label = of[labelled], label[labelled]
    n_labels = np.bincount(of, minlength=n_strata)
    mean = (sum_by(of, label, n_codes=n_strata) + _PRIOR_LABELS * prior) / (
        n_labels + _PRIOR_LABELS
    )
    squares = sum_by(of, (label - mean[of]) ** 2, n_codes=n_strata)
    variance = (squares + _PRIOR_LABELS * spread**2) / (n_labels + _PRIOR_LABELS)
    return mean, np.sqrt(variance)


def _prior(part: CorrectedPart, verdicts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what is expected of people before they answered, by what the judge says."""
    if isinstance(part.subject, Criterion):
        extent = max(part.subject.values) - min(part.subject.values)
        return verdicts, np.full(len(verdicts), _SPREAD_OF_SCALE * extent)
    share = 0.5 + _TRUST * (verdicts - 0.5)
    return share, np.sqrt(share * (1.0 - share))

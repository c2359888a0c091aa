"""Whether a judge is worth it: all that is known of it on one thing, and what follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalkit.reports.acceptance.report import AcceptanceReport, AcceptanceRow
from evalkit.reports.correction.report import CorrectionReport
from evalkit.reports.judges.costs import JudgeCost
from evalkit.reports.judges.report import JudgeRow, JudgesReport, JudgeStanding
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.betting import anytime_mean
from evalkit.study.collected import Collected, names
from evalkit.study.daily import first_agreements
from evalkit.study.subjects import Subject
from evalkit.study.verdicts import acceptable_subjects
from evalkit.study.who import identified

#: Fewer labels saved than this share of those there are do not pay for the trouble.
WORTHWHILE = 0.05


class Advice(StrEnum):
    """What follows for a lead."""

    ACCEPT = "accept"
    BESIDE = "beside people"
    OPEN = "open"
    NO = "no"
    NO_GROUND = "no ground"


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """One judge on one thing.

    Attributes
    ----------
    row : JudgeRow
        Beside people: the ratio, the test in the place of a person.
    acceptance : AcceptanceRow or None
        None where no verdict can be right or wrong.
    saved : float or None
        The most labels it saves for any number of a model; 0 or less where it saves none, None
        where nothing can be corrected.
    n_labels : int
        Labels of people that its numbers are corrected by.
    cost : Estimate or None
        Dollars for a verdict; None where no record says it.
    cost_of_label : float or None
        Dollars for a label saved: all its verdicts over ``saved``.
    daily : Estimate
        How often it says what the first person said, 0–1, by cases; to be looked at every day.
    """

    row: JudgeRow
    acceptance: AcceptanceRow | None
    saved: float | None
    n_labels: int
    cost: Estimate | None
    cost_of_label: float | None
    daily: Estimate

    @property
    def advice(self) -> Advice:
        """What follows, the strongest first."""
        if self.acceptance is not None and self.acceptance.is_accepted:
            return Advice.ACCEPT
        if self.saved is not None and self.saved >= max(1.0, WORTHWHILE * self.n_labels):
            return Advice.BESIDE
        if self.row.standing is JudgeStanding.NO_GROUND:
            return Advice.NO_GROUND
        is_poor = self.row.standing is JudgeStanding.BELOW and self.row.test.may_stand_in is False
        return Advice.NO if is_poor else Advice.OPEN


def worth_report(
    collected: Collected,
    judges: JudgesReport,
    acceptance: AcceptanceReport,
    correction: CorrectionReport,
    costs: Sequence[JudgeCost] = (),
) -> tuple[Worth, ...]:
    """Put together what is known of every judge on everything it judged with people.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included; the others are reports of the same.
    """
    collected = identified(collected)
    by_judge = {cost.judge: cost.per_label["cost_usd"] for cost in costs}
    own_names = {
        name: who.name for name, who in zip(names(collected), collected.annotators, strict=True)
    }
    accepted = {(row.judge, row.subject): row for row in acceptance.rows}
    return tuple(
        _worth(
            row,
            accepted.get((row.judge, row.subject)),
            _savings(correction, row.judge, row.subject),
            by_judge.get(own_names[row.judge]),
            _daily(collected, row),
        )
        for row in judges.rows
    )


def _worth(
    row: JudgeRow,
    acceptance: AcceptanceRow | None,
    savings: tuple[float | None, int, int],
    cost: Estimate | None,
    daily: Estimate,
) -> Worth:
    saved, n_labels, n_judged = savings
    is_known = cost is not None and cost.value is not None
    of_label = None
    if is_known and saved is not None and saved > 0:
        of_label = (cost.value or 0.0) * n_judged / saved if cost else None
    return Worth(row, acceptance, saved, n_labels, cost if is_known else None, of_label, daily)


def _savings(
    correction: CorrectionReport, judge: str, subject: Subject
) -> tuple[float | None, int, int]:
    """Return the most labels saved, of how many, by how many verdicts."""
    for part in correction.parts:
        if (part.judge, part.subject) == (judge, subject):
            return (
                _most(row.correction.labels_saved for row in part.rows),
                part.n_labelled,
                (part.n_judged),
            )
    return None, 0, 0


def _most(numbers: Iterable[float | None]) -> float | None:
    return max((number for number in numbers if number is not None), default=None)


def _daily(collected: Collected, row: JudgeRow) -> Estimate:
    if row.subject not in acceptable_subjects(collected):
        return Estimate(None, None, None, 0, "No verdict on it is right or wrong.")
    place = names(collected).index(row.judge)
    return anytime_mean(first_agreements(collected, place, row.subject))

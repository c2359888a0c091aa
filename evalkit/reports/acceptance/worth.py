"""Whether a judge is worth it: all that is known of it on one thing, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

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
        The labels it saves for the number of a model, the median over models: the most of many is
        large by chance alone. 0 or less where it saves none, None where nothing can be corrected.
    n_labels : int
        Labels of people that its numbers are corrected by.
    cost : Estimate or None
        Dollars for a verdict; None where no record says it.
    cost_of_label : float or None
        Dollars for a label saved: all it has cost, on everything it judged, over ``saved``.
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
    by_judge = {cost.judge: cost for cost in costs}
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
    savings: tuple[float | None, int],
    cost: JudgeCost | None,
    daily: Estimate,
) -> Worth:
    saved, n_labels = savings
    of_label = None
    if cost is not None and cost.total_usd is not None and saved is not None and saved > 0:
        of_label = cost.total_usd / saved
    of_verdict = cost.per_label["cost_usd"] if cost is not None else None
    if of_verdict is not None and of_verdict.value is None:
        of_verdict = None
    return Worth(row, acceptance, saved, n_labels, of_verdict, of_label, daily)


def _savings(
    correction: CorrectionReport, judge: str, subject: Subject
) -> tuple[float | None, int]:
    """Return the labels saved for a model's number, the median over models, and of how many."""
    for part in correction.parts:
        if (part.judge, part.subject) == (judge, subject):
            numbers = [row.correction.labels_saved for row in part.rows]
            saved = [number for number in numbers if number is not None]
            return (median(saved) if saved else None), part.n_labelled
    return None, 0


def _daily(collected: Collected, row: JudgeRow) -> Estimate:
    if row.subject not in acceptable_subjects(collected):
        return Estimate(None, None, None, 0, "No verdict on it is right or wrong.")
    place = names(collected).index(row.judge)
    return anytime_mean(first_agreements(collected, place, row.subject))

"""Before and after on the cases both answered: what broke, what was repaired, what is new."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from evalkit.reports.document import heading
from evalkit.reports.pair.significance import SIGNIFICANT
from evalkit.stats.counts import BoolArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.power import cases_for_mcnemar
from evalkit.stats.regression import CategoryChange, changes, share_difference
from evalkit.study.collected import Collected
from evalkit.study.passing import PassRule, Verdict


class Change(StrEnum):
    """What became of a case that both answered; ``unjudged`` where one side was not judged."""

    BROKE = "broke"
    REPAIRED = "repaired"
    STILL_PASSES = "still_passes"
    STILL_FAILS = "still_fails"
    UNJUDGED = "unjudged"


_KINDS = {
    (True, False): Change.BROKE,
    (False, True): Change.REPAIRED,
    (True, True): Change.STILL_PASSES,
    (False, False): Change.STILL_FAILS,
}


@dataclass(frozen=True, slots=True)
class AnsweredCase:
    """One case of an eval set version; ``output_id`` is None where the run did not answer it."""

    case_hash: str
    key: str
    category: str
    output_id: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """One run on one eval set version: what it is called, and its cases that count.

    ``quarantined`` are the hashes of those it holds too, which count nowhere.
    """

    name: str
    cases: tuple[AnsweredCase, ...]
    quarantined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case both answered, ``key`` its name after; the ids are those of the two responses.

    ``before`` and ``after`` are None where that response was not judged.
    """

    key: str
    key_before: str
    category: str
    before_id: int
    after_id: int
    before: Verdict | None
    after: Verdict | None
    change: Change

    @property
    def name(self) -> str:
        """Return what the case is called, on both sides where that differs."""
        is_renamed = self.key_before != self.key
        return f"{self.key} (before: {self.key_before})" if is_renamed else self.key


@dataclass(frozen=True, slots=True)
class LoneCase:
    """A case only one side answered; ``verdict`` is None where it was not judged.

    ``is_changed`` says that the other version has a case of the same name and other content.
    """

    key: str
    category: str
    output_id: int
    verdict: Verdict | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category, or all cases: McNemar's test, and the share that passes after minus before.

    ``n_cases_needed`` is how many cases in all it takes to show a change as large as this one;
    None where it is shown already, or nothing changed on balance.
    """

    test: CategoryChange
    difference: Estimate
    n_cases_needed: int | None = None


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """What changed between two runs.

    ``rows`` hold all cases together first, then each category (Benjamini–Hochberg over the
    categories); they are empty where ``reason`` says why. ``n_quarantined`` cases of either version
    do not count; ``as_of`` is the number of the version whose contents alone do.
    """

    before: str
    after: str
    measure: PassRule
    n_shared: int
    n_judged: int
    rows: tuple[CategoryRow, ...]
    cases: tuple[CaseChange, ...]
    new: tuple[LoneCase, ...]
    removed: tuple[LoneCase, ...]
    reason: str | None
    n_quarantined: int = 0
    as_of: int | None = None

    def of(self, change: Change) -> tuple[CaseChange, ...]:
        """Return the cases of one kind of change."""
        return tuple(case for case in self.cases if case.change == change)


def regression_report(
    before: Side,
    after: Side,
    *,
    verdicts: Mapping[int, Verdict],
    measure: PassRule,
    categories: Collection[str] = (),
    as_of: int | None = None,
) -> RegressionReport:
    """Set two runs side by side on the cases both answered.

    Parameters
    ----------
    before, after : Side
        Cases are the same where their hashes are; of several of one content those of the same
        name are paired first.
    verdicts : mapping of int to Verdict
        On each judged output, see :func:`evalkit.study.passing.passing`.
    measure : PassRule
        By what; named in the report only.
    categories : collection of str
        Only cases of these, by the category they have after (removed ones: had before); empty
        is no limit.
    as_of : int, optional
        Number of the version to whose contents both sides were narrowed; named in the report only.

    Returns
    -------
    RegressionReport
        McNemar's test on the cases judged on both sides, by the category they have after.
    """
    pairs, removed, new = _matched(before.cases, after.cases)
    cases = tuple(
        _change(old, case, verdicts) for old, case in pairs if _is_among(case, categories)
    )
    removed = [case for case in removed if _is_among(case, categories)]
    new = [case for case in new if _is_among(case, categories)]
    judged = [case for case in cases if case.change != Change.UNJUDGED]
    return RegressionReport(
        before=before.name,
        after=after.name,
        measure=measure,
        n_shared=len(cases),
        n_judged=len(judged),
        rows=_rows(judged) if judged else (),
        cases=cases,
        new=_lone(new, before.cases, verdicts),
        removed=_lone(removed, after.cases, verdicts),
        reason=_reason(
            n_shared=len(cases),
            n_judged=len(judged),
            is_asked=bool(verdicts) or measure.criterion is not None,
        ),
        n_quarantined=len(before.quarantined | after.quarantined),
        as_of=as_of,
    )


def regression_document(
    report: RegressionReport, *, judged_in: Sequence[Collected] = ()
) -> dict[str, Any]:
    """Return a regression report, and who judged in which studies, as JSON; see docs/reports.md."""
    headings = [heading(study) for study in judged_in]
    overall = report.rows[0].difference if report.rows else Estimate(None, None, None, 0)
    return {
        "studies": [
            {key: study[key] for key in ("study", "annotators", "simulated_annotators")}
            for study in headings
        ],
        "before": report.before,
        "after": report.after,
        "measure": {"criterion": report.measure.criterion, "level": report.measure.level},
        "significance_level": SIGNIFICANT,
        "n_shared": report.n_shared,
        "n_judged": report.n_judged,
        "difference": overall.value,
        "low": overall.low,
        "high": overall.high,
        "categories": [change_entry(row) for row in report.rows],
        "cases": [
            {
                "case": case.key,
                "case_before": case.key_before,
                "category": case.category,
                "change": str(case.change),
                "before": _verdict_entry(case.before),
                "after": _verdict_entry(case.after),
            }
            for case in report.cases
        ],
        "new": [_lone_entry(case) for case in report.new],
        "removed": [_lone_entry(case) for case in report.removed],
        "reason": report.reason or overall.reason,
    }


def change_entry(row: CategoryRow) -> dict[str, Any]:
    """Return one test: of a category, or of all cases together (category null)."""
    test, estimate = row.test, row.difference
    return {
        "category": test.category,
        "n_cases": test.n_cases,
        "n_before": test.n_before,
        "n_after": test.n_after,
        "n_broke": test.test.only_first,
        "n_repaired": test.test.only_second,
        "difference": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "p": test.test.p_value,
        "p_exact": test.test.p_exact,
        "p_adjusted": test.p_adjusted,
        "n_cases_needed": row.n_cases_needed,
        "reason": test.test.reason or estimate.reason,
    }


def _verdict_entry(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {"passes": verdict.passes, "n_passed": verdict.n_passed, "n_said": verdict.n_said}


def _lone_entry(case: LoneCase) -> dict[str, Any]:
    return {
        "case": case.key,
        "category": case.category,
        "verdict": _verdict_entry(case.verdict),
        "is_changed": case.is_changed,
    }


def categories_of(*sides: Side) -> tuple[str, ...]:
    """Return the categories of the cases answered on any of these sides, sorted."""
    answered = (case for side in sides for case in side.cases if case.output_id is not None)
    return tuple(sorted({case.category for case in answered}))


def _is_among(case: AnsweredCase, categories: Collection[str]) -> bool:
    return not categories or case.category in categories


def _matched(
    before: Sequence[AnsweredCase], after: Sequence[AnsweredCase]
) -> tuple[list[tuple[AnsweredCase, AnsweredCase]], list[AnsweredCase], list[AnsweredCase]]:
    """Pair answered cases of equal content: of several those of one name, then in order."""
    old = [case for case in before if case.output_id is not None]
    new = [case for case in after if case.output_id is not None]
    of_name = {(case.case_hash, case.key): case for case in old}
    partner = {
        place: of_name.pop((case.case_hash, case.key))
        for place, case in enumerate(new)
        if (case.case_hash, case.key) in of_name
    }
    waiting: dict[str, deque[AnsweredCase]] = {}
    for case in of_name.values():
        waiting.setdefault(case.case_hash, deque()).append(case)
    for place, case in enumerate(new):
        if place not in partner and waiting.get(case.case_hash):
            partner[place] = waiting[case.case_hash].popleft()
    pairs = [(partner[place], case) for place, case in enumerate(new) if place in partner]
    removed = [case for rest in waiting.values() for case in rest]
    return pairs, removed, [case for place, case in enumerate(new) if place not in partner]


def _change(old: AnsweredCase, new: AnsweredCase, verdicts: Mapping[int, Verdict]) -> CaseChange:
    before_id, after_id = old.output_id or 0, new.output_id or 0
    before, after = verdicts.get(before_id), verdicts.get(after_id)
    change = Change.UNJUDGED
    if before is not None and after is not None:
        change = _KINDS[before.passes, after.passes]
    return CaseChange(new.key, old.key, new.category, before_id, after_id, before, after, change)


def _lone(
    cases: Sequence[AnsweredCase], others: Sequence[AnsweredCase], verdicts: Mapping[int, Verdict]
) -> tuple[LoneCase, ...]:
    hashes: dict[str, set[str]] = {}
    for other in others:
        hashes.setdefault(other.key, set()).add(other.case_hash)
    return tuple(
        LoneCase(
            case.key,
            case.category,
            case.output_id,
            verdicts.get(case.output_id),
            is_changed=case.key in hashes and case.case_hash not in hashes[case.key],
        )
        for case in cases
        if case.output_id is not None
    )


def _rows(judged: Sequence[CaseChange]) -> tuple[CategoryRow, ...]:
    """Test all cases together, then each category."""
    names = tuple(sorted({case.category for case in judged}))
    tests = changes(
        category=np.array([names.index(case.category) for case in judged], dtype=np.int64),
        before=_are(judged, Change.BROKE, Change.STILL_PASSES),
        after=_are(judged, Change.REPAIRED, Change.STILL_PASSES),
        categories=names,
    )
    return tuple(
        CategoryRow(
            test,
            share_difference(
                n_cases=test.n_cases, n_lost=test.test.only_first, n_gained=test.test.only_second
            ),
            _cases_needed(test),
        )
        for test in tests
    )


def _cases_needed(change: CategoryChange) -> int | None:
    """Return the cases McNemar's test needs in all to find a change as large as this one."""
    lost, gained = change.test.only_first, change.test.only_second
    if change.p_adjusted <= SIGNIFICANT or lost == gained:
        return None
    needed = cases_for_mcnemar(
        only_first=lost / change.n_cases, only_second=gained / change.n_cases
    )
    # Alone it may be enough already, but not yet among all categories.
    return max(needed, change.n_cases)


def _are(judged: Sequence[CaseChange], *kinds: Change) -> BoolArray:
    return np.array([case.change in kinds for case in judged], dtype=np.bool_)


def _reason(*, n_shared: int, n_judged: int, is_asked: bool) -> str | None:
    if n_shared == 0:
        return "The two have answered no case in common, so nothing can be said about what broke."
    if not is_asked:
        return (
            "Acceptability was not asked for, or not answered yet, in any study of these two, so "
            "nothing can be said about what broke."
        )
    if n_judged == 0:
        return (
            "No case they share has been judged on both sides by this measure, so nothing can be "
            "said about what broke."
        )
    return None

"""Known failures as JSON; see docs/reports.md."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from evalkit.failures.life import FailureChanged
from evalkit.reports.document import Document
from evalkit.reports.failures import sentences
from evalkit.reports.failures.fix import Fix
from evalkit.reports.failures.report import BoardReport, FailureRow
from evalkit.reports.failures.versions import TagChange, TagTimeline, VersionsReport


def failures_document(
    board: BoardReport,
    versions: VersionsReport,
    histories: Mapping[int, Sequence[FailureChanged]],
) -> Document:
    """Return the board with the history of each failure, and tags over versions."""
    return {
        "eval_set": board.eval_set,
        "verdict": sentences.costliest(board),
        "cost_is": sentences.what_cost_is(board),
        "rule": sentences.RULE,
        "is_weighted_to_production": board.is_weighted,
        "n_in_all": board.n_in_all,
        "failures": [
            failure_entry(row, histories.get(row.failure.failure_id, ())) for row in board.rows
        ],
        "versions": versions_entry(versions),
    }


def failure_entry(row: FailureRow, history: Sequence[FailureChanged]) -> Document:
    """Return one failure: what it is, how it stands, what it costs, what became of it."""
    failure = row.failure
    return {
        "title": failure.title,
        "taxonomy": failure.taxonomy,
        "tag": failure.tag,
        "split_in": failure.split_in,
        "model": failure.model,
        "category": failure.category,
        "owner": failure.owner or None,
        "state": str(failure.state),
        "standing": str(row.standing),
        "fixed_in": failure.fixed_in or None,
        "fixed_at": failure.fixed_at.isoformat() if failure.fixed_at else None,
        "cases": [{"case": case.key, "hash": case.case_hash} for case in failure.cases],
        "n_cases": row.n_cases,
        "rate": asdict(row.rate),
        "weight": row.weight,
        "share": row.share,
        "cost": asdict(row.cost),
        "fix": None
        if row.fix is None
        else {**_fix(row.fix), "sentence": sentences.fix_sentence(row)},
        "history": [
            {**asdict(each), "kind": str(each.kind), "at": each.at.isoformat()} for each in history
        ],
    }


def _fix(fix: Fix) -> Document:
    return {
        "verdict": str(fix.verdict),
        "n_cases": fix.n_cases,
        "n_judged": fix.n_judged,
        "n_unanswered": fix.n_unanswered,
        "shown": list(fix.again),
        "flipped": [{"case": flip.key, "model": flip.model} for flip in fix.flips],
        "before": asdict(fix.before),
        "after": asdict(fix.after),
        "difference": asdict(fix.difference),
    }


def versions_entry(report: VersionsReport) -> Document:
    """Return tags over versions, with every change that was looked at."""
    return {
        "verdict": sentences.versions_verdict(report),
        "versions": [
            {"name": each.name, "model": each.model, "when": each.when.isoformat()}
            for each in report.versions
        ],
        "n_cases": report.n_cases,
        "n_tests": report.n_tests,
        "tags": [
            {
                **_tag_entry(line),
                "rates": [asdict(rate) for rate in line.rates],
            }
            for line in report.timelines
        ],
        "changes": [change_entry(change) for change in report.changes],
        "other_models": list(report.others),
        "reason": report.reason,
    }


def _tag_entry(line: TagTimeline) -> Document:
    return {
        "taxonomy": line.taxonomy,
        "tag": line.tag,
        "name": line.name,
        "split_in": line.split_in,
    }


def change_entry(change: TagChange) -> Document:
    """Return one change of a tag from a version to another (category null: over all)."""
    return {
        **_tag_entry(change.of),
        "category": change.category,
        "before": change.before,
        "after": change.after,
        "n_cases": change.difference.n,
        "n_appeared": change.test.only_second,
        "n_gone": change.test.only_first,
        "difference": asdict(change.difference),
        "p": change.test.p_value,
        "q": change.q_value,
    }

"""Judges beside people as one JSON document."""

from dataclasses import asdict

from evalkit.reports.agreement.judges import orders_entry
from evalkit.reports.agreement.reading import alpha_entry
from evalkit.reports.document import Document, heading
from evalkit.reports.judges.categories import category_rows
from evalkit.reports.judges.report import CLOSE, MARGIN, JudgeRow, judges_report
from evalkit.reports.judges.sentences import judges_verdict, stand_in_words
from evalkit.reports.judges.tags import tag_entries, tag_rows
from evalkit.stats.judges.alternative import AlternativeTest
from evalkit.stats.judges.by_value import ValueRow
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_key


def judges_document(collected: Collected) -> Document:
    """Return each judge beside people; the shape is described in docs/reports.md."""
    report = judges_report(collected)
    return {
        **heading(collected),
        "verdict": judges_verdict(report),
        "n_unreadable": report.n_unreadable,
        "margin": MARGIN,
        "close_from": CLOSE,
        "people": [
            {
                "subject": subject_key(ground.subject),
                "alpha": alpha_entry(ground.alpha),
                "can_be_measured_against": ground.holds,
                "repeats": asdict(ground.repeats),
                "split_half": asdict(ground.halves),
            }
            for ground in report.grounds
        ],
        "judges": [_judge(row) for row in report.rows],
        "by_category": [
            {"category": each.category, **_judge(each.row)} for each in category_rows(collected)
        ],
        "tags": tag_entries(tag_rows(collected)),
    }


def _judge(row: JudgeRow) -> Document:
    return {
        "judge": row.judge,
        "subject": subject_key(row.subject),
        "standing": row.standing,
        "ratio": asdict(row.ceiling.ratio),
        "kappa": asdict(row.ceiling.judge),
        "kappa_of_people": asdict(row.ceiling.people),
        "same": asdict(row.ceiling.same),
        "same_of_people": asdict(row.ceiling.same_people),
        "as_most_people": None if row.majority is None else asdict(row.majority),
        "distances": None if row.distances is None else asdict(row.distances),
        "stand_in": _test(row.test),
        "values": [_value(row, of) for of in row.values or ()],
        "confusion": None if row.confusion is None else row.confusion.tolist(),
        "confusion_values": list(row.value_names),
        "both_orders": orders_entry(row.orders) if row.orders else None,
    }


def _test(test: AlternativeTest) -> Document:
    return {
        "winning_rate": test.winning_rate,
        "may_stand_in": test.may_stand_in,
        "advantage": asdict(test.advantage),
        "people": [asdict(row) for row in test.rows],
        "sentence": stand_in_words(test),
    }


def _value(row: JudgeRow, of: ValueRow) -> Document:
    return {
        "value": row.value_names[of.value],
        "recall": asdict(of.recall),
        "precision": asdict(of.precision),
        "specificity": asdict(of.specificity),
        "no_precision": asdict(of.no_precision),
        "accuracy": asdict(of.accuracy),
    }

"""A judge that saw every pair in both orders, and people whose sides nobody recorded."""

from pathlib import Path

import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import ResultFilters, collect, result_study
from evalkit.reports.agreement import sentences
from evalkit.reports.agreement.document import agreement_document
from evalkit.reports.agreement.judges import judges_with_people
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators import report as annotators
from evalkit.reports.annotators.sentences import sides_sentences
from evalkit.stats.annotators.sides import NOT_DEALT

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def both_orders(sqlite_database):
    import_file(CASES / "both_orders.jsonl")
    with read_session() as session:
        study = result_study(session, name="both-orders")
        return collect(session, study, filters=ResultFilters(judges=True))


def test_every_verdict_of_a_judge_counts_by_order_and_together(both_orders):
    (judge,) = judges_with_people(both_orders)

    # Counted by hand over the 60 pairs of the file; what counted before was the second order alone.
    orders = judge.orders
    assert orders.n_pairs == 60
    right, where = orders.right, orders.positions
    assert right.first.percent_agreement.value == pytest.approx(40 / 60)
    assert right.second.percent_agreement.value == pytest.approx(42 / 60)
    assert right.mean.value == pytest.approx(82 / 120)
    assert right.both_agree.value == pytest.approx(27 / 60)
    assert (right.decided.value, right.decided.n) == (pytest.approx(27 / 32), 32)
    assert right.n_undecided == 28
    assert where.positional.value == pytest.approx(32 / 60)
    # Left both times on 24 pairs, right both times on 4; nobody said a tie.
    assert (where.primacy.value, where.primacy.n) == (pytest.approx(24 / 28), 28)
    assert where.position_bias.value == pytest.approx((24 - 4) / 60)
    assert (judge.percent.value, judge.percent.n) == (pytest.approx(82 / 120), 60)
    # Nobody said a tie, so with both orientations counted chance is one half: κ = 2·p - 1.
    assert right.first.kappa.value == pytest.approx(2 * 40 / 60 - 1)
    assert right.second.kappa.value == pytest.approx(2 * 42 / 60 - 1)
    assert judge.kappa.value == pytest.approx(2 * 82 / 120 - 1)


def test_the_document_names_each_number_of_both_orders(both_orders):
    (entry,) = agreement_document(both_orders)["judges_with_people"]

    orders = entry["both_orders"]
    assert {
        "n_pairs", "first", "second", "mean_of_orders", "both_must_agree", "where_both_agree",
        "n_undecided", "positional_agreement", "primacy", "position_bias"
    } == set(orders)  # fmt: skip
    assert orders["positional_agreement"]["value"] == pytest.approx(32 / 60)


def test_a_judge_of_both_orders_is_told_its_habit_and_a_person_of_one_order_is_not(both_orders):
    report = annotators.annotators_report(both_orders)
    judge, person = (
        next(row.profile for row in report.rows if row.profile.annotator == name)
        for name in ("judge", "person")
    )

    # Left 80 times of 120; left both times on 24 pairs, right both times on 4.
    assert judge.left_rate.value == pytest.approx(80 / 120)
    assert "Chose the left response in 80 of 120; every pair was shown in both orders" in (
        " ".join(flag.reason for flag in judge.flags)
    )
    assert person.left_rate.reason == NOT_DEALT
    assert "one_sided" not in {flag.kind for flag in person.flags}
    assert not any("dealt evenly" in said for said in sides_sentences(report))


def test_swapping_models_by_name_swaps_no_number_of_both_orders(both_orders, tmp_path):
    renamed = (CASES / "both_orders.jsonl").read_text()
    for old, new in (('"A"', '"z"'), ("both-orders", "renamed")):
        renamed = renamed.replace(old, new)
    path = tmp_path / "renamed.jsonl"
    path.write_text(renamed)
    import_file(path)
    with read_session() as session:
        study = result_study(session, name="renamed")
        other = collect(session, study, filters=ResultFilters(judges=True))

    assert judges_with_people(other)[0].orders == judges_with_people(both_orders)[0].orders


def test_the_sentence_of_a_judge_counts_both_orders(both_orders):
    (said,) = sentences.judges_with_people(agreement_report(both_orders))

    assert said.startswith("judge agrees with people on which response is better: κ 0.37 ")

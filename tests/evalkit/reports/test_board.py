"""What a board reads on one page, and whom it is of where there are many models."""

from dataclasses import replace

from evalkit.reports.blocks import table
from evalkit.reports.by_model import transposed
from evalkit.reports.decision.board import drawn, leaders
from evalkit.reports.decision.document import decided
from evalkit.reports.power.report import HOPELESS, power_report
from evalkit.reports.power.sentences import power_sentences
from tests.evalkit.collected_studies import LEFT, RIGHT, collected


def names(n):
    return tuple(f"Model {place:02d}" for place in range(n))


def ordered(n, **prices):
    """Let every model win seven in eight of its comparisons with each that comes after it."""
    preferences = [
        (0, case, first, second, RIGHT if case % 8 == 0 else LEFT)
        for first in range(n)
        for second in range(first + 1, n)
        for case in range(16)
    ]
    return collected(models=names(n), preferences=preferences, **prices)


def test_five_leaders_have_a_row_with_what_they_take_and_the_baseline_is_one_of_them():
    report = decided(ordered(7, costs=range(1, 8), latencies=range(1, 8)), baseline="Model 06")

    rows = leaders(report)

    first = ["Model 00", "Model 01", "Model 02", "Model 03", "Model 06"]
    assert [row[0].text for row in rows.rows] == first
    assert rows.rows[-1][0].details == ("baseline",)
    assert rows.columns[0] == "Model"
    assert rows.columns[-2:] == ("Cost of 1,000", "Median latency")


def test_a_picture_says_how_many_models_it_leaves_out():
    report = decided(ordered(14))

    assert "Not drawn: 4 other models." in drawn(report, report.models[:10]).note
    assert "Not drawn" not in drawn(report, report.models).note


def test_of_many_pairs_as_good_as_equal_three_are_named_and_the_rest_counted():
    plan = power_report(ordered(5))
    first, *rest = (
        replace(pair, is_settled=False, n_needed=2 * HOPELESS * pair.n_now) for pair in plan.pairs
    )
    cheapest = replace(first, n_needed=first.n_now + 1)

    said = " ".join(power_sentences(replace(plan, pairs=(cheapest, *rest))))

    named = [f"{pair.model} and {pair.other}" for pair in rest]
    # Of five models ten pairs, one of which is the cheapest to settle: nine, less three named.
    equal = f"{', '.join(named[:3])} and 6 more pairs"
    assert f"As good as equal, whatever is added: {equal}." in said


def test_a_map_on_its_side_holds_the_same_cells():
    of = table(
        "Map", ("", "A", "B", "C"), [["code", "1", "2", "3"], ["maths", "4", "5", "6"]], is_map=True
    )

    side = transposed(of)

    assert side.columns == ("", "code", "maths")
    assert [[cell.text for cell in row] for row in side.rows] == [
        ["A", "1", "4"], ["B", "2", "5"], ["C", "3", "6"],
    ]  # fmt: skip
    assert transposed(side) == of

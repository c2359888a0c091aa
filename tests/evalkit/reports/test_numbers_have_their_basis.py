"""A coefficient has its own n, and a number without an interval its reason, in every medium."""

import re

import pytest

from evalkit import text
from evalkit.cli import terminal
from evalkit.reports.agreement import tables as agreement_blocks
from evalkit.reports.agreement.coefficients import (
    agreement_by_category,
    coefficients,
    tag_agreement,
)
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.annotators.tables import annotators_section
from evalkit.reports.blocks import Axis, Beside, Cell, IntervalRow, Intervals, Table, value_cell
from evalkit.stats.intervals import Estimate
from pages.shared.sections import agreement_tables
from tests.evalkit.collected_studies import LEFT, RIGHT, collected

#: Columns that count what a coefficient beside them rests on.
COUNTS = {"n", "Units"}
SAME = "Every case gives the same mean, so its uncertainty cannot be told."


@pytest.fixture(scope="module")
def study():
    return collected(
        n_cases=12,
        preferences=[
            (who, case, 0, 1, RIGHT if (case + who) % 4 == 0 else LEFT)
            for case in range(12)
            for who in (0, 1)
        ],
        scores=[(who, case, 0, 1 + (case + who) % 5) for case in range(12) for who in (0, 1)],
        marks=[
            (who, case, 0, 0 if case % 3 == who else -1) for case in range(12) for who in (0, 1)
        ],
    )


def parts(blocks):
    for block in blocks:
        if isinstance(block, Beside):
            yield from parts(part for group in block.groups for part in group)
        else:
            yield block


def tables_of_blocks(study):
    report = agreement_report(study)
    sections = (
        agreement_blocks.agreement_section(
            report, coefficients(study), agreement_by_category(study), tag_agreement(study)
        ),
        annotators_section(annotators_report(study)),
    )
    for section in sections:
        for block in parts(section.blocks):
            if isinstance(block, Table):
                yield block.columns, [[" ".join(cell.lines) for cell in row] for row in block.rows]


def tables_of_pages(study):
    report = agreement_report(study)
    for frame in (
        agreement_tables.agreement_table(report),
        agreement_tables.pair_table(report.preference.pairs),
    ):
        yield tuple(frame.columns), frame.astype(str).to_numpy().tolist()


@pytest.mark.parametrize("tables", [tables_of_blocks, tables_of_pages])
def test_every_coefficient_of_agreement_has_its_own_n(study, tables):
    n_coefficients = 0
    for columns, rows in tables(study):
        for place, column in enumerate(columns):
            if not re.search("κ|α|Gwet", column):
                continue
            for row in rows:
                n_coefficients += 1
                assert COUNTS & set(columns) or "n = " in row[place], (columns, row)
    assert n_coefficients > 3


def test_a_coefficient_that_cannot_be_had_has_a_dash_and_no_n():
    assert text.with_n(Estimate(None, None, None, 3, "Too few.")) == text.MISSING
    assert text.with_n(Estimate(0.5, 0.4, 0.6, 1200)) == "0.50 [0.40, 0.60], n = 1,200"


UNSURE, SURE = Estimate(0.0, None, None, 9, SAME), Estimate(0.5, 0.4, 0.6, 9)
BLOCKS = {
    "intervals": Intervals(
        "Incorrectness",
        (IntervalRow("A", UNSURE), IntervalRow("B", SURE)),
        Axis(0.0, 1.0),
    ),
    "table": Table(
        "Incorrectness",
        ("", "A", "B"),
        ((Cell("All"), value_cell(UNSURE, text.number), value_cell(SURE, text.number)),),
    ),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_number_without_an_interval_says_why(kind, capsys):
    block = BLOCKS[kind]

    assert any("so its uncertainty cannot be told" in reason for reason in block.reasons)
    terminal._print_block(block)
    printed = " ".join(capsys.readouterr().out.split())
    assert "so its uncertainty cannot be told" in printed


def test_what_has_its_interval_needs_no_reason():
    row = (Cell("All"), value_cell(SURE, text.number))

    assert Table("", ("", "B"), (row,)).reasons == ()
    assert Intervals("", (IntervalRow("B", SURE),), Axis(0.0, 1.0)).reasons == ()
    assert Intervals("", (IntervalRow("A", UNSURE),), Axis(0.0, 1.0)).reasons == (SAME,)


def test_agreement_on_a_rare_error_says_why_it_has_no_interval():
    # Two looks at one response marked it, in one case alone: nothing says how far that would vary.
    rare = collected(
        n_cases=3,
        marks=[(who, case, 0, 0 if case == 0 else -1) for case in range(3) for who in (0, 1)],
    )
    blocks = agreement_blocks._tag_agreement(tag_agreement(rare))
    (found,) = [block for block in blocks if isinstance(block, Table)]
    bare = [
        cell.number
        for row in found.rows
        for cell in row
        if cell.number and cell.number.value is not None and cell.number.low is None
    ]

    assert bare
    assert found.reasons

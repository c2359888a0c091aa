"""A coefficient has its own n, and a number without an interval its reason, in every medium."""

import re

import pytest

from evalkit import text
from evalkit.cli import terminal
from evalkit.reports.agreement import pair_tables, tables as agreement_blocks
from evalkit.reports.agreement.coefficients import tag_agreement, tag_agreement_by_category
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.tables import agreement_section
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.annotators.tables import annotators_section
from evalkit.reports.blocks import Axis, Beside, Cell, IntervalRow, Intervals, Table, value_cell
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import PREFERRED
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


def tables_of(study):
    report, study_pairs = agreement_report(study), agreement_report(study).preference.pairs
    sections = agreement_section(study), annotators_section(annotators_report(study))
    blocks = [*parts(block for section in sections for block in section.blocks)]
    every = pair_tables.every_pair(study_pairs, report.as_shown)
    of_tags = agreement_blocks.tag_map(tag_agreement_by_category(study))
    blocks += [every, pair_tables.pair_map(study_pairs, PREFERRED), of_tags]
    return [block for block in blocks if isinstance(block, Table)]


def test_every_coefficient_of_agreement_has_its_own_n(study):
    n_coefficients = 0
    for table in tables_of(study):
        for row in table.rows:
            for column, cell in zip(table.columns, row, strict=True):
                if cell.text in ("", text.MISSING):
                    continue
                if not re.search("κ|α|Gwet", column if not table.is_map else table.title):
                    continue
                if table.is_map and cell is row[0]:
                    continue
                n_coefficients += 1
                assert COUNTS & set(table.columns) or "n = " in cell.small, (column, row)
    assert n_coefficients > 20


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
    terminal.print_block(block)
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

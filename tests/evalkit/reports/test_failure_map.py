"""The failure map and why we lose: by hand, under other names, on shuffled and on planted data."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.blocks import Heading, Table
from evalkit.reports.errors.failure_map import LEVEL, Comparison, Frequency, failure_map
from evalkit.reports.errors.losing import pareto, why_we_lose
from evalkit.reports.errors.map_tables import LOSING, losing_blocks, map_blocks
from evalkit.reports.errors.sentences import losing_sentences, map_sentences
from evalkit.study.collected import NO_TAG, Marks, Outputs, Tag
from evalkit.study.facets import CaseFacets, Facet
from tests.evalkit.collected_studies import LEFT, RIGHT, TIE, collected

TAGS = (Tag("tone", "Tone"), Tag("facts", "Facts"))


def study(*, marks, **more):
    """Build a study of marks (annotator, case, model, tag) with two tags."""
    return replace(collected(marks=marks, **more), tags=TAGS, unsafe=())


def differing():
    """Twelve cases: B has tone in ten, A in none; even cases (code) have facts in A, odd none."""
    marks = [(0, case, 1, 0 if case < 10 else NO_TAG) for case in range(12)]
    return study(marks=marks + [(0, case, 0, NO_TAG if case % 2 else 1) for case in range(12)])


def test_a_model_is_compared_with_others_on_the_same_cases():
    of = failure_map(differing())

    tone = of.cells["tone", "B", None]
    assert of.comparison is Comparison.CASE
    # Ten cases on which the two differ, all to one side: 2 / 2^10.
    assert tone.p == pytest.approx(2 / 2**10)
    assert tone.frequency is Frequency.MORE
    assert of.cells["tone", "A", None].frequency is Frequency.LESS
    assert (tone.n_hits, tone.rate.n, tone.rate.value) == (10, 12, pytest.approx(10 / 12))
    assert tone.lift is None, "A never has it"
    # Within code five cases differ: 2 / 2^5 can be no finding whatever comes of it.
    assert of.cells["tone", "B", "code"].frequency is not Frequency.MORE


def test_a_kind_of_case_is_compared_with_all_others_case_by_case():
    facts = failure_map(differing()).cells["facts", None, "code"]

    # Six of twelve cases have it, and these six are the ones of code: 2 / C(12, 6).
    assert facts.p == pytest.approx(2 / 924)
    assert (facts.n_hits, facts.rate.n) == (6, 12)


@pytest.mark.parametrize("wins", [LEFT, RIGHT])
def test_a_frequent_error_without_effect_is_no_reason_why_a_model_loses(wins):
    # B has tone in 16 cases and A in none; each wins every other one. So the loser alone has it in
    # 8 and the winner alone in 8: the sign test's p is 1, though all that B lost has its tone.
    marks = [(0, case, model, 0 if model else NO_TAG) for case in range(16) for model in (0, 1)]
    other = RIGHT if wins == LEFT else LEFT
    preferences = [(0, case, 0, 1, other if case % 2 else wins) for case in range(16)]
    losing = why_we_lose(study(marks=marks, preferences=preferences))

    (of_b,) = [row for row in losing.by_model if row.model == "B"]
    assert (of_b.only_loser, of_b.only_winner, of_b.p) == (8, 8, 1.0)
    assert not of_b.is_decided


def test_what_could_not_be_a_finding_is_in_no_family_and_undecided_is_grey():
    of = failure_map(study(marks=[(0, 0, 0, 0), (0, 0, 1, NO_TAG), (0, 1, 0, 1), (0, 1, 1, 1)]))

    assert of.n_tested == 0
    assert {cell.frequency for cell in of.cells.values()} == {Frequency.UNTESTED}
    assert map_sentences(of) == ["Too little was found to tell where errors are more frequent."]


def test_cases_are_told_apart_by_other_facets():
    facets = CaseFacets(
        np.arange(16), {Facet.LANGUAGE: ("de", "en")}, {Facet.LANGUAGE: np.arange(16) // 8}
    )

    of = failure_map(differing(), facets, by=Facet.LANGUAGE)

    assert of.values == ("de", "en")
    assert of.cells["tone", None, "de"].rate.n == 16
    assert of.cells["tone", None, "de"].n_hits == 8


def test_neither_names_nor_order_of_models_tags_and_marks_change_the_map():
    told = differing()
    marks = told.marks
    turned = replace(
        told,
        models=("Y", "X"),
        outputs=replace(told.outputs, model=1 - told.outputs.model),
        tags=TAGS[::-1],
        marks=Marks(
            *(column[::-1] for column in (marks.output, marks.annotator)),
            np.where(marks.tag == NO_TAG, NO_TAG, 1 - marks.tag)[::-1],
            marks.look[::-1],
        ),
    )

    old, new = failure_map(told).cells, failure_map(turned).cells

    names = {"A": "X", "B": "Y", None: None}
    assert len(old) == len(new)
    for (tag, model, value), cell in old.items():
        other = new[tag, names[model], value]
        assert replace(other, model=cell.model, tag=cell.tag) == cell


def test_losers_are_set_against_winners_of_the_same_comparison():
    # B has tone in cases 0-9 and loses the first eight; a tie and a win follow. 10, 11: no tone.
    preferences = [(0, case, 0, 1, LEFT) for case in range(8)]
    preferences += [
        (0, 8, 0, 1, TIE),
        (0, 9, 0, 1, RIGHT),
        (0, 10, 0, 1, RIGHT),
        (0, 11, 0, 1, LEFT),
    ]
    told = replace(
        differing(),
        preferences=collected(preferences=preferences).preferences,
    )

    losing = why_we_lose(told)

    tone = next(row for row in losing.overall if row.tag.key == "tone")
    assert losing.n == 12
    assert (tone.only_loser, tone.only_winner) == (8, 1)
    assert tone.p == pytest.approx(2 * 10 / 2**9)  # the sign test of 8 and 1
    assert (tone.cost.n, tone.won.value) == (10, pytest.approx(0.15))
    assert tone.cost.value == pytest.approx(0.5 - 0.15)
    of_b = next(row for row in losing.by_model if (row.tag.key, row.model) == ("tone", "B"))
    # All comparisons of B, won or lost; of two models these are those of both.
    assert (of_b.only_loser, of_b.only_winner) == (8, 1)
    assert of_b.p == pytest.approx(tone.p)
    assert of_b.cost.value == pytest.approx(1 / 2 - 0.15)  # of cases 10 and 11 B won one
    # Facts are tested, too, so that q is twice p, and above 5 %.
    assert tone.q == pytest.approx(2 * tone.p)
    assert losing_sentences(losing)[0].startswith("No error tells losers from winners")


def test_what_weighs_most_comes_first_and_shares_add_up():
    rows = pareto(differing())

    assert [(row.tag.key, row.n_marks, row.weight) for row in rows] == [
        ("tone", 10, 10.0),
        ("facts", 6, 6.0),
    ]
    assert [row.share.value for row in rows] == pytest.approx([10 / 16, 6 / 16])
    assert rows[-1].cumulative == 1
    assert pareto(study(marks=[(0, 0, 0, NO_TAG)])) == ()


def drawn(rng, *, n_cases=120, n_models=5, n_tags=6, planted=0.0):
    """Draw marks: cases differ in how they fail, all their responses alike; ``planted`` is more.

    Of the first tag in the first model.
    """
    n = n_cases * n_models
    chance = np.repeat(rng.beta(0.6, 4, (n_cases, n_tags)), n_models, axis=0)
    chance[::n_models, 0] += planted
    hit = rng.random((n, n_tags)) < chance
    response, tag = np.nonzero(hit)
    every = np.arange(n)
    output = np.concatenate([response, every])
    category = rng.integers(0, 4, n_cases)
    unknown = np.full(n, np.nan)
    case = np.repeat(np.arange(n_cases), n_models)
    outputs = Outputs(
        every, case, np.tile(np.arange(n_models), n_cases), category[case], every >= 0,
        *[unknown] * 5,
    )  # fmt: skip
    return replace(
        collected(),
        models=tuple(f"model-{place}" for place in range(n_models)),
        categories=tuple(f"category-{place}" for place in range(4)),
        tags=tuple(Tag(f"tag-{place}", f"Tag {place}") for place in range(n_tags)),
        unsafe=(),
        outputs=outputs,
        marks=Marks(output, 0 * output, np.concatenate([tag, every * 0 + NO_TAG]), output),
    )


@pytest.mark.slow
def test_where_nothing_differs_hardly_any_run_finds_anything():
    """Models and categories are labels without meaning; responses to a case fail alike.

    Where every null is true the chance of any finding is the rate of false ones: at most 5 %.
    """
    rng = np.random.default_rng(7)
    runs = 150

    with_finding = sum(bool(failure_map(drawn(rng)).decided()) for _ in range(runs))

    # 5 % of 150 is 7.5; 14 or more come by chance alone in 2 % of such tests.
    assert with_finding <= 13


@pytest.mark.slow
def test_a_planted_difference_is_found_and_few_others_beside_it():
    """The first model has the first error in 25 points more of its responses."""
    rng = np.random.default_rng(8)
    runs, power, false, findings = 60, 0, 0, 0
    for _ in range(runs):
        decided = failure_map(drawn(rng, planted=0.25)).decided()
        places = [(cell.tag.key, cell.model) for cell in decided]
        power += ("tag-0", "model-0") in places
        # Its other cells differ, too: the others have it less often, in each category as well.
        others = [place for place in places if place[0] != "tag-0"]
        false, findings = false + len(others), findings + len(places)

    assert power / runs > 0.9
    assert false / findings <= LEVEL


def test_where_nobody_looked_the_map_is_empty():
    assert failure_map(study(marks=[])).cells == {}
    assert why_we_lose(study(marks=[])).overall == ()


def test_of_many_models_the_first_rows_are_there_and_the_rest_is_counted():
    of = failure_map(differing())
    n = len(of.decided())
    assert n > 2

    *_, findings = map_blocks(of, ("A", "B"), most=2)

    assert isinstance(findings, Table)
    assert [len(row) for row in findings.rows] == [len(findings.columns)] * 2
    assert f"{n - 2} of {n} rows are left out" in findings.note
    *_, whole = map_blocks(of, ("A", "B"))
    assert isinstance(whole, Table)
    assert len(whole.rows) == n
    assert "left out" not in whole.note


def test_of_many_models_what_decides_nothing_takes_a_sentence():
    marks = [(0, case, model, 0 if model else NO_TAG) for case in range(16) for model in (0, 1)]
    preferences = [(0, case, 0, 1, RIGHT if case % 2 else LEFT) for case in range(16)]
    losing = why_we_lose(study(marks=marks, preferences=preferences))

    heading, lines = losing_blocks(losing, ("A", "B"), most=2)

    assert heading == Heading(LOSING)
    assert losing_sentences(losing)[0] in str(lines)
    assert any(isinstance(block, Table) for block in losing_blocks(losing, ("A", "B")))


def test_of_many_models_what_is_decided_is_not_among_the_rows_left_out():
    """Eight errors are in losers of two comparisons each; every winner has the last."""
    tags = tuple(Tag(f"t{at}", f"T{at}") for at in range(9))
    marks = [(0, case, model, tag) for case in range(16) for model, tag in ((0, 8), (1, case // 2))]
    preferences = [(0, case, 0, 1, LEFT) for case in range(16)]
    made = replace(study(marks=marks, preferences=preferences), tags=tags)
    losing = why_we_lose(made)
    assert [row.tag.key for row in losing.overall if row.is_decided] == ["t8"]

    _, _, overall, _ = losing_blocks(losing, ("A", "B"), most=3)

    assert overall.rows[0][0].text == "T8"
    of = failure_map(made)
    grid = map_blocks(of, ("A", "B"), most=3)[2]
    decided = {cell.tag.name for cell in of.decided() if cell.model is not None}
    assert decided <= {row[0].text for row in grid.rows} or len(decided) > 3

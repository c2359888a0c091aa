"""Swapping a case of a sample: who comes in, what becomes of the odds, and what is refused."""

import pytest

from evalkit.errors import RefusedError
from evalkit.sampling.drawing import Swap
from evalkit.sampling.sample import Way, pool_of
from evalkit.sampling.sentences import sample_sentences, swap_sentences
from tests.evalkit.sampling.test_sample import log

POOL = pool_of(log(80, categories=("all",)))


def sample(*swaps):
    return POOL.sample(20, seed=3, swaps=swaps)


def ids(of, way):
    return [case.case_id for case in of.chosen if case.way is way]


def left_out(of, n=1):
    inside = {case.case_id for case in of.chosen}
    return [case.case_id for case in POOL.cases if case.case_id not in inside][:n]


def test_what_chance_draws_next_leaves_as_many_drawn_and_speaks_of_all_others():
    """10 of 70 are drawn; without the one taken out, 10 of 69."""
    before = sample()
    out = ids(before, Way.DRAWN)[0]
    after = sample(Swap(out))

    assert set(ids(before, Way.DRAWN)) - set(ids(after, Way.DRAWN)) == {out}
    assert ids(after, Way.DIFFERS) == ids(before, Way.DIFFERS)
    assert {case.probability for case in after.chosen if case.is_drawn} == {10 / 69}
    assert sum(1 / case.probability for case in after.chosen) == pytest.approx(79)


def test_what_chance_draws_next_is_what_another_log_without_the_case_draws():
    """A property: to take a case out is to have never had it, where nothing was chosen to differ.

    Other cases stand in the same order, for the order hangs on seed and contents alone.
    """
    before = POOL.sample(20, seed=3, random_share=1.0)
    out = ids(before, Way.DRAWN)[0]
    after = POOL.sample(20, seed=3, random_share=1.0, swaps=[Swap(out)])
    never = pool_of([case for case in POOL.cases if case.case_id != out])

    without = never.sample(20, seed=3, random_share=1.0)

    assert [(case.case_id, case.probability) for case in after.chosen] == [
        (case.case_id, case.probability) for case in without.chosen
    ]


@pytest.mark.parametrize(("way", "chance"), [(Way.DRAWN, 9 / 68), (Way.DIFFERS, 10 / 69)])
def test_a_case_picked_by_hand_is_certain_and_the_odds_of_the_others_follow(way, chance):
    """Picked from those that could be drawn, it is none of them any more, nor is one taken out."""
    before = sample()
    out, (into,) = ids(before, way)[0], left_out(before)
    after = sample(Swap(out, into))

    assert ids(after, Way.PICKED) == [into]
    assert {case.probability for case in after.chosen if case.is_drawn} == {chance}
    assert len(after.chosen) == 20
    assert sum(1 / case.probability for case in after.chosen) == pytest.approx(79)
    (row,) = after.strata
    assert (row.n_cases, row.n, row.n_picked, row.n_left_out) == (79, 20, 1, 1)
    assert row.chance == chance


def test_the_odds_are_said_in_words():
    before = sample()
    out, (into,) = ids(before, Way.DRAWN)[0], left_out(before)
    told = " ".join(swap_sentences(before, sample(Swap(out, into))))

    # 9 of 68 is 13.2 %, 10 of 70 14.3 %; one over them is 7.6 and 7.0.
    assert f"“line-{out}” is left out for good" in told
    assert "speak of the other 79 cases" in told
    assert f"“line-{into}” was picked by hand" in told
    assert "the chance is now 13 %, which was 14 %" in told
    assert "counts for 7.6 instead of 7.0" in told
    assert "A person took out 1 case" in sample_sentences(sample(Swap(out, into)))[-1]


def test_no_odds_are_said_of_cases_that_come_without_chances():
    before = sample()
    out, (into,) = ids(before, Way.DRAWN)[0], left_out(before)

    (told,) = swap_sentences(before, sample(Swap(out, into)), has_chances=False)

    assert told == f"“line-{out}” is left out for good. “line-{into}” was picked by hand."


def test_a_swap_that_would_leave_nothing_to_chance_or_another_stratum_is_refused():
    before = sample()
    out, certain = ids(before, Way.DRAWN)[0], ids(before, Way.DIFFERS)[0]

    with pytest.raises(RefusedError, match="say which one comes"):
        sample(Swap(certain))
    with pytest.raises(RefusedError, match="not in the sample"):
        sample(Swap(out, certain))
    with pytest.raises(RefusedError, match="not in the sample"):
        sample(Swap(left_out(before)[0]))
    with pytest.raises(RefusedError, match="not in the sample"):
        sample(Swap(out, -7))
    drawn, others = ids(before, Way.DRAWN), left_out(before, 10)
    with pytest.raises(RefusedError, match="no case of “all” would be drawn"):
        sample(*(Swap(one, other) for one, other in zip(drawn, others, strict=True)))


def test_what_could_come_in_is_of_the_stratum_and_the_least_like_first():
    pool = pool_of(log(80))
    before = pool.sample(20, seed=1)
    case = before.chosen[0]
    others = pool.others_of(before, case.case_id)
    inside = {each.case_id for each in before.chosen}
    categories = {each.case_id: each.category for each in pool.cases}

    assert {other.stratum for other in others} == {case.stratum}
    assert {categories[other.case_id] for other in others} == {categories[case.case_id]}
    assert not inside & {other.case_id for other in others}
    distances = [other.distance for other in others]
    assert distances == sorted(distances, reverse=True)
    row = next(row for row in before.strata if row.name == case.stratum)
    assert len(others) == row.n_cases - row.n

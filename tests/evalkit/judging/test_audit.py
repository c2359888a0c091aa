"""Which accepted verdicts go back to people: the odds told are those of the draw."""

import numpy as np
import pytest

from evalkit.judging.audit import audited

CASES = [f"case {number}" for number in range(60)]


def test_a_draw_replays_from_its_seed_and_what_comes_later_has_the_odds_of_the_others():
    early, late = CASES[:40], CASES[40:]

    together = audited(CASES, share=0.3, seed=7)

    assert together == audited(early, share=0.3, seed=7) | audited(late, share=0.3, seed=7)
    assert together == audited(CASES[::-1], share=0.3, seed=7)
    assert set(together.values()) == {0.3}
    assert together != audited(CASES, share=0.3, seed=8)


def test_every_case_is_drawn_where_all_are_asked_for():
    assert audited(CASES, share=1.0, seed=1) == dict.fromkeys(CASES, 1.0)
    assert audited([], share=0.5, seed=1) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("share", "most"), [(0.3, None), (0.3, 10), (0.8, 10)])
def test_the_odds_told_are_how_often_a_case_is_drawn_also_under_a_cap(share, most):
    # 4,000 seeds; the share of draws that hold a case, over all cases: its standard error is
    # below .0015, for the draws of one seed are independent but for the cap.
    draws = [audited(CASES, share=share, seed=seed, most=most) for seed in range(4000)]
    held = np.mean([len(draw) for draw in draws]) / len(CASES)
    told = {odds for draw in draws for odds in draw.values()}

    assert len(told) == 1
    assert held == pytest.approx(told.pop(), abs=0.005)
    if most is not None:
        assert max(len(draw) for draw in draws) <= most

"""A panel says what most of its members say, and which share of them does."""

import pytest

from evalkit.judging.panel import panel_verdict
from evalkit.judging.soft import PREFERENCE
from evalkit.vocabulary import Preference

A, B, TIE, BAD = Preference.LEFT, Preference.RIGHT, Preference.TIE, Preference.BOTH_BAD


@pytest.mark.parametrize(
    ("said", "preference", "share"),
    [
        ([A, A, B], A, 2 / 3),
        ([BAD, BAD, A], BAD, 2 / 3),
        ([A, None, None], A, 1.0),  # those who could be read
        ([A, B], TIE, None),
        ([A, A, B, TIE], TIE, None),  # half is no majority
        ([A, B, TIE], TIE, None),
    ],
)
def test_more_than_half_of_those_who_could_be_read_decide_and_else_it_is_a_tie(
    said, preference, share
):
    verdict = panel_verdict(said)

    assert verdict.content.preference is preference
    assert verdict.probabilities == ({} if share is None else {PREFERENCE: round(share, 6)})


def test_the_order_of_members_and_of_the_sides_changes_nothing_but_the_side():
    turned = {A: B, B: A}
    said = [A, A, B]

    assert panel_verdict(said) == panel_verdict(said[::-1])
    assert panel_verdict([turned[each] for each in said]).content.preference is B


def test_where_no_member_could_be_read_neither_can_the_panel():
    assert panel_verdict([None, None]).content is None

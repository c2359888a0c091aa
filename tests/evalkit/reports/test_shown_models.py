"""Which of many models are shown. Expected values follow from the rule itself, by hand."""

from hypothesis import given, strategies as st

from evalkit.reports.shown_models import MOST_MODELS, N_BEST, shown_models

MANY = [f"model {place}" for place in range(59)]


def test_twelve_models_are_all_shown_whatever_is_pinned():
    shown = shown_models(MANY[:12], baseline=MANY[3], pinned=[MANY[1]])
    assert shown.models == tuple(MANY[:12])
    assert not shown.are_many
    assert shown.sentence == ""


def test_of_more_the_first_ten_the_baseline_and_the_pinned_are_shown_in_their_order():
    shown = shown_models(MANY, baseline=MANY[30], pinned=[MANY[50], MANY[20], MANY[2]])
    assert shown.models == (*MANY[:10], MANY[20], MANY[30], MANY[50])
    assert shown.named == (MANY[2], MANY[20], MANY[30], MANY[50])
    assert shown.sentence.startswith(
        "13 of 59 models are shown: the best 10, the baseline and those pinned."
    )


def test_thirteen_are_many_and_what_is_not_there_is_not_named():
    assert shown_models(MANY[:13]).models == tuple(MANY[:10])
    sentence = shown_models(MANY[:13]).sentence
    assert sentence.startswith("10 of 13 models are shown: the best 10.")


def test_all_are_shown_when_asked_for_and_nothing_is_said_to_be_hidden():
    shown = shown_models(MANY, pinned=[MANY[50]], is_all=True)
    assert shown.models == tuple(MANY)
    assert shown.named == (MANY[50],)
    assert shown.sentence == ""


@given(
    n=st.integers(1, 70),
    baseline=st.none() | st.integers(0, 69),
    pinned=st.lists(st.integers(0, 80)),
    is_all=st.booleans(),
)
def test_shown_models_are_a_part_of_all_in_the_same_order_with_whom_was_asked_for(
    n, baseline, pinned, is_all
):
    order = [f"m{place}" for place in range(n)]
    base = None if baseline is None or baseline >= n else f"m{baseline}"
    shown = shown_models(order, baseline=base, pinned=[f"m{p}" for p in pinned], is_all=is_all)
    places = [order.index(model) for model in shown.models]
    assert places == sorted(set(places))
    assert places[: min(n, N_BEST)] == list(range(min(n, N_BEST)))
    assert {f"m{p}" for p in pinned if p < n} <= set(shown.models)
    assert base is None or base in shown.models
    if n <= MOST_MODELS or is_all:
        assert len(places) == n

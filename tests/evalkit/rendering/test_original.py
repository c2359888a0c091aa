"""Marks on what is shown are marks on what was recorded, and the way back."""

import pytest
from hypothesis import given, strategies as st

from evalkit.annotation.blinding.leaks import REMOVED, identity_leaks, mask, mask_runs
from evalkit.annotation.marks import MarkedError
from evalkit.errors import RefusedError
from evalkit.rendering.original import ShownResponse, through

NAMES = ("Zephyr-9000",)


def masking(text):
    return mask_runs(text, identity_leaks(text, names=NAMES))


def shown(content, steps=None):
    return ShownResponse(content, steps, masking=masking)


def words(response, quote, *, nth=0):
    """MarkedError words of what is shown."""
    start = -1
    for _ in range(nth + 1):
        start = response.raw.index(quote, start + 1)
    return MarkedError("tone", start=start, end=start + len(quote), quote=quote)


pieces = st.lists(
    st.sampled_from(
        ["Zephyr-9000", "Quasar", "I am Quasar", "é", "e\u0301", "👩‍👩‍👧", "שלום", " ", "\n", "a-b"]
    ),
    max_size=12,
).map(" ".join)


@given(pieces)
def test_runs_of_a_masked_text_hold_the_same_characters_and_all_that_is_not_masked(text):
    masked, runs = masking(text)

    assert masked == mask(text, identity_leaks(text, names=NAMES))
    assert all(masked[a : a + n] == text[b : b + n] for a, b, n in runs)
    uncovered = set(range(len(masked))) - {a + k for a, _, n in runs for k in range(n)}
    assert len(uncovered) == masked.count(REMOVED) * len(REMOVED)


@given(pieces, st.data())
def test_a_mark_comes_back_as_it_was_or_grown_by_the_masked_name_it_touched(text, data):
    response = shown(text)
    start = data.draw(st.integers(0, len(response.raw)))
    end = data.draw(st.integers(start, len(response.raw)))
    mark = MarkedError("tone", start=start, end=end, quote=response.raw[start:end])

    original = response.original(mark)
    again = response.shown(original)

    assert text[original.start : original.end] == original.quote
    assert again.start <= start
    assert again.end >= end
    assert response.raw[again.start : again.end] == again.quote
    grown = response.raw[again.start : start] + response.raw[end : again.end]
    assert set(grown) <= set(REMOVED)
    assert response.original(again) == original
    if REMOVED not in response.raw:
        assert again == mark


def test_a_mark_that_touches_a_masked_name_covers_the_whole_name_and_no_more():
    response = shown("So Zephyr-9000 says no.")

    assert response.raw == f"So {REMOVED} says no."
    assert response.original(words(response, "removed")).quote == "Zephyr-9000"
    assert response.original(words(response, "removed] says")).quote == "Zephyr-9000 says"
    assert response.original(words(response, "So")).quote == "So"


def test_words_that_are_not_there_are_refused():
    response = shown("So it says no.")

    for mark in (
        MarkedError("tone", start=0, end=2, quote="Na"),
        MarkedError("tone", start=0, end=99, quote="So"),
        MarkedError("tone", step=0),  # it has none
    ):
        with pytest.raises(RefusedError):
            response.original(mark)


STEPS = [
    {
        "role": "assistant",
        "content": "I ask Zephyr-9000.",
        "tool_calls": [
            {"id": "call-9", "function": {"name": "search", "arguments": '{"q": "Zephyr-9000"}'}}
        ],
    },
    {
        "role": "tool",
        "tool_call_id": "call-9",
        "content": [
            {"type": "text", "text": "Nothing "},
            {"type": "text", "text": "of Zephyr-9000."},
        ],
    },
    {"role": "assistant", "content": "Sorry."},
]


def test_a_mark_in_a_trajectory_counts_in_the_text_of_its_step():
    response = shown("Sorry.", STEPS)

    mark = response.original(words(response, "ask [name removed]"))
    assert (mark.step, mark.start, mark.end, mark.quote) == (0, 2, 17, "ask Zephyr-9000")
    mark = response.original(words(response, "removed].", nth=1))
    assert (mark.step, mark.start, mark.end, mark.quote) == (1, 11, 23, "Zephyr-9000.")
    mark = response.original(words(response, "Sorry"))
    assert (mark.step, mark.start, mark.end) == (2, 0, 5)
    assert response.shown(mark) == MarkedError(
        "tone",
        start=response.raw.index("Sorry"),
        end=response.raw.index("Sorry") + 5,
        quote="Sorry",
        step=2,
    )


def test_a_mark_beside_the_text_of_a_step_is_on_the_step_and_keeps_its_words():
    response = shown("Sorry.", STEPS)

    mark = response.original(words(response, "Calls search"))

    assert (mark.step, mark.start, mark.end, mark.quote) == (0, None, None, "Calls search")
    assert response.shown(mark) == mark


def test_a_mark_does_not_go_beyond_its_step_and_a_step_that_is_not_there_is_refused():
    response = shown("Sorry.", STEPS)
    start = response.raw.index("ask")
    long = MarkedError("tone", start=start, end=len(response.raw), quote=response.raw[start:])

    with pytest.raises(RefusedError):
        response.original(long)
    with pytest.raises(RefusedError):
        response.original(MarkedError("tone", step=3))
    assert response.original(MarkedError("tone", step=2)) == MarkedError("tone", step=2)


def test_a_mark_of_a_trajectory_without_a_step_counts_in_its_last_message():
    response = shown("Sorry.", STEPS)

    mark = response.shown(MarkedError("tone", start=0, end=5, quote="Sorry"))

    assert response.raw[mark.start : mark.end] == "Sorry"


def test_what_has_no_place_of_its_own_reaches_from_the_run_before_to_the_one_behind():
    runs = [(2, 0, 3), (8, 10, 2)]  # here 2-5 and 8-10; there 0-3 and 10-12

    assert through(runs, 3, 5, 20) == (1, 3)
    assert through(runs, 3, 6, 20) == (1, 10)
    assert through(runs, 6, 7, 20) == (3, 10)
    assert through(runs, 0, 2, 20) == (0, 0)
    assert through(runs, 9, 12, 20) == (11, 20)
    assert through([], 0, 1, 20) == (0, 20)

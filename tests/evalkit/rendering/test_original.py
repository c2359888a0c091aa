"""Marks on what is shown are marks on what was recorded, and the way back."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from evalkit.annotation.blinding.leaks import REMOVED, identity_leaks, mask, mask_runs
from evalkit.annotation.marks import MarkedError
from evalkit.errors import RefusedError
from evalkit.records.checks import message
from evalkit.records.normal import message_text
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
        [
            *(
                "Zephyr-9000",
                "Quasar",
                "I am Quasar",
                "a-b",
                "é",
                "e\u0301",
                "👩‍👩‍👧",
                "👍🏽",
                "🇩🇪",
            ),
            *(
                "שלום",
                " ",
                "\n",
                "\r\n",
                "\t",
                "\u00a0",
                "$x^2$",
                "```py\nx = 1\n```",
                "| a |\n|---|",
            ),
        ]
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


def test_what_the_user_wrote_in_a_conversation_is_no_error_of_the_model():
    turns = [
        {"role": "assistant", "content": "By Friday."},
        {"role": "user", "content": "Really?"},
        {"role": "assistant", "content": "Yes."},
    ]
    response = shown("Yes.", turns)

    assert response.original(words(response, "Friday")).step == 0
    with pytest.raises(RefusedError, match="step 2, which the user wrote"):
        response.original(words(response, "Really"))
    with pytest.raises(RefusedError, match="step 2, which the user wrote"):
        response.original(MarkedError("tone", step=1))
    stored = MarkedError("tone", step=1)  # as an import may have it
    assert response.original_again([stored])(stored) == stored


def test_a_mark_of_a_trajectory_without_a_step_counts_in_its_last_message():
    response = shown("Sorry.", STEPS)

    mark = response.shown(MarkedError("tone", start=0, end=5, quote="Sorry"))

    assert response.raw[mark.start : mark.end] == "Sorry"


def test_the_words_of_a_mark_without_place_are_shown_masked_as_the_response_is():
    twice = shown("I am ChatGPT. Well, ChatGPT says no; ChatGPT says no.")
    shown_words = [
        ("I am ChatGPT", "I am [name removed]"),
        ("ChatGPT says", "[name removed] says"),  # it is masked for what stands elsewhere
        ("tGPT says", "[name removed] says"),
        ("The ChatGPT says", "The [name removed] says"),  # words it does not hold
        ("says no", "says no"),
        ("[name removed] says", "[name removed] says"),  # as a mark on a call is stored
    ]

    for quote, expected in shown_words:
        assert twice.shown(MarkedError("tone", quote=quote)).quote == expected


def test_a_mark_on_a_step_that_is_not_there_or_beyond_its_text_is_shown_masked_without_place():
    response = shown("Sorry.", STEPS)

    for step in (1, 7):
        mark = MarkedError("tone", start=3, end=900, quote="ask Zephyr-9000", step=step)
        again = response.shown(mark)
        assert (again.start, again.end, again.quote) == (None, None, "ask [name removed]")


def test_a_text_of_a_call_among_the_parts_is_not_shown_but_counted_as_elsewhere():
    content = [{"type": "tool_use", "text": "zz", "name": "f"}, {"type": "text", "text": "hello"}]
    response = shown("zzhello", [{"role": "assistant", "content": content}])

    mark = response.original(words(response, "hello"))

    assert message_text(content) == "zzhello"
    assert (mark.step, mark.start, mark.end, mark.quote) == (0, 2, 7, "hello")


fields = st.sampled_from(
    ["type", "text", "content", "id", "name", "function", "input", "image_url", "model", "x"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "hi", "Zephyr-9000"]),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(fields, values, max_size=3),
    max_leaves=6,
)
kinds = {"type": st.sampled_from(["text", "tool_use", "tool_result", "image"])}
parts = st.dictionaries(fields, anything, max_size=4) | st.builds(
    dict, st.dictionaries(fields, anything, max_size=3), **kinds
)
contents = st.sampled_from(["", "Zephyr-9000 says hi"]) | st.lists(
    parts | st.sampled_from(["", "I am Quasar"]), max_size=3
)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool"]), "content": contents},
    optional={"tool_calls": st.lists(st.dictionaries(fields, anything, max_size=3), max_size=2)},
)


@given(st.lists(messages, min_size=1, max_size=3), st.booleans())
def test_words_of_any_trajectory_that_can_be_imported_can_be_marked(steps, is_masked):
    mask_text = masking if is_masked else lambda text: (text, [(0, 0, len(text))])
    assert all(message(step) is None for step in steps)

    response = ShownResponse("", steps, masking=mask_text)

    for start in range(0, len(response.raw), 3):
        mark = MarkedError("tone", start=start, end=start + 1, quote=response.raw[start])
        original = mark
        with suppress(RefusedError):  # between two steps
            original = response.original(mark)
        if original.step is not None and original.start is not None:
            text = message_text(steps[original.step]["content"])
            assert text[original.start : original.end] == original.quote


def test_what_has_no_place_of_its_own_reaches_from_the_run_before_to_the_one_behind():
    runs = [(2, 0, 3), (8, 10, 2)]  # here 2-5 and 8-10; there 0-3 and 10-12

    assert through(runs, 3, 5, 20) == (1, 3)
    assert through(runs, 3, 6, 20) == (1, 10)
    assert through(runs, 6, 7, 20) == (3, 10)
    assert through(runs, 0, 2, 20) == (0, 0)
    assert through(runs, 9, 12, 20) == (11, 20)
    assert through([], 0, 1, 20) == (0, 20)

import json
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from evalkit.annotation.blinding import leaks as blinding
from evalkit.annotation.blinding.leaks import (
    REMOVED,
    Evidence,
    Leak,
    blinded_steps,
    identity_leaks,
    mask,
    texts_of,
)
from tests.evalkit.annotation.blinding import identity_held_out as held_out
from tests.evalkit.annotation.blinding.identity_corpus import (
    CORPUS_STUDY,
    innocent_texts,
    self_introductions,
)
from tests.evalkit.annotation.blinding.identity_texts import (
    HARMLESS,
    HARMLESS_SINCE,
    REVEALING,
    REVEALING_SINCE,
    STUDY,
)


def counted(text, **more):
    return [leak.matched for leak in identity_leaks(text, **more) if leak.counts]


@pytest.mark.parametrize(("text", "names"), REVEALING)
def test_a_response_that_says_who_it_is_is_found_and_every_name_in_it(text, names):
    assert counted(text, names=STUDY) == names


@pytest.mark.parametrize("text", REVEALING_SINCE)
def test_a_response_that_says_who_it_is_is_found_in_other_words_too(text):
    assert counted(text, names=STUDY)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_response_that_only_speaks_of_such_things_is_left_alone(text):
    assert counted(text, names=STUDY) == []


@pytest.mark.parametrize("text", HARMLESS_SINCE)
def test_a_response_that_speaks_of_them_otherwise_is_left_alone_too(text):
    assert counted(text, names=[name for name in STUDY if name != "openai"]) == []


def measured(title, revealing, harmless, study):
    """Print and give recall and precision over texts; a text is found by any name that counts."""
    missed = [text for text in revealing if not counted(text, names=study)]
    alarms = [text for text in harmless if counted(text, names=study)]
    n_found = len(revealing) - len(missed)
    recall, precision = n_found / len(revealing), n_found / (n_found + len(alarms))
    print(
        f"{title}: recall {recall:.3f} of {len(revealing)}, precision {precision:.3f}, "
        f"{len(alarms)} of {len(harmless)} innocent texts touched",
        *(f"missed: {text}" for text in missed),
        *(f"touched: {text}" for text in alarms),
        sep="\n  ",
    )
    return recall, precision


@pytest.mark.slow
def test_introductions_in_twelve_languages_and_ten_disguises_are_found_and_innocents_left_alone():
    recall, precision = measured(
        "corpus",
        [text for _, text in self_introductions()],
        [text for _, text in innocent_texts()],
        CORPUS_STUDY,
    )

    assert recall >= 0.97
    assert precision >= 0.95


@pytest.mark.parametrize("after", ["", "_SINCE", "_LAST", "_FOURTH"])
def test_texts_that_were_held_out_once_stay_found(after):
    recall, precision = measured(
        f"held out{after.lower().replace('_', ', ')}",
        getattr(held_out, f"HELD_OUT_REVEALING{after}"),
        getattr(held_out, f"HELD_OUT_HARMLESS{after}"),
        held_out.HELD_OUT_STUDY,
    )

    assert recall >= 0.97
    assert precision >= 0.95


# What is read


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"mistral\-large answered.", "[name removed] answered."),
        ("**GPT**-4o answered.", "[name removed] answered."),
        ("I am **G**emini 2.5 Pro.", "I am [name removed]."),
        ("I am Gem\u200bi\u00adni.", "I am [name removed]."),
        ("I am Ｇｅｍｉｎｉ.", "I am [name removed]."),
        ("I am Gеmіnі.", "I am [name removed]."),  # Cyrillic letters
        ("I am G.e.m.i.n.i.", "I am [name removed]."),
        ("I am [Gemini](https://gemini.example), an AI.", "I am [name removed], an AI."),
        ("I am [**Gem**ini](https://gemini.example).", "I am [name removed]."),
    ],
)
def test_a_name_is_taken_out_however_it_is_written(text, shown):
    leaks = identity_leaks(text, names=["gemini-2.5-pro", "mistral-large", "gpt-4o"])

    assert mask(text, leaks) == shown


@pytest.mark.parametrize(
    "name",
    [
        "llama3.1:8b",
        "Llama 3.1 8B Instruct",
        "meta-llama/Llama-3.1-8B-Instruct",
        "Llama-3.1-70B-Instruct-AWQ",
        "llama3.1:8b-instruct-q4_K_M",
        "Llama (8B)",
        "Llama 3.1 (70B Instruct)",
        "llama-3.1@2024-07-23",
        "**Llama** 3.1",
        "Llama",
    ],
)
def test_what_is_left_says_neither_how_long_a_name_was_nor_of_what_kind(name):
    text = f"I am {name}, an AI model. Ask {name} anything."

    masked = mask(text, identity_leaks(text, names=["meta-llama/Llama-3.1-8B-Instruct"]))

    assert masked == "I am [name removed], an AI model. Ask [name removed] anything."


def test_a_name_a_response_gave_itself_is_taken_out_wherever_it_stands():
    text = "My name is Gemini. Ask me anything.\n\nGemini is quick, and gemini is new."

    masked = mask(text, identity_leaks(text, names=["gemini-2.5-flash"]))

    assert masked == (
        "My name is [name removed]. Ask me anything.\n\n"
        "[name removed] is quick, and [name removed] is new."
    )


def test_a_makers_own_words_count_for_the_models_it_makes():
    assert counted("I am Gemini.", names=["model_a", "google"]) == ["Gemini"]
    assert counted("I am Gemini.", names=["model_a", "model_b"]) == []


# Names of the study


@pytest.mark.parametrize(
    "written",
    ["gpt-4o", "GPT 4o", "gpt4o", "GPT‑4o", "GPT-4o-2024-08-06", "gpt_4o", "**GPT-4o**"],
)
def test_a_name_of_the_study_counts_however_it_is_written(written):
    text = f"Compared with {written}, this is short."

    (leak,) = identity_leaks(text, names=["openai/gpt-4o-2024-08-06"])

    assert leak.why is Evidence.IN_STUDY
    assert leak.matched == written.strip("*")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Code Llama Instruct (34B)", "This was Code Llama (34B) at work."),
        ("meta-llama/Llama-3-70b-instruct:free", "Take Llama 3 70B, for one."),
        ("claude-3-5-sonnet@20241022", "claude-3-5-sonnet wrote this"),
        ("Zephyr 7B beta", "zephyr-7b-beta was asked"),
        ("deepseek", "Some of DeepSeek's answers"),
    ],
)
def test_organisation_size_date_and_variant_may_be_missing_or_there(name, text):
    assert counted(text, names=[name])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("command", "Type the command below."),
        ("Atlas", "Open the atlas at page 4; Atlas Mountains are in Morocco."),
        ("Koala (13B)", "A koala sleeps up to 22 hours a day."),
        ("together", "We solve it together."),
        ("o1", "Let o1 be the first observation."),
        ("r1", "Resistor R1 is 10 kΩ."),
        ("output_1", "output_1 = f(x)  # model output"),
        ("model-b", "Model B is the better car."),
        ("ref", "git show-ref, see ref. 3"),
        ("baseline-v2", "The baseline v2 experiment failed."),
        ("system2", "System 2 is slow thinking."),
        ("Online-W", "Chat online w/ friends."),
        ("gpt-4", "Dial 4 for the GPT-40 form; SGPT-4 is an enzyme."),
    ],
)
def test_a_plain_word_or_a_general_name_does_not_count_in_passing(name, text):
    assert counted(text, names=[name]) == []


def test_a_plain_word_counts_where_the_response_speaks_of_itself():
    assert counted("I am Atlas, an AI assistant.", names=["Atlas"]) == ["Atlas"]
    assert counted("As Birch, I prefer short answers.", names=["Birch"]) == ["Birch"]
    assert counted("I was made by Meridian.", names=["Meridian"]) == ["Meridian"]


def test_what_the_case_brings_up_gives_nothing_away():
    text = "GPT-4o is a model of OpenAI."

    (first, second) = identity_leaks(
        text, names=["gpt-4o", "openai"], case_text="Who made gpt-4o? Is it OpenAI?"
    )

    assert (first.why, second.why) == (Evidence.MENTION, Evidence.MENTION)
    assert counted(text, names=["gpt-4o", "openai"]) == ["GPT-4o", "OpenAI"]


def test_saying_that_one_is_what_the_user_asked_for_counts():
    asked = "Are you ChatGPT?"

    assert counted("Yes, I am ChatGPT.", case_text=asked) == ["ChatGPT"]


def test_a_part_the_system_prompt_told_it_to_play_gives_nothing_away():
    told = "You are Claude, the assistant of Tidewell."

    assert counted("I'm Claude. How can I help you?", instructions=told) == []
    assert counted("I was made by OpenAI.", instructions=told) == ["OpenAI"]


def test_a_mention_of_a_maker_is_reported_and_does_not_count():
    (leak,) = identity_leaks("Tools such as ChatGPT can help.")

    assert leak == Leak(14, 21, "ChatGPT", Evidence.MENTION)
    assert not leak.counts


# Masking


def test_masking_takes_out_the_names_that_count_and_nothing_else():
    text = "As ChatGPT, I note:\n\n* **OpenAI** trained me — unlike Qwen.  \n"

    masked = mask(text, identity_leaks(text))

    assert masked == (
        "As [name removed], I note:\n\n* **[name removed]** trained me — unlike Qwen.  \n"
    )


TEXTS = st.lists(
    st.sampled_from(
        [
            "I am ChatGPT",
            "trained by OpenAI",
            "as an AI language model",
            "Gemini",
            "我是通义千问",
            "gpt-4o",
            "\ue000\ue002",
            "😀",
            ". ",
            "\n",
            ", ",
            " ",
        ]
    )
    | st.text(max_size=8),
    max_size=12,
).map("".join)


@given(TEXTS)
def test_leaks_lie_where_they_say_and_never_overlap(text):
    leaks = identity_leaks(text, names=["gpt-4o"])

    assert all(text[leak.start : leak.end] == leak.matched for leak in leaks)
    assert all(leak.matched for leak in leaks)
    assert all(a.end <= b.start for a, b in pairwise(leaks))


@given(TEXTS)
def test_masking_keeps_every_other_character(text):
    leaks = [leak for leak in identity_leaks(text, names=["gpt-4o"]) if leak.counts]

    rest = mask(text, leaks)

    # What stands between two names taken as one goes with them; nothing else does.
    between = [text[a.end : b.start] for a, b in pairwise(leaks)]
    joined = [gap for gap in between if len(gap) <= 2 and not gap.strip(" \u00a0/:_-")]
    n_placeholders = len(leaks) - len(joined)
    n_taken = sum(len(leak.matched) for leak in leaks) + sum(map(len, joined))
    assert rest.count(REMOVED) == n_placeholders + text.count(REMOVED)
    assert len(rest) == len(text) - n_taken + n_placeholders * len(REMOVED)
    if not leaks:
        assert rest == text


@pytest.mark.parametrize(
    "text",
    [
        "I am Claude 3. Claude is glad to help.",
        "My name is Gemini 1.5 Pro. Ask Gemini.",
        "I am GPT-4o, one of the GPT family.",
        "I am ChatGPT¼I am ChatGPT",
    ],
)
def test_a_name_with_its_version_is_taken_out_without_it_too(text):
    masked = mask(text, identity_leaks(text))

    assert re.search("claude|gemini|gpt", masked, re.IGNORECASE) is None


def test_words_that_only_begin_like_the_name_stay():
    text = "I am Claude 3. A claudication is no Claudette."

    assert mask(text, identity_leaks(text)) == (
        "I am [name removed]. A claudication is no Claudette."
    )


@given(TEXTS)
@example("I am ChatGPT¼I am ChatGPT")
def test_what_was_masked_is_not_found_again(text):
    masked = mask(text, identity_leaks(text, names=["gpt-4o"]))

    assert counted(masked, names=["gpt-4o"]) == []


def seconds_to_search(text):
    """Give the processor time of the quicker of two searches, none of them remembered."""
    seconds = []
    for number in range(2):
        begun = time.process_time()
        identity_leaks(text + str(number), names=STUDY)
        seconds.append(time.process_time() - begun)
    return min(seconds)


@pytest.mark.parametrize(
    "words",
    [
        "I, as an assistant, ",
        "I, as an assistant, made by OpenAI and Google, ",
        "I am a model by OpenAI (",
        "I'm an AI trained by Aaaa Bbbb-cc.dd Ee Ff ",
        "我是由OpenAI开发的",
        "[a](",
        "a.b.c.d.",
        "`*_ ",
        "A",
    ],
)
def test_the_search_takes_time_in_proportion_to_the_text(words):
    # Eight times the text: linear takes 8 times as long, quadratic 64. What a search costs
    # whatever its length is left out by beginning at 500 characters.
    short, long = (words * (length // len(words)) for length in (500, 4_000))
    seconds_to_search("I am ChatGPT.")  # compiles the patterns

    assert seconds_to_search(long) < 24 * max(seconds_to_search(short), 0.001)


def test_what_was_found_is_remembered_by_what_it_depends_on(monkeypatch):
    searched = []
    search = blinding._search
    monkeypatch.setattr(
        blinding, "_search", lambda text, *rest: searched.append(text) or search(text, *rest)
    )
    text = "I am Zanzibar-7, an AI model of a kind seen once."

    first = identity_leaks(text, names=["Zanzibar-7"])
    again = identity_leaks(text, names=["Zanzibar-7"])
    other = identity_leaks(text, names=["Zanzibar-7"], instructions="You are Zanzibar-7.")

    assert first == again
    assert searched == [text, text]
    assert [leak.counts for leak in first] != [leak.counts for leak in other]


# Agents


STEPS = [
    {
        "role": "assistant",
        "model": "gpt-4o",
        "usage": {"prompt_tokens": 5},
        "content": [
            {"type": "thinking", "thinking": "I am Claude.", "signature": "EqQBCgIYAhIM"},
            {"type": "text", "text": "As GPT-4o, I look it up."},
            {"type": "tool_use", "id": "toolu_01", "name": "ask", "input": {"q": "gpt 4o"}},
        ],
        "tool_calls": [
            {
                "id": "call_abc",
                "type": "function",
                "function": {"name": "lookup", "arguments": '{"agent": "gpt-4o", "n": 3}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_abc", "content": '{"id": "A-7", "by": "gpt-4o"}'},
    {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "toolu_01", "content": "none"}],
    },
]


def masked(text):
    return mask(text, identity_leaks(text, names=["gpt-4o"]))


def test_names_are_taken_out_of_messages_arguments_and_results_of_an_agent():
    shown = json.dumps(blinded_steps(STEPS, masked=masked))

    assert "4o" not in shown
    assert shown.count(REMOVED) == 4
    assert '\\"n\\": 3' in shown
    assert '\\"id\\": \\"A-7\\"' in shown


def test_fields_that_are_not_part_of_the_conversation_are_dropped():
    shown = json.dumps(blinded_steps(STEPS, masked=str))

    for secret in ("usage", "prompt_tokens", "signature", "EqQB", '"model"'):
        assert secret not in shown


def test_call_ids_are_numbered_anew_and_still_match():
    first, second, third = blinded_steps(STEPS, masked=str)

    assert "toolu" not in json.dumps([first, second, third])
    assert first["tool_calls"][0]["id"] == second["tool_call_id"]
    assert first["content"][2]["id"] == third["content"][0]["tool_use_id"]


def test_blinding_leaves_the_stored_steps_as_they_are():
    before = json.dumps(STEPS)

    blinded_steps(STEPS, masked=masked)

    assert json.dumps(STEPS) == before


def test_every_text_of_an_agent_is_searched():
    assert {"As GPT-4o, I look it up.", "gpt 4o", '{"agent": "gpt-4o", "n": 3}'} <= set(
        texts_of(STEPS)
    )

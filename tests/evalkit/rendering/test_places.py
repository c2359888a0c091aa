"""What is selected in a rendered text is what was written: every word has its one place."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from evalkit.rendering.markdown import MAX_BRACKETS, clean, render_placed, render_text
from evalkit.rendering.messages import raw_messages, render_messages
from evalkit.rendering.steps import message_places
from evalkit.rendering.task import render_task
from tests.browser.apps.workbench_tasks import TASKS


class _TextNodes(HTMLParser):
    """Collects what a browser's walker over text nodes would meet."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.mathematics: set[int] = set()
        self._n_open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._n_open += tag == "math"

    def handle_endtag(self, tag: str) -> None:
        self._n_open -= tag == "math"

    def handle_data(self, data: str) -> None:
        if self._n_open:
            self.mathematics |= set(range(len(self.text), len(self.text) + len(data)))
        self.text += data


def text_nodes(html: str) -> _TextNodes:
    nodes = _TextNodes()
    nodes.feed(html)
    nodes.close()
    return nodes


def written_at(text: str) -> tuple[str, dict[int, int], set[int]]:
    """Return the rendered text, where each of its characters was written, and what is drawn."""
    html, runs = render_placed(text)
    assert html == render_text(text)
    nodes = text_nodes(html)
    places: dict[int, int] = {}
    for (first, raw, length), (later, later_raw, _) in pairwise([*runs, (10**9, 10**9, 1)]):
        assert length > 0
        assert first + length <= later
        assert raw + length <= later_raw
        assert nodes.text[first : first + length] == text[raw : raw + length]
        places.update(zip(range(first, first + length), range(raw, raw + length), strict=True))
    return nodes.text, places, nodes.mathematics


def placed_words(text: str) -> dict[str, str]:
    """Return each word that is read, and what stands where it was written."""
    rendered, places, drawn = written_at(text)
    words = {}
    for word in re.finditer(r"\w+", rendered):
        if not drawn.intersection(range(*word.span())):
            where = [places[n] for n in range(*word.span())]
            words[word[0]] = text[where[0] : where[-1] + 1]
    return words


#: Words that render as themselves, of letters that one, two and four bytes hold, and of signs
#: that belong to the letter before.
WORDS = ("w", "é", "e\u0301", "漢", "שלום", "مرحبا", "\u0928\u093f", "𝒜", "z\u0300\u0301")
PIECES = (
    "{}", "**{}**", "*{}*", "***{}** {}*", "~~{}~~", "`{}`", "`` {}` ``",
    "[{}](http://a.b/c)", '[**{}** {}](<http://a.b/c d> "{}")', "\\*{}\\*", "\\{}", "_{}_",
    "{}_{}", "5*{}*6", "__{}__", "&amp;{}&lt;", "<b>{}</b>", "😀{}👩‍👩‍👧", "$x^2$ {}",
    "\\({}\\)", "$\\undefined {}$", "<http://{}.test>", "![{}](http://a.b/c)", "{}\u00a0{}",
    "{}\u00ad{}", "{}\u202f{}", "a@b.c {}", "👍🏽{}👩🏾‍💻", "🏳️‍🌈{}🇩🇪🇫🇷{}1️⃣", "❤️‍🔥 {}",
    "[{}]", "[{}][1]", "{}:", "{}\t{}", "~{}", "*{}", "**{}", "`{}", "$5 {} $6", "\\", "\\\\{}",
    "\u200f{}", "{}\x00", "]({}",
)  # fmt: skip
LINES = (
    "{}", "# {}", "## {} ##", "# {} # #", "> {}", "> > {}", "- {}", "  - {}", "1. {}",
    "10) {}", "    {}", "\t{}", "- \t{}", "{}\n===", "{}\n---", "```\n{}\n```",
    "~~~py x\n  {}\n~~~", "- ```\n  {}\n  ```", "> ```\n> {}\n> ```",
    "| {} | {} |\n|---|:-:|\n| {} | {} |", "{} | {}\n--|--\n{} \\| {} | {}\n|{}||{}",
    "> | {} | {} |\n> |---|---|\n> | - | {} |", "- | {} | {} |\n  |---|---|\n  | {} |",
    "$$\n{}\n$$", "$$\n\\undefined {}\n$$", "\\[\n{}\n\\]", "def f():\n    return {}",
    "{}  ", "{}\\", "   {}", "* * *", "[1]: http://a.b/{}", "\u200b{}", "\ufeff{}",
    "+ {}\n\n  {}\n\n      {}", "  > {}\n  lazy {}",
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts of which every word is written once, with Markdown of every kind around the words."""
    number = 0

    def word() -> str:
        nonlocal number
        number += 1
        return f"{draw(st.sampled_from(WORDS))}ᚠ{number}ᛗ"

    def filled(pattern: str, make: Callable[[], str]) -> str:
        return re.sub(r"\{\}", lambda _: make(), pattern)

    def piece() -> str:
        pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))
        return draw(st.sampled_from((" ", ""))).join(filled(pattern, word) for pattern in pieces)

    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=6))
    ends = st.sampled_from(("\n", "\n\n", "\r\n", "\r", " \n", "\n  "))
    return clean("".join(filled(line, piece) + draw(ends) for line in lines))


@given(documents())
@example("> | a1 | b2 |\n> |---|---|\n> | - | c3 |\n")
@example("# # # \n\nw1 w1")
@example("[a1](<x> 'b2')[c3](d4)")
def test_every_word_that_is_read_stands_where_it_was_written(text: str) -> None:
    # No word of these texts is written twice, so the right word is at the right place.
    rendered, places, drawn = written_at(text)
    for word in re.finditer(r"ᚠ\d+ᛗ", rendered):
        if drawn.intersection(range(*word.span())):
            continue
        where = [places[n] for n in range(*word.span()) if n in places]
        if len(where) < len(word[0]):
            before = rendered[: word.start()]
            # The address of an image is put into words, and that of a link may be written anew.
            assert before.rfind("[image: ") > before.rfind("]") or "http" in before, word[0]
            continue
        assert text[where[0] : where[-1] + 1] == word[0]


@given(
    st.text(
        st.sampled_from(
            "ab *_`~[]()<>!\\|#-+>$1.\n\r\t:&;\u00a0\u200b\u200d\ufe0f\ufeff\u0301😀🏽🇩א"
        ),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_a_stretch_holds_the_same_characters_in_both_texts(text: str) -> None:
    written_at(text)


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_placed(text: str) -> None:
    written_at(clean(text))


@given(documents(), st.data())
def test_the_words_of_a_selection_are_rendered_from_what_it_is_mapped_to(
    text: str, data: st.DataObject
) -> None:
    rendered, places, _ = written_at(text)
    assume(places)
    ends = sorted(data.draw(st.lists(st.sampled_from(sorted(places)), min_size=2, max_size=2)))
    selected = rendered[ends[0] : ends[1] + 1]
    written = text[places[ends[0]] : places[ends[1]] + 1]
    # The letters between the ends, in order, those of the marks between left out.
    letters = iter(written)
    wanted = [rendered[n] for n in range(ends[0], ends[1] + 1) if n in places]
    assert all(any(letter == other for other in letters) for letter in wanted), selected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", {}),
        ("  \r\n\r\n  a\r\nb", {"a": "a", "b": "b"}),
        ("5 &amp; \\*x\\* *y*", {"5": "5", "amp": "amp", "x": "x", "y": "y"}),
        ("| a\\|b | `c` |\n|---|---|\n| d |", dict(zip("abcd", "abcd", strict=True))),
        ("an\u00adalysis of it", {"analysis": "an\u00adalysis", "of": "of", "it": "it"}),
        ("é e\u0301 👩‍👩‍👧 מילה", {"é": "é", "e": "e", "מילה": "מילה"}),
    ],
)
def test_words_behind_marks_and_signs_have_their_place(text: str, words: dict[str, str]) -> None:
    assert placed_words(text) == words


def test_a_word_that_stands_twice_is_not_taken_for_the_other() -> None:
    text = "[ill](http://ill.test/ill) ill **ill** `ill`"
    html, runs = render_placed(text)
    rendered, places, _ = written_at(text)
    assert html
    assert runs
    assert [places[match.start()] for match in re.finditer("ill", rendered)] == [1, 27, 33, 40]


def test_a_set_formula_lies_between_the_places_around_it() -> None:
    text = "so $x^2$ is"
    _, runs = render_placed(text)
    assert [(raw, length) for _, raw, length in runs] == [(0, 3), (8, 3)]


def test_a_formula_that_cannot_be_set_is_shown_as_it_is_written() -> None:
    assert placed_words("so $\\undefined{a} x$ is")["undefined"] == "undefined"
    assert placed_words("$$\n\\undefined{a}\nx = 1\n$$")["x"] == "x"


def test_a_text_that_is_too_much_for_markdown_has_its_places_too() -> None:
    text = "  a\r\n" + "[" * (MAX_BRACKETS + 1) + " *b* "
    assert placed_words(text) == {"a": "a", "b": "b"}


@pytest.mark.parametrize("asked", [{"tags"}, {"preference"}])
def test_a_screen_is_told_places_only_where_words_can_be_marked(asked: set[str]) -> None:
    task = replace(TASKS["plain"], collect=frozenset(asked))
    wanted = render_placed(clean(task.responses["left"].text))[1] if asked == {"tags"} else []
    assert bool(wanted) == (asked == {"tags"})
    assert render_task(task)["left"]["places"] == wanted


def test_places_go_into_json_as_they_are() -> None:
    assert json.loads(json.dumps(render_placed("a **b**")[1])) == [[0, 0, 2], [2, 4, 1]]


@given(
    st.lists(st.tuples(st.sampled_from(("assistant", "tool", "system")), documents()), max_size=4)
)
@settings(max_examples=6, deadline=None)
def test_the_words_of_each_step_stand_where_they_were_written(turns: list[tuple[str, str]]) -> None:
    steps = [
        {
            "role": "assistant",
            "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
        },
        *({"role": role, "content": content, "tool_call_id": "1"} for role, content in turns),
        {"role": "tool", "tool_call_id": "1", "content": '{"a": "in a table"}'},
        {"role": "assistant", "content": [{"type": "text", "text": "last words"}, "and more"]},
    ]
    rendered, raw = text_nodes(render_messages(steps)).text, raw_messages(steps)

    runs = message_places(steps)

    for (first, there, length), (later, later_there, _) in pairwise([*runs, (10**9, 10**9, 1)]):
        assert first + length <= later
        assert there + length <= later_there
        assert rendered[first : first + length] == raw[there : there + length]
    placed = "\n".join(raw[there : there + length] for _, there, length in runs)
    assert placed.endswith("last words\nand more")
    n_written = sum(len(render_placed(clean(content))[1]) for _, content in turns)
    assert len(runs) == n_written + 2

"""The words that were marked are painted where they stand, and nothing else is changed."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from evalkit.annotation.marks import only_place
from evalkit.rendering.highlights import (
    Highlight,
    painted,
    place_in_html,
    render_marked,
)
from evalkit.rendering.markdown import render_text
from evalkit.rendering.messages import render_messages
from tests.evalkit.rendering.test_places import documents, text_nodes, written_at

#: Where the content model of HTML has no room for an element of ours.
NO_ROOM = {"table", "thead", "tbody", "tr", "ul", "ol", "math", "mrow", "mi", "mn", "mo", "msup"}


class Painted(HTMLParser):
    """Collects the text outside of the numbers, and of it what each mark paints."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.words: dict[int, str] = {}
        self.numbers: list[int] = []
        self.order: list[str | int] = []
        self._open: list[str] = []
        self._marks: list[int] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("mark", "sup"):
            assert not self._open or self._open[-1] not in NO_ROOM
        if tag == "mark":
            self._marks.append(int((dict(attrs)["title"] or "").partition(":")[0]))
        if tag != "hr":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag != "hr":
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "mark":
            self._marks.pop()

    def handle_data(self, data: str) -> None:
        if "sup" in self._open:
            number = int(data.split()[0])  # behind it may stand whose the mark is
            self.numbers.append(number)
            self.order.append(number)
            return
        self.text += data
        self.order.append(data)
        for mark in self._marks:
            self.words[mark] = self.words.get(mark, "") + data


@given(documents(), st.data())
def test_a_marked_word_is_painted_and_no_character_is_lost(text: str, data: st.DataObject) -> None:
    rendered, places, _ = written_at(text)
    words = [
        word
        for word in re.finditer(r"ᚠ\d+ᛗ", rendered)
        if all(n in places for n in range(*word.span()))
    ]
    ends = st.lists(st.sampled_from(words), max_size=4) if words else st.just([])
    pairs = [
        (first, last)
        for first, last in zip(data.draw(ends), data.draw(ends), strict=False)
        if first.start() <= last.start()
    ]
    marks = [
        Highlight(places[first.start()], places[last.end() - 1] + 1, number, "x")
        for number, (first, last) in enumerate(pairs)
    ]

    page = Painted(render_marked(text, marks))

    assert page.text == rendered
    assert sorted(page.numbers) == list(range(len(pairs)))
    for number, (first, last) in enumerate(pairs):  # no word of these texts is written twice
        wanted = rendered[first.start() : last.end()]
        assert "".join(page.words[number].split()) == "".join(wanted.split())


@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=4)
)
def test_marks_anywhere_change_no_character_of_any_text(
    text: str, spans: list[tuple[int, int]]
) -> None:
    text = text.encode("utf-8", "replace").decode()
    marks = [
        Highlight(min(span), max(span), number, "x") for number, span in enumerate(spans, start=1)
    ]
    page = Painted(render_marked(text, marks))
    assert page.text == text_nodes(render_text(text)).text
    assert sorted(page.numbers) == [mark.number for mark in marks]


def test_marks_in_rendered_words_overlap_and_say_tag_and_severity() -> None:
    text = "a **bold *claim*** here"
    first = Highlight(text.index("bold"), text.index(" here"), 1, "Invented", "major", 0.5)
    second = Highlight(text.index("claim"), len(text), 2, "Too sure <b>")

    html = render_marked(text, [first, second])

    page = Painted(html)
    assert page.words == {1: "bold claim", 2: "claim here"}
    assert page.order[:-1] == ["a ", "bold ", "claim", 1, " here", 2]
    assert '<mark class="ek-marked ek-grave-3" title="1: Invented, major">' in html
    assert (
        '<sup class="ek-mark-number" role="note" aria-label="2: Too sure &lt;b&gt;">2</sup>' in html
    )


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("so $x^2$ is", "$x^2$", "x2"),
        ("so $x^2$ is", "^2$ i", "x2 i"),
        ("so **$x^2$** is", "so **", "so"),
        ("| a | b |\n|---|---|\n| c | d |", "b |\n|---|---|\n| c", "bc"),
        ("- one\n- two\n\nthree", "two\n\nthree", "twothree"),
        ("`x = 1` and", "x = 1", "x = 1"),
        ("```py\nx = 1\ny\n```", "x = 1\ny", "x = 1\ny"),
        ("שלום **עולם**", "עולם", "עולם"),
        ("e\u0301 👩‍👩‍👧!", "👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_words_are_painted_in_whatever_they_stand(text: str, marked: str, words: str) -> None:
    start = text.index(marked)
    page = Painted(render_marked(text, [Highlight(start, start + len(marked), 1, "x")]))
    assert page.words == {1: words}


@pytest.mark.parametrize("span", [(0, 0), (2, 2), (3, 5), (14, 14), (15, 90)])
def test_a_mark_without_words_is_a_number_alone(span: tuple[int, int]) -> None:
    page = Painted(render_marked("a\n\n\n\n| b | c |\n|---|---|\n\n", [Highlight(*span, 7, "x")]))
    assert page.words == {}
    assert page.numbers == [7]


@pytest.mark.parametrize(
    ("words", "text", "place"),
    [
        ("a b", "x a b", (2, 5)),
        ("a", "a a", None),
        ("aa", "aaa", None),
        ("c", "a b", None),
        ("", "a", None),
        (" ", "a b", None),
    ],
)
def test_words_have_a_place_where_a_text_holds_them_once(
    words: str, text: str, place: tuple[int, int] | None
) -> None:
    assert only_place(words, text) == place


def test_a_quote_in_a_folded_step_is_painted_and_the_step_unfolded() -> None:
    steps = [
        {"role": "assistant", "content": "I look it up", "tool_calls": []},
        {"role": "tool", "content": "The **capital** of Peru is Lima"},
        {"role": "assistant", "content": "It is Lima"},
    ]
    html = render_messages(steps)
    assert " open>" not in html

    place = place_in_html("**capital** of Peru", html)

    assert place is not None
    page = painted(html, [Highlight(*place, 1, "x")])
    assert Painted(page).words == {1: "capital of Peru"}
    assert page.count(" open>") == 1
    assert place_in_html("Lima", html) is None  # twice
    assert place_in_html("Bogotá", html) is None


def test_words_that_stand_as_often_as_they_were_written_are_told_apart() -> None:
    html = render_text("*Lima* and **Lima** and `Lima`")
    assert place_in_html("Lima", html, nth=1, of=3) == (9, 13)
    assert place_in_html("Lima", html, nth=1, of=2) is None

"""What any text may become on the screen, and what it never may."""

import json
import textwrap
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from evalkit.rendering.latex import MATHML_ATTRIBUTES, MATHML_TAGS
from evalkit.rendering.markdown import MAX_BRACKETS, escape, raw_html, render_response, render_text
from evalkit.rendering.messages import raw_messages, render_context, render_messages, render_tools

TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre"),
    *("code", "em", "strong", "s", "table", "thead", "tbody", "tr", "th", "td", "span", "div"),
    *("section", "details", "summary"),
    *MATHML_TAGS,
}
ATTRIBUTES = {"class", "dir", "title", "start", "open", "scope", "data-language"}
MEANT_FOR_HARM = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[a](javascript:alert(1))",
    '[a](http://x.test/ "t\\" onmouseover=\\"alert(1)")',
    '![a" onerror="alert(1)](http://x.test/y.png "b")',
    "<http://x.test/?a='\"><b>>",
    '```"><img src=x onerror=alert(1)>\ncode\n```',
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\href{javascript:alert(1)}{x}$ $\\style{background:url(http://x.test)}{y}$",
    "$\\class{a}{b} \\cssId{c}{d} \\data{e}{f} \\includegraphics{http://x.test}$",
    '$x"><img src=x>$ \\(<svg/onload=alert(1)>\\)\n\n\\[\n</math><script>\n\\]',
    "[1]: http://x.test/\n\n[a][1] &lt;b&gt; &#60;script&#62;",
    "| <b> | a |\n|---|--:|\n| `<i>` | <script> |",
    "- > - > 1. <x>\n\n    <script>\n\n~~a~~ **b** _c_ # d",
]


class _Page(HTMLParser):
    """Collects what a browser would make of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {*MATHML_ATTRIBUTES, "class"} if tag in MATHML_TAGS else ATTRIBUTES
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        self.faults.extend(f"{tag}@{name}" for name, _ in attrs if name not in allowed)
        if tag != "hr":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag != "hr":
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")


def page(html: str) -> _Page:
    """Read HTML as a browser would."""
    read = _Page()
    read.feed(html)
    read.close()
    read.faults.extend(f"<{tag}> left open" for tag in read.open)
    return read


pieces = st.one_of(st.text(max_size=40), st.sampled_from(MEANT_FOR_HARM))
hostile_text = st.one_of(
    st.lists(pieces, max_size=6).map("".join),
    st.lists(pieces, max_size=6).map("\n\n".join),
    st.text(alphabet="<>&\"'[](){}!*_`~#|-+=$\\/: \n\tab1.", max_size=120),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile_text, inner, max_size=3),
    max_leaves=8,
)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]) | hostile_text},
    optional={
        "content": json_values,
        "tool_call_id": json_values,
        "function_call": json_values,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {
                    "function": st.fixed_dictionaries(
                        {"name": hostile_text, "arguments": json_values}
                    )
                }
            )
            | json_values,
            max_size=2,
        )
        | json_values,
    },
)


@given(hostile_text)
@settings(max_examples=60)
def test_no_text_becomes_a_tag_or_an_attribute_that_is_not_ours(text):
    assert page(render_text(text)).faults == []
    assert page(raw_html(text)).faults == []


@pytest.mark.parametrize("text", MEANT_FOR_HARM)
def test_what_is_meant_for_harm_is_shown_or_left_out(text):
    read = page(render_text(text))

    assert read.faults == []
    assert read.text.strip()


@given(st.lists(messages, max_size=3))
@settings(max_examples=15)
def test_no_message_becomes_a_tag_or_an_attribute_that_is_not_ours(conversation):
    assert page(render_messages(conversation)).faults == []
    assert isinstance(raw_messages(conversation), str)


@given(st.lists(st.dictionaries(st.sampled_from(["id", "text", "title"]), json_values), max_size=3))
def test_no_passage_becomes_a_tag_or_an_attribute_that_is_not_ours(passages):
    assert page(render_context(passages)).faults == []


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["name", "description", "parameters", "function", "input_schema"]),
            json_values
            | st.fixed_dictionaries({"properties": json_values, "required": json_values}),
        ),
        max_size=2,
    )
)
def test_no_tool_becomes_a_tag_or_an_attribute_that_is_not_ours(tools):
    assert page(render_tools(tools)).faults == []


words = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd", "So"]), min_size=1)


@given(st.lists(words, min_size=1, max_size=12).map(" ".join))
def test_a_plain_paragraph_reads_as_it_was_written(text):
    # A number in front of a line break or a dot makes a list; there is neither here.
    assert page(render_text(text)).text.strip("\n") == text


@given(
    st.lists(words, min_size=1, max_size=3).map(" ".join),
    st.lists(
        st.tuples(st.integers(0, 12), st.lists(words, min_size=1, max_size=3).map(" ".join)),
        max_size=6,
    ),
    st.integers(0, 12),
)
def test_the_lines_of_a_paragraph_keep_their_indentation(first, lines, indent):
    # What is not the text's own is the space around the whole of it.
    text = "\n".join([" " * indent + first, *(" " * n + line for n, line in lines)])
    assert full_lines(page(render_text(text)).text) == without_outer_space(text).split("\n")


def without_outer_space(text):
    """Return a text as it is rendered: what its first line shares with another goes from all."""
    first, *others = text.split("\n")
    indents = [len(line) - len(line.lstrip()) for line in others]
    shared = len(first) - len(first.lstrip())
    return (textwrap.dedent(text) if indents and min(indents) == shared else text).strip()


INVISIBLE = ["\n", " ", "  ", "\t", "\r\n", "\u00a0", "\ufeff", "\u200b", "\u2060", "\u3000"]


@pytest.mark.parametrize("outer", INVISIBLE, ids=map(ascii, INVISIBLE))
@pytest.mark.parametrize(
    "text", ["One line.", "Two\nlines.", "# Head\n\n- a\n  - b", "def f():\n    return 1", "$x$"]
)
def test_white_space_around_a_response_does_not_show_who_wrote_it(outer, text):
    assert render_text(outer + text) == render_text(text)
    assert render_text(text + outer) == render_text(text)


def test_a_response_that_is_indented_as_a_whole_reads_like_one_that_is_not():
    text = "One line.\n  Another, further in.\n\nA third."

    assert render_text("\n".join("  " + line for line in text.split("\n"))) == render_text(text)


def test_line_ends_trailing_blanks_and_kinds_of_spaces_do_not_show_who_wrote_a_response():
    plain = "A line\nand another: 10 km\n\nThe end"

    for other in (
        plain.replace("\n", "\r\n"),
        plain.replace("\n", "\r"),
        plain.replace("line\n", "line  \n"),
        plain.replace("\n\n", " \t\n \n"),
        plain.replace("10 km", "10\u00a0km"),
        plain.replace("10 km", "10\u202fkm"),
        plain.replace("line", "li\u00adne").replace("and", "\ufeffand"),
    ):
        assert render_text(other) == render_text(plain)


def full_lines(text):
    """Return the lines that are not empty: how far apart blocks are is a matter of style."""
    return [line for line in text.split("\n") if line.strip()]


UNFENCED = {
    "python": "def total(rows):\n    result = 0\n    for row in rows:\n        if row:\n"
    "            result += row\n\n    return result\n\n\ndef twice(x):\n  return 2 * x",
    "python with tabs": "while True:\n\tif done():\n\t\tbreak\n\n\tx = 1",
    "json": '{\n  "name": "Ann",\n  "tags": [\n    "a",\n    {\n      "deep": true\n    }\n  ]\n}',
    "svg": '<svg viewBox="0 0 10 10">\n  <g fill="none">\n    <path d="M0 0 L10 10"/>\n'
    "\n    <circle r='2'/>\n  </g>\n</svg>",
    "a code span of several lines": "Call `run(\n    first,\n    second,\n)` twice.",
}


@pytest.mark.parametrize("text", UNFENCED.values(), ids=UNFENCED)
def test_code_that_nobody_fenced_reads_as_it_was_written(text):
    shown = full_lines(text.replace("`", ""))

    assert full_lines(page(render_text(text)).text) == shown
    assert full_lines(page(render_text("Here it is:\n" + text)).text) == ["Here it is:", *shown]


def test_the_indentation_of_a_list_or_a_quotation_is_not_the_texts_own():
    listed = page(render_text("- one\n  two\n    three\n\n  > four\n  >   five\n"))

    assert full_lines(listed.text) == ["one", "two", "  three", "four", "  five"]


@given(st.text(max_size=300))
def test_the_raw_view_is_the_text_itself(text):
    carried = "".join("\ufffd" if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in text)

    # A parser of HTML turns a carriage return into a line feed only in the source of a file.
    assert page(raw_html(text)).text == carried


@pytest.mark.parametrize(
    "text",
    [
        "a -> b, c <- d, e => f, g >= h, i != j",
        "It costs $5 and $10, or $7.50 -- really...",
        ":smile: :red[word] :material/home: :badge[new]",
        "(c) (r) (tm) +- 'single' \"double\"",
        "AT&amp;T &copy; &lt;b&gt; &#65;",
        "https://example.test/a_b_c and www.example.test",
        "two  spaces   and\nbroken\nlines",
        "[1]: https://example.test/invented",
        "@user #tag [ ] [x] [^1]",
    ],
)
def test_nothing_in_a_text_is_rewritten(text):
    assert page(render_text(text)).text.strip("\n") == text


def test_a_link_keeps_its_words_and_its_target_but_cannot_be_followed():
    html = render_text("see [the policy](https://example.test/p?a=1&b=2)")

    assert (
        '<span class="ek-link" title="https://example.test/p?a=1&amp;b=2">the policy</span>' in html
    )
    assert "href" not in html


def test_an_image_is_told_in_words_and_never_loaded():
    html = render_text("![a chart](https://example.test/c.png)")

    assert page(html).text.strip() == "[image: a chart https://example.test/c.png]"
    assert "<img" not in html


def test_code_is_kept_to_the_letter():
    code = "if a < b && c:\n\tprint('x  y')  # -> $z$ **no**\n\n    end"

    html = render_text(f"```python\n{code}\n```")

    assert page(html).text.strip("\n") == code
    assert 'data-language="python"' in html


@pytest.mark.parametrize(
    "text", ["$x^2$", "\\(x^2\\)", "$$\nx^2\n$$", "\\[\nx^2\n\\]", "so\n\\[ x^2 \\]\nholds"]
)
def test_mathematics_becomes_mathml(text):
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in render_text(text)


def test_display_mathematics_with_a_minus_line_is_not_a_list():
    html = render_text("\\[\na\n- b\n\\]")

    assert "<math" in html
    assert "<li" not in html


def test_mathematics_that_cannot_be_read_is_shown_as_written():
    assert page(render_text("$\\frac{a$")).text.strip() == "$\\frac{a$"


def test_an_escaped_bracket_in_a_sentence_stays_a_bracket():
    assert page(render_text("a \\[sic\\] b")).text.strip() == "a [sic] b"


def test_tables_keep_their_alignment_without_inline_styles():
    html = render_text("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert '<td class="ek-right">2</td>' in html
    assert "style" not in html


@pytest.mark.parametrize("text", ["- سلام\n- عالم", "> سلام", "سلام", "| سلام |\n|---|\n| ب |"])
def test_every_outer_block_finds_its_own_direction(text):
    # HTML: what has a direction of its own does not count for the direction of what holds it.
    assert render_text(text).count('dir="auto"') == 1


@pytest.mark.parametrize("text", ["", " ", "\n\n\t"])
def test_a_text_without_anything_to_see_renders_to_nothing(text):
    assert render_text(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000 + "a",
        "".join(" " * i + "- a\n" for i in range(500)),
        "[" * 50_000,
        pytest.param("![" * MAX_BRACKETS, marks=pytest.mark.slow),
        "[a](" * (MAX_BRACKETS - 1),
        "*a **b _c __d `" * 3_000,
        "$a " * 20_000,
        "\\(" * 20_000,
        "\\[\n" * 20_000,
        "x" * 5_000,
        "word and more words " * 5_000,
        "$" + "{" * 4_000 + "$",
        "|" * 20_000 + "\n" + "|-" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_degenerate_texts_are_shown_whole_and_soon(text):
    begun = time.process_time()
    html = render_text(text)
    taken = time.process_time() - begun

    read = page(html)
    assert taken < 10  # seconds of computing; the slowest takes under one on an idle machine
    assert read.faults == []
    if "a" in text:
        assert read.text.count("a") == text.count("a")


def test_twenty_thousand_words_are_rendered_without_loss():
    text = "\n\n".join(f"Paragraph {n} " + "of plain words " * 33 for n in range(200))

    assert page(render_text(text)).text.split() == text.split()


def test_nul_and_lone_surrogates_become_the_replacement_character():
    assert escape("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert "a\ufffdb\ufffdc" in render_text("a\x00b\ud800c")


CALL = {
    "id": "toolu_42",
    "function": {
        "name": "find",
        "arguments": '{"where": {"city": "Oslo"}, "price": 1.10, "all": true}',
    },
}


def test_a_tool_call_is_a_table_of_names_and_values_not_json():
    html = render_messages([{"role": "assistant", "content": None, "tool_calls": [CALL]}])

    assert (
        '<th scope="row" dir="auto">city</th><td><div class="ek-raw" dir="auto">Oslo</div>' in html
    )
    assert ">1.10<" in html  # as it was written
    assert "{" not in page(html).text


def test_call_ids_are_not_shown_because_they_name_the_maker():
    conversation = [
        {"role": "assistant", "tool_calls": [CALL], "model": "secret-model"},
        {"role": "tool", "tool_call_id": "toolu_42", "content": "{}", "name": "secret-model"},
    ]

    for shown in (render_messages(conversation), raw_messages(conversation)):
        assert "toolu" not in shown
        assert "secret" not in shown
        assert "find" in shown


def test_a_tool_result_names_its_tool():
    conversation = [
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "toolu_42", "content": json.dumps([{"a": 1}])},
    ]

    assert "Result of find 1 entry" in " ".join(page(render_messages(conversation)).text.split())


def test_every_turn_has_a_heading_and_parts_are_joined():
    html = render_messages(
        [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}],
            },
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "http://x.test/a.png"}}],
            },
        ]
    )

    text = page(html).text
    assert "System prompt" in text
    assert text.count("User") == 2
    assert text.index("One") < text.index("Two")
    # The address of an image may name a model, so no word of it is shown.
    assert "[Image not available]" in text
    assert "x.test" not in html


def test_long_instructions_are_folded_and_short_ones_open():
    assert '<details class="ek-fold ek-system" open>' in render_messages(
        [{"role": "system", "content": "Short."}]
    )
    assert " open" not in render_messages([{"role": "system", "content": "Long. " * 100}])


def test_parameters_of_a_tool_say_what_is_required():
    html = render_tools(
        [
            {
                "function": {
                    "name": "find",
                    "description": "Finds.",
                    "parameters": {
                        "properties": {"q": {"type": "string"}, "n": {"type": ["integer", "null"]}},
                        "required": ["q"],
                    },
                }
            }
        ]
    )

    text = page(html).text
    assert "qstringrequired" in text
    assert "ninteger or nulloptional" in text


def test_no_messages_give_no_html():
    assert render_messages([]) == render_context([]) == render_tools([]) == ""


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", None, "The model returned nothing."),
        (" \n\u00a0", None, "The model returned only white space."),
        ("half", "<timeout>", "The model failed: &lt;timeout&gt;"),
    ],
)
def test_what_stands_for_a_response_is_marked_as_ours(text, error, words):
    shown = render_response(text, error=error)

    assert shown == f'<div class="ek-note"><span class="ek-note-by">evalkit</span> {words}</div>'


def test_no_response_can_be_set_like_a_note_of_ours():
    for words in ("*The model returned nothing.*", '<div class="ek-note">Mine</div>'):
        assert 'class="ek-note"' not in render_response(words)

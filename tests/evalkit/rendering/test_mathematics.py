"""What becomes mathematics, what of it can be set, and what is shown as its source."""

import re
from html import unescape

import pytest

from evalkit.rendering.markdown import render_text
from tests.evalkit.rendering.dollar_texts import MATHEMATICS, NO_MATHEMATICS


def words(html):
    return unescape(re.sub(r"<[^>]+>", "", html)).strip("\n")


@pytest.mark.parametrize(("text", "sources"), MATHEMATICS, ids=[text for text, _ in MATHEMATICS])
def test_text_between_dollars_with_a_reason_to_be_mathematics_is_set(text, sources):
    html = render_text(text)

    assert html.count("<math") == len(sources)
    assert "ek-tex" not in html


@pytest.mark.parametrize("text", NO_MATHEMATICS)
def test_dollars_without_a_reason_to_be_mathematics_stay_as_written(text):
    html = render_text(text)

    assert "<math" not in html
    assert "ek-tex" not in html
    assert words(html) == text.replace("`", "")


ROWS = [
    "\\begin{aligned}a&=b\\\\c&=d\\end{aligned}",
    "\\begin{align}a&=b\\\\c&=d\\end{align}",
    "\\begin{align*}a&=b\\\\c&=d\\end{align*}",
    "\\begin{split}a&=b\\\\c&=d\\end{split}",
    "\\begin{gathered}a=b\\\\c=d\\end{gathered}",
    "\\begin{gather}a=b\\\\c=d\\end{gather}",
    "\\begin{gather*}a=b\\\\c=d\\end{gather*}",
    "\\begin{multline}a=b\\\\c=d\\end{multline}",
    "\\begin{eqnarray}a&=&b\\\\c&=&d\\end{eqnarray}",
    "\\begin{dcases}a&b\\\\c&d\\end{dcases}",
    "\\begin{cases}a&b\\\\c&d\\end{cases}",
    "\\begin{equation}\\begin{aligned}a&=b\\\\c&=d\\end{aligned}\\end{equation}",
    "\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}",
    "a=b\\\\c=d",
    "a&=b\\\\c&=d",
    "a=b\\\\[2pt]c=d",
    "a=b\\\\\nc=d\\\\",
]


@pytest.mark.parametrize("source", ROWS)
def test_what_has_two_lines_is_set_on_two_lines(source):
    html = render_text(f"$$\n{source}\n$$")

    assert html.count("<mtr>") == 2
    assert "linebreak" not in html
    assert "&amp;" not in html
    assert "2pt" not in html


@pytest.mark.parametrize(
    "source",
    [
        "\\cancel{x} + 1 = 2",
        "\\foo{x} + 1",
        "\\begin{tikzpicture} a_1 \\end{tikzpicture}",
        "\\begin{aligned} a &= b",
        "\\frac{a",
        "a_1 & b",
        "\\xcancel{a}^2",
    ],
)
def test_what_cannot_be_set_is_shown_as_its_source_and_marked(source):
    for text in (f"\\({source}\\)", f"$${source}$$", f"\\[\n{source}\n\\]"):
        html = render_text(text)

        assert "<math" not in html
        assert 'class="ek-tex"' in html
        assert "title=" in html
        assert source in words(html)


def test_a_frame_and_bold_letters_reach_the_page_in_a_form_that_browsers_draw():
    # MathML Core has neither menclose nor mathvariant="bold": Chromium draws the bare content.
    html = render_text("$\\boxed{\\mathbf{x} = 5}$")

    assert '<mrow class="ek-boxed">' in html
    assert "menclose" not in html
    assert "\U0001d431" in html  # mathematical bold small x


def test_labels_and_notes_for_numbering_are_no_part_of_what_is_read():
    html = render_text("$$a = b \\label{eq:one} \\nonumber$$")

    assert words(html) == "a=b"

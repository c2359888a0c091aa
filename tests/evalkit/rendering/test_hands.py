"""Everybody's marks have a colour and initials of their own."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from evalkit.rendering.hands import N_COLOURS, hands_of, initials_of
from evalkit.rendering.highlights import Highlight, render_marked

ROOT = Path(__file__).resolve().parents[3]
CSS = (ROOT / "pages/shared/components/viewer/viewer.css").read_text(encoding="utf-8")
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "AD"),
        ("Annotator 12", "A12"),
        ("o'neill-smith, jo", "OJ"),
        ("judge gpt (judge)", "JJ"),
        ("王 小明", "王小"),
        ("", "?"),
        ("<>", "?"),
    ],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, initials):
    assert initials_of(name) == initials


@given(st.dictionaries(st.integers(1, 500), st.text(max_size=12), max_size=30))
def test_no_two_annotators_share_their_initials(names):
    hands = hands_of(names)

    assert len({hand.initials for hand in hands.values()}) == len(names)


@given(st.dictionaries(st.integers(1, 500), st.text(max_size=5), min_size=1, max_size=20))
def test_an_annotator_keeps_the_colour_whoever_else_is_there(names):
    (key, name), *_ = names.items()

    assert hands_of(names)[key].colour == hands_of({key: name})[key].colour


def test_a_mark_says_whose_it_is_without_its_colour():
    hand = hands_of({9: "Ada <b>"})[9]

    html = render_marked("six million", [Highlight(0, 3, 1, "Tone", "major", 1.0, hand)])

    by = f'ek-by-{9 % N_COLOURS}" data-by="9"'
    title = "1: Tone, major, by Ada &lt;b&gt;"
    assert f'<mark class="ek-marked ek-grave-5 {by} title="{title}">six</mark>' in html
    assert f'<sup class="ek-mark-number {by} role="note" aria-label="{title}">1 AB</sup>' in html


def channels(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def mixed(colour, share, other):
    """CSS ``color-mix(in srgb, colour share, other)`` is linear in the encoded channels."""
    return [share * one + (1 - share) * two for one, two in zip(colour, other, strict=True)]


def contrast(first, second):
    """Contrast ratio by WCAG 2.2, from relative luminance."""

    def luminance(colour):
        parts = [value / 255 for value in colour]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_read_by_day_and_by_night(theme):
    colours = dict(re.findall(r"\.ek-by-(\d) \{\s*--ek-by: (#[0-9a-f]{6});", CSS))
    assert sorted(map(int, colours)) == list(range(N_COLOURS))
    of_chip = re.search(r"var\(--ek-by\) (\d+)%, var\(--ek-text\)", CSS)[1]
    of_ground = re.search(r"var\(--ek-mark\) (\d+)%, transparent", CSS)[1]
    of_line = re.search(r"var\(--ek-mark\) (\d+)%, var\(--ek-text\)", CSS)[1]
    page, ink = (channels(THEMES[theme][f"{name}Color"]) for name in ("background", "text"))

    for colour in map(channels, colours.values()):
        chip = mixed(colour, int(of_chip) / 100, ink)
        assert contrast(chip, page) >= 4.5  # initials on their chip
        ground = page
        for _ in range(3):  # so many marks over each other are painted at most
            ground = mixed(colour, int(of_ground) / 100, ground)
        assert contrast(ink, ground) >= 4.5  # the marked words
        assert contrast(mixed(colour, int(of_line) / 100, ink), page) >= 3  # their line

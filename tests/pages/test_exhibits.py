"""What a chart is shown and saved with: ink and ground of the theme, readable anywhere."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import plotly.graph_objects as go
import pytest

from evalkit import text
from pages.shared.display import exhibits
from pages.shared.display.charts import interval_rows, level_bars

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"


@pytest.fixture(params=["light", "dark"])
def theme(request, monkeypatch):
    themed = SimpleNamespace(theme=SimpleNamespace(type=request.param))
    monkeypatch.setattr(exhibits.st, "context", themed)
    return request.param


@pytest.fixture
def shown(monkeypatch):
    """Collect what Streamlit would have been given: figures with their configuration."""
    sent = []

    def show(figure, *, config, **how):
        sent.append((go.Figure(figure.to_dict()), config))

    monkeypatch.setattr(exhibits.st, "plotly_chart", show)
    return sent


def figures():
    rows = pd.DataFrame(
        {
            "label": ["A"],
            "value": [0.7],
            "low": [0.6],
            "high": [0.8],
            "text": ["70 %"],
            "note": ["1st"],
            "hover": ["A"],
            "colour": ["#0072B2"],
            "is_settled": [True],
        }
    )
    levels = pd.DataFrame(
        {
            "label": ["A", "A"],
            "value": [1.0, 2.0],
            "level": ["1", "2"],
            "share": [0.25, 0.75],
            "hover": ["", ""],
        }
    )
    return {
        "intervals": interval_rows(rows, limits=(0, 1), ticks=((0.0, "0"), (1.0, "1"))),
        "levels": level_bars(levels),
    }


def hex_parts(colour):
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def luminance(colour):
    """Return relative luminance as WCAG 2 defines it."""
    parts = [part / 255 for part in hex_parts(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["intervals", "levels"])
def test_a_saved_chart_stands_on_solid_ground_its_ink_can_be_read_on(theme, shown, name):
    exhibits.picture(figures()[name], key=name, alt=name)

    layout = shown[0][0].layout
    assert layout.paper_bgcolor.startswith("#")  # neither transparent nor the browser's own
    inks = {layout.font.color, layout.xaxis.tickfont.color}
    inks |= {note.font.color for note in layout.annotations if note.font.color}
    # WCAG 2, level AA: small text has a contrast of 4.5 at least.
    assert min(contrast(ink, layout.paper_bgcolor) for ink in inks) >= 4.5


def test_the_ground_of_a_chart_is_that_of_its_page(theme, shown):
    page = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]["backgroundColor"]

    exhibits.picture(figures()["intervals"], key="intervals", alt="")

    assert shown[0][0].layout.paper_bgcolor == page


@pytest.mark.parametrize(("chosen", "scale"), [("PNG", 2), ("SVG", 1)])
def test_every_chart_is_saved_under_its_name_in_the_format_chosen(
    theme, shown, monkeypatch, chosen, scale
):
    monkeypatch.setattr(exhibits.st, "session_state", {"charts-format": chosen})

    exhibits.picture(figures()["intervals"], key="ranking", alt="")

    assert shown[0][1]["toImageButtonOptions"] == {
        "format": chosen.lower(),
        "filename": "ranking",
        "scale": scale,
    }


def test_a_p_value_and_an_n_stay_on_one_line():
    nbsp = "\N{NO-BREAK SPACE}"

    assert text.unbroken("p = 0.21, n = 35") == f"p{nbsp}={nbsp}0.21, n{nbsp}={nbsp}35"
    assert text.unbroken("p < 0.001") == f"p{nbsp}<{nbsp}0.001"


def test_a_table_that_goes_on_shows_half_of_the_next_row():
    whole, cut = exhibits.table_height(12, most=12), exhibits.table_height(13, most=12)
    row = whole - exhibits.table_height(11, most=12)

    assert 0.4 * row < cut - whole < 0.6 * row
    assert exhibits.table_height(5000, most=12) == cut
    # A table of nothing keeps room for the line that says so.
    assert exhibits.table_height(0, most=12) == exhibits.table_height(1, most=12)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_colours_of_the_theme_stand_out_from_what_they_are_written_on(name):
    # Streamlit writes captions in 60 % of the ink, and buttons in white on the primary colour.
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        channels = zip(hex_parts(theme["textColor"]), hex_parts(ground), strict=True)
        caption = "#" + "".join(f"{round(0.6 * ink + 0.4 * on):02x}" for ink, on in channels)
        assert contrast(caption, ground) >= 4.5
        assert contrast(theme["linkColor"], ground) >= 4.5
    assert contrast("#ffffff", theme["primaryColor"]) >= 4.5


def test_a_saved_chart_says_what_it_shows_what_that_rests_on_and_the_day(theme, shown, monkeypatch):
    rests_on = "A <b> study; Questions, version 2; n = 14 comparisons."
    monkeypatch.setattr(exhibits.st, "session_state", {"chart-sources": {"A <b> study": rests_on}})

    exhibits.picture(figures()["intervals"], key="intervals", alt="Win rate of A & B")

    title = shown[0][0].layout.title
    assert title.text == "<b>Win rate of A &amp; B</b>"  # names are no markup
    written = title.subtitle.text.replace("<br>", " ")
    assert written == (
        "A &lt;b&gt; study; Questions, version 2; n = 14 comparisons. "
        f"evalkit, {datetime.now(UTC):%Y-%m-%d}."
    )

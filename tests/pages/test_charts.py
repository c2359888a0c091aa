"""Charts: what they draw from rows, whatever the numbers are.

Pages send them as they are: here each is made a figure, which Plotly checks and pages do not.
"""

from functools import wraps

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from pages.shared.display import charts, pictures, saved_charts
from pages.shared.display.charts import model_colours
from pages.shared.display.charts.colours import FAINT, MUTED, OKABE_ITO
from pages.shared.display.charts.layout import plain, shortened, wrapped
from pages.shared.display.charts.names import Mark, placed
from pages.shared.display.charts.notes_map import GroupName, MappedNote, notes_map

TICKS = ((0.0, "0 %"), (1.0, "100 %"))


def checked(draw):
    """Let a chart be read as a figure: Plotly refuses what it does not know."""

    @wraps(draw)
    def figure(*args, **how):
        return go.Figure(draw(*args, **how))

    return figure


frontier, interval_rows = checked(charts.frontier), checked(charts.interval_rows)
level_bars, rank_slopes = checked(charts.level_bars), checked(charts.rank_slopes)


def interval_frame(**changed):
    columns = {
        "label": ["A", "B"],
        "value": [0.7, 0.3],
        "low": [0.6, 0.2],
        "high": [0.8, 0.4],
        "text": ["70 %", "30 %"],
        "note": ["1st", "2nd"],
        "hover": ["A\n70 %", "B\n30 %"],
        "colour": ["#0072B2", "#E69F00"],
        "is_settled": [True, False],
    }
    return pd.DataFrame(columns | changed)


def drawn(figure):
    return [shape for shape in figure.layout.shapes if shape.line.width == 5]


def texts(figure):
    return " ".join(note.text for note in figure.layout.annotations)


def test_a_model_keeps_its_colour_when_another_joins_the_study():
    assert model_colours(["b", "a"])["b"] == model_colours(["b", "a", "c"])["b"]


def test_models_beyond_the_palette_share_a_grey_and_no_colour_stands_for_two():
    colours = model_colours([str(number) for number in range(9)])

    assert len(set(list(colours.values())[: len(OKABE_ITO)])) == len(OKABE_ITO)
    assert set(list(colours.values())[len(OKABE_ITO) :]) == {MUTED}


def test_intervals_run_from_low_to_high_and_undecided_ones_are_grey():
    first, second = drawn(interval_rows(interval_frame(), limits=(0, 1), ticks=TICKS))

    assert (first.x0, first.x1, first.line.color) == (0.6, 0.8, "#0072B2")
    assert (second.x0, second.x1, second.line.color) == (0.2, 0.4, MUTED)


def test_a_value_without_an_interval_is_a_mark_alone_and_one_that_is_undefined_a_gap():
    frame = interval_frame(low=[None, None], high=[None, None], value=[0.7, None])

    figure = interval_rows(frame, limits=(0, 1), ticks=TICKS)

    assert drawn(figure) == []
    (points,) = figure.data
    assert points.x[0] == 0.7
    assert np.isnan(points.x[1])


def test_an_interval_beyond_the_scale_ends_where_the_scale_does():
    frame = interval_frame(low=[-0.2, 0.1], high=[1.4, 0.5])

    first, _ = drawn(interval_rows(frame, limits=(0, 1), ticks=TICKS))

    assert (first.x0, first.x1) == (0, 1)


def test_every_row_is_named_and_carries_its_number_directly():
    figure = interval_rows(interval_frame(), limits=(0, 1), ticks=TICKS)

    for shown in ("A", "B", "70 %", "30 %", "1st"):
        assert shown in texts(figure)
    assert not figure.layout.showlegend


def test_no_chart_has_a_title_or_a_ground_of_its_own():
    figure = interval_rows(interval_frame(), limits=(0, 1), ticks=TICKS)

    assert figure.layout.title.text is None
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"


def test_references_are_drawn_and_named():
    figure = interval_rows(
        interval_frame(), limits=(0, 1), ticks=TICKS, references=((0.5, "half"),)
    )

    assert "half" in texts(figure)
    assert 0.5 in [shape.x0 for shape in figure.layout.shapes]


@pytest.mark.parametrize(("name", "n_lines"), [("A", 1), ("Accuracy/Untranslated text", 2)])
def test_references_never_run_through_the_texts_of_a_row(name, n_lines):
    frame = interval_frame(label=[name, "B"], note=["A 30, B 72, both 13", "n = 3"])

    figure = interval_rows(frame, limits=(0, 1), ticks=TICKS, references=((0.5, "half"),))

    top, bottom = figure.layout.yaxis.range[1], figure.layout.yaxis.range[0]
    row = (figure.layout.height - figure.layout.margin.t - figure.layout.margin.b) / (bottom - top)
    upright = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1 == 0.5]
    names = [one for one in figure.layout.annotations if one.yref != "paper" and one.x == 0]
    half = n_lines * 13.5 * 1.3 / 2  # of lines of text of 13.5 px, in pixels
    assert upright
    for shape in upright:
        for one in names:
            # A shift is upwards, which on this axis is towards smaller values.
            middle = one.y * row - one.yshift
            assert not shape.y0 * row - half < middle < shape.y1 * row + half
            assert middle - half > top * row, "nor is a text cut at the top"


def test_names_that_look_like_markup_are_shown_as_they_are():
    figure = interval_rows(interval_frame(label=["<b>A</b>", "B & C"]), limits=(0, 1), ticks=TICKS)

    assert "&lt;b&gt;A" in texts(figure)
    assert "B &amp; C" in texts(figure)
    assert plain("<i>") == "&lt;i&gt;"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cedar Verbose", "Cedar<br>Verbose"),
        ("Accuracy/Mistranslation", "Accuracy/<br>Mistransla<br>tion"),
        ("a b c d e f g h i j k l m n o p q r s", "a b c d e<br>f g h i j<br>k l m n o…"),
    ],
)
def test_long_names_are_broken_at_words_and_slashes(name, expected):
    assert wrapped(name, 10) == expected


def models(columns):
    names = charts.PricedModel._fields
    rows = zip(*(columns[name] for name in names), strict=True)
    return [charts.PricedModel(*row) for row in rows]


def points(n=2, **changed):
    columns = {
        "label": [f"Model {number}" for number in range(n)],
        "x": [2.0 + 3.0 * number for number in range(n)],
        "x_low": [1.0, *[None] * (n - 1)],
        "x_high": [4.0, *[None] * (n - 1)],
        "y": [50.0 + number for number in range(n)],
        "y_low": [25.0] * n,
        "y_high": [75.0] * n,
        "colour": ["#0072B2"] * n,
        "is_named": [True] * n,
        "is_on_front": [True] * n,
        "hover": [""] * n,
    }
    return models(columns | changed)


def test_quality_against_a_price_starts_at_zero_and_draws_unequal_intervals():
    figure = frontier(points(), x_title="Cost", y_title="Win rate", x_prefix="$")

    _, first, second = figure.data
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] > 5
    assert (first.error_x.arrayminus[0], first.error_x.array[0]) == (1.0, 2.0)
    assert second.error_x.visible is False
    assert "Model 0" in texts(figure)


def test_models_that_all_cost_nothing_have_a_picture_too():
    nothing = [0.0, 0.0]

    figure = frontier(points(x=nothing, x_low=nothing, x_high=nothing), x_title="Cost", y_title="")

    low, high = figure.layout.xaxis.range
    assert low == 0 < high


def test_an_interval_that_reaches_zero_is_not_drawn_on_a_logarithmic_axis():
    figure = frontier(points(x=[1.0, 90.0], x_low=[0.0, 80.0]), x_title="Cost", y_title="Wins")

    assert figure.layout.xaxis.type is None


def front_points(**changed):
    columns = {
        "label": ["A", "B", "C"],
        "x": [4.0, 1.0, 2.0],
        "x_low": [3.5, 0.9, None],
        "x_high": [4.5, 1.1, None],
        "y": [80.0, 50.0, 40.0],
        "y_low": [70.0, 40.0, 30.0],
        "y_high": [90.0, 60.0, 50.0],
        "colour": ["#0072B2", "#E69F00", "#009E73"],
        "is_named": [True] * 3,
        "is_on_front": [True, True, False],
        "hover": ["A", "B", "<C>"],
    }
    return models(columns | changed)


def test_the_front_is_told_by_shape_and_weight_not_by_colour():
    figure = frontier(front_points(), x_title="Cost", y_title="Win rate")
    steps, *marks = figure.data

    assert [mark.marker.symbol for mark in marks] == ["diamond", "diamond", "circle-open"]
    assert [note.text for note in figure.layout.annotations] == ["<b>A</b>", "<b>B</b>", "C"]
    assert (list(steps.x), list(steps.y)) == ([1.0, 4.0], [50.0, 80.0])  # C is no better than B
    assert steps.line.shape == "hv"
    assert marks[2].error_x.visible is False
    assert marks[2].hovertext == "&lt;C&gt;"


@pytest.mark.parametrize(("dearest", "kind"), [(4.0, None), (8.0, "log")])
def test_prices_far_apart_are_read_as_multiples(dearest, kind):
    figure = frontier(front_points(x=[dearest, 1.0, 2.0]), x_title="Cost", y_title="Win rate")

    assert figure.layout.xaxis.type == kind
    assert ("logarithmic" in figure.layout.xaxis.title.text) == (kind == "log")


def mark(name, x, y):
    return Mark(name, is_bold=False, axis_x=x, axis_y=y, across=(x, x, x), up=(y, y, y))


def side(note):
    return note["xanchor"], note["yanchor"]


def test_a_name_alone_stands_above_and_right_of_its_mark():
    assert side(placed([mark("A", 0.3, 0.5)])[0]) == ("left", "bottom")


def test_names_of_marks_on_the_same_spot_do_not_stand_on_each_other():
    notes = placed([mark(name, 0.5, 0.5) for name in ("One", "Two", "Three", "Four", "Five")])

    assert len({(*side(note), note["yshift"]) for note in notes}) == len(notes)


def test_a_name_stays_inside_the_picture():
    corner, low = placed([mark("A rather long name", 0.95, 0.98), mark("Another", 0.02, 0.02)])

    assert side(corner) == ("right", "top")
    assert side(low) == ("left", "bottom")


def test_a_name_keeps_clear_of_the_interval_of_its_neighbour():
    near = Mark("Near", False, 0.36, 0.5, across=(0.36, 0.36, 0.36), up=(0.3, 0.5, 0.9))

    assert side(placed([mark("Birch", 0.3, 0.6), near])[0]) == ("right", "bottom")


def test_a_long_name_is_broken_over_lines_and_shows_what_it_holds():
    (note,) = placed([mark("<b>/Some-Model-17B-128E-Instruct-FP8", 0.5, 0.5)])

    assert note["text"].startswith("&lt;b&gt;/")
    assert "<br>" in note["text"]


def test_level_bars_add_up_to_all_values_of_a_model():
    frame = pd.DataFrame(
        {
            "label": ["A", "A", "B", "B"],
            "value": [1.0, 2.0, 1.0, 2.0],
            "level": ["1", "2", "1", "2"],
            "share": [0.25, 0.75, None, None],
            "hover": ["", "", "", ""],
        }
    )

    low, high = level_bars(frame).data

    assert low.x[0] + high.x[0] == 1
    assert np.isnan(low.x[1])
    assert low.marker.color != high.marker.color


def test_a_name_too_long_for_its_row_loses_its_middle():
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghij", 7) == "abc…hij"
    assert shortened("abcdefghij", 6) == "abc…ij"


def test_names_too_long_to_stand_beside_their_numbers_get_a_line_and_are_whole():
    pairs = ["Simulated annotator 1 – Simulated annotator 5", "Simulated annotator 2 – Ada"]
    frame = interval_frame(label=pairs, note=["n = 15", "n = 7"])

    figure = interval_rows(frame, limits=(0, 1), ticks=TICKS)

    for name in pairs:  # Shortened, both would end in the same annotator, or none be told.
        assert f"{name}<br>" in texts(figure)
    assert (
        figure.layout.height
        > interval_rows(interval_frame(), limits=(0, 1), ticks=TICKS).layout.height
    )


def test_a_long_name_leaves_its_number_room_and_is_whole_on_hovering():
    name = "vendor/a-model-with-a-very-long-name-2026-01-15-preview"
    frame = interval_frame(label=[name, "B"], hover=[name, "B"])

    figure = interval_rows(frame, limits=(0, 1), ticks=TICKS)

    assert name not in texts(figure)
    assert "vendor/a-" in texts(figure)
    assert "-preview" in texts(figure)
    assert name in figure.data[0].hovertext[0]


def test_ranks_are_joined_from_board_to_board_and_grey_where_both_agree():
    ranks = {"model": ["<A>", "B"], "ours": [1.0, 2.5], "theirs": [1.0, 2.0]}
    frame = pd.DataFrame(ranks | {"colour": ["#0072B2", "#E69F00"]})

    figure = rank_slopes(frame, left="here", right="there")

    level, falling = figure.data
    assert (list(level.y), level.line.color) == ([1.0, 1.0], FAINT)
    # Models stand one below the other on each board; which ranks they have is written there.
    assert (list(falling.y), falling.line.color) == ([2.0, 2.0], "#E69F00")
    for name in ("&lt;A&gt;  1", "B  2.5", "2  B", "here", "there"):
        assert name in texts(figure)


def test_a_chart_turns_with_the_browser_by_the_colours_it_was_drawn_in():
    for light, dark in (each.values() for each in (pictures._INK, pictures._QUIET)):
        for drawn_in in (light, dark):
            # What the browser makes of a colour: three numbers.
            red, green, blue = (int(drawn_in[place : place + 2], 16) for place in (1, 3, 5))
            assert f'"fill: rgb({red}, {green}, {blue})"' in saved_charts._STYLE
            assert f'"fill:{drawn_in}"' in saved_charts._STYLE
        assert f"fill: light-dark({light}, {dark})" in saved_charts._STYLE
    ground = f"background: light-dark({pictures._GROUND['light']}, {pictures._GROUND['dark']})"
    assert ground in saved_charts._STYLE


def test_names_of_groups_that_lie_beside_each_other_stand_one_above_the_other():
    notes = [MappedNote(n, n / 10, n / 10, True, False, "A note") for n in range(11)]
    names = [
        GroupName("late parcel", 0.5, 0.5, False),
        GroupName("wrong link", 0.51, 0.5, True),
        GroupName("no greeting", 0.1, 0.9, False),
    ]

    drawn = notes_map(notes, names)["layout"]["annotations"]
    turned = notes_map(notes, names[::-1])["layout"]["annotations"]

    shifts = {of["text"]: of["yshift"] for of in drawn}
    assert shifts == {"late parcel": 18, "<b>wrong link</b>": 33, "no greeting": 18}
    assert drawn == turned


def test_names_of_groups_at_the_edge_of_their_map_stand_within_it():
    notes = [MappedNote(n, n / 10, n / 10, True, False, "A note") for n in range(11)]
    names = [
        GroupName("customer english", 0.98, 0.2, True),
        GroupName("answer german", 0.02, 0.5, False),
        GroupName("late parcel", 0.5, 0.8, False),
    ]

    drawn = notes_map(notes, names)["layout"]["annotations"]

    # The map goes from -0.08 to 1.08, on a phone on 360 pixels; a letter takes 6 of them, bold 7.
    middles = {"answer german": 0.02, "<b>customer english</b>": 0.98, "late parcel": 0.5}
    assert {of["text"]: of["x"] for of in drawn} == middles
    for of in drawn:
        half = {"answer german": 39, "<b>customer english</b>": 56, "late parcel": 33}[of["text"]]
        middle = (of["x"] + 0.08) / 1.16 * 360 + of["xshift"]
        assert half - 0.5 <= middle <= 360.5 - half
    assert [of["xshift"] for of in drawn if of["text"] == "late parcel"] == [0]


def test_names_of_ticks_that_stand_close_lead_away_from_each_other():
    # A phone draws an axis in 370 pixels: the bounds of agreement stand 25 apart on one from −1.
    ticks = ((-1.0, "-1"), (0.0, "chance"), (0.667, "tentative"), (0.8, "firm"), (1.0, "1"))

    figure = interval_rows(interval_frame(), limits=(-1, 1), ticks=ticks)

    anchors = {text["text"]: text["xanchor"] for text in figure["layout"]["annotations"]}
    assert [anchors[name] for _, name in ticks] == ["left", "center", "right", "left", "right"]

"""Wide tables come apart so that a page of paper holds each part, and nothing is lost."""

import itertools
import re

from hypothesis import given, strategies as st

from evalkit import text
from evalkit.html.render import ENVIRONMENT, named, parts
from evalkit.reports.blocks import Axis, IntervalRow, Intervals, Point, Quantity, Scatter, table
from evalkit.stats.intervals import Estimate

CELLS = st.sampled_from(("", "7", "62 % [48, 74]", "$142.50 [138.44, 146.67]", "so many words"))


@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n))))
def test_the_parts_of_a_table_hold_every_column_once_and_each_names_its_rows(rows):
    cells = [[f"Model {place}", *row] for place, row in enumerate(rows)]
    whole = table("", ("Model", *map(str, range(len(rows[0]) if rows else 0))), cells)

    split = parts(whole)

    assert bool(split) == bool(rows)
    if rows:
        assert [name for part in split for name in part.columns[1:]] == list(whole.columns[1:])
        for part in split:
            assert [row[0].text for row in part.rows] == [row[0] for row in cells]
            assert all(len(row) == len(part.columns) for row in part.rows)


def test_a_table_that_fits_stays_whole_and_a_wide_one_comes_apart_evenly():
    def of(n_columns):
        names = [f"Measure {place}" for place in range(n_columns)]
        return table("", ("Model", *names), [["Atlas", *["62 % [48, 74]"] * n_columns]])

    assert len(parts(of(4))) == 1
    sizes = [len(part.columns) - 1 for part in parts(of(16))]
    assert len(sizes) > 1
    assert max(sizes) - min(sizes) <= 1


def scatter(n):
    """Put points on a diagonal; every second one is on the front."""
    points = tuple(
        Point(str(at), Estimate(at, None, None, 1), Estimate(at / n, None, None, 1), at % 2 == 0)
        for at in range(n)
    )
    return Scatter(Quantity("Cost", text.dollars), Quantity("Win rate", text.percent), points)


def test_all_of_a_few_points_are_named_and_of_many_those_on_the_front_that_have_room():
    assert named(scatter(12)) == [str(at) for at in range(12)]

    of_many = named(scatter(59))

    assert of_many
    assert all(int(name) % 2 == 0 for name in of_many)
    # A name takes 8 % of the height: two that are nearer than that would overlap.
    heights = [int(name) / 59 for name in of_many]
    assert all(later - earlier > 0.08 for earlier, later in itertools.pairwise(heights))


def test_names_of_ticks_that_stand_close_lead_away_from_each_other():
    ticks = ((-1.0, "−1"), (0.0, "chance"), (0.667, "tentative"), (0.8, "firm"), (1.0, "1"))
    row = IntervalRow("Preference", Estimate(0.3, -0.4, 1.0, 4))
    macros = ENVIRONMENT.get_template("blocks.html").make_module({"colours": {}})

    drawn = str(macros.intervals(Intervals("", (row,), Axis(-1.0, 1.0, ticks))))

    # "last" ends at its place, "first" begins there, "middle" has it in its middle.
    classes = re.findall(r'<span style="left:[^"]*" class="(\w+)">', drawn)
    assert classes == ["first", "middle", "last", "first", "last"]

"""Charts: a frame in, a Plotly figure out; no Streamlit, no database."""

from pages.shared.charts.colours import model_colours
from pages.shared.charts.distributions import level_bars
from pages.shared.charts.frontier import frontier
from pages.shared.charts.grids import tinted_grid
from pages.shared.charts.intervals import interval_rows
from pages.shared.charts.slopes import rank_slopes

__all__ = [
    "frontier",
    "interval_rows",
    "level_bars",
    "model_colours",
    "rank_slopes",
    "tinted_grid",
]

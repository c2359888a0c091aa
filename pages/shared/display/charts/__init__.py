"""Charts: rows in, a figure for Plotly out; no Streamlit, no database."""

from pages.shared.display.charts.colours import model_colours
from pages.shared.display.charts.distributions import level_bars
from pages.shared.display.charts.frontier import PricedModel, frontier
from pages.shared.display.charts.histogram import step_bars
from pages.shared.display.charts.intervals import interval_rows
from pages.shared.display.charts.slopes import rank_slopes

__all__ = [
    "PricedModel",
    "frontier",
    "interval_rows",
    "level_bars",
    "model_colours",
    "rank_slopes",
    "step_bars",
]

"""How many there are from step to step of a quantity: a bar for each step."""

from collections.abc import Sequence

from evalkit import text
from pages.shared.display.charts.colours import BLUE, FAINT
from pages.shared.display.charts.layout import SMALL, Spec, bare, on_hover

_HEIGHT = 190


def step_bars(steps: Sequence[tuple[float, float, int]], *, title: str) -> Spec:
    """Draw a bar for each step: from, to, how many; ``title`` names the quantity."""
    n_all = sum(n for _, _, n in steps) or 1
    bars = {
        "type": "bar",
        "x": [(low + high) / 2 for low, high, _ in steps],
        "y": [n for _, _, n in steps],
        "width": [0.92 * (high - low) for low, high, _ in steps],
        "marker": {"color": f"rgba({BLUE}, 0.7)", "line": {"width": 0}},
        "text": [f"{n:,}" if n else "" for _, _, n in steps],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": SMALL},
        "hovertext": [
            on_hover(f"{low:.1f} to {high:.1f}: {n:,} ({text.percent(n / n_all)})")
            for low, high, n in steps
        ],
        "hoverinfo": "text",
    }
    ends = [steps[0][0], steps[-1][1]]
    return bare(
        bars,
        height=_HEIGHT,
        margin={"t": 22, "b": 44, "l": 8, "r": 8},
        x={
            "range": ends,
            "tickvals": [low for low, _, _ in steps] + ends[1:],
            "tickfont": {"size": SMALL},
            "title": {"text": title, "font": {"size": SMALL}, "standoff": 6},
            "showline": True,
            "linecolor": FAINT,
        },
        y={"visible": False},
    )

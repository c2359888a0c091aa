"""Quality against one price, with the front: who offers most for what it takes."""

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from pages.shared.display.charts.colours import FAINT, MUTED
from pages.shared.display.charts.layout import SMALL, Spec, bare, on_hover
from pages.shared.display.charts.names import Mark, placed

#: Prices further apart than this are read as multiples, on a logarithmic axis.
_LOGARITHMIC_FROM = 8.0
_HEIGHT = 380


class PricedModel(NamedTuple):
    """A model as it is drawn: what it takes across, what it is worth up, each with its interval.

    Ends are None where there is no interval.
    """

    label: str
    x: float
    x_low: float | None
    x_high: float | None
    y: float
    y_low: float | None
    y_high: float | None
    colour: str
    is_named: bool
    is_on_front: bool
    hover: str


def frontier(
    models: Sequence[PricedModel],
    *,
    x_title: str,
    y_title: str,
    x_prefix: str = "",
    x_suffix: str = "",
    y_suffix: str = "",
    is_less_better: bool = False,
) -> Spec:
    """Draw a mark per model; better is up, cheaper is left.

    Models on the front are filled diamonds with a bold name, others open circles; those without
    a name are small and have no intervals. Who is best for its price has a name in any case: a
    dotted line steps along these. Where less is better, ``y`` is below zero and is written
    without its sign.
    """
    best = _best_for_price(models)
    of_note = {model.label for model in best}
    models = [m._replace(is_named=m.is_named or m.label in of_note) for m in models]
    prices = [model.x for model in models]
    is_log = _x_ends(models)[0] > 0 and max(prices) / min(prices) >= _LOGARITHMIC_FROM
    scale = _scale(models, prefix=x_prefix, suffix=x_suffix, is_log=is_log)
    y_ends = _y_ends(models)
    title = f"{x_title}, logarithmic" if is_log else x_title
    return bare(
        _steps(best),
        *map(_mark, models),
        height=_HEIGHT,
        margin={"l": 56, "b": 48, "t": 16, "r": 12},
        x={**_titled(title), "showline": True, "linecolor": FAINT, **scale},
        y={
            **_titled(y_title),
            "range": y_ends,
            "ticksuffix": y_suffix,
            "showgrid": True,
            "gridcolor": FAINT,
            "griddash": "dot",
            "nticks": 6,
            **(_without_sign(models) if is_less_better else {}),
        },
        annotations=placed(_named(models, x_ends=scale["range"], y_ends=y_ends, is_log=is_log)),
    )


def _titled(title: str) -> dict[str, Any]:
    font = {"size": SMALL}
    return {"title": {"text": title, "font": font}, "tickfont": font}


def _without_sign(models: Sequence[PricedModel]) -> dict[str, Any]:
    """Name the ticks of what is better the less there is of it, the least on top."""
    most = -_known_y(models)[0]
    step = 10 ** math.floor(math.log10(max(most, 0.1)))
    step = step / 2 if most / step < 2.5 else step
    ticks = [step * n for n in range(math.floor(most / step) + 1)]
    return {"tickvals": [-at for at in ticks], "ticktext": [f"{at:g}" for at in ticks]}


def _mark(model: PricedModel) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [model.x],
        "y": [model.y],
        "mode": "markers",
        "marker": {
            "size": 7 if not model.is_named else 15 if model.is_on_front else 12,
            "symbol": "diamond" if model.is_on_front else "circle-open",
            "color": model.colour,
            "line": {
                "color": model.colour,
                "width": 0 if model.is_on_front else 2.5 if model.is_named else 1,
            },
        },
        "error_x": _bars(model.x, model.x_low, model.x_high, model),
        "error_y": _bars(model.y, model.y_low, model.y_high, model),
        "hovertext": on_hover(model.hover),
        "hoverinfo": "text",
        "customdata": [model.label],
        "unselected": {"marker": {"opacity": 1.0}},
        "cliponaxis": False,
        "name": model.label,
    }


def _steps(best: Sequence[PricedModel]) -> dict[str, Any]:
    """Step from each model that is best for its price to the next dearer one that is better."""
    return {
        "type": "scatter",
        "x": [model.x for model in best],
        "y": [model.y for model in best],
        "mode": "lines",
        "line": {"shape": "hv", "color": MUTED, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
        "name": "best for its price",
    }


def _best_for_price(models: Collection[PricedModel]) -> list[PricedModel]:
    """List the models than which none that is as cheap is as good, the cheapest first."""
    best: list[PricedModel] = []
    for model in sorted(models, key=lambda model: (model.x, -model.y)):
        if not best or model.y > best[-1].y:
            best.append(model)
    return best


def _ends_of(values: Collection[float | None]) -> tuple[float, float]:
    """Return the least and the most of what is known."""
    known = [value for value in values if value is not None]
    return min(known), max(known)


def _x_ends(models: Collection[PricedModel]) -> tuple[float, float]:
    return _ends_of([end for model in models for end in (model.x, model.x_low, model.x_high)])


def _known_y(models: Collection[PricedModel]) -> tuple[float, float]:
    return _ends_of([end for model in models for end in (model.y, model.y_low, model.y_high)])


def _scale(
    models: Collection[PricedModel], *, prefix: str, suffix: str, is_log: bool
) -> dict[str, Any]:
    """Give the axis room for intervals, and for a name right of the dearest model."""
    least, most = _x_ends(models)
    if not is_log:
        return {
            "range": [0, (most or 1.0) * 1.28],
            "nticks": 5,
            "tickprefix": prefix,
            "ticksuffix": suffix,
        }
    ends = [math.log10(least) - 0.08, math.log10(most) + 0.22]
    steps = [
        m * 10.0**k for k in range(math.floor(ends[0]), math.ceil(ends[1]) + 1) for m in (1, 2, 5)
    ]
    inside = [step for step in steps if ends[0] <= math.log10(step) <= ends[1]]
    return {
        "type": "log",
        "range": ends,
        "tickvals": inside,
        "ticktext": [f"{prefix}{step:g}{suffix}" for step in inside],
    }


def _y_ends(models: Collection[PricedModel]) -> list[float]:
    """Give the axis all intervals, and a name room above the best and beneath the worst."""
    least, most = _known_y(models)
    room = 0.07 * ((most - least) or abs(most) or 1.0)
    return [least - room, most + room]


def _named(
    models: Collection[PricedModel], *, x_ends: list[float], y_ends: list[float], is_log: bool
) -> list[Mark]:
    """Give every mark its place as a share of the picture, for names to keep clear of it."""

    def on_axis(x: float) -> float:
        return math.log10(x) if is_log else x

    def shares(
        low: float, at: float, high: float, ends: Sequence[float]
    ) -> tuple[float, float, float]:
        low, at, high = ((value - ends[0]) / (ends[1] - ends[0]) for value in (low, at, high))
        return low, at, high

    def mark(model: PricedModel) -> Mark:
        x, x_low, x_high = map(on_axis, _whole(model.x, model.x_low, model.x_high))
        y, y_low, y_high = _whole(model.y, model.y_low, model.y_high)
        return Mark(
            name=model.label,
            is_bold=model.is_on_front,
            axis_x=x,
            axis_y=y,
            across=shares(x_low, x, x_high, x_ends),
            up=shares(y_low, y, y_high, y_ends),
        )

    return [mark(model) for model in models if model.is_named]


def _whole(at: float, low: float | None, high: float | None) -> tuple[float, float, float]:
    return at, at if low is None else low, at if high is None else high


def _bars(
    value: float, low: float | None, high: float | None, model: PricedModel
) -> dict[str, object]:
    if not model.is_named or low is None or high is None:
        return {"visible": False}
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value],
        "arrayminus": [value - low],
        "color": model.colour,
        "thickness": 2.5,
        "width": 0,
    }

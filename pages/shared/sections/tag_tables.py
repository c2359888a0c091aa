"""Error tags to frames: how often each was found, per model and category."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evalkit import text
from evalkit.phrases import capital
from evalkit.reports.errors.report import TagRates
from evalkit.reports.scores.judged_responses import SCORE
from evalkit.stats.scores import ScoreRow
from pages.shared.sections.tables import category_name


def tag_cells(
    rates: Sequence[TagRates], models: Sequence[str], *, categories: Sequence[str] | None = None
) -> pd.DataFrame:
    """Give a cell per tag and model, or per tag, model and category where these are named.

    The commonest tags come first; tags nobody gave are left out.
    """
    wanted: list[str | None] = [None] if categories is None else list(categories)
    place = {model: number for number, model in enumerate(models)}
    cells = []
    for rate in rates:
        rows = [row for row in rate.rows if row.model in place and row.category in wanted]
        rows.sort(key=lambda row: (place[row.model], wanted.index(row.category)))
        cells += [_tag_cell(rate, row) for row in rows]
    frame = pd.DataFrame(cells, columns=list(_TAG_COLUMNS))
    n_given = frame.groupby("row")["n_given"].transform("sum")
    frame = frame.assign(n_of_tag=n_given)[n_given > 0]
    return frame.sort_values("n_of_tag", ascending=False, kind="stable", ignore_index=True)


def tag_table(rates: Sequence[TagRates], models: Sequence[str]) -> pd.DataFrame:
    """Give one row per tag and model, over all categories, the models in the order given."""
    kept = [(rate.tag, row) for rate in rates for row in rate.rows if row.category is None]
    place = {rate.tag: number for number, rate in enumerate(rates)}
    kept.sort(key=lambda pair: (place[pair[0]], models.index(pair[1].model)))
    return pd.DataFrame(
        {
            "Error": [tag.name for tag, _ in kept],
            "Model": [row.model for _, row in kept],
            "Found in": [text.estimate(row.estimate, text.percent) for _, row in kept],
            "Looks": [f"{row.estimate.n:,}" for _, row in kept],
            "Cases": [f"{row.n_cases:,}" for _, row in kept],
        }
    )


def judged_table(frame: pd.DataFrame, keys: Mapping[int, str]) -> pd.DataFrame:
    """Give one row per judged response: what came of its comparisons, its scores and errors.

    What was asked of none of them is left out; what was not asked of one is missing there, not 0.
    """
    criteria = frame.columns[list(frame.columns).index("n_both_bad") + 1 : -1]
    compared = {"n_won": "Won", "n_lost": "Lost", "n_tied": "Ties", "n_both_bad": "Both bad"}
    shown: dict[str, Any] = {
        "Case": [keys.get(case, "") for case in frame["case"]],
        "Category": [category_name(name) for name in frame["category"]],
        "Model": list(frame["model"]),
        **{name: frame[key].array for key, name in compared.items() if frame[key].notna().any()},
    }
    errors = "Errors"
    for key in criteria:
        name = capital(key.removeprefix(SCORE).replace("_", " "))
        # A criterion may be called like a column.
        name = f"{name} (score)" if name in {*shown, errors} else name
        shown[name] = [round(mean, 2) for mean in frame[key]]
    looked = {errors: frame["n_errors"].array} if frame["n_errors"].notna().any() else {}
    return pd.DataFrame({**shown, **looked})


_TAG_COLUMNS = (
    "row",
    "column",
    "group",
    "value",
    "text",
    "small",
    "hover",
    "key",
    "n_given",
)


def _tag_cell(rates: TagRates, row: ScoreRow) -> dict[str, Any]:
    shown, n_given = row.estimate, round((row.estimate.value or 0) * row.estimate.n)
    is_split = row.category is not None
    category = category_name(row.category or "")
    column = f"{category}, n = {shown.n:,}" if is_split else row.model
    where = f"{row.model}, {category}" if is_split else row.model
    found = "·" if n_given == 0 else text.percent(shown.value or 0)
    hover = shown.reason or (
        f"{n_given:,} of {shown.n:,} looks\n{text.estimate(shown, text.percent)}"
    )
    return {
        "row": rates.tag.name,
        "column": column,
        "group": row.model if is_split else "",
        "value": shown.value,
        "text": text.MISSING if shown.value is None else found,
        "small": f"{n_given:,} of {shown.n:,}" if n_given and not is_split else "",
        "hover": f"{rates.tag.name}: {where}\n{hover}",
        "key": f"{rates.tag.key}\t{row.model}\t{'' if row.category is None else row.category}",
        "n_given": n_given,
    }

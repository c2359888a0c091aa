"""The commonest and the worst errors, and what of them is not known yet, in sentences."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.by_model import category_name
from evalkit.reports.errors.failure_map import LEVEL, Comparison, FailureMap, Frequency, MapCell
from evalkit.reports.errors.losing import Losing, LossRow
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.saturation import Saturation
from evalkit.study.facets import Facet


def commonest_errors(rates: Sequence[TagRates], models: Sequence[str]) -> list[str]:
    """Say for each model which error was found most often, and how often."""
    sentences = []
    for model in models:
        rated = [
            (row.estimate, rate.tag.name)
            for rate in rates
            for row in rate.rows
            if row.model == model and row.category is None and row.estimate.value
        ]
        if rated:
            most, name = max(rated, key=lambda pair: pair[0].value or 0)
            share = text.estimate(most, text.percent)
            sentences.append(f"{model}: {text.inside(name)} in {share} of looks, n = {most.n:,}.")
    return sentences


def worst_error(rates: Sequence[TagRates]) -> str:
    """Say which error was found most often in whose responses, and how often; or nothing."""
    known = [
        (row.estimate, rate.tag.name, row.model)
        for rate in rates
        for row in rate.rows
        if row.category is None and row.estimate.value
    ]
    if not known:
        return ""
    most, name, model = max(known, key=lambda entry: entry[0].value or 0.0)
    share = text.estimate(most, text.percent)
    return (
        f"The commonest error is {text.inside(name)} in {model}: {share} of looks, n = {most.n:,}."
    )


def saturation_sentences(saturation: Saturation) -> list[str]:
    """Say how much of what fails is of a kind nobody marked yet; nothing where nothing failed."""
    unseen = saturation.unseen
    if unseen.value is None:
        return []
    share = text.estimate(unseen, text.percent)
    return [
        f"About {share} of failures that a further case shows are of a kind nobody has marked yet, "
        f"n = {unseen.n:,} failures of {counted(saturation.n_kinds, 'kind')}, each once per case.",
        f"Kinds that were new among the last {saturation.n_last:,} failures: {saturation.n_new:,}.",
    ]


#: So many findings are said; the table has all.
_MOST_SAID = 5


def value_name(facet: Facet, value: str | None) -> str:
    """Name a kind of case."""
    return category_name(value) if value is None or facet is Facet.CATEGORY else value


def map_sentences(of: FailureMap) -> list[str]:
    """Say what is found more or less often than elsewhere, and how many cells were tested."""
    decided = of.decided()
    if not of.n_tested:
        return ["Too little was found to tell where errors are more frequent."]
    tested = f"{of.n_tested:,} cells that can tell anything"
    if not decided:
        return [f"No error is more or less frequent anywhere than chance would make it ({tested})."]
    more = len(decided) - _MOST_SAID
    rest = [f"{more:,} more findings are in the map."] if more > 0 else []
    return [
        *(_finding(of, cell) for cell in decided[:_MOST_SAID]),
        *rest,
        f"Of {tested} {len(decided):,} differ; on average at most {text.percent(LEVEL)} of such "
        "findings are chance.",
    ]


def _finding(of: FailureMap, cell: MapCell) -> str:
    share = text.estimate(cell.rate, text.percent)
    return (
        f"{cell.tag.name} is {_how_often(cell)} {_where(of, cell)}: {share} of looks, "
        f"n = {cell.rate.n:,}, {text.q_value(cell.q or 0.0)}."
    )


def _how_often(cell: MapCell) -> str:
    if cell.lift is None or not cell.n_hits:
        return "found" if cell.frequency is Frequency.MORE else "never found"
    return f"found {text.times(cell.lift)} times as often"


def _where(of: FailureMap, cell: MapCell) -> str:
    """Say where a cell is, and what it is compared with."""
    kind = value_name(of.facet, cell.value)
    same = "cases" if of.comparison is Comparison.CASE else "categories"
    alone = cell.lift is None or not cell.n_hits
    link = ", unlike in" if alone else " as in"
    if cell.model is None:
        return f"in {text.inside(kind)}{link} other cases"
    here = "" if cell.value is None else f" in {text.inside(kind)}"
    return f"in {cell.model}{here}{link} other models on the same {same}"


def losing_sentences(losing: Losing) -> list[str]:
    """Say which errors losers have more often than winners, and what these cost."""
    if not losing.n:
        return []
    sentences = [_loss(row) for row in sorted(losing.overall, key=_by_q) if row.is_decided]
    n = f"{losing.n:,} comparisons of responses that were looked at for errors"
    return sentences or [f"No error tells losers from winners beyond chance, in {n}."]


def _by_q(row: LossRow) -> tuple[float, float]:
    return (1.0 if row.q is None else row.q, -(row.cost.value or 0.0))


def _loss(row: LossRow) -> str:
    cost = row.cost.value
    points = text.estimate(row.cost, text.points)
    what = "" if cost is None or cost <= 0 else f" {points} of the win rate go with it."
    return (
        f"{row.tag.name}: the loser alone has it in {row.only_loser:,} comparisons, the winner "
        f"alone in {row.only_winner:,}, {text.q_value(row.q or 0.0)}.{what}"
    )

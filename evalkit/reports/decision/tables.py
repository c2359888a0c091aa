"""A decision as blocks: the verdict, quality against prices, models beside the baseline."""

from collections.abc import Callable, Sequence

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.blocks import (
    Block,
    Cell,
    Heading,
    Point,
    Quantity,
    Scatter,
    Section,
    Table,
    Target,
    Tone,
    View,
    Words,
    beside,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import MOST_CATEGORIES, category_name, readable, without_dashes
from evalkit.reports.decision import sentences
from evalkit.reports.decision.measures import MeasureNumbers, Number
from evalkit.reports.decision.report import DecisionReport, Standing, gap_to_baseline
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected
from evalkit.text import p_value

#: More models than this that keep one from the front are counted, not named.
_MOST_NAMED = 2
#: More reasons than this why a model is in no picture are not read.
_MOST_ABSENT = 3
_WIN_RATES = (
    "Win rates are against an average opponent, by strength; raw: of the comparisons a model was "
    "in. "
)
#: What a model takes, in the order of ``price_cells``.
PRICES = ("Cost of 1,000", "Cost of 1,000 acceptable", "Median latency")
#: How to read quality against prices.
FRONT_NOTE = (
    "Up is better, left is less; lines are 95 % intervals. Diamonds with a bold name are on the "
    f"front. {sentences.FRONT_DEFINITION} Where lines overlap, more annotations may change it."
)


def opening(
    collected: Collected, report: DecisionReport, verdict: str, cautions: Sequence[str] = ()
) -> tuple[Words, ...]:
    """Say the verdict, who is worth considering, what to beware of, and what all rests on."""
    return (
        words(verdict, style="verdict"),
        words(*sentences.open_sentences(report), style="lead"),
        words(*cautions, style="lead"),
        words(sentences.basis(collected, report), style="note"),
    )


def decision_section(
    report: DecisionReport, models: Sequence[str], mapped: Sequence[str]
) -> Section:
    """Set models beside the baseline: all against prices, some overall, fewer by category."""
    pictures = front(report)
    return section(
        "Decision",
        beside(*([picture] for picture in pictures)),
        words(FRONT_NOTE if pictures else "", style="note"),
        Heading(f"Each model against {report.baseline}"),
        standings(report, models),
        prices(report, models),
        *by_category(report, mapped, within=""),
    )


def front(report: DecisionReport) -> tuple[Scatter, ...]:
    """Set quality against cost and against latency; nothing of one model, or without a price."""
    if len(report.front_on) < 2 or len(report.standings) < 2:
        return ()
    cost = Quantity("Cost of 1,000 responses", text.dollars_per_thousand, 1000.0, prefix="$")
    wait = Quantity("Median latency", text.seconds, 0.001, suffix=" s")
    return (
        _scatter(report, cost, lambda standing: standing.taken.cost_usd),
        _scatter(report, wait, lambda standing: standing.taken.latency_median_ms),
    )


def _scatter(
    report: DecisionReport, price: Quantity, pick: Callable[[Standing], Estimate]
) -> Scatter:
    measure = report.chosen.measure
    points, absences = [], []
    for standing in report.standings:
        quality, taken = report.number(standing.model).estimate, pick(standing)
        if quality.value is not None and taken.value is not None:
            points.append(Point(standing.model, taken, quality, standing.is_on_front))
            continue
        missing = quality if quality.value is None else taken
        reason = missing.reason or "nothing is known of it."
        absences.append(f"{standing.model} is not shown: {reason}")
    if not points:
        absences = [pick(standing).reason or "" for standing in report.standings][:1]
    low, high = measure.limits
    if measure.is_penalty:  # what errors weigh has no end
        ends = [end for point in points for end in (point.y.value, point.y.high) if end is not None]
        high = max(ends, default=1.0) or 1.0
    name, form = measure.number_name, measure.form
    return Scatter(
        price,
        Quantity(name, form, 100.0, suffix=" %") if measure.is_share else Quantity(name, form),
        tuple(points),
        y_limits=(low, high),
        is_less_better=measure.is_penalty,
        absences=tuple(absences[:_MOST_ABSENT]),
    )


def standings(report: DecisionReport, models: Sequence[str]) -> Table:
    """Set the quality of these models beside the baseline's, by all it can be measured by."""
    measures = [
        report.chosen,
        *(measure for measure in report.measures if measure is not report.chosen),
    ]
    names = [measure.measure.number_name for measure in measures]
    has_raw = any(number.raw for numbers in measures for number in numbers.overall)
    rows = [
        [
            _name(report, standing),
            *(quality_cell(report, numbers, standing.model) for numbers in measures),
        ]
        for standing in report.standings
        if standing.model in models
    ]
    return table(
        f"Models against {report.baseline}",
        ("Model", *names),
        rows,
        note=f"{_WIN_RATES if has_raw else ''}Beneath: the difference to {report.baseline}, of win "
        "rates in strength (log-odds), else paired by case (pp: percentage points). "
        f"{tones()} beyond chance, grey: undecided; win rates by strength with all pairs "
        "considered, scores after Holm. n counts judgements.",
    )


def prices(report: DecisionReport, models: Sequence[str]) -> Table:
    """Set what these models take beside what the baseline takes; nothing where none is known."""
    taken = without_dashes([price_cells(report, standing) for standing in report.standings])
    rows = [
        [Cell(standing.model), *cells]
        for standing, cells in zip(report.standings, taken, strict=True)
        if standing.model in models and not all(cell.is_empty for cell in cells)
    ]
    return table(
        f"What models take against {report.baseline}",
        ("Model", *PRICES),
        rows,
        note=f"Beneath: how many times as much as {report.baseline} takes; {tones()}, which is "
        "less, beyond chance. n counts responses.",
    )


def by_category(report: DecisionReport, models: Sequence[str], *, within: str) -> tuple[Block, ...]:
    """Show the chosen measure by category and model; ``within`` says that filters are set."""
    measure = report.chosen.measure
    title = f"{measure.number_name} by category"
    known = list(dict.fromkeys(number.category for number in report.chosen.cells))
    if len(known) < 2:
        return (words(f"All cases are of one category{within}.", style="lead"),)
    numbers = {
        (number.model, number.category): number
        for number in (*report.chosen.overall, *report.chosen.cells)
    }
    categories = shown_categories(report)
    rows = [
        [
            Cell(category_name(category)),
            *(map_cell(report, numbers[model, category]) for model in models),
        ]
        for category in (None, *categories)
    ]
    headings = [f"{model} (baseline)" if model == report.baseline else model for model in models]
    note = (
        f"{tones()} than {report.baseline} in that category, with at most 5 % false finds among "
        "all categories (Benjamini–Hochberg); grey: undecided. In brackets 95 % intervals; n "
        "counts judgements."
    )
    if measure.is_preference and report.ranking.ranking is not None:
        note += (
            " Inside a category win rates are raw; of all categories together they are against an "
            "average opponent."
        )
    if len(categories) < len(known):
        note += (
            f" There are {len(known):,} categories: these are the {len(categories)} with a finding "
            "or most judgements."
        )
    return (
        Heading(title),
        words(sentences.few_cases(report), style="lead"),
        readable(
            table(title, ("Category", *headings), rows, is_map=True, has_total=True, note=note)
        ),
    )


def shown_categories(report: DecisionReport) -> list[str]:
    """Return the categories of the map: all, or of many those with a finding and the largest."""
    weight: dict[str, tuple[bool, int]] = {}
    for number in report.chosen.cells:
        is_decided, n = weight.get(number.category or "", (False, 0))
        weight[number.category or ""] = (
            is_decided or number.is_decided,
            n + number.estimate.n,
        )
    if len(weight) <= MOST_CATEGORIES:
        return list(weight)
    first = sorted(weight, key=weight.__getitem__, reverse=True)[:MOST_CATEGORIES]
    return [name for name in weight if name in first]


def map_cell(report: DecisionReport, number: Number) -> Cell:
    """Return one cell of the map: the number, its interval and n, toned beside the baseline's."""
    form = report.chosen.measure.form
    about = f"{text.estimate(number.estimate, form)}, {counted(number.n_cases, 'case')}"
    if number.difference is None:
        about = f"{about}; the baseline"
    else:
        gap = sentences.difference_shown(report, report.chosen, number)
        about = f"{about}; {gap} against {report.baseline}"
        if number.p_adjusted is not None:
            about = f"{about}, {p_value(number.p_adjusted)} adjusted"
    return value_cell(
        number.estimate,
        form,
        tone=tone(report, report.chosen, number),
        about=about,
        target=_beside(report, number.model, number.category),
    )


def tone(report: DecisionReport, numbers: MeasureNumbers, number: Number) -> Tone:
    """Say whether a model is better than the baseline; overall preferences go by strength."""
    if number.difference is None:
        return Tone.PLAIN
    gap, is_decided = gap_to_baseline(report, numbers, number)
    if not is_decided or gap is None or not gap.value:
        return Tone.OPEN
    return Tone.BETTER if gap.value * numbers.measure.sign > 0 else Tone.WORSE


def tones() -> str:
    """Say what the marks of tones mean, to be followed by what they hold against."""
    better, worse = Tone.BETTER, Tone.WORSE
    return f"{better.mark}\N{NO-BREAK SPACE}{better}, {worse.mark}\N{NO-BREAK SPACE}{worse}"


def _name(report: DecisionReport, standing: Standing) -> Cell:
    # On quality alone there is no front: the order says all.
    is_told = len(report.front_on) > 1
    parts = ["baseline"] if standing.model == report.baseline else []
    if is_told and standing.is_on_front:
        parts.append("on the front")
    elif is_told:
        by = standing.beaten_by
        parts.append(f"behind {_best_of(report, by)}" if by else "not all is known")
    mark = "◆ " if is_told and standing.is_on_front else ""
    return Cell(f"{mark}{standing.model}", tuple(parts), target=Target(View.OVERVIEW, {}))


def _best_of(report: DecisionReport, models: Sequence[str]) -> str:
    """Name models, of many only the best."""
    best = sorted(models, key=report.models.index)
    if len(best) <= _MOST_NAMED:
        return ", ".join(best)
    return f"{', '.join(best[:_MOST_NAMED])} and {len(best) - _MOST_NAMED} more"


def quality_cell(report: DecisionReport, numbers: MeasureNumbers, model: str) -> Cell:
    """Return a model's number, beneath it how far it is from the baseline's, the raw one and n."""
    number = next(number for number in numbers.overall if number.model == model)
    n = f"n = {number.estimate.n:,}"
    about = number.estimate.reason or counted(number.n_cases, "case")
    gap = ""
    if number.difference is not None and number.difference.value is None:
        about = number.difference.reason or about
    elif number.difference is not None:
        gap = sentences.difference_shown(report, numbers, number)
        if numbers.measure.is_preference and report.standing(model).strength is not None:
            about = f"{about}; strength in log-odds above {report.baseline}"
        elif number.p_adjusted is not None:
            about = f"{about}; {p_value(number.p_adjusted)} after Holm"
    return Cell(
        text.estimate(number.estimate, numbers.measure.form),
        tuple(filter(None, (gap, sentences.raw_in_short(number), n))),
        number=number.estimate,
        tone=tone(report, numbers, number) if gap else Tone.PLAIN,
        about=about,
        target=_beside(report, model, None),
    )


def price_cells(report: DecisionReport, standing: Standing) -> list[Cell]:
    """Return what a model takes, by ``PRICES``, beneath it as multiples of the baseline's."""
    taken, times = standing.taken, standing.prices
    target = _beside(report, standing.model, None)
    is_baseline = standing.model == report.baseline
    return [
        _price(price, None if is_baseline else ratio, form, target)
        for price, ratio, form in (
            (taken.cost_usd, times.cost, text.dollars_per_thousand),
            (taken.cost_per_acceptable_usd, times.cost_per_acceptable, text.dollars_per_thousand),
            (taken.latency_median_ms, times.latency, text.seconds),
        )
    ]


def _price(price: Estimate, times: Estimate | None, form: text.Format, target: Target) -> Cell:
    if price.value is None:
        return Cell(text.MISSING, number=price, about=price.reason or "")
    written, n = text.estimate(price, form), f"n = {price.n:,}"
    if times is None or times.value is None:
        reason = price.reason or (times.reason if times else "")
        return Cell(written, (n,), number=price, about=reason or "", target=target)
    is_open = times.low is None or times.high is None or times.low <= 1 <= times.high
    less = Tone.BETTER if times.value < 1 else Tone.WORSE
    return Cell(
        written,
        (text.multiple(times), n),
        number=price,
        tone=Tone.OPEN if is_open else less,
        about=price.reason or "",
        target=target,
    )


def _beside(report: DecisionReport, model: str, category: str | None) -> Target:
    """Return the cases behind a number: the model beside the baseline, the baseline its rival."""
    other = report.baseline if model != report.baseline else sentences.rival_of(report)
    if other == model:
        other = report.standings[0].model
    if other is None or other == model:
        return Target(View.OVERVIEW, {})
    only: dict[str, str | list[str]] = {"model": model, "other": other}
    return Target(View.PAIR, only if category is None else {**only, "category": [category]})

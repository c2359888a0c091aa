"""The sections of a study's HTML report a decision is made from: the verdict and what is open."""

from collections.abc import Sequence

from evalkit import text
from evalkit.html.parts import Cell, bullets, heading, paragraph, section, table
from evalkit.html.sections import MOST_CATEGORIES, category_title
from evalkit.phrases import counted
from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.document import decision_verdict
from evalkit.reports.decision.measures import Measure, MeasureNumbers, Number
from evalkit.reports.decision.report import DecisionReport, Standing, gap_to_baseline
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.power import sentences as power_sentences
from evalkit.reports.power.report import IntervalPower, PowerReport
from evalkit.reports.power.scores import score_power
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import basis, headline
from evalkit.reports.scores.report import ScoresReport
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected
from evalkit.text import difference

_BETTER = 0.5  # of the strongest tint


def top(
    collected: Collected,
    report: DecisionReport | None,
    ranking: RankingReport,
    scores: ScoresReport,
) -> str:
    """Say the verdict of the decision; of what was only scored or weighed, its extremes."""
    if not collected.annotators:
        return paragraph("Nobody has annotated in this study yet.", style="verdict")
    if report is None or len(report.standings) < 2:
        said = headline(ranking, scores, penalty_rows(collected))
        return paragraph(said, style="verdict") + paragraph(basis(collected, ranking), style="lead")
    return (
        paragraph(decision_verdict(collected, report), style="verdict")
        + paragraph(*words.open_sentences(report), style="lead")
        + paragraph(words.basis(collected, report), style="lead")
    )


def decision_section(report: DecisionReport | None) -> str:
    """Set every model beside the baseline, overall and by category."""
    if report is None or len(report.standings) < 2:
        return ""
    return section(
        "Decision",
        heading(f"Each model against {report.baseline}"),
        _standings(report),
        _taken(report),
        paragraph(
            "Win rates are against an average opponent, by strength; raw: of the comparisons a "
            f"model was in. Beneath: the difference to {report.baseline}, of win rates in strength "
            "(log-odds), else paired by case (pp: percentage points), or how many times as much. "
            "Blue: better beyond chance, orange: worse, grey: "
            "undecided; win rates by strength with all pairs considered, scores after Holm. "
            "Diamond: by the values alone, no other model is at least as good on everything known "
            "of quality, cost and latency.",
            style="note",
        ),
        _by_category(report),
    )


def _standings(report: DecisionReport) -> str:
    shown = [report.chosen, *(one for one in report.measures if one is not report.chosen)]
    columns = [words.number_name(one.measure) for one in shown]
    rows: list[list[str | Cell]] = [
        [_name(report, one), *(_quality(report, numbers, one) for numbers in shown)]
        for one in report.standings
    ]
    return table(("Model", *columns), rows)


def _taken(report: DecisionReport) -> str:
    """Show what each model takes; nothing where nothing is known of any."""
    priced = [_prices(one, is_baseline=one.model == report.baseline) for one in report.standings]
    if not any(cell.text for cells in priced for cell in cells):
        return ""
    rows: list[list[str | Cell]] = [
        [one.model, *cells] for one, cells in zip(report.standings, priced, strict=True)
    ]
    return table(("Model", "Cost of 1,000", "Cost of 1,000 acceptable", "Median latency"), rows)


def _name(report: DecisionReport, one: Standing) -> Cell:
    parts = ["baseline"] if one.model == report.baseline else []
    if one.beaten_by:
        parts.append(f"behind {', '.join(one.beaten_by)}")
    return Cell(f"◆ {one.model}" if one.is_on_front else one.model, ", ".join(parts), is_head=True)


def _quality(report: DecisionReport, numbers: MeasureNumbers, one: Standing) -> Cell:
    number = next(found for found in numbers.overall if found.model == one.model)
    small = [*filter(None, [words.raw_in_short(number)]), f"n = {number.estimate.n:,}"]
    if number.difference is not None and number.difference.value is not None:
        small.insert(0, words.difference_shown(report, numbers, number))
    return Cell(
        text.estimate(number.estimate, words.format_of(numbers.measure)),
        ", ".join(small),
        _tint(report, numbers, number),
        is_open=_is_open(report, numbers, number),
    )


def _prices(one: Standing, *, is_baseline: bool) -> list[Cell]:
    taken, times = one.taken, one.prices
    shown = (
        (taken.cost_usd, times.cost, text.dollars_per_thousand),
        (taken.cost_per_acceptable_usd, times.cost_per_acceptable, text.dollars_per_thousand),
        (taken.latency_median_ms, times.latency, text.seconds),
    )
    return [_price(price, None if is_baseline else ratio, form) for price, ratio, form in shown]


def _price(taken: Estimate, times: Estimate | None, form: text.Format) -> Cell:
    if taken.value is None:
        return Cell("")
    small = f"n = {taken.n:,}"
    if times is None or times.value is None:
        return Cell(text.estimate(taken, form), small)
    is_open = times.low is None or times.high is None or times.low <= 1 <= times.high
    tint = 0.0 if is_open else _BETTER if times.value < 1 else -_BETTER
    times_as_much = text.estimate(times, text.times)
    return Cell(
        text.estimate(taken, form), f"{times_as_much} times, {small}", tint, is_open=is_open
    )


def _by_category(report: DecisionReport) -> str:
    categories = list(dict.fromkeys(one.category for one in report.chosen.cells))
    if len(categories) < 2:
        return ""
    cells = {(one.category, one.model): one for one in report.chosen.cells}
    models = [one.model for one in report.standings]
    rows: list[list[str | Cell]] = [
        [
            category_title(name or ""),
            *(_map_cell(report, cells.get((name, model))) for model in models),
        ]
        for name in categories
    ]
    headings = [f"{one} (baseline)" if one == report.baseline else one for one in models]
    if len(categories) > MOST_CATEGORIES:
        settled = {one.category for one in report.chosen.cells if one.is_decided}
        rows = [row for name, row in zip(categories, rows, strict=True) if name in settled]
        shown = "those with a difference that is settled" if rows else "no difference is settled"
        few = paragraph(f"There are {len(categories):,} categories; {shown}.")
    else:
        few = paragraph(words.few_cases(report))
    return (
        heading(f"{words.raw_name(report.chosen.measure)} by category")
        + few
        + table(("", *headings), rows)
        + paragraph(
            f"Blue: better than {report.baseline} in that category, orange: worse, with at most "
            "5 % false finds among all categories (Benjamini–Hochberg); grey: undecided. n counts "
            "judgements.",
            style="note",
        )
    )


def _map_cell(report: DecisionReport, one: Number | None) -> Cell:
    if one is None or one.estimate.value is None:
        return Cell(text.MISSING)
    form = words.format_of(report.chosen.measure)
    small = ", ".join(filter(None, (text.bounds(one.estimate, form), f"n = {one.estimate.n:,}")))
    return Cell(
        form(one.estimate.value),
        small,
        _tint(report, report.chosen, one),
        is_open=_is_open(report, report.chosen, one),
    )


def _tint(report: DecisionReport, numbers: MeasureNumbers, one: Number) -> float:
    """Say whether a model is better than the baseline; overall preferences go by strength."""
    if one.difference is None or _is_open(report, numbers, one):
        return 0.0
    gap, _ = gap_to_baseline(report, numbers, one)
    ahead = numbers.measure.sign * (gap.value or 0.0 if gap else 0.0)
    return _BETTER if ahead > 0 else -_BETTER


def _is_open(report: DecisionReport, numbers: MeasureNumbers, one: Number) -> bool:
    if one.difference is None:
        return False
    return not gap_to_baseline(report, numbers, one)[1]


def power_section(
    collected: Collected, report: PowerReport, decision: DecisionReport | None
) -> str:
    """Say what more annotations would buy: which pairs it settles, how narrow numbers get."""
    measure = None if decision is None else decision.chosen.measure
    if decision is None or measure is None or measure.is_acceptable or measure.is_penalty:
        return ""
    place = {model: k for k, model in enumerate(one.model for one in decision.standings)}
    shown = [one for one in report.intervals if one.criterion == measure.criterion]
    shown.sort(key=lambda one: place[one.model])
    if measure.criterion is None:
        said, pairs = power_sentences.power_sentences(report), _pairs(report)
    else:
        said, pairs = [power_sentences.where_to_spend(report)], _score_pairs(collected, measure)
    return section(
        "What more annotations would buy",
        bullets(said),
        _intervals(shown, measure),
        pairs,
        paragraph(power_sentences.ASSUMPTIONS, style="note"),
    )


def _intervals(shown: Sequence[IntervalPower], measure: Measure) -> str:
    if not shown:
        return ""
    half = shown[0].half_width
    wanted = f"± {100 * half:.0f} points" if measure.is_share else f"± {text.number(half)}"
    form = words.format_of(measure)
    rows = [
        (
            one.model,
            text.estimate(one.estimate, form),
            f"n = {one.estimate.n:,}, {counted(one.n_cases_now, 'case')}",
            _new_cases(one),
            power_sentences.overlap(one),
        )
        for one in shown
    ]
    columns = ("Model", words.raw_name(measure), "On", f"New cases for {wanted}", "Or overlap")
    return table(columns, rows, left=("On", "Or overlap"))


def _new_cases(one: IntervalPower) -> str:
    if one.n_cases_needed is None:
        return text.MISSING
    more = one.n_cases_needed - one.n_cases_now
    return "known already" if more <= 0 else f"{more:,}"


def _pairs(report: PowerReport) -> str:
    rows = [
        (
            f"{one.model} – {one.other}",
            text.estimate(one.gap),
            power_sentences.pair_sentence(report, one),
        )
        for one in report.pairs
    ]
    return table(("", "Difference in log-odds", "What it takes"), rows, left=("What it takes",))


def _score_pairs(collected: Collected, measure: Measure) -> str:
    if measure.criterion is None:
        return ""
    rows = [
        (
            f"{one.model} – {one.other}",
            difference(one.difference),
            f"{one.difference.n:,}",
            power_sentences.score_sentence(one),
        )
        for one in score_power(collected, measure.criterion)
    ]
    return table(("", "Difference", "Cases", "What it takes"), rows, left=("What it takes",))


def front_of(report: DecisionReport | None) -> frozenset[str]:
    """Return the models that no other matches or beats on everything known."""
    if report is None:
        return frozenset()
    return frozenset(one.model for one in report.standings if one.is_on_front)

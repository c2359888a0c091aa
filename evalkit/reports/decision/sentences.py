"""A decision in sentences: who leads, where that is open, what the others take, who is beaten."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted, joined, some, times_as
from evalkit.reports.decision.measures import Measure, MeasureNumbers, Number
from evalkit.reports.decision.report import (
    DecisionReport,
    contradicted,
    decision_lead,
    gap_to_baseline,
    settled,
)
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.lead import Lead
from evalkit.reports.ranking.sentences import few_comparisons, group_verdicts, lead_clause
from evalkit.reports.ranking.style import StyleReport, carried_style
from evalkit.reports.shown_models import MOST_MODELS
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected
from evalkit.study.sentences import annotators
from evalkit.text import difference, points

#: The smallest p value of n cases is 2/2ⁿ: up to here hardly any survives a correction.
_FEW_CASES = 7
#: More models or categories than this are counted, not named.
_MOST_NAMES = 4
#: Of many models, more sentences than this on who is beaten are not read.
_MOST_BEATEN = 3
#: Who is on the front, wherever it is drawn, marked or named.
FRONT_DEFINITION = (
    "On the front, by the values alone: no other model is at least as good on everything known of "
    "quality, cost and latency, and better on one of them."
)
_BETTER = {"cost": "cheaper", "latency": "faster"}
_NO_WORSE = {"cost": "no dearer", "latency": "no slower"}


def raw_name(measure: Measure) -> str:
    """Name what numbers are that no strength has set right for who was met."""
    return "Raw win rate" if measure.is_preference else measure.number_name


def raw_in_short(number: Number) -> str:
    """Write the raw win rate where it stands beside the win rate: ``raw 47 %``; else nothing."""
    if number.raw is None or number.raw.value is None:
        return ""
    return f"raw {text.percent(number.raw.value)}"


def difference_shown(report: DecisionReport, numbers: MeasureNumbers, number: Number) -> str:
    """Write the difference that says whether a number is better than the baseline's.

    ``strength +1.08 [0.47, 1.68]``, ``+9 pp [2, 16]``, ``−0.31``: the arrow beside it points as it.
    """
    gap, _ = gap_to_baseline(report, numbers, number)
    if gap is None or gap.value is None:
        return ""
    if gap is not number.difference:
        return f"strength {difference(gap)}"
    return difference(gap, points if numbers.measure.is_share else text.number)


def rival_of(report: DecisionReport) -> str | None:
    """Return whom the leader is set against: the baseline, or the next best where it leads."""
    if len(report.standings) < 2:
        return None
    leader = report.standings[0].model
    return report.baseline if report.baseline != leader else report.standings[1].model


def one_model(model: str) -> str:
    """Say of a study of one model that nothing stands beside it."""
    return f"There is one model only: {model}."


def verdict(report: DecisionReport, cells: Sequence[Number]) -> str:
    """Say in one sentence who leads, in which categories that is open, and what the rival takes.

    ``cells`` are the differences of leader and rival by category (``decision.against``).
    """
    leader, rival = report.standings[0], rival_of(report)
    if rival is None:
        return one_model(leader.model)
    lead = decision_lead(report)
    if lead is None:
        nothing = "Nothing has been judged yet that would tell the models apart."
        is_preference = report.chosen.measure.is_preference
        return (report.ranking.reason if is_preference else None) or nothing
    is_settled = settled(report, leader.model, rival)
    sign = report.chosen.measure.sign
    where = _categories(cells, leader.model, rival, is_settled=is_settled, sign=sign)
    clause = lead_clause(lead, _on_what(report), basis=few_comparisons(report.ranking))
    takes = _takes(report, leader.model, rival)
    if takes and leader.model not in clause + where:
        takes = f"beside {leader.model}, {takes}"
    parts = [clause, _on_shared_cases(report), _not_comparable(lead), where, takes]
    parts.append(_unjudged(report))
    return f"{'; '.join(filter(None, parts))}."


def style(report: DecisionReport, held_equal: StyleReport | None) -> str:
    """Say whether the verdict holds with style held equal; nothing of what is not preference."""
    if not report.chosen.measure.is_preference:
        return ""
    return carried_style(held_equal, decision_lead(report))


def open_sentences(report: DecisionReport) -> list[str]:
    """Say who leads in each group that never met another, and who is worth considering."""
    groups = group_verdicts(report.ranking) if report.chosen.measure.is_preference else []
    return groups + front_sentences(report)


def front_sentences(report: DecisionReport) -> list[str]:
    """Say which models are worth considering, and which are beaten by whom."""
    if not report.front_on or len(report.standings) < 2:
        return []
    if len(report.front_on) < 2:
        return ["Neither cost nor latency was recorded, so quality alone decides."]
    on = joined(_measured_on(report))
    front = [standing.model for standing in report.standings if standing.is_on_front]
    if len(front) == len(report.standings):
        every = "Both models" if len(front) == 2 else f"All {len(front)} models"
        lines = [
            f"{every} are worth considering: by the values alone, none is matched or beaten by "
            f"another on {on}."
        ]
    else:
        lines = [f"Worth considering: {some(front)}."]
        unknown = [
            standing.model
            for standing in report.standings
            if not standing.is_on_front and not standing.beaten_by
        ]
        if unknown:
            lines.append(f"{some(unknown)} cannot be placed, for not all of {on} is known.")
        else:
            rest = "it" if len(front) == 1 else "one of them"
            lines[0] = (
                f"{lines[0][:-1]}; by the values alone, every other model is matched or beaten by "
                f"{rest} on {on}."
            )
    return lines + _beaten(report)


def _beaten(report: DecisionReport) -> list[str]:
    """Say who is beaten by whom, and on what; of many models that is too much to read at once."""
    ways: dict[tuple[str, str], list[str]] = {}
    for standing in report.standings:
        if standing.beaten_by:
            by = min(standing.beaten_by, key=lambda model: _place(report, model))
            ways.setdefault((by, _way(report, standing.model, by)), []).append(standing.model)
    if len(report.standings) > MOST_MODELS and len(ways) > _MOST_BEATEN:
        n_beaten = sum(map(len, ways.values()))
        return [
            f"Who beats the {counted(n_beaten, 'other model')} stands beside each in the table."
        ]
    return [f"{by} {way.format(some(models))}." for (by, way), models in ways.items()]


def _way(report: DecisionReport, model: str, by: str) -> str:
    """Return how one model beats another, with a place for the names of those it beats so."""
    prices = [name for name in report.front_on if name != "quality"]
    less = [name for name in prices if _price(report, by, name) < _price(report, model, name)]
    same = [name for name in prices if name not in less]
    at = f", at the same {joined(same)}" if same else ""
    if settled(report, model, by):
        return f"beats {{}} on {joined([_lower_name(report), *less])}{at}"
    how = "and no worse as far as can be told"
    if contradicted(report, model, by):
        how = "but behind on the cases that were judged of both"
    if less:
        return f"is {joined([_BETTER[name] for name in less])} than {{}}{at}, {how}"
    return f"is {joined([_NO_WORSE[name] for name in prices])} than {{}}, {how}"


def _price(report: DecisionReport, model: str, name: str) -> float:
    taken = report.standing(model).taken
    price = taken.cost_usd if name == "cost" else taken.latency_median_ms
    return price.value or 0.0


def basis(collected: Collected, report: DecisionReport) -> str:
    """Say what the chosen measure rests on."""
    measure = report.chosen.measure
    if measure.is_preference:
        return sentences.basis(collected, report.ranking)
    n = sum(number.estimate.n for number in report.chosen.overall)
    what = "score" if measure.criterion else "look at a response"
    looks = counted(n, what) if measure.criterion or n == 1 else f"{n:,} looks at responses"
    return f"{looks} by {annotators(collected)}."


def few_cases(report: DecisionReport) -> str:
    """Say that categories are too small to settle anything, where they are."""
    named = [cell for cell in report.chosen.cells if cell.category]
    most = max((number.n_cases for number in named), default=0)
    if not 0 < most <= _FEW_CASES or any(number.is_decided for number in named):
        return ""
    return (
        f"No category has more than {counted(most, 'case')}, so hardly any difference can be "
        "settled inside one; more cases per category would change that."
    )


def _on_what(report: DecisionReport) -> str:
    return "" if report.chosen.measure.is_preference else f" on {_lower_name(report)}"


def _not_comparable(lead: Lead) -> str:
    """Say who cannot be compared with the first, and why: no case was judged of both."""
    if not lead.apart:
        return ""
    is_are = "is" if len(lead.apart) == 1 else "are"
    return (
        f"{_few(lead.apart, 'other models')} {is_are} not comparable with {lead.first}: no case "
        "was judged of both"
    )


def _on_shared_cases(report: DecisionReport) -> str:
    """Say who is ahead of the first where both were judged, or nothing."""
    first, *others = [standing.model for standing in report.standings]
    ahead = [model for model in others if contradicted(report, first, model)]
    if not ahead:
        return ""
    names = joined(ahead) if len(ahead) <= _MOST_NAMES else f"{len(ahead)} others"
    is_are = "is" if len(ahead) == 1 else "are"
    return f"on the cases that were judged of both, {names} {is_are} ahead of {first}"


def _unjudged(report: DecisionReport) -> str:
    models = [
        standing.model for standing in report.standings if not _is_judged(report, standing.model)
    ]
    if not models:
        return ""
    has = "has" if len(models) == 1 else "have"
    return f"{some(models)} {has} not been judged yet"


def _is_judged(report: DecisionReport, model: str) -> bool:
    return report.number(model).estimate.value is not None


def _categories(
    cells: Sequence[Number], leader: str, rival: str, *, is_settled: bool, sign: int
) -> str:
    """Say in which categories leader and rival are told apart, whichever list is shorter."""
    # Cases without a category are none: nothing holds for them as it does in a category.
    tested = [
        (cell.category, cell) for cell in cells if cell.category and cell.p_adjusted is not None
    ]
    if len(tested) < 2:
        return ""
    open_in = [name for name, cell in tested if not cell.is_decided]
    decided = [
        (name, sign * (cell.estimate.value or 0)) for name, cell in tested if cell.is_decided
    ]
    lost = [name for name, ahead in decided if ahead < 0]
    won = [name for name, ahead in decided if ahead > 0]
    if not is_settled:
        # What is open overall is open by category too; only what is not deserves a word.
        named = ((won, leader), (lost, rival))
        return ", ".join(f"on {_few(where)} {who} is ahead" for where, who in named if where)
    if len(open_in) == len(tested):
        return f"against {rival}, no single category is settled"
    parts = []
    if lost:
        parts.append(f"on {_few(lost)} {rival} is ahead")
    if open_in and (len(open_in) <= len(won) or lost):
        parts.append(f"on {_few(open_in)} {'they' if not lost else 'the two'} cannot be told apart")
    elif open_in:
        parts.append(
            f"against {rival}, only {_few(won)} {'is' if len(won) == 1 else 'are'} settled"
        )
    elif not lost:
        parts.append(f"against {rival} in every category")
    return ", ".join(parts)


def _takes(report: DecisionReport, leader: str, rival: str) -> str:
    """Say what the rival costs and how long it takes, in parts or multiples of the leader's."""
    mine = report.standing(leader)
    # Prices are held as multiples of the baseline's; the rival is the baseline or the leader is.
    if rival == report.baseline:
        cost, wait = inverse(mine.prices.cost), inverse(mine.prices.latency)
    else:
        theirs = report.standing(rival).prices
        cost, wait = theirs.cost, theirs.latency
    parts = []
    if cost.value is not None:
        parts.append(f"costs {times_as(cost, 'much')}")
    if wait.value is not None:
        parts.append(f"takes {times_as(wait, 'long')}")
    return f"{rival} {joined(parts)}" if parts else ""


def inverse(estimate: Estimate) -> Estimate:
    """Return the ratio the other way round."""
    if not estimate.value:
        return estimate
    low, high = (None if not end else 1 / end for end in (estimate.high, estimate.low))
    return Estimate(1 / estimate.value, low, high, estimate.n, estimate.reason)


def _measured_on(report: DecisionReport) -> list[str]:
    return [_lower_name(report) if name == "quality" else name for name in report.front_on]


def _lower_name(report: DecisionReport) -> str:
    measure = report.chosen.measure
    return (
        text.inside(measure.title) if measure.criterion is None else measure.key.replace("_", " ")
    )


def _few(names: Sequence[str], what: str = "categories") -> str:
    return joined(names) if len(names) <= _MOST_NAMES else f"{len(names)} {what}"


def _place(report: DecisionReport, model: str) -> int:
    return [standing.model for standing in report.standings].index(model)

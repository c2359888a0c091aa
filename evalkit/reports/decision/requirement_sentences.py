"""What a lead asks of a model, answered in words."""

from collections.abc import Sequence

from evalkit.phrases import joined, times_as
from evalkit.reports.decision.measures import Measure
from evalkit.reports.decision.requirements import Meets, ModelAnswers, Requirements

#: More models than this are counted, not named.
_MOST_NAMES = 3


def requirement_sentences(
    requirements: Requirements, answers: Sequence[ModelAnswers], measure: Measure
) -> list[str]:
    """Say who is near enough to the first, who meets which limit, and who meets everything."""
    if not answers:
        return []
    sentences = []
    if requirements.margin is not None and len(answers) > 1:
        sentences += _near(answers, _points(requirements.margin, measure))
    if requirements.most_cost is not None:
        limit = f"${requirements.most_cost:g} for 1,000 responses"
        sentences.append(_limit({row.model: row.meets_cost for row in answers}, limit))
    if requirements.most_latency is not None:
        limit = f"{requirements.most_latency:g} s at the median"
        sentences.append(_limit({row.model: row.meets_latency for row in answers}, limit))
    all_met = [row.model for row in answers if row.meets_all == Meets.YES]
    every = f"Meets everything asked: {_few(all_met)}." if all_met else "No model surely meets all."
    return [*sentences, every, f"{_DEFINITION} {_of_margin(requirements, measure)}".strip()]


_DEFINITION = "Met and within are said where the whole 95 % interval is, else it is undecided."


def margin_unit(measure: Measure) -> str:
    """Name what the smallest difference that matters is counted in."""
    return "points of weight" if measure.is_penalty else "points"


def _points(margin: float, measure: Measure) -> str:
    unit = margin_unit(measure)
    return f"{margin:g} {unit.replace('points', 'point', 1) if margin == 1 else unit}"


def _of_margin(requirements: Requirements, measure: Measure) -> str:
    if requirements.margin is None or not measure.is_preference:
        return ""
    return (
        f"Within {_points(requirements.margin, measure)}: the first would win at most "
        f"{50 + requirements.margin:g} % of comparisons with it."
    )


def _near(answers: Sequence[ModelAnswers], points: str) -> list[str]:
    first = answers[0].model
    near = [row for row in answers if row.is_within == Meets.YES]
    sentences = [f"{row.model} is within {points} of {first}{_at(row)}." for row in near[:3]]
    if len(near) > _MOST_NAMES:
        sentences.append(f"So are {len(near) - _MOST_NAMES} more.")
    groups = (
        (Meets.NO, "{} {is_are} not within {points} of {first}."),
        (Meets.UNDECIDED, "Whether {} {is_are} within {points} of {first} is undecided."),
        (Meets.UNKNOWN, "Nothing says how far {} {is_are} from {first}."),
    )
    for answer, sentence in groups:
        models = [row.model for row in answers if row.is_within == answer]
        if models:
            is_are = "is" if len(models) == 1 else "are"
            sentences.append(
                sentence.format(_few(models), is_are=is_are, points=points, first=first)
            )
    return sentences


def _at(row: ModelAnswers) -> str:
    if row.cost_ratio is None or row.cost_ratio.value is None:
        return ""
    return f" and costs {times_as(row.cost_ratio, 'much')}"


def _limit(meets: dict[str, Meets | None], limit: str) -> str:
    models = {answer: [model for model, of in meets.items() if of == answer] for answer in Meets}
    if len(models[Meets.YES]) == len(meets):
        return f"Every model meets {limit}."
    parts: list[str] = []
    for answer, singular, many in (
        (Meets.YES, "meets", "meet"),
        (Meets.NO, "does not meet", "do not meet"),
        (Meets.UNDECIDED, "may or may not meet", "may or may not meet"),
    ):
        if models[answer]:
            verb = singular if len(models[answer]) == 1 else many
            parts.append(f"{_few(models[answer])} {verb} {limit if not parts else 'it'}")
    if models[Meets.UNKNOWN]:
        of = f"{limit}: nothing is recorded" if not parts else "nothing is recorded"
        parts.append(f"{of} of {_few(models[Meets.UNKNOWN])}")
    return f"{'; '.join(parts)}."


def _few(models: Sequence[str]) -> str:
    return joined(models) if len(models) <= _MOST_NAMES else f"{len(models)} models"

"""The sentences about cases on which a judge and people differ."""

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.differences.report import Differences
from evalkit.stats.counts import value_name
from evalkit.study.collected import Collected, Criterion, Tag
from evalkit.study.near_values import NEAR
from evalkit.study.subjects import PREFERRED, subject_asked
from evalkit.study.verdicts import NO_OUTPUT

#: How the list is ordered, and what it leaves out.
ORDER = (
    "Worst first: by the share of people who say the same, times the share of the judge's own "
    "verdicts, over both orders and repeats, that say the same, times how far the two are apart on "
    "the scale (1 where they are opposite, 0.5 where one of them prefers neither)."
)
NO_TEST = (
    "Cases of the test split are not listed: what a judge is tested on is not looked at while it "
    "is mended."
)
_NEAR = (
    f"On a scale without steps answers within {text.percent(NEAR)} of the scale are the same, and "
    "most people say what most others lie that near to."
)
_FIRST, _SECOND = 0, 1


def differences_verdict(of: Differences) -> str:
    """Say how often a judge and people differ on one thing."""
    on = subject_asked(of.subject)
    if not of.differ.n:
        return _nothing_counted(of, on)
    share = text.estimate(of.differ, text.percent)
    units = counted(of.differ.n, _unit(of))
    if not of.n:
        return f"{of.judge} and people differ on none of {units}, on {on}{_limits(of)}."
    return f"{of.judge} and people differ on {share} of {units}, on {on}{_limits(of)}."


def _nothing_counted(of: Differences, on: str) -> str:
    """Tell what nobody judged together from what both judged and no number may count."""
    n_both = of.n_test + of.n_unclear
    if not n_both:
        return f"{of.judge} and people have judged nothing together on {on}{_limits(of)}."
    units = counted(n_both, _unit(of))
    none = "it cannot be counted" if n_both == 1 else "none of them can be counted"
    return f"{of.judge} and people have both judged {units}, on {on}{_limits(of)}: {none}."


def _unit(of: Differences) -> str:
    return "pair" if of.subject == PREFERRED else "response"


def _limits(of: Differences) -> str:
    return ", where people agree with one another" if of.is_agreed else ""


def left_out(of: Differences) -> tuple[str, ...]:
    """Say what no number counts: what is near, what the judge is unclear about, and its test."""
    more = " more" if of.differ.n else ""
    unclear = (
        f"Of {counted(of.n_unclear, _unit(of))}{more} it says two things equally often."
        if of.n_unclear
        else ""
    )
    tested = f"{NO_TEST} They hold {counted(of.n_test, _unit(of))} of these." if of.n_test else ""
    is_continuous = isinstance(of.subject, Criterion) and of.subject.is_continuous
    return tuple(filter(None, (_NEAR if is_continuous else "", unclear, tested)))


def no_judge() -> str:
    """Say that there is nobody to differ from."""
    return "No judge has judged here yet, so none can differ from people."


def answer_in_words(collected: Collected, of: Differences, place: int, value: int) -> str:
    """Say one answer about one unit as a lead reads it: whose response, or which level."""
    if of.subject == PREFERRED:
        return _preference(collected, of, place, value)
    if isinstance(of.subject, Tag):
        return ("not marked", "marked")[value]
    level = value_name(of.values[value])
    if isinstance(of.subject, Criterion):
        labels = dict(zip(map(float, of.subject.values), of.subject.labels, strict=True))
        label = labels.get(float(of.values[value]), "")
        return f"{level} ({label})" if label and label != level else level
    return level


def _preference(collected: Collected, of: Differences, place: int, value: int) -> str:
    if value in (_FIRST, _SECOND):
        output = (of.first if value == _FIRST else of.second)[place]
        return f"{collected.models[int(collected.outputs.model[output])]} is better"
    return str(of.values[value])


def answers_in_words(
    collected: Collected, of: Differences, place: int, counts: list[tuple[int, int]]
) -> str:
    """Say all answers about one unit, the commonest first: ``2 × A is better, 1 × tie``."""
    order = sorted(counts, key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{n} × {answer_in_words(collected, of, place, value)}" for value, n in order)


def responses_of(collected: Collected, of: Differences, place: int) -> tuple[str, ...]:
    """Return whose responses one unit is of."""
    outputs = [of.first[place], of.second[place]]
    return tuple(
        collected.models[int(collected.outputs.model[output])]
        for output in outputs
        if output != NO_OUTPUT
    )


def decision_in_words(by: str, answer: str, why: str) -> str:
    """Say what a lead decided is right, and why."""
    return f"Adjudicated{f' by {by}' if by else ''}: {answer}. {why}"

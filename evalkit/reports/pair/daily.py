"""Two models for who looks every day: an interval that holds at every look at once."""

from evalkit import text
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.betting import anytime_mean
from evalkit.study.collected import Collected
from evalkit.study.daily import first_comparisons


def daily_win_rate(collected: Collected, *, model: str, other: str) -> Estimate:
    """Return the win rate of a model against another on the cases that came so far, 0–1.

    Of each case its first comparison counts; ``n`` are cases.
    """
    return anytime_mean(first_comparisons(collected, model=model, other=other))


def daily_sentence(rate: Estimate, *, model: str, other: str) -> str:
    """Say what may be said of two models however often one looks; nothing where they never met."""
    if rate.value is None or rate.low is None or rate.high is None:
        return ""
    if rate.low > 0.5:
        answer = f"{model} is ahead, and you may stop here"
    elif rate.high < 0.5:
        answer = f"{other} is ahead, and you may stop here"
    else:
        answer = "neither is ahead for sure yet"
    return (
        f"Looked at every day: {model} wins {text.estimate(rate, text.percent)} against {other}, "
        f"by the first comparison of each case, n = {rate.n:,}; {answer}. This interval holds at "
        "every look at once, so it is wider than those for one look."
    )

"""What more annotations would buy, in sentences with their assumptions."""

from evalkit import text
from evalkit.phrases import MOST_NAMES, counted, joined
from evalkit.reports.power.report import HOPELESS, IntervalPower, PairPower, PowerReport
from evalkit.reports.power.scores import ScorePower

ASSUMPTIONS = (
    "Assumed: new cases and annotators are like those so far, differences are as large as they "
    "seem now, 95 % intervals, and a chance of four in five to find a difference that is there. "
    "A difference that looks large by luck makes the need look small."
)


def pair_sentence(report: PowerReport, power: PairPower) -> str:
    """Say what it takes to tell two models apart."""
    if power.is_settled:
        return f"{power.model} is ahead of {power.other} at 95 % already."
    if power.n_needed is None or power.n_cases_needed is None:
        return f"{power.model} and {power.other}: {power.reason or ''}".strip()
    if power.n_needed > HOPELESS * power.n_now:
        return (
            f"{power.model} and {power.other} look equal: no realistic number of annotations would "
            "tell them apart."
        )
    if power.n_needed <= power.n_now:
        return (
            f"{power.model} and {power.other} differ when looked at alone; a few more cases would "
            "settle it among all pairs."
        )
    more = power.n_needed - power.n_now
    cases = power.n_cases_needed - power.n_cases_now
    sentence = (
        f"To show {power.model} ahead of {power.other}: about {_round(more)} more comparisons on "
        f"{_round(cases)} new cases"
    )
    if report.per_annotator:
        sentence += f", the work of {_annotators(more / report.per_annotator)}"
    return f"{sentence}."


def score_sentence(power: ScorePower) -> str:
    """Say what it takes to tell two models apart on a criterion."""
    now, needed = power.difference.n, power.n_cases_needed
    if power.is_settled:
        return f"{power.model} is ahead of {power.other} at 95 % already."
    if needed is None:
        return f"{power.model} and {power.other}: {power.reason or ''}".strip()
    if needed > HOPELESS * now:
        return (
            f"{power.model} and {power.other} look equal: no realistic number of cases would tell "
            "them apart."
        )
    if needed <= now:
        return (
            f"{power.model} and {power.other} differ when looked at alone; a few more cases would "
            "settle it among all pairs."
        )
    return f"To show {power.model} ahead of {power.other}: about {_round(needed - now)} new cases."


def next_pair(report: PowerReport) -> PairPower | None:
    """Return the open pair that is cheapest to settle."""
    known = [pair for pair in report.pairs if not pair.is_settled and pair.n_needed is not None]
    return min(known, key=lambda pair: pair.n_needed or 0, default=None)


def overlap(power: IntervalPower) -> str:
    """Say how many annotations of the cases in hand would do instead of new cases."""
    if power.n_cases_needed is None or power.n_cases_needed <= power.n_cases_now:
        return ""
    if power.spread is None:
        return "cannot be told before cases are annotated twice"
    if power.more is None:
        return "cannot be told while all annotations are equal"
    now = f"now {power.per_case_now:.1f}"
    if power.per_case_needed is None:
        return f"never enough, {now}"
    return f"{power.per_case_needed:,} annotations of each case, {now}"


def where_to_spend(report: PowerReport) -> str:
    """Say whether new cases or more overlap buys more, by the typical number."""
    known = [
        interval.more
        for interval in report.intervals
        if interval.more is not None and interval.more.now > 0
    ]
    if not known and any(interval.spread for interval in report.intervals):
        return (
            "All annotations of a model are equal so far, so whether new cases or more overlap "
            "buys more cannot be told."
        )
    if not known:
        return (
            "Whether new cases or more overlap buys more cannot be told before some cases are "
            "annotated twice."
        )
    cases = _median([1 - pair.new_cases / pair.now for pair in known])
    overlap = _median([1 - pair.more_overlap / pair.now for pair in known])
    if overlap >= 0.9 * cases:
        return (
            f"Twice the annotations narrow an interval by about {text.percent(cases)}, as new "
            "cases or as more overlap on the same ones: take what is easier."
        )
    return (
        f"New cases buy more: twice the annotations narrow an interval by about "
        f"{text.percent(cases)} on new cases, by {text.percent(overlap)} as more overlap on the "
        "same ones."
    )


def power_sentences(report: PowerReport) -> list[str]:
    """Say the essentials: the cheapest open question, what is as good as equal, where to spend."""
    if not report.pairs:
        return [report.reason or "", where_to_spend(report)]
    sentences = []
    open_pairs = [pair for pair in report.pairs if not pair.is_settled]
    if not open_pairs:
        sentences.append("Every two models are told apart at 95 % already.")
    cheapest = next_pair(report)
    if cheapest is not None:
        sentences.append(pair_sentence(report, cheapest))
    equal = [
        f"{pair.model} and {pair.other}"
        for pair in open_pairs
        if pair is not cheapest
        and pair.n_needed is not None
        and pair.n_needed > HOPELESS * pair.n_now
    ]
    if equal:
        sentences.append(f"As good as equal, whatever is added: {_few_pairs(equal)}.")
    sentences.append(where_to_spend(report))
    return sentences


def _few_pairs(pairs: list[str]) -> str:
    """Name pairs, of many the first three and how many more there are."""
    n_more = len(pairs) - MOST_NAMES
    return joined(pairs if n_more <= 1 else [*pairs[:MOST_NAMES], f"{n_more:,} more pairs"])


def _annotators(n: float) -> str:
    whole = max(1, round(n))
    does = "does" if whole == 1 else "do"
    return f"{counted(whole, 'annotator')} who {does} as much as the typical one so far"


def _round(n: int) -> str:
    """Return a count with two digits that mean something: ``2,600``."""
    if n < 100:
        return f"{n:,}"
    step = 10 ** (len(str(n)) - 2)
    return f"{-(-n // step) * step:,}"


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2

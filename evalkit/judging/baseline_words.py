"""What the baseline learnt and how it does, in the same words for page and terminal."""

from collections.abc import Mapping, Sequence

from evalkit import text
from evalkit.judging.baseline import Baseline
from evalkit.judging.baseline_scores import ScoreBaseline
from evalkit.phrases import counted, quoted
from evalkit.scale import ScaleRange


def judged_in_words(judge: str, study: str, *, n_verdicts: int, n_new: int) -> str:
    """Say who judged how much."""
    return f"{judge} on {study}: {n_verdicts:,} judged, {n_new:,} of them new."


def learnt_in_words(baseline: Baseline) -> str:
    """Say what the baseline of pairs learnt from, and how often it is right beside the longer."""
    return (
        f"It learnt from {counted(baseline.n_pairs, 'pair')} of "
        f"{counted(baseline.n_cases, 'case')} of the train split; on cases left out of its "
        f"learning it says {text.estimate(baseline.accuracy, text.percent)} of "
        f"{counted(baseline.accuracy.n, 'preference')} of people, and always naming the longer "
        f"response {text.estimate(baseline.longer, text.percent)}."
    )


def scores_in_words(
    baselines: Mapping[str, ScoreBaseline], untaught: Sequence[str]
) -> tuple[str, ...]:
    """Say the same of each criterion, and of which ones there is too little to learn from."""
    told = [_criterion(key, baseline) for key, baseline in baselines.items()]
    if untaught:
        few = "there are too few scores on the train split to learn from."
        told.append(f"Of {quoted(untaught)} {few}")
    return tuple(told)


def _criterion(key: str, baseline: ScoreBaseline) -> str:
    learnt = (
        f"On {quoted([key])} it learnt from {counted(baseline.n_responses, 'response')} to "
        f"{counted(baseline.n_cases, 'case')} of the train split; on cases left out of its "
        "learning "
    )
    scores = counted(baseline.left_out.n, "score")
    if isinstance(baseline.scale, ScaleRange):
        return (
            f"{learnt}it is {text.estimate(baseline.left_out)} away from {scores} of people, and "
            f"always saying their mean {text.estimate(baseline.constant)}."
        )
    return (
        f"{learnt}it says {text.estimate(baseline.left_out, text.percent)} of {scores} of people, "
        f"and always saying the commonest {text.estimate(baseline.constant, text.percent)}."
    )

"""What an agreement coefficient says, in words for people who are not statisticians."""

import numpy as np

from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.counts import Codings, both_ways, value_name

#: From Krippendorff (2004), Content Analysis, section 11.4: firm, and tentative, conclusions.
FIRM = 0.8
TENTATIVE = 0.667
#: From this share of one value on, chance-corrected coefficients fall for little.
ONE_SIDED = 0.8
_HIGH_PERCENT = 0.8


def read_agreement(alpha: Agreement, percent: Agreement, codings: Codings) -> str:
    """Return what the agreement means here, and which coefficient to trust.

    Parameters
    ----------
    alpha, percent : Agreement
        Of the same codings.
    codings : Codings
        Tells whether one value dominates.

    Returns
    -------
    str
        Two or three sentences; where alpha is undefined, its reason.

    References
    ----------
    Krippendorff (2004), Content Analysis, section 11.4 (0.667 and 0.8); Feinstein & Cicchetti
    (1990), Journal of Clinical Epidemiology 43 (one value dominates).
    """
    if alpha.value is None:
        return alpha.reason or ""
    sentences = [_strength(alpha.value), _certainty(alpha)]
    share, name = _commonest(codings)
    dominated = share >= ONE_SIDED
    if dominated and percent.value is not None and percent.value >= _HIGH_PERCENT > alpha.value:
        sentences.append(
            f"{100 * share:.0f} % of all values are “{name}”, so chance alone gives most of the "
            f"{100 * percent.value:.0f} % agreement and a few differences cost alpha much. Read "
            "Gwet's AC1 beside it, and how often a second annotator confirms the rare value."
        )
    elif dominated:
        sentences.append(
            f"{100 * share:.0f} % of all values are “{name}”: percent agreement flatters here, "
            "alpha does not."
        )
    return " ".join(sentence for sentence in sentences if sentence)


def _strength(value: float) -> str:
    if value >= FIRM:
        return "Annotators mean the same thing: conclusions can rest on these annotations."
    if value >= TENTATIVE:
        return "Annotators mostly mean the same thing: conclusions are tentative."
    if value > 0.2:
        return (
            "Annotators agree more than by chance but often differ: sharpen the guidelines, and "
            "read averages over several annotators only."
        )
    if value > -0.05:
        return (
            "Annotators agree hardly more than by chance: either the question is unclear or the "
            "responses do not differ in it."
        )
    return "Annotators contradict each other more than by chance: some may read the scale reversed."


def _certainty(alpha: Agreement) -> str:
    if alpha.low is None or alpha.high is None:
        return alpha.reason or ""
    bounds = (TENTATIVE, FIRM)
    crossed = [bound for bound in bounds if alpha.low < bound <= alpha.high]
    if not crossed:
        return ""
    text = " and ".join(f"{bound:g}" for bound in crossed)
    line = "line" if len(crossed) == 1 else "lines"
    return (
        f"The interval [{alpha.low:.2f}, {alpha.high:.2f}] from {alpha.n_units} units crosses the "
        f"{line} at {text}, so more annotations could change this reading."
    )


def _commonest(codings: Codings) -> tuple[float, str]:
    counts = both_ways(
        np.bincount(codings.value, minlength=len(codings.values)).astype(np.float64),
        codings.mirror,
    )
    return float(counts.max() / counts.sum()), value_name(codings.values[int(counts.argmax())])

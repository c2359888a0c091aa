"""Who is right where annotators differ: Dawid–Skene, a one-coin variant and MACE."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.annotators.fits import Fits, fit_dawid_skene, fit_mace, fit_one_coin
from evalkit.stats.annotators.patterns import Patterns, patterns
from evalkit.stats.counts import Codings, FloatArray, IntArray

#: Below this many values an annotator's row of a confusion matrix is mostly guesswork.
ENOUGH_LABELS = 30
_TOLERANCE = 1e-7
_SMOOTHING = 0.01
_N_RESTARTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What each unit most plausibly is, and how reliable each annotator is.

    Attributes
    ----------
    units : IntArray of shape (n_units,)
        The codes of the units, ascending.
    probability : FloatArray of shape (n_units, n_values)
        Of each value being the true one; rows sum to 1.
    prevalence : FloatArray of shape (n_values,)
        How common each value is.
    reliability : FloatArray of shape (n_annotators,)
        Chance of giving the true value (for MACE: of knowing it rather than guessing); ``NaN``
        for an annotator without values.
    confusion : FloatArray of shape (n_annotators, n_values, n_values) or None
        For Dawid–Skene, P(given | true) as [annotator, given, true]; of preferences the same
        whichever of the two responses is called the first.
    n_labels : IntArray of shape (n_annotators,)
    log_likelihood : float
        Per value given.
    """

    units: IntArray
    probability: FloatArray
    prevalence: FloatArray
    reliability: FloatArray
    confusion: FloatArray | None
    n_labels: IntArray
    log_likelihood: float


def dawid_skene(
    codings: Codings | Patterns, *, smoothing: float = _SMOOTHING, tolerance: float = _TOLERANCE
) -> Truth:
    """Estimate the truth and a confusion matrix per annotator.

    Parameters
    ----------
    codings : Codings or Patterns
        Nominal values. Trust an annotator's matrix from about 30 values on; below, prefer
        ``one_coin``.
    smoothing : float
        Added to each expected count of a confusion matrix, so none is exactly zero.
    tolerance : float
        Stop where a plain step gains less than this in log-likelihood per value; at 0, after
        500 rounds. Two programs agree in every digit only where both go on to the end.

    Returns
    -------
    Truth

    Raises
    ------
    UndefinedStatisticError
        Where nothing was judged.

    Notes
    -----
    Expectation–maximisation with extrapolated steps (SQUAREM).

    References
    ----------
    Dawid & Skene (1979), Applied Statistics 28; Varadhan & Roland (2008), Scandinavian Journal
    of Statistics 35 (SQUAREM).
    """
    return _truth(codings, partial(fit_dawid_skene, smoothing=smoothing, tolerance=tolerance))


def one_coin(codings: Codings | Patterns) -> Truth:
    """Estimate the truth with one reliability per annotator, for few values each.

    Parameters
    ----------
    codings : Codings or Patterns
        Nominal values; an annotator's errors are taken as spread evenly over the other values.

    Returns
    -------
    Truth
        ``confusion`` is None.

    Raises
    ------
    UndefinedStatisticError
        Where nothing was judged, or the scale has one value only.

    References
    ----------
    Zhang, Chen, Zhou & Jordan (2016), Journal of Machine Learning Research 17 (one-coin model).
    """
    answers = _patterns(codings)
    if answers.n_values == 1:
        raise UndefinedStatisticError("The scale has a single value, so nobody can be wrong.")
    return _truth(answers, fit_one_coin)


def mace(codings: Codings | Patterns, *, n_restarts: int = _N_RESTARTS) -> Truth:
    """Estimate who knows and who guesses, by variational Bayes.

    Parameters
    ----------
    codings : Codings or Patterns
        Nominal values. An annotator either knows the true value or draws from a habit of their
        own; with a single reliability this suits annotators who click the same everywhere. Of
        preferences no habit favours one of the two responses: which is the first is arbitrary.
    n_restarts : int
        Different random starts; the one of highest likelihood is kept.

    Returns
    -------
    Truth
        ``reliability`` is the chance of knowing; ``confusion`` is None.

    Raises
    ------
    UndefinedStatisticError
        Where nothing was judged.

    References
    ----------
    Hovy, Berg-Kirkpatrick, Vaswani & Hovy (2013), "Learning Whom to Trust with MACE", NAACL.
    """
    return _truth(codings, partial(fit_mace, n_restarts=n_restarts))


def _patterns(codings: Codings | Patterns) -> Patterns:
    return codings if isinstance(codings, Patterns) else patterns(codings)


def _truth(codings: Codings | Patterns, fit: Callable[[Patterns, FloatArray], Fits]) -> Truth:
    """Return what a fit says of patterns as said of units."""
    answers = _patterns(codings)
    fits = fit(answers, answers.n[:, None])
    n_labels = np.rint(answers.n_labels).astype(np.int64)
    probability = (fits.expected[..., 0] / answers.n).T[answers.of_unit]
    confusion = None if fits.confusion is None else fits.confusion[..., 0].transpose(2, 1, 0)
    return Truth(
        units=answers.units,
        probability=probability,
        prevalence=fits.prevalence[:, 0],
        reliability=np.where(n_labels > 0, fits.reliability[:, 0], np.nan),
        confusion=confusion,
        n_labels=n_labels,
        log_likelihood=float(fits.log_likelihood[0]),
    )

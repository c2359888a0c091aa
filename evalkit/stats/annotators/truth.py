"""Who is right where annotators differ: Dawid–Skene, a one-coin variant and MACE."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.special import digamma, logsumexp

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.annotators.patterns import Patterns, patterns
from evalkit.stats.counts import Codings, FloatArray, IntArray, both_ways, sum_by

#: Below this many values an annotator's row of a confusion matrix is mostly guesswork.
ENOUGH_LABELS = 30
_TOLERANCE = 1e-7
_MACE_TOLERANCE = 1e-10
_MAX_ITERATIONS = 500
_SMOOTHING = 0.01
_N_RESTARTS = 10
_N_STEPS = 50
_SEED = 11


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
    answers = _patterns(codings)
    n_values, column = answers.n_values, answers.annotator * answers.n_values + answers.value
    incidence = csr_array(
        (np.ones(len(column)), (answers.pattern, column)),
        shape=(len(answers.n), answers.n_annotators * n_values),
    )
    transposed = incidence.T.tocsr()
    shape = (answers.n_annotators, n_values, n_values)

    def maximise(posterior: FloatArray) -> _Logs:
        weighed = transposed @ (posterior * answers.n[:, None])
        expected = np.asarray(weighed, dtype=np.float64).reshape(shape)
        if answers.mirror:
            # An error is as common whichever of two responses is called the first.
            turned = expected[:, list(answers.mirror)]
            expected = (expected + turned[..., list(answers.mirror)]) / 2
        confusion = np.maximum(expected + smoothing, 1e-10)
        confusion /= confusion.sum(axis=1, keepdims=True)
        return _Logs(np.log(np.maximum(answers.mean(posterior), 1e-300)), np.log(confusion))

    def expect(logs: _Logs) -> tuple[FloatArray, float]:
        evidence = incidence @ logs.confusion.reshape(-1, n_values)
        return answers.normalise(np.asarray(evidence + logs.prevalence))

    logs, posterior, likelihood = _climb(
        answers.shares(), maximise=maximise, expect=expect, tolerance=tolerance
    )
    prevalence, confusion = np.exp(logs.prevalence), np.exp(logs.confusion)
    diagonal = np.arange(n_values)
    correct = confusion[:, diagonal, diagonal] @ prevalence
    return _truth(answers, posterior, prevalence, correct, likelihood, confusion=confusion)


@dataclass(frozen=True, slots=True, eq=False)
class _Logs:
    """Log prevalence of shape (n_values,), log confusion as [annotator, given, true]."""

    prevalence: FloatArray
    confusion: FloatArray

    def beyond(self, first: "_Logs", second: "_Logs") -> "_Logs":
        """Return where two plain steps from here lead to when followed on."""
        pairs = (
            (self.prevalence, first.prevalence, second.prevalence),
            (self.confusion, first.confusion, second.confusion),
        )
        step = [b - a for a, b, _ in pairs]
        bend = [c - b - change for (_, b, c), change in zip(pairs, step, strict=True)]
        steps = math.sqrt(sum(float((change * change).sum()) for change in step))
        bends = math.sqrt(sum(float((change * change).sum()) for change in bend))
        far = max(1.0, steps / max(bends, 1e-300))
        prevalence, confusion = (
            np.maximum(a + 2 * far * change + far * far * two, -500.0)
            for (a, _, _), change, two in zip(pairs, step, bend, strict=True)
        )
        return _Logs(
            prevalence - logsumexp(prevalence),
            confusion - logsumexp(confusion, axis=1, keepdims=True),
        )


def _climb(
    posterior: FloatArray,
    *,
    maximise: Callable[[FloatArray], _Logs],
    expect: Callable[[_Logs], tuple[FloatArray, float]],
    tolerance: float,
) -> tuple[_Logs, FloatArray, float]:
    """Alternate both steps, leaping ahead where that does not lose likelihood."""
    here = maximise(posterior)
    posterior, likelihood = expect(here)
    for _ in range(_MAX_ITERATIONS):
        first = maximise(posterior)
        posterior, gained = expect(first)
        if abs(gained - likelihood) < tolerance:
            return first, posterior, gained
        second = maximise(posterior)
        leap = here.beyond(first, second)
        at_leap, reached = expect(leap)
        if reached > gained:
            here, posterior, likelihood = leap, at_leap, reached
        else:
            here = second
            posterior, likelihood = expect(second)
    return here, posterior, likelihood


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
    n_values = answers.n_values
    if n_values == 1:
        raise UndefinedStatisticError("The scale has a single value, so nobody can be wrong.")
    posterior = answers.shares()
    labels = np.maximum(answers.n_labels, 1)
    place, weight = answers.pattern * n_values + answers.value, answers.n[answers.pattern]
    last = -np.inf
    for _ in range(_MAX_ITERATIONS):
        prevalence = answers.mean(posterior)
        right = posterior[answers.pattern, answers.value] * weight
        hits = sum_by(answers.annotator, right, n_codes=answers.n_annotators)
        # One virtual value, right by chance, keeps a short record away from 0 and 1.
        correct = (hits + 1 / n_values) / (labels + 1)
        wrong = (1 - correct) / (n_values - 1)
        gain = np.log(correct / wrong)[answers.annotator]
        flat = sum_by(place, gain, n_codes=posterior.size)
        base = sum_by(answers.pattern, np.log(wrong)[answers.annotator], n_codes=len(posterior))
        evidence = flat.reshape(posterior.shape) + base[:, None]
        evidence += np.log(np.maximum(prevalence, 1e-300))
        posterior, likelihood = answers.normalise(evidence)
        if abs(likelihood - last) < _TOLERANCE:
            break
        last = likelihood
    return _truth(answers, posterior, prevalence, correct, likelihood)


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
    answers = _patterns(codings)
    generator = np.random.default_rng(_SEED)
    best: _Knowing | None = None
    for _ in range(n_restarts):
        knows = generator.uniform(0.25, 0.75, answers.n_annotators)
        habit = generator.uniform(0.5, 1.5, (answers.n_annotators, answers.n_values))
        habit = both_ways(habit, answers.mirror)
        start = _Knowing(knows, 1 - knows, habit / habit.sum(axis=1, keepdims=True))
        run = _mace_run(answers, start, n_steps=_N_STEPS)
        if best is None or run.likelihood > best.likelihood:
            best = run
    if best is None:
        raise ValueError("MACE needs at least one start")
    # Only the best goes on to where further steps change nothing that is shown.
    best = _mace_run(answers, best, n_steps=_MAX_ITERATIONS, tolerance=_MACE_TOLERANCE)
    reliability = best.knows / (best.knows + best.guesses)
    posterior = best.posterior
    return _truth(answers, posterior, answers.mean(posterior), reliability, best.likelihood)


@dataclass(frozen=True, slots=True, eq=False)
class _Knowing:
    """Chances to know and to guess, up to a factor, habits of guessing, and what they lead to."""

    knows: FloatArray
    guesses: FloatArray
    habit: FloatArray
    posterior: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    likelihood: float = -math.inf


def _mace_run(
    answers: Patterns, start: _Knowing, *, n_steps: int, tolerance: float = _TOLERANCE
) -> _Knowing:
    """Return where steps from a start lead to."""
    who, value, n = answers.annotator, answers.value, answers.n_annotators
    knows, guesses, habit = start.knows, start.guesses, start.habit
    n_patterns, n_values = len(answers.n), answers.n_values
    place, weight = answers.pattern * n_values + value, answers.n[answers.pattern]
    last = -np.inf
    for _ in range(n_steps):
        guess = guesses[who] * habit[who, value] + 1e-300
        know = knows[who] + 1e-300
        base = sum_by(answers.pattern, np.log(guess), n_codes=n_patterns)
        gain = np.log1p(know / guess)
        flat = sum_by(place, gain, n_codes=n_patterns * n_values)
        evidence = flat.reshape(n_patterns, n_values) + base[:, None] - np.log(n_values)
        posterior, likelihood = answers.normalise(evidence)
        known = posterior[answers.pattern, value] * know / (know + guess)
        known_by = sum_by(who, known * weight, n_codes=n)
        guessed_by = sum_by(who, (1 - known) * weight, n_codes=n)
        total = digamma(known_by + guessed_by + 1)
        guesses = np.exp(digamma(guessed_by + 0.5) - total)
        knows = np.exp(digamma(known_by + 0.5) - total)
        drawn = sum_by(who * n_values + value, (1 - known) * weight, n_codes=n * n_values)
        drawn = both_ways(drawn.reshape(n, n_values), answers.mirror) + 10.0
        habit = np.exp(digamma(drawn) - digamma(drawn.sum(axis=1, keepdims=True)))
        if abs(likelihood - last) < tolerance:
            break
        last = likelihood
    return _Knowing(knows, guesses, habit, posterior, likelihood)


def _patterns(codings: Codings | Patterns) -> Patterns:
    return codings if isinstance(codings, Patterns) else patterns(codings)


def _truth(
    answers: Patterns,
    posterior: FloatArray,
    prevalence: FloatArray,
    reliability: FloatArray,
    likelihood: float,
    *,
    confusion: FloatArray | None = None,
) -> Truth:
    """Return what was found of patterns as said of units."""
    n_labels = np.rint(answers.n_labels).astype(np.int64)
    known = np.where(n_labels > 0, reliability, np.nan)
    probability = posterior[answers.of_unit]
    return Truth(answers.units, probability, prevalence, known, confusion, n_labels, likelihood)

"""Fits of who is right, many at once: each counts the patterns of units in its own way.

In every array here fits are on the last axis. Values are on the first: what is done for each
value in turn is done in one stretch of memory.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.sparse import csr_array
from scipy.special import digamma, logsumexp

from evalkit.stats.annotators.patterns import Patterns
from evalkit.stats.counts import BoolArray, FloatArray, both_ways

_TOLERANCE = 1e-7
_MACE_TOLERANCE = 1e-10
_MAX_ITERATIONS = 500
_SMOOTHING = 0.01
_N_STEPS = 50
_SEED = 11
#: Numbers of one array at a time; more would not come quicker, only take more memory.
_AT_ONCE = 1_000_000

#: Arrays of a step, fits on the last axis, and what a step makes of them and of the likelihoods
#: before it: the next ones, and which fits need no further step.
_State = tuple[FloatArray, ...]
_Step = Callable[[_State, FloatArray, FloatArray], tuple[_State, FloatArray, BoolArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """What comes of each fit.

    Attributes
    ----------
    expected : FloatArray of shape (n_values, n_patterns, n_fits)
        How many units of each pattern truly have each value.
    prevalence : FloatArray of shape (n_values, n_fits)
    reliability : FloatArray of shape (n_annotators, n_fits)
    log_likelihood : FloatArray of shape (n_fits,)
        Per value given.
    confusion : FloatArray of shape (n_values, n_values, n_annotators, n_fits) or None
        P(given | true) as [true, given, annotator, fit].
    """

    expected: FloatArray
    prevalence: FloatArray
    reliability: FloatArray
    log_likelihood: FloatArray
    confusion: FloatArray | None = None


def refitted(
    fit: Callable[[Patterns, FloatArray], Fits], answers: Patterns, n: FloatArray
) -> FloatArray:
    """Return the reliabilities of shape (n_annotators, n_fits), some fits at a time.

    Parameters
    ----------
    fit : callable
        One of the fits of this file.
    n : FloatArray of shape (n_patterns, n_fits)
        How many units have each pattern, in each fit.
    """
    width = max(1, _AT_ONCE // (len(n) * answers.n_values))
    parts = (n[:, first : first + width] for first in range(0, n.shape[1], width))
    return np.concatenate([fit(answers, part).reliability for part in parts], axis=1)


def fit_dawid_skene(
    answers: Patterns,
    n: FloatArray,
    *,
    smoothing: float = _SMOOTHING,
    tolerance: float = _TOLERANCE,
) -> Fits:
    """Fit prevalence and confusion matrices, by EM that leaps ahead where nothing is lost by it."""
    confusions = _Confusions(_Entries(answers), answers.mirror, smoothing, tolerance)
    logs = confusions.maximise(confusions.entries.shares(n), n)
    expected, likelihood = confusions.expect(logs, n)
    state, likelihood = _followed(
        confusions.step, (*logs, expected), likelihood, n, n_steps=_MAX_ITERATIONS
    )
    prevalence, confusion, expected = np.exp(state[0]), np.exp(state[1]), state[2]
    correct = np.einsum("vvaf,vf->af", confusion, prevalence)
    return Fits(expected, prevalence, correct, likelihood, confusion)


@dataclass(frozen=True, slots=True)
class _Confusions:
    """The steps of Dawid–Skene: log prevalence and log confusion, as in ``Fits``."""

    entries: "_Entries"
    mirror: tuple[int, ...]
    smoothing: float
    tolerance: float

    def maximise(self, expected: FloatArray, n: FloatArray) -> _State:
        counts = np.stack([self.entries.given(of_value) for of_value in expected])
        if self.mirror:
            # An error is as common whichever of two responses is called the first.
            turned = counts[list(self.mirror)][:, list(self.mirror)]
            counts = (counts + turned) / 2
        confusion = np.maximum(counts + self.smoothing, 1e-10)
        confusion /= confusion.sum(axis=1, keepdims=True)
        prevalence = self.entries.prevalence(expected, n)
        return np.log(np.maximum(prevalence, 1e-300)), np.log(confusion)

    def expect(self, logs: _State, n: FloatArray) -> tuple[FloatArray, FloatArray]:
        prevalence, confusion = logs
        evidence = np.stack([self.entries.of_patterns(of_value) for of_value in confusion])
        return self.entries.normalise(evidence + prevalence[:, None], n)

    def step(
        self, state: _State, likelihood: FloatArray, n: FloatArray
    ) -> tuple[_State, FloatArray, BoolArray]:
        """Go where two plain steps lead to when followed on, if that is better than the first."""
        *here, expected = state
        first = self.maximise(expected, n)
        expected, gained = self.expect(first, n)
        is_done = np.abs(gained - likelihood) < self.tolerance
        if is_done.all():
            return (*first, expected), gained, is_done
        second = self.maximise(expected, n)
        leap = _beyond(tuple(here), first, second)
        at_leap, reached = self.expect(leap, n)
        is_less = ~is_done & ~(reached > gained)
        for part, of_first, of_second in zip(leap, first, second, strict=True):
            part[..., is_done] = of_first[..., is_done]
            part[..., is_less] = of_second[..., is_less]
        at_leap[..., is_done], reached[is_done] = expected[..., is_done], gained[is_done]
        if is_less.any():
            plain = tuple(part[..., is_less] for part in second)
            at_leap[..., is_less], reached[is_less] = self.expect(plain, n[:, is_less])
        return (*leap, at_leap), reached, is_done


def _beyond(here: _State, first: _State, second: _State) -> _State:
    """Return where two plain steps from here lead to when followed on."""
    step = [b - a for a, b in zip(here, first, strict=True)]
    bend = [c - b - change for b, c, change in zip(first, second, step, strict=True)]
    # Where two steps are the same, or all is done, the third would be endless.
    far = np.clip(_length(step) / np.maximum(_length(bend), 1e-300), 1.0, 1e100)
    prevalence, confusion = (
        np.maximum(a + 2 * far * change + far * far * two, -500.0)
        for a, change, two in zip(here, step, bend, strict=True)
    )
    prevalence -= logsumexp(prevalence, axis=0)
    return prevalence, confusion - logsumexp(confusion, axis=1, keepdims=True)


def _length(parts: list[FloatArray]) -> FloatArray:
    squares = [(part * part).reshape(-1, part.shape[-1]).sum(axis=0) for part in parts]
    length: FloatArray = np.sqrt(sum(squares))
    return length


def fit_one_coin(answers: Patterns, n: FloatArray) -> Fits:
    """Fit prevalence and one chance of being right per annotator, by EM."""
    entries, n_values = _Entries(answers), answers.n_values

    def step(
        state: _State, likelihood: FloatArray, n: FloatArray
    ) -> tuple[_State, FloatArray, BoolArray]:
        expected = state[0]
        prevalence = entries.prevalence(expected, n)
        hits = entries.matching(expected).sum(axis=0)
        n_labels = np.maximum(entries.given(n).sum(axis=0), 1)
        # One virtual value, right by chance, keeps a short record away from 0 and 1.
        correct = (hits + 1 / n_values) / (n_labels + 1)
        wrong = (1 - correct) / (n_values - 1)
        by_value = (n_values, *correct.shape)
        evidence = entries.of_matching(np.broadcast_to(np.log(correct / wrong), by_value))
        evidence += entries.of_patterns(np.broadcast_to(np.log(wrong), by_value))
        evidence += np.log(np.maximum(prevalence, 1e-300))[:, None]
        expected, gained = entries.normalise(evidence, n)
        return (expected, prevalence, correct), gained, np.abs(gained - likelihood) < _TOLERANCE

    nowhere = np.full(n.shape[1], -np.inf)
    start = (entries.shares(n),)
    state, likelihood = _followed(step, start, nowhere, n, n_steps=_MAX_ITERATIONS)
    expected, prevalence, correct = state
    return Fits(expected, prevalence, correct, likelihood)


def fit_mace(answers: Patterns, n: FloatArray, *, n_restarts: int = 1) -> Fits:
    """Fit who knows and who guesses by variational Bayes, from the best of random starts."""
    entries, n_values = _Entries(answers), answers.n_values

    def step(
        state: _State, likelihood: FloatArray, n: FloatArray, tolerance: float
    ) -> tuple[_State, FloatArray, BoolArray]:
        knows, guesses, habit = state[:3]
        # What hangs on who and which value alone is computed for these, not for each entry.
        guess, know = guesses * habit + 1e-300, knows + 1e-300
        evidence = entries.of_matching(np.log1p(know / guess))
        evidence += entries.of_patterns(np.log(guess)) - math.log(n_values)
        expected, gained = entries.normalise(evidence, n)
        known = entries.matching(expected) * (know / (know + guess))
        guessed = entries.given(n) - known
        known_by, guessed_by = known.sum(axis=0), guessed.sum(axis=0)
        total = digamma(known_by + guessed_by + 1)
        drawn = both_ways(guessed, answers.mirror, axis=0) + 10.0
        habit = np.exp(digamma(drawn) - digamma(drawn.sum(axis=0)))
        knows, guesses = (np.exp(digamma(by + 0.5) - total) for by in (known_by, guessed_by))
        is_done = np.abs(gained - likelihood) < tolerance
        return (knows, guesses, habit, expected), gained, is_done

    def follow(
        state: _State, n: FloatArray, *, n_steps: int, tolerance: float
    ) -> tuple[_State, FloatArray]:
        nowhere = np.full(n.shape[1], -np.inf)
        return _followed(
            lambda state, likelihood, n: step(state, likelihood, n, tolerance),
            *(state, nowhere, n),
            n_steps=n_steps,
        )

    starts = _starts(answers, n_restarts)
    tried = tuple(np.tile(part, n.shape[1]) for part in starts)
    state, likelihood = follow(
        tried, np.repeat(n, n_restarts, axis=1), n_steps=_N_STEPS, tolerance=_TOLERANCE
    )
    best = likelihood.reshape(-1, n_restarts).argmax(axis=1) + n_restarts * np.arange(n.shape[1])
    # Only the best goes on to where further steps change nothing that is shown.
    state, likelihood = follow(
        tuple(part[..., best] for part in state),
        n,
        n_steps=_MAX_ITERATIONS,
        tolerance=_MACE_TOLERANCE,
    )
    knows, guesses, _, expected = state
    return Fits(expected, entries.prevalence(expected, n), knows / (knows + guesses), likelihood)


def _starts(answers: Patterns, n_restarts: int) -> _State:
    """Return chances to know and to guess, and habits, drawn at random for each start."""
    if n_restarts < 1:
        raise ValueError("MACE needs at least one start")
    generator = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(n_restarts):
        knows = generator.uniform(0.25, 0.75, answers.n_annotators)
        habit = generator.uniform(0.5, 1.5, (answers.n_annotators, answers.n_values))
        habit = both_ways(habit, answers.mirror)
        drawn.append((knows, 1 - knows, (habit / habit.sum(axis=1, keepdims=True)).T))
    return tuple(np.stack(part, axis=-1) for part in zip(*drawn, strict=True))


def _followed(
    step: _Step, state: _State, likelihood: FloatArray, n: FloatArray, *, n_steps: int
) -> tuple[_State, FloatArray]:
    """Return where steps lead each fit, which rests when it is done."""
    at_work = np.arange(n.shape[1])
    ends: _State = ()
    for turn in range(n_steps):
        state, likelihood, is_done = step(state, likelihood, n)
        if turn == n_steps - 1:
            is_done = np.ones_like(is_done)
        if not is_done.any():
            continue
        parts = (*state, likelihood)
        ends = ends or tuple(np.empty((*part.shape[:-1], n.shape[1])) for part in parts)
        for end, part in zip(ends, parts, strict=True):
            end[..., at_work[is_done]] = part[..., is_done]
        if is_done.all():
            break
        at_work, n = at_work[~is_done], n[:, ~is_done]
        state, likelihood = tuple(part[..., ~is_done] for part in state), likelihood[~is_done]
    return ends[:-1], ends[-1]


class _Entries:
    """Who gave which value in each pattern, as matrices that say of one what is said of other."""

    def __init__(self, answers: Patterns) -> None:
        self._answers = answers
        n_annotators, n_patterns = answers.n_annotators, len(answers.n)
        row = answers.value * n_annotators + answers.annotator
        self._given = csr_array(
            (np.ones(len(row)), (row, answers.pattern)),
            shape=(answers.n_values * n_annotators, n_patterns),
        )
        self._by_value = [
            self._given[value * n_annotators : (value + 1) * n_annotators]
            for value in range(answers.n_values)
        ]
        self._patterns = self._given.T.tocsr()
        self._patterns_by_value = [matrix.T.tocsr() for matrix in self._by_value]
        self._n_entries = np.bincount(answers.pattern, minlength=n_patterns).astype(np.float64)

    def shares(self, n: FloatArray) -> FloatArray:
        """Return how many units have each value if its share of each pattern is right."""
        ones = np.ones((self._answers.n_annotators, 1))
        counts = np.stack([np.asarray(matrix @ ones) for matrix in self._patterns_by_value])
        shares: FloatArray = counts / self._n_entries[:, None] * n
        return shares

    def prevalence(self, expected: FloatArray, n: FloatArray) -> FloatArray:
        """Return how common each value is, in both orientations where they are preferences."""
        return both_ways(expected.sum(axis=1) / n.sum(axis=0), self._answers.mirror, axis=0)

    def given(self, by_pattern: FloatArray) -> FloatArray:
        """Sum (n_patterns, n_fits) to (n_values, n_annotators, n_fits), by who gave what."""
        sums = np.asarray(self._given @ by_pattern)
        return sums.reshape(self._answers.n_values, -1, by_pattern.shape[-1])

    def matching(self, expected: FloatArray) -> FloatArray:
        """Sum the same where the value given is the true one."""
        parts = zip(self._by_value, expected, strict=True)
        return np.stack([np.asarray(matrix @ of_value) for matrix, of_value in parts])

    def of_patterns(self, by_entry: FloatArray) -> FloatArray:
        """Sum (n_values, n_annotators, n_fits) to (n_patterns, n_fits), over their entries."""
        return np.asarray(self._patterns @ by_entry.reshape(-1, by_entry.shape[-1]))

    def of_matching(self, by_entry: FloatArray) -> FloatArray:
        """Sum the same to (n_values, n_patterns, n_fits), over the entries of each value."""
        parts = zip(self._patterns_by_value, by_entry, strict=True)
        return np.stack([np.asarray(matrix @ of_value) for matrix, of_value in parts])

    def normalise(self, evidence: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how many units have each value, and the log-likelihood per value given.

        From the logarithms of the chances, in whose place the first comes.
        """
        largest = reduce(np.maximum, evidence)
        evidence -= largest
        expected = np.exp(evidence, out=evidence)
        total = expected.sum(axis=0)
        expected *= n / total
        likelihood = (n * (largest + np.log(total))).sum(axis=0) / (self._n_entries @ n)
        return expected, likelihood

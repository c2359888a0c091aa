"""Simulated studies with case effects, of which the truth is known, and how often it is held."""

import numpy as np
from scipy.special import expit

from evalkit.stats.counts import LEFT, RIGHT, TIE, Codings, Comparisons, Scores

N_STUDIES = 300
# 300 studies give a coverage to a standard error of 1.26 % (√(.95 · .05 / 300)), so half of that is
# added on each side of the 93 to 97 % that we promise (and that 1,500 studies were seen to give).
# An interval that covers in 90 % stays below it in 91 of 100 such tests, (.924 − .9) / 1.73 % being
# 1.39 standard errors, and in more where several estimates of a study are taken together.
LOWEST, HIGHEST = 0.924, 0.976
# A study so large that it stands for the truth: 150 times the cases of the largest one here, so
# its own error is 8 % of that one's, which takes a tenth of a percent from the coverage.
N_ENDLESS = 30_000


def compared(rng, n_cases, *, n_models=5, pairs=4, annotators=3, spread=0.8):
    """Simulate comparisons: cases favour models, and the same pair is judged three times."""
    strength = np.linspace(-spread, spread, n_models)
    favour = rng.normal(0, 0.7, (n_cases, n_models))
    left = rng.integers(0, n_models, (n_cases, pairs))
    right = (left + rng.integers(1, n_models, (n_cases, pairs))) % n_models
    left, right = (np.repeat(side, annotators, axis=1).ravel() for side in (left, right))
    case = np.repeat(np.arange(n_cases), pairs * annotators)
    own = strength + favour
    wins = rng.random(len(case)) < expit(own[case, left] - own[case, right])
    is_tie = rng.random(len(case)) < 0.2
    preference = np.where(is_tie, TIE, np.where(wins, LEFT, RIGHT))
    names = tuple(f"m{k}" for k in range(n_models))
    return Comparisons(case, left, right, preference, np.ones(len(case), dtype=int), names)


def ranked(rng, n_cases, *, n_models=5, together=4, annotators=2, spread=0.8):
    """Simulate rankings by Plackett and Luce, as the pairs they imply; cases favour models.

    Who ranks has one impression of each response, so that the pairs of a ranking hang together.
    """
    case = np.repeat(np.arange(n_cases), annotators)
    favour = rng.normal(0, 0.7, (n_cases, n_models))
    worth = np.linspace(-spread, spread, n_models) + favour
    of_case = rng.random((n_cases, n_models)).argsort(axis=1)[:, :together]
    models = of_case[case]
    seen = worth[case[:, None], models] + rng.gumbel(size=models.shape)
    first, second = np.triu_indices(together, 1)
    wins = seen[:, first] > seen[:, second]
    flat = (np.repeat(case, len(first)), models[:, first].ravel(), models[:, second].ravel())
    names = tuple(f"m{k}" for k in range(n_models))
    preference = np.where(wins.ravel(), LEFT, RIGHT)
    return Comparisons(*flat, preference, np.ones(wins.size, dtype=int), names)


def scored(rng, n_cases, *, gain=0.3, annotators=3):
    """Simulate two models with scores 1 to 5, hard and easy cases; return the values too."""
    hard = rng.normal(0, 0.8, n_cases)
    rows = []
    for level in (3.0, 3.0 + gain):
        taste = hard + rng.normal(0, 0.5, n_cases)
        value = level + np.repeat(taste, annotators) + rng.normal(0, 0.6, n_cases * annotators)
        rows.append(np.clip(np.round(value), 1, 5))
    case = np.tile(np.repeat(np.arange(n_cases), annotators), 2)
    model = np.repeat([0, 1], n_cases * annotators)
    one = np.ones(len(case), dtype=int)
    return Scores(case, model, 0 * case, np.concatenate(rows), one, ("a", "b"), ("x",))


def coded(rng, n_cases, *, annotators=3, values=5, per_case=4):
    """Simulate annotators who see the value or something near it.

    Cases differ in how clear they are, and their four units have much in common, so that
    intervals which take units for cases are too short.
    """
    case = np.repeat(np.arange(n_cases), per_case)
    clear = rng.beta(0.7, 0.5, n_cases)[case]
    common = [0.1, 0.15, 0.2, 0.3, 0.25]
    usual, own = (
        rng.choice(values, n_cases, p=common)[case],
        rng.choice(values, len(case), p=common),
    )
    truth = np.where(rng.random(len(case)) < 0.6, usual, own)
    unit = np.repeat(np.arange(len(case)), annotators)
    near = np.clip(truth[unit] + rng.integers(-3, 4, len(unit)), 0, values - 1)
    value = np.where(rng.random(len(unit)) < clear[unit], truth[unit], near)
    guess = rng.integers(0, values, len(unit))
    value = np.where(rng.random(len(unit)) < 0.15, guess, value)
    who = np.tile(np.arange(annotators), len(case))
    return Codings(unit, case[unit], who, value, (1.0, 2.0, 3.0, 4.0, 5.0), ("a", "b", "c"))


def marked(rng, n_cases, *, rate=0.06, found=0.7, invented=0.02, annotators=3, per_case=2):
    """Simulate an error tag on few of the units, more in some cases; annotators miss and invent."""
    case = np.repeat(np.arange(n_cases), per_case)
    prone = np.where(rng.random(n_cases) < 0.3, 2.2, 0.5)[case]
    wrong = rng.random(len(case)) < rate * prone
    unit = np.repeat(np.arange(len(case)), annotators)
    value = (rng.random(len(unit)) < np.where(wrong[unit], found, invented)).astype(int)
    who = np.tile(np.arange(annotators), len(case))
    return Codings(unit, case[unit], who, value, ("not marked", "marked"), ("a", "b", "c"))


def facts(rng, n_cases, level, *, annotators=3):
    """Simulate yes or no about one model, with ``level`` the log-odds of yes in a usual case."""
    chance = expit(level + rng.normal(0, 1, n_cases))
    case = np.repeat(np.arange(n_cases), annotators)
    value = (rng.random(len(case)) < chance[case]).astype(float)
    return Scores(case, 0 * case, 0 * case, value, 0 * case + 1, ("a",), ("x",))


def penalised(rng, n_cases, *, clean=0.0, annotators=2):
    """Simulate penalties per case: most responses have no error, a few have terrible ones."""
    errors = rng.poisson(0.8 * rng.gamma(0.5, 1, n_cases)[:, None], (n_cases, annotators))
    weight = rng.choice([1, 5, 10, 25], size=errors.sum(), p=[0.7, 0.2, 0.07, 0.03])
    look = np.repeat(np.arange(errors.size), errors.ravel())
    penalty = np.bincount(look, weights=weight, minlength=errors.size).reshape(errors.shape)
    return penalty.mean(axis=1) * (rng.random(n_cases) >= clean)


def nearly_perfect(rng, n_cases, *, annotators=3):
    """Simulate scores of a model that fails on one case of eight and is at the top else."""
    fails = rng.random(n_cases) < 0.12
    good = 5 - (rng.random((n_cases, annotators)) < 0.08)
    value = np.where(fails[:, None], rng.integers(1, 5, (n_cases, annotators)), good)
    case = np.repeat(np.arange(n_cases), annotators)
    one = np.ones(len(case), dtype=int)
    return Scores(case, 0 * case, 0 * case, value.ravel().astype(float), one, ("a",), ("x",))


def styled(rng, n_cases, *, n_models=4, per_case=12):
    """Simulate annotators who like length and the left, some cases more; return longer, too."""
    strength, n = np.linspace(-0.5, 0.5, n_models), n_cases * per_case
    case = np.repeat(np.arange(n_cases), per_case)
    left = rng.integers(0, n_models, n)
    right = (left + rng.integers(1, n_models, n)) % n_models
    # Stronger models write less here, so style hides their strength.
    length = [rng.normal(0, 0.7, n) - strength[side] for side in (left, right)]
    longer = np.tanh((length[0] - length[1]) / 2)
    favour = strength + rng.normal(0, 0.5, (n_cases, n_models))
    taste = 1.2 + rng.normal(0, 0.6, n_cases)[case]
    gap = favour[case, left] - favour[case, right] + 0.3 + taste * longer
    wins = np.where(rng.random(n) < expit(gap), LEFT, RIGHT)
    preference = np.where(rng.random(n) < 0.2, TIE, wins)
    names = tuple(f"m{k}" for k in range(n_models))
    return Comparisons(case, left, right, preference, np.ones(n, dtype=int), names), longer


def covered(estimates, truths):
    return np.mean([e.low <= t <= e.high for e, t in zip(estimates, truths, strict=True)])

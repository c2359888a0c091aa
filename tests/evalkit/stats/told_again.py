"""Small studies of every awkward kind, and ways to tell them again that must move no number."""

import dataclasses
from dataclasses import replace

import numpy as np

from evalkit.stats.counts import LEFT, RIGHT, TIE, Comparisons, Scores
from tests.evalkit.stats.retold import rows

# --- studies


def drawn(seed, *, n_models, n_cases, n=120, best=0.0):
    """Return comparisons drawn at random, some of a model with itself; the first is better."""
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, n_models, (2, n))
    preference = rng.choice(4, n, p=[0.35, 0.35, 0.2, 0.1])
    wins = rng.random(n) < best
    preference = np.where(
        wins & (left == 0), LEFT, np.where(wins & (right == 0), RIGHT, preference)
    )
    return study(rng.integers(0, n_cases, n), left, right, preference, rng.integers(1, 4, n))


def study(case, left, right, preference, n=None):
    columns = [np.asarray(column) for column in (case, left, right, preference)]
    n = np.ones(len(columns[0]), dtype=int) if n is None else n
    n_models = int(max(columns[1].max(), columns[2].max())) + 1
    return Comparisons(*columns, n, tuple(f"m{k}" for k in range(n_models)))


def won(*results):
    """Return two models on as many cases as there are results."""
    place = np.arange(len(results))
    return study(place, 0 * place, 0 * place + 1, results)


def every_pair_once(n_models, preference):
    """Return every two models compared once on each of 16 cases, with the same result."""
    first, second = np.triu_indices(n_models, 1)
    case = np.repeat(np.arange(16), len(first))
    return study(case, np.tile(first, 16), np.tile(second, 16), preference(case))


COMPARED = {
    "two models, few cases": drawn(1, n_models=2, n_cases=9, n=40),
    "two models, many cases": drawn(2, n_models=2, n_cases=40, best=0.5),
    "eleven of twelve": won(*[LEFT] * 11, RIGHT),
    "forty-four of fifty-nine": won(*[LEFT] * 44, *[RIGHT] * 15),
    "fifteen of fifteen": won(*[LEFT] * 15),
    "two models alike": won(*[LEFT, RIGHT] * 8),
    "all models alike": every_pair_once(4, lambda case: case % 2),
    "nothing but ties": every_pair_once(3, lambda case: 0 * case + TIE),
    "one model better": drawn(3, n_models=5, n_cases=20, best=0.9),
    "one never loses": drawn(4, n_models=4, n_cases=20, best=1.0),
    "a model without comparisons": replace(
        drawn(5, n_models=3, n_cases=20), models=("m0", "m1", "m2", "m3")
    ),
    "a star": study(
        np.tile(np.arange(12), 4), [0] * 48, np.repeat([1, 2, 3, 4], 12),
        np.random.default_rng(6).integers(0, 3, 48),
    ),
    "one case": drawn(7, n_models=3, n_cases=1, n=30),
}  # fmt: skip


def marks(seed, *, n_models=3, n_cases=20, n=200, values=(1.0, 2.0, 3.0, 4.0, 5.0)):
    rng = np.random.default_rng(seed)
    case = rng.integers(0, n_cases, n)
    names = tuple(f"m{k}" for k in range(n_models))
    return Scores(
        case, rng.integers(0, n_models, n), case % 3, rng.choice(values, n),
        rng.integers(1, 4, n), names, ("x", "y", "z"),
    )  # fmt: skip


SCORED = {
    "three models": marks(1),
    "few cases": marks(2, n_cases=6),
    "two models": marks(3, n_models=2, n_cases=40),
    "penalties": marks(4, values=(0.0, 0.0, 0.0, 1.0, 5.0, 25.0)),
    "all alike": marks(5, values=(3.0,)),
    "a category and a model without scores": replace(
        marks(6), models=("m0", "m1", "m2", "m3"), categories=("w", "x", "y", "z")
    ),
}

# --- the same study told again: the data, and old names by new


def models_renamed(data, rng):
    place = rng.permutation(len(data.models))
    new = tuple(f"x{k}" for k in range(len(place)))
    codes = {side: place[getattr(data, side)] for side in ("left", "right", "model")
             if hasattr(data, side)}  # fmt: skip
    old = {new[place[k]]: name for k, name in enumerate(data.models)}
    return replace(data, models=new, **codes), old


def categories_renamed(data, rng):
    place = rng.permutation(len(data.categories))
    new = tuple(f"c{k}" for k in range(len(place)))
    old = {new[place[k]]: name for k, name in enumerate(data.categories)}
    return replace(data, categories=new, category=place[data.category]), old


def cases_renamed(data, rng):
    places = 90_000 * rng.permutation(int(data.case.max()) + 1) + 7
    return replace(data, case=places[data.case]), {}


def entries_reordered(data, rng):
    return rows(data, rng.permutation(len(data.n))), {}


def sides_swapped(data, rng):
    turn, chosen = rng.random(len(data.n)) < 0.5, data.preference
    return replace(
        data,
        left=np.where(turn, data.right, data.left),
        right=np.where(turn, data.left, data.right),
        preference=np.where(turn & (chosen <= RIGHT), 1 - chosen, chosen),
    ), {}


def counts_split(data, rng):
    single = rows(data, np.repeat(np.arange(len(data.n)), data.n))
    return replace(single, n=np.ones(len(single.n), dtype=int)), {}


def counts_merged(data, rng):
    columns = [
        getattr(data, field.name)
        for field in dataclasses.fields(data)
        if field.name != "n" and isinstance(getattr(data, field.name), np.ndarray)
    ]
    _, first, place = np.unique(
        np.column_stack(columns), axis=0, return_index=True, return_inverse=True
    )  # fmt: skip
    n = np.bincount(place.reshape(-1), weights=data.n).astype(int)
    return replace(rows(data, first), n=n), {}


def everything_at_once(*ways):
    """Return a way to tell a study again by all of these, one after the other."""

    def all_at_once(data, rng):
        names = {}
        for way in ways:
            data, old = way(data, rng)
            names |= old
        return data, names

    return all_at_once


OF_COMPARED = (
    models_renamed,
    cases_renamed,
    sides_swapped,
    counts_merged,
    everything_at_once(
        models_renamed, cases_renamed, counts_split, sides_swapped, entries_reordered
    ),
)
OF_SCORED = (
    models_renamed,
    cases_renamed,
    categories_renamed,
    counts_merged,
    everything_at_once(
        models_renamed, cases_renamed, categories_renamed, counts_split, entries_reordered
    ),
)


def turned(found):
    """Return a difference as seen from the other of the two."""
    if found.value is None:
        return found
    low, high = (None if end is None else -end for end in (found.high, found.low))
    return replace(found, value=-found.value, low=low, high=high)

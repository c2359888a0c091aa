"""Which cases of a large eval set a study asks for: a sample, drawn once when it starts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from evalkit.annotation.assignment.policy import PlannedCase
from evalkit.annotation.assignment.tournament import draw
from evalkit.errors import RefusedError
from evalkit.vocabulary import LEAST_ANSWERED, TaskKind


def sampled_cases(
    cases: Iterable[PlannedCase], n: int, *, seed: int, kind: TaskKind = TaskKind.PAIR
) -> dict[int, float]:
    """Draw cases for a study, of each category in proportion to its cases.

    Parameters
    ----------
    cases : iterable of PlannedCase
        Those that can be judged; one with fewer models than the task shows is never drawn.
    n : int
        How many are wanted.
    seed : int
        Of the study: the same seed draws the same cases, in whatever order they come.
    kind : TaskKind

    Returns
    -------
    dict of int to float
        Case ids, each with its chance to be drawn: of its category, the cases drawn over all.

    Raises
    ------
    RefusedError
        If there are not so many cases, or none is wanted.

    Notes
    -----
    Proportional allocation by largest remainders, so that a category of a tenth of the cases has
    a tenth of the sample, to one case; among equal remainders the seed decides. A category may
    get none where fewer cases are wanted than there are categories.

    References
    ----------
    Cochran (1977), Sampling Techniques, chapter 5 (stratified random sampling).
    """
    strata: defaultdict[str, list[int]] = defaultdict(list)
    for case in cases:
        if len(case.available) >= LEAST_ANSWERED[kind]:
            strata[case.category].append(case.case_id)
    sizes = {category: (len(ids), min(ids)) for category, ids in strata.items()}
    drawn: dict[int, float] = {}
    for category, n_drawn in drawn_by_category(sizes, n, seed=seed, kind=kind).items():
        ids = sorted(strata[category], key=lambda case_id: draw(seed, "sample", case_id))
        drawn |= dict.fromkeys(ids[:n_drawn], n_drawn / len(ids))
    return drawn


def most_demanding(kinds: Iterable[TaskKind]) -> TaskKind:
    """Return the kind that needs most models, so that a case can be asked for all of them."""
    return max(kinds, key=lambda kind: LEAST_ANSWERED[kind])


def drawn_by_category(
    strata: Mapping[str, tuple[int, int]], n: int, *, seed: int, kind: TaskKind = TaskKind.PAIR
) -> dict[str, int]:
    """Return how many cases of each category are drawn, without drawing any.

    ``strata`` are the categories, each with the number of its cases that can be judged and the
    lowest of their ids; the rest is as for `sampled_cases`.
    """
    n_cases = sum(size for size, _ in strata.values())
    if not 1 <= n <= n_cases:
        least = {1: "one", 2: "two", 3: "three"}[LEAST_ANSWERED[kind]]
        raise RefusedError(
            f"{n:,} cases cannot be drawn: {n_cases:,} were answered by {least} or more of the "
            "models."
        )
    # Each its whole share, and those with the largest rests one more. Among equal rests a case of
    # theirs decides: what categories are called decides nothing.
    whole = {category: n * size // n_cases for category, (size, _) in strata.items()}
    by_rest = sorted(
        strata.items(),
        key=lambda stratum: (
            -(n * stratum[1][0] % n_cases),
            draw(seed, "remainder", stratum[1][1]),
        ),
    )
    n_more = n - sum(whole.values())
    return {
        category: whole[category] + (place < n_more) for place, (category, _) in enumerate(by_rest)
    }

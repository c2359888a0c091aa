"""What a sample covers and what it misses, as tables: the same on the page and the terminal."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import Table, table
from evalkit.sampling.clusters import CaseCluster
from evalkit.sampling.sample import FarCase, Sample

#: Distances are counted in steps of this; from 1 on nothing is shared.
_STEP, _N_STEPS = 0.1, 10


def strata_table(sample: Sample) -> Table:
    """Show of each stratum how much of it is in the sample, and the odds of what was drawn."""
    columns = (
        "Stratum",
        "Cases",
        "In it",
        "Share",
        "Chosen to differ",
        "Drawn at random",
        "Picked by hand",
        "Taken out",
        "Chance of a draw",
    )
    rows = [
        (
            row.name,
            f"{row.n_cases:,}",
            f"{row.n:,}",
            text.small_percent(row.n / row.n_cases),
            f"{row.n_chosen:,}",
            f"{row.n_drawn:,}",
            f"{row.n_picked:,}" if row.n_picked else "",
            f"{row.n_left_out:,}" if row.n_left_out else "",
            text.MISSING if row.chance is None else text.small_percent(row.chance),
        )
        for row in sample.strata
    ]
    return table(
        "What is in the sample",
        columns,
        rows,
        note="Cases are different ones. Chance: of each case that was not chosen to differ.",
    )


def distance_counts(sample: Sample) -> tuple[tuple[float, float, int], ...]:
    """Count the cases that are not in the sample by how far they are from the nearest in it.

    Returns
    -------
    tuple of (float, float, int)
        From, to and how many, in steps of a tenth; the last holds all from .9 on.
    """
    counts = [0] * _N_STEPS
    for distance in sample.coverage.distances:
        counts[min(_N_STEPS - 1, int(distance / _STEP + 1e-9))] += 1
    return tuple(
        (round(place * _STEP, 1), round((place + 1) * _STEP, 1), n)
        for place, n in enumerate(counts)
    )


def distance_table(sample: Sample) -> Table:
    """Show how far the cases that are not in the sample are from the nearest one in it."""
    n_all = len(sample.coverage.distances)
    rows = [
        (f"{low:.1f} to {high:.1f}", f"{n:,}", text.percent(n / n_all))
        for low, high, n in distance_counts(sample)
        if n_all
    ]
    return table(
        "How far the others are from the nearest case in it",
        ("Distance", "Cases", "Share"),
        rows,
        note="Distance is one minus cosine: 0 says the same, 1 shares nothing.",
    )


def far_table(far: Sequence[FarCase]) -> Table:
    """List cases that are least like any in a sample, with their stratum."""
    rows = [(case.key, case.stratum, f"{case.distance:.2f}") for case in far]
    return table("Least like any in it", ("Case", "Stratum", "Distance"), rows, left=("Stratum",))


def cluster_table(groups: Sequence[tuple[CaseCluster, str]]) -> Table:
    """Show groups of like cases, what they are called, and their typical words."""
    rows = [
        (str(group.number), name, f"{len(group.case_ids):,}", ", ".join(group.words))
        for group, name in groups
    ]
    return table(
        "Groups of like cases",
        ("Group", "Called", "Cases", "Typical words"),
        rows,
        left=("Called", "Typical words"),
    )

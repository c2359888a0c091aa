"""How measurements are printed: one Markdown table, ratios beside times, bars beside ratios."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.timing import machine


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was timed at every size; ``verdict`` is its ratio and what was hoped for.

    A time is None where it was not measured.
    """

    what: str
    seconds: Sequence[float | None]
    verdict: str = ""


def at_most(times: float, bar: float, *, of: str) -> str:
    """Say how many times dearer than a floor something is, and whether that is within the bar."""
    return f"{times:.1f}× {of} (bar ≤ {bar:g}×: {'holds' if times <= bar else 'missed'})"


def at_least(times: float, bar: float) -> str:
    """Say how many times slower than evalkit a peer is, and whether the bar is reached."""
    return f"{times:,.0f}× evalkit (bar ≥ {bar:g}×: {'holds' if times >= bar else 'missed'})"


def slower(seconds: float | None, ours: float | None) -> str:
    """Say how many times slower than evalkit a peer is."""
    return "" if seconds is None or ours is None else f"{seconds / ours:,.1f}× evalkit"


def print_table(
    title: str, unit: str, sizes: Sequence[int], lines: Iterable[Line], notes: Iterable[str] = ()
) -> None:
    """Print times by size, how they grow, and the verdicts at the largest size."""
    print(f"\n{title} ({machine()})\n")
    heads = [unit, *(f"{size:,}" for size in sizes), "growth per ×10", "ratio"]
    print(f"| {' | '.join(heads)} |")
    print(f"| --- |{' ---: |' * (len(sizes) + 1)} --- |")
    for line in lines:
        cells = [line.what, *map(duration, line.seconds), _growth(sizes, line.seconds)]
        print(f"| {' | '.join([*cells, line.verdict])} |")
    for note in notes:
        print(f"\n{note}")


def duration(seconds: float | None) -> str:
    """Write a duration with three figures: ``1.44 ms``, ``2.73 s``."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:,.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def _growth(sizes: Sequence[int], seconds: Sequence[float | None]) -> str:
    """Return the factor of each step to the next size, scaled to tenfold."""
    pairs = list(zip(sizes, seconds, strict=True))
    factors = [
        f"{(later / earlier) / ((larger / size) / 10):.1f}"
        for (size, earlier), (larger, later) in itertools.pairwise(pairs)
        if earlier and later
    ]
    return ", ".join(factors) or "–"

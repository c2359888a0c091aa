"""Medians of several repeats; standard library only, since peers measure themselves with it."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

#: Shorter runs are repeated inside one measurement until they take this long.
_SHORTEST_SECONDS = 0.005


def median_seconds(
    run: Callable[[], Any], *, repeats: int = 5, warm_ups: int = 1, budget_seconds: float = 20.0
) -> float:
    """Return the median time of a run; fewer repeats where they would exceed the budget."""
    return alternating_seconds(
        {"": run}, repeats=repeats, warm_ups=warm_ups, budget_seconds=budget_seconds
    )[""]


def alternating_seconds(
    runs: Mapping[str, Callable[[], Any]],
    *,
    repeats: int = 5,
    warm_ups: int = 1,
    budget_seconds: float = 20.0,
) -> dict[str, float]:
    """Return the median time of each run, taken in turn so that all share the machine's moods."""
    for _ in range(warm_ups):
        for run in runs.values():
            run()
    started = time.perf_counter()
    first = {name: _seconds(run) for name, run in runs.items()}
    loops = {name: max(1, int(_SHORTEST_SECONDS / taken)) for name, taken in first.items()}
    # A run that is long enough has been measured once already.
    taken = {name: [first[name]] if loops[name] == 1 else [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            if len(taken[name]) < repeats:
                taken[name].append(_seconds(run, loops[name]))
        if time.perf_counter() - started > budget_seconds:
            break
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def _seconds(run: Callable[[], Any], loops: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(loops):
        run()
    return max((time.perf_counter() - started) / loops, 1e-9)


def machine() -> str:
    """Describe where the figures were taken."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}, Python {platform.python_version()}, {platform.system()}"

"""Many people at work at once, and how long each annotation takes them."""

import asyncio
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.screen.processes import cpu_seconds

#: They do not all come at the same moment.
_ARRIVALS_A_SECOND = 25


class AtWork(Protocol):
    """Somebody at a screen."""

    async def open(self) -> None:
        """Come to the first case."""

    async def annotate(self) -> bool:
        """Judge a case and have the next one; False where nothing is left."""


@dataclass
class Load:
    """What people did in so many seconds: how long every annotation took, in seconds."""

    seconds: float
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    server_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        """Annotations in a second."""
        return len(self.took) / self.seconds

    @property
    def cpu_each(self) -> float:
        """Processor time of the server for one annotation, in seconds."""
        return self.server_cpu / len(self.took) if self.took else math.nan


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share of all does not exceed (nearest rank)."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def at_work(
    people: Sequence[AtWork], *, seconds: float, pause: float, pid: int, drafts: bool = False
) -> Load:
    """Let people annotate for so long, each with a pause of half to one and a half before it."""
    return asyncio.run(_at_work(people, seconds, pause, pid, drafts))


async def _at_work(
    people: Sequence[AtWork], seconds: float, pause: float, pid: int, drafts: bool
) -> Load:
    load = Load(seconds)
    warm_up = 2 + len(people) / _ARRIVALS_A_SECOND + pause
    begin = time.perf_counter() + warm_up
    members = [
        asyncio.create_task(_one(person, number, load, begin, pause, drafts))
        for number, person in enumerate(people)
    ]
    await asyncio.sleep(warm_up)
    before = cpu_seconds(pid)
    await asyncio.sleep(seconds)
    load.server_cpu = cpu_seconds(pid) - before
    await asyncio.gather(*members)
    return load


async def _one(
    person: AtWork, number: int, load: Load, begin: float, pause: float, drafts: bool
) -> None:
    chance = random.Random(number)
    end = begin + load.seconds
    try:
        await asyncio.sleep(number / _ARRIVALS_A_SECOND)
        await person.open()
        while time.perf_counter() < end:
            wait = pause * chance.uniform(0.5, 1.5)
            await asyncio.sleep(wait / 2)
            if drafts:
                await person.save_draft()  # type: ignore[attr-defined]
            await asyncio.sleep(wait / 2)
            started = time.perf_counter()
            is_more = await person.annotate()
            ended = time.perf_counter()
            if begin <= ended < end:
                load.took.append(ended - started)
            if not is_more:
                load.errors.append("nothing was left to annotate")
                return
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        load.errors.append(f"{type(error).__name__}: {error}")

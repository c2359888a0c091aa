"""What production is asked, by category, and so what a case counts for: one place for that."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.errors import RefusedError
from evalkit.phrases import quoted
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.weighted import EntryWeights

#: More categories than this are no categories.
MAX_CATEGORIES = 1_000
MAX_AMOUNT = 1e15
_SEPARATORS = ("\t", ";", "=", ",")


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much of each category production is asked, as a lead stated it or logs count it.

    ``amounts`` are shares, percent or counts, 0 or more: only their ratios matter. The category
    ``""`` is that of cases without one. Empty where nobody said.
    """

    amounts: tuple[tuple[str, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.amounts)

    @property
    def shares(self) -> dict[str, float]:
        """Return what part of everything each category is; together 1, in the order stated."""
        whole = math.fsum(amount for _, amount in self.amounts)
        return {category: amount / whole for category, amount in self.amounts}


#: Nobody said what production is asked.
NO_TRAFFIC = Traffic()


@dataclass(frozen=True, slots=True, eq=False)
class CaseWeights:
    """What the case of each output counts for.

    Attributes
    ----------
    share : FloatArray of shape (n_parts,)
        Of production: one part per category of the study, or one of all where no shares are
        stated.
    part : IntArray of shape (n_outputs,)
    within : FloatArray of shape (n_outputs,)
        One over the chance with which its case was sampled; 1 where no chances are recorded.
    """

    share: FloatArray
    part: IntArray
    within: FloatArray

    def of(self, output: IntArray) -> EntryWeights:
        """Return what entries that are of these outputs count for."""
        return EntryWeights(self.share, self.part[output], self.within[output])


def case_weights(
    category: IntArray,
    categories: tuple[str, ...],
    *,
    traffic: Traffic,
    sampled: FloatArray | None,
) -> CaseWeights | None:
    """Return what cases count for in numbers that speak of production.

    Parameters
    ----------
    category : IntArray of shape (n_outputs,)
        Of the case of each output: a place in ``categories``.
    categories : tuple of str
    traffic : Traffic
    sampled : FloatArray of shape (n_outputs,) or None
        The chance with which the case was drawn from production's log, above 0; ``NaN`` where it
        is not recorded. Chances count where every case has one.

    Returns
    -------
    CaseWeights or None
        Share of the category times one over the chance, within its category. None where neither
        says anything, or where production is asked none of these categories.
    """
    has_chances = sampled is not None and len(sampled) > 0 and not np.isnan(sampled).any()
    within = np.ones(len(category))
    if sampled is not None and has_chances:
        within = 1.0 / sampled
    if not traffic:
        if len(np.unique(within)) < 2:
            return None
        return CaseWeights(np.ones(1), np.zeros(len(category), dtype=np.int64), within)
    stated = traffic.shares
    share = np.array([stated.get(name, 0.0) for name in categories], dtype=np.float64)
    if not share.sum() > 0.0:
        return None
    return CaseWeights(share / share.sum(), category.astype(np.int64), within)


def read_traffic(lines: list[str]) -> Traffic:
    """Read shares or counts, one category a line: ``chat = 60``, ``chat; 8123``, ``chat,8123``.

    The last tab, or else semicolon, equals sign or comma of a line separates; a per cent sign may
    follow the number. A line that begins with its separator is of cases without a category.

    Raises
    ------
    RefusedError
        Naming the line, where one cannot be read, a category comes twice, or nothing is above 0.
    """
    amounts: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        category, amount = _read(line, number)
        if category in amounts:
            name = f"“{category}”" if category else "What has no category"
            raise RefusedError(f"Line {number}: {name} stands here a second time. Name it once.")
        amounts[category] = amount
    return checked_traffic(Traffic(tuple(amounts.items())))


def checked_traffic(traffic: Traffic) -> Traffic:
    """Return what was stated; raise RefusedError where no shares can be made of it."""
    for category, amount in traffic.amounts:
        if not (math.isfinite(amount) and 0.0 <= amount <= MAX_AMOUNT):
            raise RefusedError(
                f"The amount of “{category}” is {amount:g}; a share or a count is 0 or more."
            )
    if len(traffic.amounts) > MAX_CATEGORIES:
        raise RefusedError(
            f"There are {len(traffic.amounts):,} categories; at most {MAX_CATEGORIES:,} are read. "
            "Put rare ones together."
        )
    if traffic and not math.fsum(amount for _, amount in traffic.amounts) > 0.0:
        raise RefusedError("All amounts are 0: at least one category must have a share above 0.")
    return traffic


def _read(line: str, number: int) -> tuple[str, float]:
    separator = next((mark for mark in _SEPARATORS if mark in line), None)
    expected = "a category and a number, like: chat = 60"
    if separator is None:
        raise RefusedError(f"Line {number}: {quoted([line.strip()])} is not {expected}.")
    name, _, amount = line.rpartition(separator)
    plain = amount.strip().removesuffix("%").strip()
    try:
        return name.strip(), float(plain)
    except ValueError:
        raise RefusedError(
            f"Line {number}: {quoted([amount.strip()])} is no number. Expected is {expected}, or "
            "a count from a log without separators of thousands: chat = 8123."
        ) from None

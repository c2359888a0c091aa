"""Agreement in cells and on axes: what every table and picture of it shares."""

from collections.abc import Iterable

from evalkit import text
from evalkit.reports.agreement.reading import FIRM, TENTATIVE
from evalkit.reports.agreement.sentences import coefficient
from evalkit.reports.blocks import Axis, Cell, Target
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate


def agreement_axis(numbers: Iterable[Estimate | Agreement]) -> Axis:
    """Return an axis from chance, or from below it as far as numbers reach, to perfect agreement.

    The customary bounds are what they are read against.
    """
    ends = [end for of in numbers for end in (of.low, of.value) if end is not None]
    lowest = min([0.0, *ends])
    low = -1.0 if lowest < -0.4 else -0.4 if lowest < -0.02 else 0.0
    ticks = {low: text.number(low), 0.0: "chance", TENTATIVE: "tentative", FIRM: "firm", 1.0: "1"}
    return Axis(low, 1.0, tuple(ticks.items()), ((0.0, ""), (TENTATIVE, ""), (FIRM, "")))


def as_estimate(of: Agreement) -> Estimate:
    """Return a coefficient as blocks hold numbers: n counts the units."""
    return Estimate(of.value, of.low, of.high, of.n_units, of.reason)


def number_cell(
    of: Estimate | Agreement | None,
    form: text.Format = text.number,
    *,
    has_n: bool = False,
    target: Target | None = None,
) -> Cell:
    """Return a number with its interval, with ``has_n`` and its own n; empty where none is asked.

    What cannot be had is a dash with its reason.
    """
    if of is None:
        return Cell("")
    number = as_estimate(of) if isinstance(of, Agreement) else of
    n = (f"n = {number.n:,}",) if has_n and number.value is not None else ()
    written = text.estimate(number, form)
    return Cell(written, n, number=number, about=number.reason or "", target=target)


def alpha_cell(of: Agreement) -> Cell:
    """Return an α with as many digits as keep it on its side of the customary bounds."""
    return number_cell(of, coefficient)

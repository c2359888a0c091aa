"""Numbers as people read them: the value, its 95 % interval and what it rests on."""

from collections.abc import Callable

from evalkit.stats.agreement import Agreement
from evalkit.stats.intervals import Estimate

Format = Callable[[float], str]

MISSING = "—"


def number(value: float) -> str:
    """Return two decimals, with a true minus sign: ``−0.04``."""
    text = f"{value:.2f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def percent(value: float) -> str:
    """Return a share as a whole percentage: ``62 %``; never 0 or 100 unless it is."""
    whole = round(100 * value)
    if whole == 0 and value > 0:
        return "<1 %"
    if whole == 100 and value < 1:
        return ">99 %"
    return f"{whole} %"


def seconds(milliseconds: float) -> str:
    """Return a duration given in milliseconds: ``840 ms``, ``2.4 s``."""
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return (
        f"{milliseconds / 1000:.1f} s" if milliseconds < 99_950 else f"{milliseconds / 1000:,.0f} s"
    )


def dollars(amount: float) -> str:
    """Return a small price with three significant digits: ``$0.00412``."""
    if amount == 0:
        return "$0"
    digits = max(2, 2 - _magnitude(amount))
    return f"${amount:,.{digits}f}"


def whole(value: float) -> str:
    """Return a count: ``1,204``."""
    return f"{value:,.0f}"


def interval(low: float | None, high: float | None, form: Format = number) -> str:
    """Return ``[0.48, 0.74]``, or nothing where there is no interval."""
    if low is None or high is None:
        return ""
    ends = [form(low), form(high)]
    if all(end.endswith(" %") for end in ends):
        ends[0] = ends[0].removesuffix(" %")
    return f"[{ends[0]}, {ends[1]}]"


def estimate(one: Estimate | Agreement, form: Format = number) -> str:
    """Return ``0.62 [0.48, 0.74]``, or a dash where the value cannot be had."""
    if one.value is None:
        return MISSING
    return f"{form(one.value)} {interval(one.low, one.high, form)}".rstrip()


def _magnitude(amount: float) -> int:
    """Return the exponent of the first significant digit: -3 for 0.00412."""
    return int(f"{amount:e}".split("e")[1])

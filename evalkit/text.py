"""Numbers as people read them: the value, its 95 % interval and what it rests on."""

import re
from collections.abc import Callable
from dataclasses import replace

from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate

Format = Callable[[float], str]

MISSING = "—"


def number(value: float) -> str:
    """Return two decimals, with a true minus sign: ``−0.04``."""
    text = f"{value:.2f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def beside(*bounds: float) -> Format:
    """Return a format of two decimals, and more where these would put it across a bound.

    Below 0.667, 0.6668 is not ``0.67``: who reads the number would read another sentence by it.
    """

    def written(value: float) -> str:
        for digits in range(2, 6):
            rounded = round(value, digits)
            if all((rounded >= bound) == (value >= bound) for bound in bounds):
                break
        return number(value) if digits == 2 else f"{value:.{digits}f}"

    return written


def because(estimate: Estimate, reason: str) -> Estimate:
    """Return the estimate with the sentence that says why, where it rests on nothing."""
    return estimate if estimate.n else replace(estimate, reason=reason)


def percent(value: float) -> str:
    """Return a share as a whole percentage: ``62 %``; never 0 or 100 unless it is."""
    whole = round(100 * value)
    if whole == 0 and value:
        return "<1 %" if value > 0 else ">\N{MINUS SIGN}1 %"
    if whole == 100 and value < 1:
        return ">99 %"
    return f"{whole} %".replace("-", "\N{MINUS SIGN}")


def small_percent(value: float) -> str:
    """Return a share as a percentage, a small one with one significant digit: ``0.4 %``."""
    return percent(value) if value >= 0.0095 or not value else f"{100 * value:.1g} %"


def inside(name: str) -> str:
    """Return a name as it stands inside a sentence: ``wrong fact``; ``PII leak`` stays as it is."""
    first = name.partition(" ")[0]
    return name[:1].lower() + name[1:] if first[1:].islower() else name


def seconds(milliseconds: float) -> str:
    """Return a duration given in milliseconds: ``0.3 ms``, ``840 ms``, ``2.4 s``."""
    if milliseconds < 999.5:
        return _milliseconds(milliseconds)
    return (
        f"{milliseconds / 1000:.1f} s" if milliseconds < 99_950 else f"{milliseconds / 1000:,.0f} s"
    )


def _milliseconds(amount: float) -> str:
    """Write milliseconds without a fraction, but never 0 for what took some time."""
    if 0 < amount < 0.05:
        return "<0.1 ms"
    return f"{amount:,.1f} ms" if 0 < amount < 0.95 else f"{amount:,.0f} ms"


def one_unit(form: Format, value: float) -> Format:
    """Return the format for all numbers that stand with a value: durations in the value's unit."""
    if form is not seconds:
        return form
    if value < 999.5:
        return _milliseconds
    digits = 1 if value < 99_950 else 0
    return lambda milliseconds: f"{milliseconds / 1000:,.{digits}f} s"


def times(ratio: float) -> str:
    """Return a ratio without its sign: ``21.7``, ``0.05``, never shorter than it can be told."""
    if ratio < 0.0995:
        return f"{ratio:.3f}" if ratio else "0"
    digits = 2 if ratio < 9.995 else 1 if ratio < 99.95 else 0
    return f"{ratio:,.{digits}f}"


def dollars(amount: float) -> str:
    """Return a price, a small one with three significant digits: ``$12.30``, ``$0.00412``."""
    if amount == 0:
        return "$0"
    digits = 2 if amount >= 0.1 else 2 - _magnitude(amount)
    return f"${amount:,.{digits}f}"


def dollars_per_thousand(amount: float) -> str:
    """Return the price of a thousand of what costs ``amount``: ``$4.12``."""
    return dollars(1000 * amount)


def whole(value: float) -> str:
    """Return a count: ``1,204``."""
    return f"{value:,.0f}"


def interval(low: float | None, high: float | None, form: Format = number) -> str:
    """Return ``[0.48, 0.74]``, or nothing where there is no interval."""
    if low is None or high is None:
        return ""
    return f"[{form(low)}, {form(high)}]"


def estimate(estimated: Estimate | Agreement, form: Format = number) -> str:
    """Return ``0.62 [0.48, 0.74]``, or a dash where the value cannot be had.

    The ends of the interval go without a unit that is the value's own: ``62 % [48, 74]``.
    """
    if estimated.value is None:
        return MISSING
    form = one_unit(form, estimated.value)
    value = form(estimated.value)
    ends = interval(estimated.low, estimated.high, lambda end: _without_unit(form(end), value))
    return f"{value} {ends}".rstrip()


def bounds(span: Estimate, form: Format = number) -> str:
    """Return the interval alone, as short as can be: ``48–74``."""
    if span.value is None or span.low is None or span.high is None:
        return ""
    form = one_unit(form, span.value)
    low, high = (_without_unit(form(end), form(span.value)) for end in (span.low, span.high))
    return f"{low} to {high}" if high.startswith(">") or low.startswith("−") else f"{low}–{high}"


def _without_unit(end: str, value: str) -> str:
    unit = value.rpartition(" ")[2] if " " in value else ""
    if unit and end.endswith(f" {unit}"):
        return end.removesuffix(f" {unit}")
    return end.removeprefix("$") if value.startswith("$") else end


def multiple(ratio: Estimate) -> str:
    """Return a ratio with its interval: ``21.7× [18.7, 25.2]``, ``0.05× [0.04, 0.05]``."""
    if ratio.value is None:
        return MISSING
    return f"{times(ratio.value)}× {interval(ratio.low, ratio.high, times)}".rstrip()


def unbroken(words: str) -> str:
    """Return words in which a number stays on one line with its unit, its interval and its n."""
    whole = re.sub(
        r"\[[^\]]*\]", lambda ends: ends.group().replace(" ", "\N{NO-BREAK SPACE}"), words
    )
    whole = re.sub(
        r"\b([pqn]) ([=<]) (?=[\d.])", "\\1\N{NO-BREAK SPACE}\\2\N{NO-BREAK SPACE}", whole
    )
    return re.sub(r" (%|\[|pp\b)", "\N{NO-BREAK SPACE}\\1", whole)


def _magnitude(amount: float) -> int:
    """Return the exponent of the first significant digit: -3 for 0.00412."""
    return int(f"{amount:e}".split("e")[1])


def duration(n_seconds: float) -> str:
    """Return a number of seconds: ``39.6 s``."""
    return seconds(1000 * n_seconds)


def p_value(p: float) -> str:
    """Return ``p = 0.003``, ``p = 0.25``, ``p < 0.001``."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.0995 else f"p = {p:.2f}"


def q_value(q: float) -> str:
    """Return a p value adjusted for a share of false findings: ``q = 0.003``, ``q < 0.001``."""
    return f"q{p_value(q)[1:]}"


def bare_p(p: float | None) -> str:
    """Return a p value as a table shows it: ``0.003``, ``< 0.001``, a dash without one."""
    return MISSING if p is None else p_value(p).removeprefix("p = ").removeprefix("p ")


def signed(form: Format = number) -> Format:
    """Return a format that says which way: ``+0.31``, ``−0.31``, ``0.00``."""

    def written(value: float) -> str:
        size = form(abs(value))
        if size == form(0.0):
            return size
        return f"+{size}" if value > 0 else f"−{size}"

    return written


def with_n(of: Estimate | Agreement, form: Format = number) -> str:
    """Return ``0.61 [0.40, 0.82], n = 40``, or a dash where the value cannot be had."""
    if of.value is None:
        return MISSING
    n = of.n_units if isinstance(of, Agreement) else of.n
    return f"{estimate(of, form)}, n = {n:,}"


def difference(estimated: Estimate | Agreement, form: Format = number) -> str:
    """Return ``+0.31 [0.12, 0.50]``, ``−14 pp [−29, 0]``: ends have a sign only below zero."""
    if estimated.value is None:
        return MISSING
    form = one_unit(form, abs(estimated.value))
    write, written = signed(form), form(abs(estimated.value))
    unit = f" {written.rpartition(' ')[2]}" if " " in written else ""

    def end(value: float) -> str:
        return write(value).removeprefix("+").replace("$", "").removesuffix(unit)

    return f"{write(estimated.value)} {interval(estimated.low, estimated.high, end)}".rstrip()


def points(value: float) -> str:
    """Return a difference of shares in percentage points: ``9 pp``."""
    return f"{100 * value:.0f} pp"

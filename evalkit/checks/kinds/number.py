"""Number within: a number of the response lies between two ends."""

import math
import re
from collections.abc import Mapping
from typing import Any

from evalkit.checks.kind import (
    CheckedResponse,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    SettingForm,
    told,
    untold,
)
from evalkit.errors import RefusedError

#: A sign belongs to a number where no word or digit is before it: 3-4 are 3 and 4.
_NUMBER = re.compile(
    r"(?<![\w.,])([-\u2212+]?)((?:\d{1,3}(?:[,\u00a0\u202f']\d{3})+|\d+)(?:\.\d+)?|\.\d+)"
    r"(?:[eE]([-+]?\d{1,3}))?(?![\d])"
)
_MOST_NUMBERS = 10_000
_TOO_LARGE = "The number is too large to be compared."


def numbers_in(text: str) -> list[float]:
    """Return the numbers of a text in their order, as English writes them: 1,204.5, −3, 2e6."""
    numbers = []
    for match in _NUMBER.finditer(text):
        sign, digits, exponent = match.groups()
        digits = re.sub("[,\u00a0\u202f']", "", digits)[:400]
        minus = "-" if sign in ("-", "\u2212") else ""
        numbers.append(float(f"{minus}{digits}e{exponent or 0}"))
        if len(numbers) == _MOST_NUMBERS:
            break
    return numbers


def _prepare(settings: Mapping[str, Any]) -> Checker:
    low, high, which = settings["low"], settings["high"], settings["which"]
    if low is None and high is None:
        raise RefusedError("“Number within”: say from where (low), to where (high), or both.")
    if low is not None and high is not None and low > high:
        raise RefusedError(f"“Number within”: low, {low:g}, is above high, {high:g}.")

    def is_within(number: float) -> bool:
        return (low is None or number >= low) and (high is None or number <= high)

    def check(response: CheckedResponse) -> CheckOutcome:
        numbers = numbers_in(response.content)
        if not numbers:
            return told(False, "There is no number in it.")
        if which == "any":
            number = next(filter(is_within, numbers), None)
            if number is not None and not math.isfinite(number):
                return untold(_TOO_LARGE)
            detail = "" if number is not None else "No number is within."
            return told(number is not None, detail, number)
        number = numbers[0] if which == "first" else numbers[-1]
        if not math.isfinite(number):
            return untold(_TOO_LARGE)
        return told(is_within(number), f"The {which} number is {number:g}.", number)

    return check


NUMBER = CheckKind(
    key="number",
    title="Number within",
    about="A number of the response lies between two ends, both included.",
    settings=(
        CheckSetting("low", "From", SettingForm.NUMBER),
        CheckSetting("high", "To", SettingForm.NUMBER),
        CheckSetting(
            "which",
            "Which number",
            SettingForm.CHOICE,
            "last",
            "A model that reasons aloud says its answer last.",
            choices={"last": "the last", "first": "the first", "any": "any"},
        ),
    ),
    prepare=_prepare,
    limits=(
        "Numbers are read as English writes them: 1,204.5. “1.204,5”, numbers in words, units and "
        "percent signs are not understood."
    ),
    measures="the number",
)

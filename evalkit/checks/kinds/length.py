"""Length: the response has at least and at most so many characters, words or lines."""

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
)
from evalkit.errors import RefusedError

_UNITS = {"words": "words", "characters": "characters", "lines": "lines that are not empty"}


def _measured(text: str, unit: str) -> int:
    if unit == "words":
        return len(text.split())
    if unit == "lines":
        return sum(bool(line.strip()) for line in text.splitlines())
    return len(text.strip())


def _prepare(settings: Mapping[str, Any]) -> Checker:
    least, most, unit = settings["least"], settings["most"], settings["unit"]
    if least is None and most is None:
        raise RefusedError("“Length”: say at least how much (least), at most (most), or both.")
    if least is not None and most is not None and least > most:
        raise RefusedError(f"“Length”: least, {least:,}, is above most, {most:,}.")

    def check(response: CheckedResponse) -> CheckOutcome:
        n = _measured(response.content, unit)
        is_within = (least is None or n >= least) and (most is None or n <= most)
        return told(is_within, f"It has {n:,} {unit}.", n)

    return check


LENGTH = CheckKind(
    key="length",
    title="Length",
    about="The response is neither too short nor too long.",
    settings=(
        CheckSetting("least", "At least", SettingForm.WHOLE, least=0),
        CheckSetting("most", "At most", SettingForm.WHOLE, least=0),
        CheckSetting("unit", "Counted in", SettingForm.CHOICE, "words", choices=_UNITS),
    ),
    prepare=_prepare,
    limits="Words are what stands between blanks; count a script without blanks in characters.",
    measures="its length",
)

"""Regular expression: the response matches a pattern, or must not."""

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
from evalkit.checks.patterns import LONGEST_ON_A_RESPONSE, compiled, matched

_MUST, _MUST_NOT = "must", "must_not"


def _prepare(settings: Mapping[str, Any]) -> Checker:
    pattern = compiled(
        settings["pattern"], where="“Regular expression”", ignore_case=settings["ignore_case"]
    )
    is_wanted = settings["match"] == _MUST

    def check(response: CheckedResponse) -> CheckOutcome:
        place = matched(pattern, response.content, whole=settings["whole"])
        if place is None:
            return told(not is_wanted, "Nothing matches." if is_wanted else "")
        return told(is_wanted, f"Matches “{place.group()[:100]}”.")

    return check


PATTERN = CheckKind(
    key="regex",
    title="Regular expression",
    about="The response matches a pattern, or must not.",
    settings=(
        CheckSetting(
            "pattern",
            "Pattern",
            SettingForm.LINE,
            None,
            r"Like \b30[ -]days?\b, in the syntax of the Python package regex.",
            is_required=True,
        ),
        CheckSetting(
            "match",
            "The response",
            SettingForm.CHOICE,
            _MUST,
            choices={_MUST: "must match", _MUST_NOT: "must not match"},
        ),
        CheckSetting("whole", "All of the response, not a part", SettingForm.FLAG, False),
        CheckSetting("ignore_case", "Capitals do not count", SettingForm.FLAG, True),
    ),
    prepare=_prepare,
    limits=(
        f"A pattern may run {LONGEST_ON_A_RESPONSE:g} second on a response; what takes longer is "
        "undefined, not failed."
    ),
)

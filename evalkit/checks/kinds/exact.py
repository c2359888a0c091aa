"""Exact match: the response is the expected text, up to a stated normalisation."""

from collections.abc import Mapping
from typing import Any

from evalkit.checks.kind import (
    EXPECTED,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    SettingForm,
    against_expected,
    told,
)
from evalkit.checks.words import NORMALS, Normal, normalised

NORMAL = CheckSetting(
    "normal",
    "May differ in",
    SettingForm.CHOICE,
    Normal.SPACES.value,
    "What a response may differ in and still be the same.",
    choices={normal.value: words for normal, words in NORMALS.items()},
)


def _prepare(settings: Mapping[str, Any]) -> Checker:
    normal = Normal(settings["normal"])

    def tell(response: str, expected: tuple[str, ...]) -> CheckOutcome:
        same = normalised(response, normal) in {normalised(text, normal) for text in expected}
        return told(same, "" if same else "It is not the expected text.")

    return against_expected(settings, tell)


EXACT = CheckKind(
    key="exact",
    title="Exact match",
    about="The response is the expected text, but for what does not count.",
    settings=(EXPECTED, NORMAL),
    prepare=_prepare,
    limits="A right response in other words fails.",
)

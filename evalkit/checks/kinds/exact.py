"""Exact match: the response is the expected text, up to a stated normalisation."""

from collections.abc import Mapping
from typing import Any

from evalkit.checks.kind import (
    EXPECTED,
    NO_REFERENCE,
    CheckedResponse,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    SettingForm,
    expected_texts,
    told,
    untold,
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

    def check(response: CheckedResponse) -> CheckOutcome:
        expected = expected_texts(settings, response)
        if not expected:
            return untold(NO_REFERENCE)
        same = normalised(response.content, normal) in {
            normalised(text, normal) for text in expected
        }
        return told(same, "" if same else "It is not the expected text.")

    return check


EXACT = CheckKind(
    key="exact",
    title="Exact match",
    about="The response is the expected text, but for what does not count.",
    settings=(EXPECTED, NORMAL),
    prepare=_prepare,
    limits="A right response in other words fails.",
)

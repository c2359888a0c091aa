"""Must mention, and must not contain: words or phrases of a lead."""

import unicodedata
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

_CASE = CheckSetting("same_case", "Capitals count", SettingForm.FLAG, False)
_WHOLE = CheckSetting(
    "whole_words",
    "Whole words only",
    SettingForm.FLAG,
    True,
    "Then “art” is not in “party”. Turn it off for scripts without blanks.",
)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_QUOTES = {ord("\u2018"): "'", ord("\u2019"): "'", ord("\u201c"): '"', ord("\u201d"): '"'}


def _alike(text: str, *, same_case: bool) -> str:
    """Return a text with one kind of dash, quotation mark and blank."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES | _QUOTES)
    words = " ".join(plain.split())
    return words if same_case else words.casefold()


def _is_in(phrase: str, text: str, *, whole: bool) -> bool:
    place = text.find(phrase)
    while place >= 0:
        end = place + len(phrase)
        cuts_before = place > 0 and phrase[0].isalnum() and text[place - 1].isalnum()
        cuts_after = end < len(text) and phrase[-1].isalnum() and text[end].isalnum()
        if not whole or not (cuts_before or cuts_after):
            return True
        place = text.find(phrase, place + 1)
    return False


def _present(settings: Mapping[str, Any], response: CheckedResponse) -> list[str]:
    same_case, whole = settings["same_case"], settings["whole_words"]
    text = _alike(response.content, same_case=same_case)
    return [
        phrase
        for phrase in settings["phrases"]
        if _is_in(_alike(phrase, same_case=same_case), text, whole=whole)
    ]


def _named(phrases: list[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases)


def _must(settings: Mapping[str, Any]) -> Checker:
    def check(response: CheckedResponse) -> CheckOutcome:
        present = _present(settings, response)
        missing = [phrase for phrase in settings["phrases"] if phrase not in present]
        if settings["any"]:
            return told(bool(present), "" if present else f"None of {_named(missing)} is in it.")
        return told(not missing, f"Missing: {_named(missing)}." if missing else "")

    return check


def _must_not(settings: Mapping[str, Any]) -> Checker:
    def check(response: CheckedResponse) -> CheckOutcome:
        present = _present(settings, response)
        return told(not present, f"Contains {_named(present)}." if present else "")

    return check


MENTIONS = CheckKind(
    key="mentions",
    title="Must mention",
    about="The response contains words or phrases, whatever dashes, quotes and blanks it uses.",
    settings=(
        CheckSetting(
            "phrases", "Words or phrases", SettingForm.LINES, (), "One a line.", is_required=True
        ),
        CheckSetting("any", "Any of them will do", SettingForm.FLAG, False),
        _CASE,
        _WHOLE,
    ),
    prepare=_must,
    limits="“Not within 30 days” mentions “30 days” too.",
)
NOT_CONTAINS = CheckKind(
    key="not-contains",
    title="Must not contain",
    about="The response contains none of these words or phrases.",
    settings=(
        CheckSetting(
            "phrases", "Words or phrases", SettingForm.LINES, (), "One a line.", is_required=True
        ),
        _CASE,
        _WHOLE,
    ),
    prepare=_must_not,
    limits="The same said in other words passes.",
)

"""Language: the response is in the language asked for, or in that of the case."""

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
from evalkit.sampling.language import UNCLEAR, language_of

_OF_CASE = "case"
_LANGUAGES = {
    _OF_CASE: "that of the case",
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
    "Cyrillic": "Cyrillic script",
    "Greek": "Greek",
    "Arabic": "Arabic script",
    "Hebrew": "Hebrew",
    "Devanagari": "Devanagari script",
    "Thai": "Thai",
}


def _prepare(settings: Mapping[str, Any]) -> Checker:
    asked = settings["language"]

    def check(response: CheckedResponse) -> CheckOutcome:
        expected = language_of(response.asked) if asked == _OF_CASE else asked
        if expected == UNCLEAR:
            return untold("The language of the case is not clear.")
        language = language_of(response.content)
        if language == UNCLEAR:
            return untold("The language of the response is not clear.")
        names = (_LANGUAGES[each] for each in (language, expected))
        return told(language == expected, "It is {}, expected is {}.".format(*names))

    return check


LANGUAGE = CheckKind(
    key="language",
    title="Language",
    about="The response is in a language, by default that of the case.",
    settings=(
        CheckSetting("language", "Language", SettingForm.CHOICE, _OF_CASE, choices=_LANGUAGES),
    ),
    prepare=_prepare,
    limits=(
        "Told by script and by the words of grammar of seven languages, at the beginning of a "
        "text; short texts and other languages in Latin script are undefined."
    ),
)

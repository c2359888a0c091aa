"""Citation in context: what a response cites or quotes is in the passages it was given."""

import re
from collections.abc import Mapping, Sequence
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
from evalkit.checks.words import letters_and_digits

_MARK = re.compile(r"\[([^\[\]\n]{1,100})\](?!\()")
_QUOTE = re.compile(
    '[\u201c\u201e\u00ab"]([^\u201c\u201d\u201e\u00ab\u00bb"]{1,2000})[\u201d\u201c\u00bb"]'
)


def cited_ids(text: str) -> list[str]:
    """Return what stands in square brackets, one for each between commas: [2], [doc-1, doc-3]."""
    marks = (part.strip() for mark in _MARK.findall(text) for part in re.split("[,;]", mark))
    return list(dict.fromkeys(mark for mark in marks if mark))


def quotes_of(text: str, *, least: int) -> list[list[str]]:
    """Return the words of each quotation of at least so many words."""
    quotes = (letters_and_digits(quote) for quote in _QUOTE.findall(text))
    return [words for words in quotes if len(words) >= least]


def _is_quoted(words: Sequence[str], passages: Sequence[str]) -> bool:
    run = f" {' '.join(words)} "
    return any(run in passage for passage in passages)


def _cites(response: CheckedResponse) -> CheckOutcome:
    known = {passage.id for passage in response.passages}
    numbers = {str(place) for place in range(1, len(known) + 1)}
    cited = [mark for mark in cited_ids(response.content) if _looks_cited(mark, known)]
    unknown = [mark for mark in cited if mark not in known and mark not in numbers]
    if unknown:
        return told(False, f"[{unknown[0]}] names no passage of the context.")
    return told(bool(cited), "" if cited else "It cites no passage.")


def _looks_cited(mark: str, known: set[str]) -> bool:
    """Tell a citation from other words in brackets: a known id, a number, or one like the ids."""
    shape = re.sub(r"\d+", "0", mark)
    return mark in known or mark.isdigit() or shape in {re.sub(r"\d+", "0", id_) for id_ in known}


def _prepare(settings: Mapping[str, Any]) -> Checker:
    least = settings["words"]

    def check(response: CheckedResponse) -> CheckOutcome:
        if not response.passages:
            return untold("The case has no passages.")
        if settings["by"] == "ids":
            return _cites(response)
        quotes = quotes_of(response.content, least=least)
        if not quotes:
            return told(False, f"It quotes no {least:,} words in a row.")
        texts = [f" {' '.join(letters_and_digits(each.text))} " for each in response.passages]
        for words in quotes:
            if not _is_quoted(words, texts):
                return told(False, f"“{' '.join(words[:20])}” is in no passage.")
        return told(True)

    return check


CITATION = CheckKind(
    key="citation",
    title="Citation in context",
    about="The response cites passages, and every one it cites or quotes is in the context.",
    settings=(
        CheckSetting(
            "by",
            "Told by",
            SettingForm.CHOICE,
            "ids",
            "Ids or numbers of passages in square brackets, or quotations.",
            choices={"ids": "ids in square brackets, like [2]", "quotes": "quotations"},
        ),
        CheckSetting(
            "words", "Words of a quotation, at least", SettingForm.WHOLE, 4, least=1, most=100
        ),
    ),
    prepare=_prepare,
    limits=(
        "It tells whether the passage is there, not whether it says what the response says. "
        "A number counts as the place of a passage, from 1."
    ),
)

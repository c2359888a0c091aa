"""ROUGE: words, word pairs or the longest common sequence shared with the expected text."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
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
from evalkit.checks.words import letters_and_digits, word_runs

#: Of longer texts the first so many words are compared.
MOST_WORDS = 20_000


class RougeOf(StrEnum):
    """What is counted."""

    WORDS = "1"
    PAIRS = "2"
    SEQUENCE = "L"


def rouge(response: str, expected: str, of: RougeOf) -> float:
    """Return ROUGE's F1 of two texts, 0–1.

    Parameters
    ----------
    response, expected : str
    of : RougeOf
        ROUGE-1, ROUGE-2, or ROUGE-L of the whole text as one sequence.

    Returns
    -------
    float
        Harmonic mean of precision and recall with equal weights; 0 where either text has nothing
        to count. Words are runs of letters and digits of any script in lower case, not stemmed:
        on ASCII the same as the package rouge-score, which drops all other letters.

    References
    ----------
    Lin 2004, sections 2 and 3.1.
    """
    own = letters_and_digits(response)[:MOST_WORDS]
    right = letters_and_digits(expected)[:MOST_WORDS]
    if of is RougeOf.SEQUENCE:
        n_shared, n_own, n_right = longest_common(own, right), len(own), len(right)
    else:
        grams, others = word_runs(own, int(of)), word_runs(right, int(of))
        n_shared = sum((grams & others).values())
        n_own, n_right = grams.total(), others.total()
    if not n_own or not n_right:
        return 0.0
    return 2 * n_shared / (n_own + n_right)


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    By bits, a word of one text at a time against all of the other: quadratic, but 64 at once
    (Hyyrö 2004).
    """
    places: dict[str, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << place
    whole = (1 << len(first)) - 1
    row = whole
    for word in second:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & whole
    return len(first) - row.bit_count()


def _prepare(settings: Mapping[str, Any]) -> Checker:
    of, least = RougeOf(settings["of"]), settings["least"]

    def tell(response: str, expected: tuple[str, ...]) -> CheckOutcome:
        value = max(rouge(response, text, of) for text in expected)
        detail = f"ROUGE-{of} is {value:.2f}, at least {least:g} is asked."
        return told(value >= least, detail, value)

    return against_expected(settings, tell)


ROUGE = CheckKind(
    key="rouge",
    title="ROUGE",
    about="The response shares enough words, word pairs or word order with the expected text.",
    settings=(
        EXPECTED,
        CheckSetting(
            "of",
            "Of",
            SettingForm.CHOICE,
            RougeOf.SEQUENCE.value,
            "What is counted.",
            choices={
                RougeOf.WORDS.value: "words (ROUGE-1)",
                RougeOf.PAIRS.value: "pairs of words (ROUGE-2)",
                RougeOf.SEQUENCE.value: "the longest common sequence (ROUGE-L)",
            },
        ),
        CheckSetting(
            "least",
            "At least",
            SettingForm.NUMBER,
            0.3,
            "F1 from which it passes.",
            least=0,
            most=1,
        ),
    ),
    prepare=_prepare,
    limits=(
        "It counts words and knows no meaning: a summary that says the opposite can score high. "
        "Long and short texts have other levels; set the least from responses people judged."
    ),
    measures="F1, 0–1",
)

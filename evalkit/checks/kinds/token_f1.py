"""Token F1 as SQuAD defines it: how many words a response shares with the expected text."""

from collections import Counter
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
from evalkit.checks.words import Normal, normalised


def token_f1(response: str, expected: str) -> float:
    """Return the F1 of the words of two texts, 0–1.

    Parameters
    ----------
    response, expected : str

    Returns
    -------
    float
        Harmonic mean of precision and recall over words as a bag, after SQuAD's normalisation.
        Where either has no words left, 1 if neither has, else 0, as SQuAD 2.0 has it.

    References
    ----------
    Rajpurkar et al. 2016, section 6.1; Rajpurkar et al. 2018 for texts without words.
    """
    own = normalised(response, Normal.SQUAD).split()
    right = normalised(expected, Normal.SQUAD).split()
    if not own or not right:
        return float(own == right)
    n_shared = sum((Counter(own) & Counter(right)).values())
    return 2 * n_shared / (len(own) + len(right))


def _prepare(settings: Mapping[str, Any]) -> Checker:
    least = settings["least"]

    def tell(response: str, expected: tuple[str, ...]) -> CheckOutcome:
        value = max(token_f1(response, text) for text in expected)
        return told(value >= least, f"F1 is {value:.2f}, at least {least:g} is asked.", value)

    return against_expected(settings, tell)


TOKEN_F1 = CheckKind(
    key="token-f1",
    title="Token F1",
    about="The response shares enough words with the expected text (SQuAD's F1).",
    settings=(
        EXPECTED,
        CheckSetting(
            "least",
            "At least",
            SettingForm.NUMBER,
            0.5,
            "F1 from which it passes.",
            least=0,
            most=1,
        ),
    ),
    prepare=_prepare,
    limits=(
        "Made for short answers in English: word order and “not” count for nothing, and a script "
        "without blanks is one word."
    ),
    measures="F1 of words, 0–1",
)

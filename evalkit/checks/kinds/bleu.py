"""BLEU of one response: runs of one to four words shared with the expected text."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
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
from evalkit.checks.words import word_runs

_MOST_WORDS = 20_000
_LONGEST_RUN = 4
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_SIGNS = re.compile("([" + re.escape('!"#$%&()*+/:;<=>?@[\\]^_`{|}~') + "])")
_POINT_AFTER = re.compile(r"([^0-9])([.,])")
_POINT_BEFORE = re.compile(r"([.,])([^0-9])")
_HYPHEN = re.compile(r"([0-9])(-)")


def bleu_words(text: str) -> list[str]:
    """Split a text as NIST's mteval-v13a does, on which published BLEU stands.

    Signs stand apart; a full stop or comma stays only between digits, a hyphen after letters.
    """
    line = text.rstrip().replace("-\n", "").replace("\n", " ")
    for entity, sign in _ENTITIES:
        line = line.replace(entity, sign)
    line = _SIGNS.sub(r" \1 ", f" {line} ")
    line = _POINT_AFTER.sub(r"\1 \2 ", line)
    line = _POINT_BEFORE.sub(r" \1 \2", line)
    return _HYPHEN.sub(r"\1 \2 ", line).split()


def sentence_bleu(response: str, expected: Sequence[str]) -> float:
    """Return BLEU of one response against one or more expected texts, 0–100.

    Parameters
    ----------
    response : str
    expected : sequence of str
        One at least.

    Returns
    -------
    float
        Geometric mean of the clipped precisions of runs of one to four words, as far as the
        response is long enough for them, times the brevity penalty against the expected text
        nearest in length (the shorter of two). The first precision without a hit counts as half a
        hit, the next as a quarter, and so on. 0 where no word is shared.

    References
    ----------
    Papineni et al. 2002; Chen & Cherry 2014, smoothing 3; Post 2018 for the tokens.
    """
    own = bleu_words(response)[:_MOST_WORDS]
    right = [bleu_words(text)[:_MOST_WORDS] for text in expected]
    logarithms, n_missed = [], 0
    for n in range(1, min(_LONGEST_RUN, len(own)) + 1):
        runs = word_runs(own, n)
        most: Counter[tuple[str, ...]] = Counter()
        for words in right:
            most |= word_runs(words, n)
        n_hits = (runs & most).total()
        if n == 1 and not n_hits:
            return 0.0
        n_missed += not n_hits
        hits = n_hits or 0.5**n_missed
        logarithms.append(math.log(hits / runs.total()))
    if not logarithms:
        return 0.0
    nearest = min((len(words) for words in right), key=lambda n: (abs(n - len(own)), n))
    brevity = min(0.0, 1 - nearest / len(own))
    return 100 * math.exp(brevity + sum(logarithms) / len(logarithms))


def _prepare(settings: Mapping[str, Any]) -> Checker:
    least = settings["least"]

    def tell(response: str, expected: tuple[str, ...]) -> CheckOutcome:
        value = sentence_bleu(response, expected)
        return told(value >= least, f"BLEU is {value:.1f}, at least {least:g} is asked.", value)

    return against_expected(settings, tell)


BLEU = CheckKind(
    key="bleu",
    title="BLEU",
    about="The response shares enough runs of words with the expected texts (BLEU of one text).",
    settings=(
        EXPECTED,
        CheckSetting(
            "least",
            "At least",
            SettingForm.NUMBER,
            20.0,
            "From which it passes.",
            least=0,
            most=100,
        ),
    ),
    prepare=_prepare,
    limits=(
        "BLEU was made for whole test sets of translations; of one short text it jumps. Not for "
        "scripts without blanks, and no number to set beside a published one."
    ),
    measures="BLEU of one response, 0–100",
)

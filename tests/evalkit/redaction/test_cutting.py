"""Texts made shorter: nothing that would be replaced is left by half."""

import pytest

from evalkit.redaction.cutting import cut
from evalkit.redaction.redaction import Redaction

KEY = "sk-proj-abcDEF1234567890abcdef"


@pytest.mark.parametrize("longest", range(12, 60))
def test_no_end_leaves_a_part_of_a_key_or_an_address(longest):
    text = f"Write to bob.smith@corp.com with {KEY}, then say so."

    beginning = cut(text, longest)

    assert len(beginning) <= longest
    assert text.startswith(beginning)
    left = Redaction().redacted(beginning).text
    assert not any(part in left for part in ("bob", "smith", "corp", "sk-", "abcDEF"))


def test_words_stay_whole_and_short_texts_as_they_are():
    assert cut("is polite and short", 19) == "is polite and short"
    assert cut("is polite and short", 11) == "is polite"
    assert cut("is polite and short", 9) == "is polite"
    assert cut("x" * 30, 10) == "x" * 10

"""What others wrote, where Streamlit takes text for Markdown or for a key."""

import hashlib
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: Streamlit makes emoji, colours, icons and arrows of these even where a backslash is before them.
_BROKEN = re.compile(r"(:|[-=<>](?=[-=<>]))")
_WORD_JOINER = "\N{WORD JOINER}"


def literal(text: str) -> str:
    """Return the Markdown that shows a text as it is: in labels, messages and headings."""
    parted = _BROKEN.sub(rf"\1{_WORD_JOINER}", " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", parted)


def digest(*texts: object) -> str:
    """Return a key for what others named: keys are ids and class names in the browser."""
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:16]

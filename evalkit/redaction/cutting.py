"""Texts made shorter without leaving a part of something that is replaced where it is whole."""

import functools

from evalkit.redaction.redaction import Redaction, RedactionRules


@functools.lru_cache(maxsize=1_000)
def cut(text: str, longest: int) -> str:
    """Return the beginning of a text, ended before what its end would cut in two.

    Half an address or half a key is found by nobody any more. A word, too, is kept whole, unless
    the text begins with one that is longer.
    """
    if len(text) <= longest:
        return text
    spans = Redaction(RedactionRules()).replaced_in(text)
    end = min((span.start for span in spans if span.start < longest < span.end), default=longest)
    beginning = text[:end].rstrip()
    if end == longest and not (text[end].isspace() or text[end - 1].isspace()):
        *words, _ = beginning.rsplit(None, 1)
        beginning = words[0] if words else beginning
    return beginning

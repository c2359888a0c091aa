"""Texts beside the responses that name what is compared, and how to say so."""

from collections.abc import Sequence
from dataclasses import dataclass

#: So many places are told one by one.
_MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class NamingText:
    """One text that names a model of the study: where it stands, and the words in it."""

    where: str
    words: tuple[str, ...]


def naming_in_words(texts: Sequence[NamingText]) -> str:
    """Say which texts name what is compared; empty where none does."""
    if not texts:
        return ""
    places = [
        f"{text.where} ({', '.join(f'“{word}”' for word in text.words)})"
        for text in texts[:_MOST_PLACES]
    ]
    more = len(texts) - len(places)
    rest = f" and {more:,} more" if more else ""
    return (
        "What annotators read beside the responses names models that are compared: "
        f"{', '.join(places)}{rest}. They see it as it is. "
        "Reword it, unless the names are part of the task."
    )

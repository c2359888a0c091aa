"""Whether what is trained on overlaps with an eval set: the same task, or eight words in a row."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.records.normal import message_text

#: So many words in a row tell that one text was copied from another, as studies of
#: contamination use them; shorter runs are turns of phrase.
N_WORDS = 8

#: Scripts written without spaces: each letter stands for itself, and two weigh as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Kana, Han
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_IN_A_ROW = f"{N_WORDS} words in a row"
_ALL = "all that its user asks"


@dataclass(slots=True)
class EvalTasks:
    """The tasks of eval sets, by content hash and by what words stand in a row in them.

    ``grams`` leads from a run of words to one case that has it.
    """

    hashes: dict[str, str] = field(default_factory=dict)
    grams: dict[int, str] = field(default_factory=dict)

    def add(self, name: str, content_hash: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Take in a case of an eval set, called ``name``."""
        self.hashes.setdefault(content_hash, name)
        for run, _ in runs_of_words(messages):
            self.grams.setdefault(run, name)

    def overlap(self, content_hash: str, messages: Sequence[Mapping[str, Any]]) -> str | None:
        """Say which case a task overlaps with, and by what; None where it overlaps with none."""
        if content_hash in self.hashes:
            return f"{self.hashes[content_hash]}, the same task"
        for run, what in runs_of_words(messages):
            if run in self.grams:
                return f"{self.grams[run]}, {what}"
        return None


def runs_of_words(messages: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    """Yield a number for every run of words in what users ask, whatever their case and marks.

    With it comes what the run is. Where no message is as long as a run, all that users ask is
    one: a short question is copied as a whole, while one short turn of many is a turn of phrase.
    System prompts are left out: the cases of one product share theirs.
    """
    asked: list[str] = []
    is_short = True
    for message in messages:
        if message.get("role") not in ("user", "tool"):
            continue
        words = words_of(message_text(message.get("content")))
        for run in runs_in(words):
            is_short = False
            yield run, _IN_A_ROW
        asked += words
    if is_short and asked:
        yield whole_of(asked), _ALL


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without marks between them."""
    return _WORD.findall(text.casefold())


def runs_in(words: Sequence[str]) -> Iterator[int]:
    """Yield a number for every run of words, true within one process; none of a short text."""
    return (hash(run) for run in _runs(words))


def whole_of(words: Sequence[str]) -> int:
    """Return the number of a text that is shorter than a run."""
    return hash(("all", *words))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield from each word on as many as weigh as much as ``N_WORDS``."""
    end = weight = 0
    for start, word in enumerate(words):
        while weight < 2 * N_WORDS:
            if end == len(words):
                return
            weight += _weight(words[end])
            end += 1
        yield tuple(words[start:end])
        weight -= _weight(word)


def _weight(word: str) -> int:
    return 1 if _IS_UNSPACED.match(word) else 2

"""Whether what is trained on overlaps with an eval set: the same task, or eight words in a row."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.records.normal import message_text

#: So many words in a row tell that one text was copied from another, as studies of
#: contamination use them; shorter runs are turns of phrase.
N_WORDS = 8

_WORD = re.compile(r"\w+")


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
        for gram in runs_of_words(messages):
            self.grams.setdefault(gram, name)

    def overlap(self, content_hash: str, messages: Sequence[Mapping[str, Any]]) -> str | None:
        """Say which case a task overlaps with, and by what; None where it overlaps with none."""
        if content_hash in self.hashes:
            return f"{self.hashes[content_hash]}, the same task"
        for gram in runs_of_words(messages):
            if gram in self.grams:
                return f"{self.grams[gram]}, {N_WORDS} words in a row"
        return None


def runs_of_words(messages: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """Yield a number for every run of words in what users ask, whatever their case and marks.

    System prompts are left out: the cases of one product share theirs.
    """
    for message in messages:
        if message.get("role") not in ("user", "tool"):
            continue
        words = _WORD.findall(message_text(message.get("content")).casefold())
        for start in range(len(words) - N_WORDS + 1):
            yield hash(tuple(words[start : start + N_WORDS]))

"""How much of what is personal is found, how much else, and how fast.

The corpus (`redaction_corpus.txt`) is ours. A thing counts as found if it was found as what it is
and from its first sign to its last; one that is found as something else is missed there and wrong
here. Speed is processor time for lines of about a thousand signs, one after another.
"""

import random
import re
import resource
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from evalkit.redaction.kinds import NAMED_ENTITIES, FindingKind
from evalkit.redaction.records import redacted_record
from evalkit.redaction.redaction import Redaction
from evalkit.stats.intervals import wilson_interval

CORPUS = Path(__file__).with_name("redaction_corpus.txt")
N_LINES = 100_000

_FIRST_OF_PROSE = "How long does a refund take once the parcel is back?"
_MARKED = re.compile(r"\{([A-Z]+)\|([^{}]*)\}")


class Measured(NamedTuple):
    """Of one kind: how many stand in the corpus, how many were found, how many of these rightly."""

    n_there: int
    n_found: int
    n_right: int


def corpus() -> list[tuple[str, set[tuple[int, int, str]]]]:
    """Return the texts without their marks, and what is marked in each."""
    texts = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") or not line:
            continue
        parts, spans, length, place = [], set(), 0, 0
        for mark in _MARKED.finditer(line):
            before = line[place : mark.start()]
            start = length + len(before)
            length = start + len(mark.group(2))
            spans.add((start, length, mark.group(1)))
            parts += [before, mark.group(2)]
            place = mark.end()
        texts.append(("".join([*parts, line[place:]]), spans))
    return texts


def measured() -> dict[str, Measured]:
    """Find what is in the corpus, and count by kind."""
    there, seen, right = Counter(), Counter(), Counter()
    for text, spans in corpus():
        moves = Redaction().redacted(text).moves
        hits = {(move.start, move.end, move.label[1:].split("_")[0]) for move in moves}
        there.update(kind for _, _, kind in spans)
        seen.update(kind for _, _, kind in hits)
        right.update(kind for _, _, kind in hits & spans)
    return {
        kind.value: Measured(there[kind], seen[kind], right[kind])
        for kind in FindingKind
        if kind not in (FindingKind.TERM, *NAMED_ENTITIES)
    }


def rows() -> list[str]:
    """Return the table of the docs."""
    return [
        f"| `{kind}` | {each.n_there} | {_share(each.n_right, each.n_there)} "
        f"| {each.n_found} | {_share(each.n_right, each.n_found)} |"
        for kind, each in measured().items()
    ]


def _share(k: int, n: int) -> str:
    estimate = wilson_interval(k / n, n)
    return f"{k / n:.0%} ({estimate.low:.0%} to {estimate.high:.0%})".replace("%", " %")


def seconds(n_lines: int, *, share: float) -> float:
    """Redact so many lines of a log, and return processor time.

    Nine of ten are what people write all day, but for a share of texts that look like what is
    found; in every tenth line something is.
    """
    draw = random.Random(1)
    texts = [text for text, spans in corpus() if spans]
    plain = [text for text, spans in corpus() if not spans]
    prose = plain[plain.index(_FIRST_OF_PROSE) :]
    redaction, spent = Redaction(), 0.0
    for number in range(n_lines):
        parts = [draw.choice(plain if draw.random() < share else prose) for _ in range(20)]
        if number % 10 == 0:
            parts[draw.randrange(15)] = draw.choice(texts)
        content = (f"{number} " + " ".join(parts))[:1000]
        fields = {"id": str(number), "input": [{"role": "user", "content": content}]}
        begun = time.process_time()
        redacted_record("case", fields, redaction)
        spent += time.process_time() - begun
    return spent


if __name__ == "__main__":
    print("\n".join(rows()))
    print(f"{len(corpus())} texts")
    for share in (0.0, 0.1, 1.0):
        spent = seconds(N_LINES, share=share)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{N_LINES:,} lines, {share:.0%} of them hard: {spent:.0f} s, {peak:.0f} MB")

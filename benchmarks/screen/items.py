"""Made-up cases with two long answers; every text carries a mark by which it is found on a page."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

MODELS = ("alpha-7b", "beta-13b")
#: None of them is the name of a maker as well, as "writer" is: such words are seldom in a text.
_PROSE = """
index table buffer query cache token schema worker thread vector result batch
stream policy reader author signal bridge garden engine river market lesson animal
winter school doctor island letter window forest copper planet careful quick steady
simple broad narrow bright quiet useful formal partial recent common hidden stable
minor strong explains returns compares improves reduces requires allows suggests
measures protects
handles reports stores removes
"""
_WORDS = tuple(_PROSE.split())
_WORDS_OF_ANSWER = (390, 520)


@dataclass(frozen=True, slots=True)
class Item:
    """A case; ``answers`` are those of the two models."""

    key: str
    prompt: str
    answers: tuple[str, str]


def items(n: int, *, seed: int = 7) -> Iterator[Item]:
    """Make n cases, the same ones every time: ``ITEM-0007-PROMPT``, ``-FIRST``, ``-SECOND``."""
    chance = random.Random(seed)
    for number in range(n):
        mark = f"ITEM-{number:04d}"
        prompt = f"{mark}-PROMPT: {_paragraph(chance, 3)} What would you recommend, and why?"
        answers = _answer(chance, f"{mark}-FIRST"), _answer(chance, f"{mark}-SECOND")
        yield Item(f"item-{number:04d}", prompt, answers)


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(9, 18))).capitalize() + "."


def _paragraph(chance: random.Random, n: int) -> str:
    return " ".join(_sentence(chance) for _ in range(n))


def _answer(chance: random.Random, mark: str) -> str:
    """Write some 450 words with a list, code and a table, as models do."""
    steps = [
        f"{number}. **{chance.choice(_WORDS).title()}**: {_sentence(chance)}"
        for number in range(1, 5)
    ]
    rows = [
        f"| {chance.choice(_WORDS)} | {chance.randint(1, 99)} | {chance.choice(_WORDS)} |"
        for _ in range(3)
    ]
    code = [
        "```python",
        "def handler(batch):",
        "    for row in batch:",
        "        yield 2 * row",
        "```",
    ]
    parts = [f"## Answer {mark}", "", _paragraph(chance, 4), "", "### Steps", "", *steps, "", *code]
    parts += ["", "| option | cost | note |", "|---|---|---|", *rows, ""]
    n_words = chance.randint(*_WORDS_OF_ANSWER)
    while len(" ".join(parts).split()) < n_words:
        parts += [_paragraph(chance, 4), ""]
    return "\n".join([*parts, f"- {_sentence(chance)}", f"- {_sentence(chance)}"])

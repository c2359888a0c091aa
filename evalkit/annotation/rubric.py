"""What a study starts with: its rubric, its guidelines, and how reasons to skip read."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.annotation.task import ScaleLevel
from evalkit.scale import ScaleRange
from evalkit.vocabulary import CriterionLevel, SkipReason, TaskKind

DEFAULT_RUBRIC_NAME = "Response quality"


@dataclass(frozen=True, slots=True)
class CriterionDefinition:
    """One question of a rubric with its scale, lowest level first, or its range, or neither."""

    key: str
    question: str
    description: str
    level: CriterionLevel
    scale: tuple[ScaleLevel, ...] = ()
    required: bool = True
    range: ScaleRange | None = None


def _five_levels(*anchors: tuple[str, str]) -> tuple[ScaleLevel, ...]:
    return tuple(
        ScaleLevel(value=float(value), label=label, anchor=anchor)
        for value, (label, anchor) in enumerate(anchors, start=1)
    )


DEFAULT_RUBRIC: tuple[CriterionDefinition, ...] = (
    CriterionDefinition(
        key="helpfulness",
        question="How helpful is the response?",
        description="Does it move the person who asked towards what they wanted?",
        level=CriterionLevel.ORDINAL,
        scale=_five_levels(
            ("Useless", "The person is no further than before, or worse off."),
            ("Poor", "A small part is usable; the person must ask again or look elsewhere."),
            ("Fair", "Gets the person part of the way; something they needed is missing."),
            ("Good", "Does what was wanted; small gaps the person can close alone."),
            ("Excellent", "Exactly what was wanted; nothing to add and nothing in the way."),
        ),
    ),
    CriterionDefinition(
        key="correctness",
        question="Is what it says correct?",
        description="Facts, reasoning, code and figures, judged against the case and its context.",
        level=CriterionLevel.ORDINAL,
        scale=_five_levels(
            ("Wrong", "The main point is false or would do harm if acted on."),
            ("Mostly wrong", "An important part is false, or much is unsupported."),
            ("Mixed", "The main point holds, but a detail that matters is wrong."),
            ("Mostly right", "Right but for a slip that changes nothing for the person."),
            ("Right", "Everything that can be checked holds."),
        ),
    ),
    CriterionDefinition(
        key="instruction_following",
        question="Does it follow the instructions?",
        description="Format, length, language, tone and every constraint that was stated.",
        level=CriterionLevel.ORDINAL,
        scale=_five_levels(
            ("Ignored", "The instructions are ignored."),
            ("Mostly missed", "Most constraints, or the one that matters most, are missed."),
            ("Partly", "Some constraints are met, others are not."),
            ("Nearly", "All that matter are met; one minor constraint is missed."),
            ("Fully", "Every stated constraint is met."),
        ),
    ),
)

_WHEN_NOT = """
Length is not quality: a longer response is better only if what it adds was needed.

## When you cannot judge

Skip the case and say why. A skipped case goes to somebody else; a guess stays in the numbers.
"""

_OF_PAIRS = """\
## What you are doing

You read a case and two responses to it. You do not know who wrote them, and the sides are mixed
on purpose. Judge what is on the screen, not what you think of its author.

## How to decide

1. Read the case first: what was asked, and what would have helped the person?
2. Read both responses to the end before you choose.
3. Check what can be checked. A confident tone is not evidence.
4. Choose *equally good* only if you would not mind which one was sent, and *both bad* if you
   would send neither.
5. Score each response on its own, against the anchor sentences, not against the other response.
6. Mark an error when you can point at it; say in the comment what is not obvious.
"""

_OF_SINGLE_RESPONSES = """\
## What you are doing

You read a case and one response to it. You do not know who wrote it, and other responses to the
same case may come later. Judge what is on the screen, not what you think of its author.

## How to decide

1. Read the case first: what was asked, and what would have helped the person?
2. Read the response to the end before you score it.
3. Check what can be checked. A confident tone is not evidence.
4. Score against the anchor sentences, not against responses you saw before.
5. Mark an error when you can point at it; say in the comment what is not obvious.
"""

_OF_RANKINGS = """\
## What you are doing

You read a case and several responses to it, and put them in order. You do not know who wrote them,
and their order on the screen is mixed on purpose. Judge what is on the screen, not what you think
of its author.

## How to decide

1. Read the case first: what was asked, and what would have helped the person?
2. Read all responses to the end before you place the first.
3. Check what can be checked. A confident tone is not evidence.
4. Put the one that you would rather have sent before the other. Two share a place only if you
   would not mind which one was sent.
5. Where responses are scored too, score each against the anchor sentences, not against the others.
6. Mark an error when you can point at it; say in the comment what is not obvious.
"""

#: What annotators of a study are told where its lead writes nothing of their own.
READY_GUIDELINES = {
    TaskKind.PAIR: _OF_PAIRS + _WHEN_NOT,
    TaskKind.SINGLE: _OF_SINGLE_RESPONSES + _WHEN_NOT,
    TaskKind.RANK: _OF_RANKINGS + _WHEN_NOT,
}

#: What is said of each kind of task where a study asks for several.
_WHERE = {
    TaskKind.PAIR: "Where two responses stand side by side",
    TaskKind.SINGLE: "Where a response stands alone",
    TaskKind.RANK: "Where responses are put in order",
}


def ready_guidelines(kinds: Sequence[TaskKind]) -> str:
    """Return what annotators of a study of these kinds are told where its lead writes nothing."""
    if len(kinds) == 1:
        return READY_GUIDELINES[kinds[0]]
    told = {TaskKind.PAIR: _OF_PAIRS, TaskKind.SINGLE: _OF_SINGLE_RESPONSES}
    told[TaskKind.RANK] = _OF_RANKINGS
    parts = [f"# {_WHERE[kind]}\n\n{told[kind]}" for kind in kinds]
    return (
        "The cases of this study are of several kinds, mixed on purpose: look what is asked "
        "before you begin one.\n\n" + "\n".join(parts) + _WHEN_NOT
    )


#: How each reason to skip reads on the screen, in the order of its key.
SKIP_REASONS = {
    SkipReason.UNCLEAR_CASE: "The case is unclear",
    SkipReason.NOT_MY_FIELD: "Not my field",
    SkipReason.UNFAMILIAR_LANGUAGE: "A language I do not read well",
    SkipReason.DISPLAY_PROBLEM: "It is not shown properly",
    SkipReason.UPSETTING: "The content upsets me",
    SkipReason.OTHER: "Another reason",
}

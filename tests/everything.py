"""Studies that ask for all that can be asked, alone and mixed: records, plans, and answers."""

import io
from dataclasses import replace
from typing import Any

from PIL import Image as Picture

from db.commands.images import store_images
from db.commands.records import import_records
from db.commands.studies import create_study
from evalkit.annotation.planning import COLLECTED, OF_PREFERENCE, StudyPlan, TaskPlan, collected_of
from evalkit.annotation.task import BlindedResponse, ComparisonTask
from evalkit.rendering.messages import raw_messages
from evalkit.vocabulary import LeakPolicy, TaskKind

EVAL_SET = "All that can be asked"
RUBRIC, TAXONOMY = "All kinds of scales", "All kinds of errors"
#: Names that stand in no other text, so that one that leaks is found, and who made them.
MODELS = ("Quorrafox-9b", "Veldtwind-4b")
PROVIDER = "Nimbuscombe"
#: One more, where three are ranked: an agent that thinks aloud before it answers.
AGENT = "Marlowisp-3"

DEFINITIONS: tuple[dict[str, Any], ...] = (
    {
        "key": "complete",
        "question": "How complete is it?",
        "level": "ordinal",
        "description": "Against all that was asked.",
        "scale": [
            {"value": 1, "label": "Not", "anchor": "Most of what was asked is not there."},
            {"value": 2, "label": "Partly", "anchor": "Something that was asked is not there."},
            {"value": 3, "label": "Fully", "anchor": "All that was asked is there."},
        ],
    },
    {
        "key": "correct",
        "question": "How much of it is correct?",
        "level": "interval",
        "description": "Facts and figures, against the case.",
        "range": {"min": 0, "max": 100, "step": 0.5, "low": "Nothing", "high": "All"},
    },
    {"key": "why", "question": "What would you change?", "level": "text"},
)
TAGS: tuple[dict[str, Any], ...] = (
    {
        "key": "false",
        "name": "False",
        "definition": "It says what is not so.",
        "severities": ["minor", "major", "critical"],
    },
    {"key": "unclear", "name": "Unclear", "definition": "It can be read in two ways."},
)
CHECKLIST = (
    {"key": "term", "question": "Does it say until when goods can be returned?"},
    {"key": "cost", "question": "Does it say who pays for the parcel?"},
)
QUESTIONS = (
    "Until when can I return headphones, and who pays?",
    "حتى متى يمكنني إرجاع السماعات ومن يدفع؟",
    "What is $\\frac{1}{2}$ of 30 days, and how is that in `Python`?",
    "עד מתי אפשר להחזיר את האוזניות, ומי משלם?",
)
ANSWERS = (
    (
        f"{MODELS[0]} gives **30 days** from delivery, at the *café* 👩‍👩‍👧, too.\n\n- It pays.",
        "Two weeks. The parcel costs 5 €, which you pay yourself.",
    ),
    (
        "لديك **30 يومًا** من التسليم.\n\n- المتجر يدفع ثمن الطرد.\n- احتفظ بالإيصال.",
        "أسبوعان فقط. أنت تدفع ثمن الطرد، وهو 5 يورو.",
    ),
    (
        "Half of it is $\\frac{30}{2} = 15$ days:\n\n```python\ndays = 30 // 2\n```",
        "It is 15 days, which is `30 / 2` in Python.",
    ),
    (
        "יש לך **30 יום** מיום המסירה.\n\n- החנות משלמת על החבילה.\n- שמור את הקבלה.",
        "שבועיים בלבד. אתה משלם על החבילה, והיא עולה 5 אירו.",
    ),
)


#: Which case has an image, and how it refers to it.
PICTURED = 2
IMAGE = {"type": "image", "image": "in/parcel.png", "alt": "A parcel"}
TRAJECTORY = [
    {
        "role": "assistant",
        "tool_calls": [{"id": "1", "function": {"name": "rules", "arguments": "{}"}}],
        "latency_ms": 900,
    },
    {"role": "tool", "tool_call_id": "1", "content": "[30]"},
    {"role": "assistant", "content": "Thirty days 🎧, and it pays.", "latency_ms": 400},
]


def definitions() -> list[dict[str, Any]]:
    """Return the records of a rubric with every kind of scale, and of a taxonomy."""
    made = [{"type": "criterion", "rubric": RUBRIC, **criterion} for criterion in DEFINITIONS]
    return made + [{"type": "tag", "taxonomy": TAXONOMY, **tag} for tag in TAGS]


def records() -> list[dict[str, Any]]:
    """Return cases with checklists, two answers each, and what is asked about them."""
    made = definitions()
    for number, (question, answers) in enumerate(zip(QUESTIONS, ANSWERS, strict=True)):
        key = f"return-{number}"
        content = [{"type": "text", "text": question}, IMAGE] if number == PICTURED else question
        message = {"role": "user", "content": content}
        case = {"type": "case", "id": key, "input": [message], "checklist": [*CHECKLIST]}
        made.append(case)
        made += [
            {
                "type": "output",
                "case": key,
                "model": model,
                "content": answer,
                "provider": PROVIDER,
                "latency_ms": 1234,
                "cost_usd": 0.0123,
            }
            for model, answer in zip(MODELS, answers, strict=True)
        ]
    return made


def plan(kind: TaskKind, *, name: str, **changes: Any) -> StudyPlan:
    """Return the plan of a study that asks for all that its kind of task can be asked."""
    collects = {*collected_of(kind), *(OF_PREFERENCE if kind == TaskKind.PAIR else ())}
    models = MODELS if kind == TaskKind.PAIR else MODELS[:1]
    values: dict[str, Any] = {
        "name": name,
        "eval_set": EVAL_SET,
        "models": models,
        "kind": kind,
        "rubric": RUBRIC,
        "taxonomy": TAXONOMY,
        "collects": frozenset(collects),
        "leak_policy": LeakPolicy.MASK,
    }
    return StudyPlan(**values | changes)


def make_mixed_study() -> int:
    """Make a study of pairs, a ranking and single responses, of whole cases each; return its id."""
    _import_three_models()
    beside = [
        TaskPlan(kind=kind, overlap=overlap, share=0.25, collects=frozenset(COLLECTED))
        for kind, overlap in ((TaskKind.RANK, 1), (TaskKind.SINGLE, 2))
    ]
    beside[1] = replace(beside[1], collects=beside[1].collects - {"preference"})
    changes = {"models": (*MODELS, AGENT), "share": 0.5, "pairs_per_case": 2, "beside": beside}
    return create_study(plan(TaskKind.PAIR, name="All kinds, mixed", **changes))


def make_ranking_study() -> int:
    """Make a study that ranks three responses of each case, one an agent's; return its id."""
    _import_three_models()
    changes = {"models": (*MODELS, AGENT), "collects": frozenset(COLLECTED)}
    return create_study(plan(TaskKind.RANK, name="All of a ranking", **changes))


def _import_three_models() -> None:
    agents = [
        {"type": "output", "case": f"return-{number}", "model": AGENT, "content": TRAJECTORY}
        | {"reasoning": "They ask for how long.", "reasoning_tokens": 5, "output_tokens": 12}
        for number in range(len(QUESTIONS))
    ]
    import_records([*records(), *agents], source_name="all kinds", eval_set=EVAL_SET)
    store_images(lambda: [(IMAGE["image"], parcel())], eval_set=EVAL_SET)


def parcel() -> bytes:
    """Return the bytes of a small picture."""
    drawn = io.BytesIO()
    Picture.new("RGB", (120, 80), "peru").save(drawn, "PNG")
    return drawn.getvalue()


def answers(task: ComparisonTask) -> dict[str, Any]:
    """Return a draft that says all that a task asks for, of every response."""
    sides = list(task.responses)
    first, *others = sides
    draft: dict[str, Any] = {"comment": "As they are: *both*, 👩‍👩‍👧."}
    if "preference" in task.collect:
        better = {"preference": "left", "strength": "slightly", "certainty": "unsure"}
        draft |= better | {"preferences": {"complete": "tie", "correct": "right"}}
    if "ranking" in task.collect:
        draft["ranking"] = [others, [first]]
    draft["scores"] = {side: {"complete": 2, "correct": 62.5} for side in sides}
    draft["texts"] = {side: {"why": f"Shorter, {side}."} for side in sides}
    draft["checks"] = {side: {"term": "yes", "cost": "na"} for side in sides}
    draft["tags"] = {side: {"unclear": None} for side in sides}
    draft["marks"] = {side: _marks(shown) for side, shown in task.responses.items()}
    return draft


def _marks(shown: BlindedResponse) -> list[dict[str, Any]]:
    """Mark the last five characters (of an agent, of its last step), a step, and an omission."""
    graded = {"tag": "false", "severity": "major"}
    missing = graded | {"omission": True, "note": "Who pays?"}
    if shown.steps:
        # Words of a step are counted in all steps as they are shown.
        return [_at_the_end(raw_messages(shown.steps)) | graded, graded | {"step": 0}, missing]
    return [_at_the_end(shown.text or "") | graded, missing]


def _at_the_end(text: str) -> dict[str, Any]:
    return {"start": len(text) - 5, "end": len(text), "quote": text[-5:]}


def make_studies() -> dict[TaskKind, int]:
    """Make a study of pairs and one of single responses; return their ids."""
    import_records(records(), source_name="all kinds", eval_set=EVAL_SET)
    kinds = (TaskKind.PAIR, TaskKind.SINGLE)
    return {kind: create_study(plan(kind, name=f"All of a {kind}")) for kind in kinds}

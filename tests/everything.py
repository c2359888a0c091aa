"""A study that asks for all that can be asked: its records, its plans for both kinds of task."""

from typing import Any

from db.commands.records import import_records
from db.commands.studies import create_study
from evalkit.annotation.planning import OF_PREFERENCE, StudyPlan, collected_of
from evalkit.vocabulary import LeakPolicy, TaskKind

EVAL_SET = "All that can be asked"
RUBRIC, TAXONOMY = "All kinds of scales", "All kinds of errors"
#: Names that stand in no other text, so that one that leaks is found, and who made them.
MODELS = ("Quorrafox-9b", "Veldtwind-4b")
PROVIDER = "Nimbuscombe"

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


def definitions() -> list[dict[str, Any]]:
    """Return the records of a rubric with every kind of scale, and of a taxonomy."""
    made = [{"type": "criterion", "rubric": RUBRIC, **criterion} for criterion in DEFINITIONS]
    return made + [{"type": "tag", "taxonomy": TAXONOMY, **tag} for tag in TAGS]


def records() -> list[dict[str, Any]]:
    """Return cases with checklists, two answers each, and what is asked about them."""
    made = definitions()
    for number, (question, answers) in enumerate(zip(QUESTIONS, ANSWERS, strict=True)):
        key = f"return-{number}"
        message = {"role": "user", "content": question}
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


def make_studies() -> dict[TaskKind, int]:
    """Make a study of pairs and one of single responses; return their ids."""
    import_records(records(), source_name="all kinds", eval_set=EVAL_SET)
    kinds = (TaskKind.PAIR, TaskKind.SINGLE)
    return {kind: create_study(plan(kind, name=f"All of a {kind}")) for kind in kinds}

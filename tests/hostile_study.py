"""A study in which everything that can be named is named by somebody hostile."""

from pathlib import Path

from db.commands.records import import_file
from db.engine import read_session
from db.queries import library
from tests.db.record_files import write

MARKUP = (
    "![x](http://evil.example/x.png) :red[x] $a$ <img src=x> **b** :m: [a](http://evil.example)"
)
RIGHT_TO_LEFT = "\u202egpt\u200f"
NAMES = [
    MARKUP,
    "a__b/c#d?e&f='\"`",
    "None",
    "nan",
    "NULL",
    RIGHT_TO_LEFT,
    "x" * 300,
    "Jose\u0301",
    "\N{GRINNING FACE} constructor",
    "__proto__",
    "a\tb, c",
]
#: Composed and decomposed: two models, cases and categories may be called so, two people not.
TWIN = "Jos\u00e9"
MODELS = [MARKUP, "a__b/c#d?e&f='\"`", RIGHT_TO_LEFT, "None", "Jose\u0301", TWIN]


def store_hostile_study(folder: Path) -> int:
    """Store it and return its id."""
    cases = [*NAMES, TWIN]
    header = {"type": "header", "format": "evalkit", "version": 1, "eval_set": MARKUP}
    records = [
        {"type": "criterion", "rubric": MARKUP, "key": key, "question": key, "level": "ordinal"}
        | {"scale": [{"value": value, "label": f"{value} {MARKUP}"} for value in (1, 2, 3)]}
        for key in (MARKUP, "a__b/c", "None")
    ]
    records += [
        {"type": "tag", "taxonomy": MARKUP, "key": key, "name": key}
        for key in (MARKUP, "a__b/c#?", "None", "__proto__")
    ]
    for number, key in enumerate(cases):
        ask = [{"role": "user", "content": MARKUP}]
        records.append({"type": "case", "id": key, "input": ask, "category": key, "note": MARKUP})
        for place, model in enumerate(MODELS):
            made = {"type": "output", "case": key, "model": model, "content": MARKUP}
            records.append(made | {"latency_ms": 0.2 + place, "cost_usd": 0.001 * (place + 1)})
        for place, annotator in enumerate((MARKUP, "None", "a__b", RIGHT_TO_LEFT)):
            left, right = MODELS[number % 6], MODELS[(number + 1 + place) % 6]
            left, right = (left, right) if left != right else (left, MODELS[(number + 1) % 6])
            label = {"case": key, "annotator": annotator}
            prefers = ("left", "right", "tie", "both_bad")[(number + place) % 4]
            records.append(
                {"type": "comparison", "left": left, "right": right, "preference": prefers}
                | {**label, "comment": MARKUP, "seconds": 5}
            )
            score = {"type": "score", "criterion": MARKUP, "value": 1 + (number + place) % 3}
            records.append({**score, **label, "model": left})
            error = {"type": "error", "tag": (MARKUP, "a__b/c#?", None)[(number + place) % 3]}
            records.append({**error, **label, "model": left, "note": MARKUP})
    import_file(write(folder / "hostile.jsonl", records, header=header), study=MARKUP)
    with read_session() as session:
        (study,) = library.studies(session)
    return study.study_id

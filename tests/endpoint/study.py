"""A study for judges: responses of which it is known which are better, and people's labels."""

import random
from itertools import combinations
from typing import Any

from db.commands.records import import_records

MODELS = ("Amber", "Birch", "Cedar")


def text_of(case: int, model: int) -> str:
    """Return a response, as long as no other to its case; that says nothing of how good it is."""
    words = 3 * random.Random(f"{case} {model}").randint(2, 14) + model
    return f"Response {model} to question {case}:" + " word" * words


def qualities(n_cases: int) -> dict[str, float]:
    """Return how good each response is, by its text; no two to one case are equally good."""
    return {
        text_of(case, model): random.Random(f"quality {case} {model}").random()
        for case in range(n_cases)
        for model in range(len(MODELS))
    }


def store_study(*, n_cases: int, n_models: int = 2, n_compared: int | None = None) -> None:
    """Store the study; two people said of the first ``n_compared`` cases what is true."""
    quality = qualities(n_cases)
    records: list[dict[str, Any]] = [
        {"type": "header", "format": "evalkit", "version": 2, "eval_set": "Set", "study": "Study"}
    ]
    for case in range(n_cases):
        asked = [{"role": "user", "content": f"Question {case}?"}]
        records.append({"type": "case", "id": f"c{case}", "input": asked})
        records += [
            {
                "type": "output",
                "case": f"c{case}",
                "model": MODELS[model],
                "content": text_of(case, model),
            }
            for model in range(n_models)
        ]
    for case in range(n_cases if n_compared is None else n_compared):
        for left, right in combinations(range(n_models), 2):
            is_left = quality[text_of(case, left)] > quality[text_of(case, right)]
            records += [
                {
                    "type": "comparison",
                    "case": f"c{case}",
                    "annotator": who,
                    "left": MODELS[left],
                    "right": MODELS[right],
                    "preference": "left" if is_left else "right",
                }
                for who in ("Ada", "Ben")
            ]
    import_records(records, source_name="made")

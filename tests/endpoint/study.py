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


#: What may be true of a response of `store_scored_study`: a criterion holds, there is an error.
CRITERION, TAGS = "grounded", ("invented", "tone")


def truths(n_cases: int) -> dict[str, dict[str, bool]]:
    """Return what is true of each response of the first two models, by its text."""
    return {
        text_of(case, model): {
            what: random.Random(f"{what} {case} {model}").random() < 0.4
            for what in (CRITERION, *TAGS)
        }
        for case in range(n_cases)
        for model in range(2)
    }


def store_scored_study(*, n_cases: int, n_judged: int | None = None) -> None:
    """Store a study of single responses; two people said of the first ones what is true."""
    records: list[dict[str, Any]] = [
        {"type": "header", "format": "evalkit", "version": 2, "eval_set": "Set", "study": "Study"},
        {
            "type": "criterion",
            "rubric": "R",
            "key": CRITERION,
            "question": "Does it keep to the passage?",
            "level": "nominal",
            "scale": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}],
        },
        *(
            {
                "type": "tag",
                "taxonomy": "T",
                "key": tag,
                "definition": f"What is {tag}.",
                "severities": ["minor", "major", "critical"],
            }
            for tag in TAGS
        ),
    ]
    truth = truths(n_cases)
    for case in range(n_cases):
        asked = [{"role": "user", "content": f"Question {case}?"}]
        records.append({"type": "case", "id": f"c{case}", "input": asked})
        for model in range(2):
            text = text_of(case, model)
            about = {"case": f"c{case}", "model": MODELS[model]}
            records.append({"type": "output", **about, "content": text})
            for who in ("Ada", "Ben") if case < (n_cases if n_judged is None else n_judged) else ():
                by = {**about, "annotator": who}
                score = int(truth[text][CRITERION])
                records.append({"type": "score", **by, "criterion": CRITERION, "value": score})
                marks = [tag for tag in TAGS if truth[text][tag]]
                records += [
                    {"type": "error", **by, "tag": tag, **({"severity": "minor"} if tag else {})}
                    for tag in marks or [None]
                ]
    import_records(records, source_name="made")

"""LLM Comparator: two models side by side, rated by judges in both orders."""

from collections.abc import Iterator

from evalkit.formats.read.interface import ReadFormat, ReadingNotes, Row, by_row, has_fields
from evalkit.formats.read.pieces import JUDGE, rest


def _document(document: Row, notes: ReadingNotes) -> Iterator[Row]:
    model_a, model_b = (model["name"] for model in document["models"])
    for number, example in enumerate(document["examples"], start=1):
        case_id, tags = str(number), example.get("tags") or []
        asked = [{"role": "user", "content": example["input_text"]}]
        category = {"category": tags[0], "tags": tags} if tags else {}
        fields = rest(example.get("custom_fields") or {})
        metadata = {"metadata": fields} if fields else {}
        yield {"type": "case", "id": case_id, "input": asked, **category, **metadata}
        for model, side in ((model_a, "a"), (model_b, "b")):
            content = example[f"output_text_{side}"]
            yield {"type": "output", "case": case_id, "model": model, "content": content}
        yield from _ratings(example, case_id, model_a, model_b)


def _ratings(example: Row, case_id: str, model_a: str, model_b: str) -> Iterator[Row]:
    """Yield each rating with the side it was shown on; a score above 0 says that A is better."""
    ratings = example.get("individual_rater_scores") or [example]
    for look, rating in enumerate(ratings, start=1):
        if rating.get("score") is None:
            continue
        is_flipped = bool(rating.get("is_flipped"))
        left, right = (model_b, model_a) if is_flipped else (model_a, model_b)
        towards_left = -rating["score"] if is_flipped else rating["score"]
        winner = "left" if towards_left > 0 else "right"
        yield {
            "type": "comparison",
            "case": case_id,
            "annotator": "LLM Comparator",
            **JUDGE,
            "assignment": f"{case_id}/{look}",
            "left": left,
            "right": right,
            "preference": winner if towards_left else "tie",
            **({"rationale": rating["rationale"]} if rating.get("rationale") else {}),
            "metadata": {"score": rating["score"]},
        }


LLM_COMPARATOR = ReadFormat(
    "llm-comparator",
    "LLM Comparator",
    "The JSON that LLM Comparator shows: two models, examples, ratings",
    '{"models": [{"name": "…"}, {"name": "…"}], "examples": [{"input_text": "…", …}]}',
    has_fields("models", "examples"),
    by_row(_document),
)

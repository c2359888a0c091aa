"""What judges and people said of answers, as FastChat and Arena-Hard keep it."""

from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.formats.read.interface import Row
from evalkit.formats.read.pieces import JUDGE, as_message, as_text, case, content_of, moment
from evalkit.vocabulary import AnnotatorKind, Preference

#: Arena-Hard's scale, from A much better on.
_ARENA = {
    "A>>B": ("left", "much"),
    "A>B": ("left", "slightly"),
    "A=B": ("tie", None),
    "B=A": ("tie", None),
    "B>A": ("right", "slightly"),
    "B>>A": ("right", "much"),
    "A<B": ("right", "slightly"),
    "A<<B": ("right", "much"),
}
_PEOPLE = ("expert_", "author_", "arena_user_")
_WINNERS = {"model_a": Preference.LEFT, "model_b": Preference.RIGHT}


def scale_of(kind: str) -> Row:
    """Return the criterion of single scores, and of those inside reviews."""
    key, question = {
        "score": ("mt_bench", "How good is the response, from 1 to 10?"),
        "review": ("review", "How good is the answer, from 1 to 10?"),
    }[kind]
    return {
        "type": "criterion",
        "rubric": "MT-bench",
        "key": key,
        "question": question,
        "level": "interval",
        "range": {"min": 1, "max": 10},
    }


def mt_bench_pair(row: Row) -> Iterator[Row]:
    """Yield both games of a pair: in the second the sides are swapped."""
    first, second = row["model_1"], row["model_2"]
    yield from elsewhere(row, first, second)
    for game, left, right in (("g1", first, second), ("g2", second, first)):
        winner = row[f"{game}_winner"]
        named = {"model_1": first, "model_2": second}.get(winner)
        preference = "tie" if winner == "tie" else None
        if named is not None:
            preference = "left" if named == left else "right"
        yield {
            "type": "comparison",
            "case": turn_of(row),
            "annotator": judge_of(row["judge"]),
            **JUDGE,
            "left": left,
            "right": right,
            "preference": preference,
            **_told(row, f"{game}_judgment"),
        }


def mt_bench_score(row: Row) -> Iterator[Row]:
    """Yield a score; -1 is one that could not be read, and is none."""
    yield from elsewhere(row, row["model"])
    if row["score"] != -1:
        yield {
            "type": "score",
            "case": turn_of(row),
            "model": row["model"],
            "annotator": judge_of(row["judge"]),
            **JUDGE,
            "criterion": "mt_bench",
            "value": row["score"],
            **_told(row, "judgment"),
        }


def arena_hard_judgment(row: Row) -> Iterator[Row]:
    """Yield the games against the baseline, which stands on the left in the first."""
    model, baseline = row["model"], str(row.get("baseline") or "baseline")
    named = str(row.get("uid", row.get("question_id")))
    for name in (model, baseline):
        yield {"type": "case", "id": named, "elsewhere": True}
        yield {"type": "output", "case": named, "model": name, "elsewhere": True}
    for place, game in enumerate(row["games"][:2]):
        left, right = (model, baseline) if place else (baseline, model)
        preference, strength = _ARENA.get(as_text((game or {}).get("score")), (None, None))
        yield {
            "type": "comparison",
            "case": named,
            "annotator": judge_of(row["judge"]),
            **JUDGE,
            "left": left,
            "right": right,
            "preference": preference,
            **({"strength": strength} if strength else {}),
            **_told({**(game or {}), "judgment": _judgment(game)}, "judgment"),
        }


def _judgment(game: Any) -> str:
    told = (game or {}).get("judgment")
    return as_text(told.get("answer", told) if isinstance(told, Mapping) else told)


def human_judgment(row: Row) -> Iterator[Row]:
    """Yield the vote on two dialogues, and these."""
    models = {"a": row["model_a"], "b": row["model_b"]}
    for side, model in models.items():
        dialogue = [as_message(message) for message in row.get(f"conversation_{side}") or ()]
        yield from _of_dialogue(turn_of(row), model, dialogue)
    winner, who = as_text(row["winner"]), judge_of(row.get("judge") or "judge")
    preference = _WINNERS.get(winner)
    if winner.startswith("tie"):
        preference = Preference.BOTH_BAD if "bothbad" in winner else Preference.TIE
    kind = AnnotatorKind.HUMAN if who.startswith(_PEOPLE) else AnnotatorKind.JUDGE
    yield {
        "type": "comparison",
        "case": turn_of(row),
        "annotator": who,
        "annotator_kind": kind.value,
        "left": models["a"],
        "right": models["b"],
        "preference": preference and preference.value,
    }


def _of_dialogue(named: str, model: str, dialogue: list[Row]) -> Iterator[Row]:
    """Yield a case of what the user said and an output of all after the first of it."""
    if not dialogue:
        yield {"type": "case", "id": named, "elsewhere": True}
        yield {"type": "output", "case": named, "model": model, "elsewhere": True}
        return
    first = next((n for n, each in enumerate(dialogue) if each["role"] == "assistant"), 1)
    asked = [each for each in dialogue if each["role"] == "user"]
    yield case(asked or dialogue[:first], id=named)
    content = content_of(dialogue[first:])
    yield {"type": "output", "case": named, "model": model, "content": content}


def review(row: Row, models: Mapping[str, str]) -> Iterator[Row]:
    """Yield who scored higher in a review of two answers, and both scores; -1 is unread."""
    named = str(row["question_id"])
    answers = [str(row["answer1_id"]), str(row["answer2_id"])]
    missing = [answer for answer in answers if answer not in models]
    if missing:
        raise ValueError(f"answer {missing[0]!r} is in none of the files: give the answers too")
    left, right = (models[answer] for answer in answers)
    first, second = row["score"]
    is_read = first != -1 and second != -1
    preference = "tie" if first == second else "left" if first > second else "right"
    of = {
        "annotator": judge_of(row.get("reviewer_id") or "FastChat review"),
        **JUDGE,
        "assignment": str(row.get("review_id") or f"{answers[0]}/{answers[1]}"),
    }
    yield {
        "type": "comparison",
        "case": named,
        **of,
        "left": left,
        "right": right,
        "preference": preference if is_read else None,
        **_told(row, "text"),
    }
    for model, value in ((left, first), (right, second)) if is_read else ():
        yield {
            "type": "score",
            "case": named,
            "model": model,
            **of,
            "criterion": "review",
            "value": value,
        }


def elsewhere(row: Row, *models: str) -> Iterator[Row]:
    """Yield what is judged, whose text is in another file."""
    yield {"type": "case", "id": turn_of(row), "elsewhere": True}
    for model in models:
        yield {"type": "output", "case": turn_of(row), "model": model, "elsewhere": True}


def turn_of(row: Row) -> str:
    """Name a turn of a question: the second is a case of its own."""
    turn = row.get("turn") or 1
    return str(row["question_id"]) if turn == 1 else f"{row['question_id']}, turn {turn}"


def judge_of(judge: Any) -> str:
    """Name a judge: a model and its template, or as it is called."""
    return judge if isinstance(judge, str) else " ".join(map(str, judge))


def _told(row: Row, field: str) -> Row:
    told = {"rationale": row[field]} if row.get(field) else {}
    at = moment(row.get("tstamp"))
    return told | ({"created_at": at} if at else {})

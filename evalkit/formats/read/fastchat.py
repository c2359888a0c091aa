"""FastChat, MT-bench, Vicuna-80 and Arena-Hard: questions, answers, judgments, reviews."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.formats.read.fastchat_judgments import (
    arena_hard_judgment,
    human_judgment,
    mt_bench_pair,
    mt_bench_score,
    review,
    scale_of,
)
from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    fault_in_words,
)
from evalkit.formats.read.pieces import as_message, as_text, case, moment, rest, without_nothing
from evalkit.vocabulary import ElsewhereRule

#: What a row is, by fields that it has; the first that fits.
_KINDS = (
    ("pair", {"question_id", "model_1", "model_2", "g1_winner", "judge"}),
    ("games", {"model", "games", "judge"}),
    ("score", {"question_id", "model", "judge", "score"}),
    ("human", {"question_id", "model_a", "model_b", "winner"}),
    ("review", {"question_id", "answer1_id", "answer2_id", "score"}),
    ("answer", {"question_id", "model_id", "choices"}),
    ("text answer", {"question_id", "model_id", "text"}),
    ("dialogue", {"model", "messages", "ans_id"}),
    ("question", {"question_id", "turns"}),
    ("text question", {"question_id", "text"}),
    ("arena question", {"uid", "prompt", "category"}),
)
_WORDS = {
    "pair": "MT-bench judgments of pairs",
    "games": "Arena-Hard judgments",
    "score": "MT-bench scores",
    "human": "MT-bench judgments of people",
    "review": "reviews of two answers",
    "answer": "MT-bench answers",
    "text answer": "answers",
    "dialogue": "Arena-Hard answers",
    "question": "MT-bench questions",
    "text question": "questions",
    "arena question": "Arena-Hard questions",
}


@dataclass(slots=True)
class _Known:
    """What judgments and answers refer to: models by answer, turns by question."""

    models: dict[str, str] = field(default_factory=dict)
    turns: dict[str, list[str]] = field(default_factory=dict)


def _kind(row: Any) -> str | None:
    if not isinstance(row, dict):
        return None
    return next((kind for kind, fields in _KINDS if fields <= row.keys()), None)


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    """Read questions and who answered first, for reviews name answers and answers questions."""
    known = _Known()
    for part in parts:
        for row in part:
            kind = _kind(row)
            if kind in ("answer", "text answer"):
                known.models[str(row.get("answer_id"))] = str(row["model_id"])
            elif kind == "question" and isinstance(row["turns"], list):
                known.turns[str(row["question_id"])] = [as_text(turn) for turn in row["turns"]]
    scored = set[str]()
    for part in parts:
        for row in part:
            try:
                kind = _kind(row)
                if kind is None:
                    raise ValueError("none of the rows that FastChat writes")
                if kind in ("score", "review"):
                    scored.add(kind)
                yield from _records(kind, row, known, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    for kind in sorted(scored):
        yield scale_of(kind)


def _records(kind: str, row: Row, known: _Known, notes: ReadingNotes) -> Iterator[Row]:
    if kind == "review":
        return review(row, known.models)
    if kind == "answer":
        return _answer(row, known, notes)
    readers = {
        "pair": mt_bench_pair,
        "games": arena_hard_judgment,
        "score": mt_bench_score,
        "human": human_judgment,
        "text answer": _text_answer,
        "dialogue": _dialogue,
        "question": _question,
        "text question": _question,
        "arena question": _question,
    }
    return readers[kind](row)


def _question(row: Row) -> Iterator[Row]:
    """Yield the first turn as a case, and what follows as a case of its own: both are judged."""
    named = str(row.get("question_id", row.get("uid")))
    turns = row.get("turns") or [row.get("text", row.get("prompt"))]
    turns = [as_text(turn.get("content") if isinstance(turn, dict) else turn) for turn in turns]
    if not any(turn.strip() for turn in turns):
        raise ValueError("no turn has a text")
    references = row.get("reference") or []
    references = references if isinstance(references, list) else [references]
    more = rest(row, "question_id", "uid", "turns", "text", "prompt", "category", "reference")
    for n_turns in range(1, len(turns) + 1):
        reference = references[n_turns - 1] if n_turns <= len(references) else None
        yield case(
            [{"role": "user", "content": turn} for turn in turns[:n_turns]],
            id=named if n_turns == 1 else f"{named}, turn {n_turns}",
            category=row.get("category"),
            reference=as_text(reference),
            source="benchmark",
            metadata=more,
        )


def _answer(row: Row, known: _Known, notes: ReadingNotes) -> Iterator[Row]:
    named = str(row["question_id"])
    asked = known.turns.get(named)
    if asked is None:
        notes.say("Answers without their questions: give the file of questions with them.")
    for place, choice in enumerate(row["choices"]):
        turns = [as_text(turn) for turn in choice["turns"]]
        run = {} if place == 0 else {"run": str(place + 1)}
        for n_turns in range(1, len(turns) + 1):
            output = {
                "type": "output",
                "case": named if n_turns == 1 else f"{named}, turn {n_turns}",
                "model": str(row["model_id"]),
                **run,
                "content": _dialogue_of(turns[:n_turns], asked or []),
                **without_nothing(created_at=moment(row.get("tstamp"))),
            }
            yield {"type": "case", "id": output["case"], "elsewhere": True}
            yield output


def _dialogue_of(turns: list[str], asked: list[str]) -> str | list[Row]:
    """Return the answer to the first turn as a text, to a later one with all before it."""
    if len(turns) == 1:
        return turns[0]
    messages: list[Row] = []
    for place, turn in enumerate(turns):
        if place and place < len(asked):
            messages.append({"role": "user", "content": asked[place]})
        messages.append({"role": "assistant", "content": turn})
    return messages


def _text_answer(row: Row) -> Iterator[Row]:
    named = str(row["question_id"])
    yield {"type": "case", "id": named, "elsewhere": True}
    yield {
        "type": "output",
        "case": named,
        "model": str(row["model_id"]),
        "content": as_text(row["text"]),
        **without_nothing(metadata=rest(row, "question_id", "model_id", "text")),
    }


def _dialogue(row: Row) -> Iterator[Row]:
    """Read an answer of Arena-Hard, which has what was asked with it."""
    messages = []
    for message in row["messages"]:
        content = message["content"]
        told = content.get("answer") if isinstance(content, dict) else content
        messages.append(as_message({**message, "content": told}))
    asked = [message for message in messages if message["role"] != "assistant"]
    answers = [message for message in messages if message["role"] == "assistant"]
    asked_case = case(asked, id=row.get("uid", row.get("question_id")), source="benchmark")
    yield asked_case
    metadata = row.get("metadata") if isinstance(row.get("metadata"), dict) else {}
    yield {
        "type": "output",
        "case": asked_case["id"],
        "model": str(row["model"]),
        "content": "\n\n".join(as_text(message["content"]) for message in answers),
        **without_nothing(created_at=moment(row.get("tstamp")), metadata=metadata),
    }


def _recognise(start: Beginning) -> Fit | None:
    kind = _kind(start.first)
    if kind is None:
        return None
    sureness = Sureness.LIKELY if kind == "text question" else Sureness.SURE
    if kind == "text question" and {"category"} <= start.first.keys():
        sureness = Sureness.SURE
    return Fit(sureness, f"its rows are {_WORDS[kind]}")


FASTCHAT = ReadFormat(
    "fastchat",
    "FastChat files",
    "MT-bench, Vicuna-80 and Arena-Hard: questions, answers, judgments and reviews, all at once",
    '{"question_id": 81, "category": "writing", "turns": ["…", "…"]}',
    _recognise,
    _read,
    header={"elsewhere": ElsewhereRule.KEEP.value},
    files="FOLDER",
)

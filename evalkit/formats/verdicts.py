"""Verdicts of judges as other tools keep them: recognised by their content, read into records."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from evalkit.errors import RefusedError
from evalkit.formats.openai_evals import openai_evals_records
from evalkit.vocabulary import AnnotatorKind, ElsewhereRule, Preference

_Rows = Iterable[dict[str, Any]]
_SNIFF_BYTES = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_JUDGE = {"annotator_kind": AnnotatorKind.JUDGE.value}


@dataclass(frozen=True, slots=True)
class VerdictFormat:
    """One foreign kind of file: its name, the fields that tell it, and its records.

    ``is_elsewhere`` says that its files do not hold the texts that were judged.
    """

    name: str
    fields: frozenset[str]
    records: Callable[[_Rows], Iterator[dict[str, Any]]]
    is_elsewhere: bool = False


def read_verdicts(file: BinaryIO, name: str) -> tuple[VerdictFormat, list[dict[str, Any]]] | None:
    """Read a file of verdicts.

    Parameters
    ----------
    file : binary file
        At its start and seekable; compressed or not. It is at its start again afterwards.
    name : str
        What it is called in a refusal.

    Returns
    -------
    tuple of VerdictFormat and list of records, or None
        With the header first. None where it is no foreign format that is known: records of ours,
        or what their reader will refuse.

    Raises
    ------
    RefusedError
        Where a row lacks what its format has: file, row, and what was expected.
    """
    is_packed = file.read(2) == _GZIP_MAGIC
    file.seek(0)
    stream: Any = gzip.GzipFile(fileobj=file) if is_packed else file
    try:
        rows = _rows(stream)
    except (ValueError, OSError, EOFError, RecursionError):
        rows = None
    file.seek(0)
    first = rows[0] if rows else None
    if rows is None or not isinstance(first, dict):
        return None
    made_as = next((each for each in VERDICT_FORMATS if each.fields <= first.keys()), None)
    if made_as is None:
        return None
    header = {"type": "header", "format": "evalkit", "version": 2}
    if made_as.is_elsewhere:
        header["elsewhere"] = ElsewhereRule.KEEP.value
    return made_as, [header, *_unique(_checked(made_as, rows, name))]


def _rows(stream: Any) -> list[Any] | None:
    """Return the items of a JSON list, the one JSON object, or the objects of JSON Lines."""
    start = stream.read(_SNIFF_BYTES)
    # Our own files are known by their header, and may be too long to be held.
    first_line = start.lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 1)[0]
    if b'"header"' in first_line[:200] or first_line[:1] not in (b"[", b"{"):
        return None
    text = (start + stream.read()).decode("utf-8-sig")
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _checked(made_as: VerdictFormat, rows: list[Any], name: str) -> Iterator[dict[str, Any]]:
    number = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal number
        for number, row in enumerate(rows, start=1):  # noqa: B007 (said in a refusal)
            if not isinstance(row, dict) or not made_as.fields <= row.keys():
                raise KeyError(", ".join(sorted(made_as.fields)))
            yield row

    try:
        yield from made_as.records(counted())
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
        raise RefusedError(
            f"{name}, row {number}: found something that is no row of {made_as.name} "
            f"({error}), expected {', '.join(sorted(made_as.fields))} as it writes them. "
            "Nothing was stored."
        ) from None


def _unique(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out cases, outputs and criteria that a record before said in the same words."""
    before: set[str] = set()
    for record in records:
        if record["type"] in ("case", "output", "criterion"):
            words = json.dumps(record, sort_keys=True)
            if words in before:
                continue
            before.add(words)
        yield record


def _alpaca_eval(rows: _Rows) -> Iterator[dict[str, Any]]:
    for row in rows:
        key = hashlib.sha256(row["instruction"].encode()).hexdigest()[:16]
        case_id = str(row.get("case") or key)
        asked = [{"role": "user", "content": row["instruction"]}]
        category = {"category": row["dataset"]} if row.get("dataset") else {}
        yield {"type": "case", "id": case_id, "input": asked, **category}
        for side in ("1", "2"):
            yield {
                "type": "output",
                "case": case_id,
                "model": row[f"generator_{side}"],
                "content": row[f"output_{side}"],
            }
        took = {"cost_usd": row.get("price_per_example")}
        if row.get("time_per_example") is not None:
            took["latency_ms"] = 1000 * row["time_per_example"]
        is_judge = row.get("annotator_kind", AnnotatorKind.JUDGE) == AnnotatorKind.JUDGE
        more = {key: value for key, value in took.items() if value is not None}
        yield {
            "type": "comparison",
            "case": case_id,
            "annotator": str(row.get("annotator") or "AlpacaEval"),
            "annotator_kind": "judge" if is_judge else "human",
            "left": row["generator_1"],
            "right": row["generator_2"],
            "preference": _of_number(row["preference"]),
            **(more if is_judge else {}),
            "metadata": {"preference": row["preference"]},
        }


def _of_number(preference: float | None) -> str | None:
    """Return which output is better: 1 to 2, below 1.5 the first; 0 and null are unreadable."""
    if preference is None or not 1 <= preference <= 2:
        return None
    if preference == 1.5:
        return Preference.TIE.value
    return (Preference.LEFT if preference < 1.5 else Preference.RIGHT).value


def _mt_bench_pairs(rows: _Rows) -> Iterator[dict[str, Any]]:
    for row in rows:
        first, second = row["model_1"], row["model_2"]
        for game, left, right in (("g1", first, second), ("g2", second, first)):
            winner = row[f"{game}_winner"]
            named = {"model_1": first, "model_2": second}.get(winner)
            preference = "tie" if winner == "tie" else None
            if named is not None:
                preference = "left" if named == left else "right"
            yield {
                "type": "comparison",
                "case": _question(row),
                "annotator": _mt_judge(row["judge"]),
                **_JUDGE,
                "left": left,
                "right": right,
                "preference": preference,
                **_told(row, f"{game}_judgment"),
            }


def _mt_bench_scores(rows: _Rows) -> Iterator[dict[str, Any]]:
    yield {
        "type": "criterion",
        "rubric": "MT-bench",
        "key": "mt_bench",
        "question": "How good is the response, from 1 to 10?",
        "level": "interval",
        "range": {"min": 1, "max": 10},
    }
    for row in rows:
        if row["score"] == -1:  # the judge's answer could not be read
            continue
        yield {
            "type": "score",
            "case": _question(row),
            "model": row["model"],
            "annotator": _mt_judge(row["judge"]),
            **_JUDGE,
            "criterion": "mt_bench",
            "value": row["score"],
            **_told(row, "judgment"),
        }


def _question(row: dict[str, Any]) -> str:
    """Name a turn of a question: the second is a case of its own."""
    turn = row.get("turn") or 1
    return str(row["question_id"]) if turn == 1 else f"{row['question_id']}, turn {turn}"


def _mt_judge(judge: Any) -> str:
    return judge if isinstance(judge, str) else " ".join(map(str, judge))


def _told(row: dict[str, Any], field: str) -> dict[str, Any]:
    told = {"rationale": row[field]} if row.get(field) else {}
    if row.get("tstamp") is not None:
        told["created_at"] = datetime.fromtimestamp(row["tstamp"], UTC).isoformat()
    return told


def _llm_comparator(rows: _Rows) -> Iterator[dict[str, Any]]:
    for document in rows:
        model_a, model_b = (model["name"] for model in document["models"])
        for number, example in enumerate(document["examples"], start=1):
            case_id, tags = str(number), example.get("tags") or []
            asked = [{"role": "user", "content": example["input_text"]}]
            category = {"category": tags[0], "tags": tags} if tags else {}
            yield {"type": "case", "id": case_id, "input": asked, **category}
            for model, side in ((model_a, "a"), (model_b, "b")):
                content = example[f"output_text_{side}"]
                yield {"type": "output", "case": case_id, "model": model, "content": content}
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
                    **_JUDGE,
                    "assignment": f"{case_id}/{look}",
                    "left": left,
                    "right": right,
                    "preference": winner if towards_left else "tie",
                    **({"rationale": rating["rationale"]} if rating.get("rationale") else {}),
                    "metadata": {"score": rating["score"]},
                }


#: What is recognised, by the fields of the first row; the first that fits.
VERDICT_FORMATS = (
    VerdictFormat(
        "AlpacaEval annotations",
        frozenset({"instruction", "output_1", "output_2", "generator_1", "generator_2"})
        | {"preference"},
        _alpaca_eval,
    ),
    VerdictFormat(
        "MT-bench judgments of pairs",
        frozenset({"question_id", "model_1", "model_2", "g1_winner", "g2_winner", "judge"}),
        _mt_bench_pairs,
        is_elsewhere=True,
    ),
    VerdictFormat(
        "MT-bench scores",
        frozenset({"question_id", "model", "judge", "score"}),
        _mt_bench_scores,
        is_elsewhere=True,
    ),
    VerdictFormat("LLM Comparator", frozenset({"models", "examples"}), _llm_comparator),
    VerdictFormat("OpenAI Evals rows", frozenset({"item", "sample"}), openai_evals_records),
    VerdictFormat(
        "OpenAI Evals rows", frozenset({"datasource_item", "sample"}), openai_evals_records
    ),
)

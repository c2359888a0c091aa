"""AlpacaEval: what models answered, and annotations of pairs."""

import hashlib
from collections.abc import Iterator

from evalkit.formats.read.interface import ReadFormat, ReadingNotes, Row, by_row, has_fields
from evalkit.formats.read.pieces import JUDGE, rest, without_nothing
from evalkit.vocabulary import AnnotatorKind, Preference


def _case(row: Row) -> Row:
    key = hashlib.sha256(row["instruction"].encode()).hexdigest()[:16]
    asked = [{"role": "user", "content": row["instruction"]}]
    category = {"category": row["dataset"]} if row.get("dataset") else {}
    return {"type": "case", "id": str(row.get("case") or key), "input": asked, **category}


def _output(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    asked = _case(row)
    yield asked
    yield {
        "type": "output",
        "case": asked["id"],
        "model": row["generator"],
        **notes.runs.named(asked["id"], row["generator"]),
        "content": row["output"],
        **without_nothing(metadata=rest(row, "instruction", "output", "generator", "dataset")),
    }


def _annotation(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    asked = _case(row)
    yield asked
    for side in ("1", "2"):
        yield {
            "type": "output",
            "case": asked["id"],
            "model": row[f"generator_{side}"],
            "content": row[f"output_{side}"],
        }
    took = {"cost_usd": row.get("price_per_example")}
    if row.get("time_per_example") is not None:
        took["latency_ms"] = 1000 * row["time_per_example"]
    is_judge = row.get("annotator_kind", AnnotatorKind.JUDGE) == AnnotatorKind.JUDGE
    kind = JUDGE if is_judge else {"annotator_kind": AnnotatorKind.HUMAN.value}
    yield {
        "type": "comparison",
        "case": asked["id"],
        "annotator": str(row.get("annotator") or "AlpacaEval"),
        **kind,
        "left": row["generator_1"],
        "right": row["generator_2"],
        "preference": _of_number(row["preference"]),
        **(without_nothing(**took) if is_judge else {}),
        "metadata": {"preference": row["preference"]},
    }


def _of_number(preference: float | None) -> str | None:
    """Return which output is better: 1 to 2, below 1.5 the first; 0 and null are unreadable."""
    if preference is None or not 1 <= preference <= 2:
        return None
    if preference == 1.5:
        return Preference.TIE.value
    return (Preference.LEFT if preference < 1.5 else Preference.RIGHT).value


ALPACA_EVAL_ANNOTATIONS = ReadFormat(
    "alpaca-eval",
    "AlpacaEval annotations",
    "`annotations.json`: both outputs and which is better, 1 to 2; 1.5 a tie, 0 and null unread",
    '[{"instruction": "…", "output_1": "…", "generator_1": "…", "output_2": "…", …}]',
    has_fields("instruction", "output_1", "output_2", "generator_1", "generator_2", "preference"),
    by_row(_annotation),
    counts_runs=True,
)
ALPACA_EVAL_OUTPUTS = ReadFormat(
    "alpaca-eval-outputs",
    "AlpacaEval outputs",
    "`model_outputs.json`: what models answered to instructions",
    '[{"instruction": "…", "output": "…", "generator": "…", "dataset": "…"}]',
    has_fields("instruction", "output", "generator"),
    by_row(_output),
    counts_runs=True,
)

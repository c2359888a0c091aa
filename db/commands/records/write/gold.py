"""The right answers of an import."""

import json
from collections.abc import Iterator
from typing import Any

from db.commands.records.write.batches import Writing
from db.models import GoldAnswer


def write_gold(writing: Writing, *, study_id: int) -> None:
    """Write every right answer that is new to the study."""
    writing.insert(GoldAnswer, _rows(writing, study_id))


def _rows(writing: Writing, study_id: int) -> Iterator[dict[str, Any]]:
    first = writing.first["output"]
    statement = f"""
    SELECT label.body, gold.part, COALESCE(lefts.db_id, {first} + lefts.place),
        COALESCE(rights.db_id, {first} + rights.place)
    FROM gold JOIN label USING (line) JOIN output AS lefts ON lefts.id = gold.left
    LEFT JOIN output AS rights ON rights.id = gold.right
    WHERE gold.line > 0 ORDER BY gold.line
    """
    for body, part, left, right in writing.new_rows(statement):
        fields = json.loads(body)
        details = {key: fields[key] for key in ("rubric_version", "metadata") if key in fields}
        yield {
            "study_id": study_id,
            "left_output_id": left,
            "right_output_id": right,
            "preference": fields.get("preference"),
            "criterion_id": writing.criteria[part] if "criterion" in fields else None,
            "value": fields.get("value"),
            "tag_id": writing.tags[part] if "tag" in fields else None,
            "note": fields.get("note"),
            "details": details or None,
        }

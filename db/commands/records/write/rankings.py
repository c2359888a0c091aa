"""What an import writes of rankings: triples of place, output id and where it stood, as JSON."""

import json
from typing import Any

from evalkit.vocabulary import SIDES


def ranked_rows(annotation_id: int, ranked: str) -> list[dict[str, Any]]:
    """Return the rows of what an annotation ranked."""
    return [
        {"annotation_id": annotation_id, "output_id": output_id, "place": place}
        for place, output_id, _ in json.loads(ranked)
    ]


def more_outputs(ranked: str) -> dict[str, int | None]:
    """Return what an assignment showed beside left and right, where the record says so."""
    outputs = {stood: output_id for _, output_id, stood in json.loads(ranked)}
    return {f"{side}_output_id": outputs.get(SIDES.index(side)) for side in SIDES[2:]}

"""The outputs that an assignment shows, each on its side of the screen."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Output
from db.prepared import Prepared
from evalkit.vocabulary import SIDES, TextPlace

# Made once: it takes several times as long to make a statement as to run it.
_OUTPUTS = Prepared(
    sa.select(col(Output.id), col(Output.content), col(Output.steps), col(Output.text_place)).where(
        col(Output.id).in_((sa.bindparam("one"), sa.bindparam("other")))
    )
)


def shown_outputs(assignment: Any) -> dict[str, int]:
    """Return the ids of the outputs that an assignment shows, by side."""
    ids = {side: getattr(assignment, f"{side}_output_id") for side in SIDES}
    return {side: output_id for side, output_id in ids.items() if output_id is not None}


def shown_contents(session: Session, assignment: Any) -> dict[str, tuple[str | None, Any]]:
    """Return the content and the steps of what an assignment shows, by side.

    There is no content where the text is elsewhere.
    """
    outputs = shown_outputs(assignment)
    ids = list(outputs.values())
    contents: dict[int, tuple[str | None, Any]] = {}
    for first in range(0, len(ids), 2):  # two at a time: nearly always that is all
        asked = {"one": ids[first], "other": ids[-1] if first + 1 == len(ids) else ids[first + 1]}
        contents |= {
            output_id: (None if text_place == TextPlace.ELSEWHERE else content, steps)
            for output_id, content, steps, text_place in _OUTPUTS.all(session, asked)
        }
    return {side: contents[output_id] for side, output_id in outputs.items()}

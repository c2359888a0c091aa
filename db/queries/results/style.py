"""The style of the responses that were compared: their texts read once, only counts kept."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Output
from evalkit.stats.counts import FloatArray
from evalkit.study.collected import Collected
from evalkit.study.style_features import FEATURES, style_features

#: Texts held at a time, and ids in one statement.
_BLOCK = 500


def style_table(session: Session, collected: Collected) -> FloatArray:
    """Return the style features of each output, in the order of ``collected.outputs``.

    Shape (n_outputs, 4), ``NaN`` for outputs nobody compared: their texts are not read.
    """
    pairs, ids = collected.preferences, collected.outputs.id
    table = np.full((len(ids), len(FEATURES)), np.nan)
    compared = np.unique(np.concatenate([pairs.left, pairs.right])).astype(np.int64)
    places = dict(zip(ids[compared].tolist(), compared.tolist(), strict=True))
    wanted = list(places)
    for start in range(0, len(wanted), _BLOCK):
        statement = sa.select(col(Output.id), col(Output.content)).where(
            col(Output.id).in_(wanted[start : start + _BLOCK])
        )
        for output_id, content in session.connection().execute(statement):
            found = style_features(content or "")
            table[places[output_id]] = (found.length, found.headers, found.lists, found.bold)
    return table

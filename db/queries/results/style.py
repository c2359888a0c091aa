"""The style of the responses that were compared: their texts read once, only counts kept."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Output
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.study.collected import Collected
from evalkit.study.style_features import FEATURES, style_features
from evalkit.vocabulary import TextPlace

#: Texts held at a time, and ids in one statement.
_BLOCK = 500


def style_table(session: Session, collected: Collected) -> FloatArray:
    """Return the style features of each output, in the order of ``collected.outputs``.

    Shape (n_outputs, 4), ``NaN`` for outputs nobody compared: their texts are not read.
    """
    pairs, ids = collected.preferences, collected.outputs.id
    table = np.full((len(ids), len(FEATURES)), np.nan)
    compared = np.unique(np.concatenate([pairs.left, pairs.right])).astype(np.int64)
    table[compared] = features_of(session, ids[compared])
    return table


def features_of(session: Session, output_ids: IntArray) -> FloatArray:
    """Return the style features of outputs by their ids, shape (n_outputs, 4).

    ``NaN`` for those whose text is elsewhere.
    """
    table = np.full((len(output_ids), len(FEATURES)), np.nan)
    wanted = output_ids.tolist()
    places = {output_id: place for place, output_id in enumerate(wanted)}
    for start in range(0, len(wanted), _BLOCK):
        statement = sa.select(col(Output.id), col(Output.content)).where(
            col(Output.id).in_(wanted[start : start + _BLOCK]),
            col(Output.text_place).is_distinct_from(TextPlace.ELSEWHERE),
        )
        for output_id, content in session.connection().execute(statement):
            features = style_features(content or "")
            table[places[output_id]] = (
                features.length,
                features.headers,
                features.lists,
                features.bold,
            )
    return table

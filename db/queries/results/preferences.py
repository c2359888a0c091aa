"""The statement that reads what was preferred, as numbers."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from db.models import Annotation, Assignment
from db.queries.records.annotated import IMPORTED_POLICY, SIDES_UNKNOWN_POLICY
from evalkit.vocabulary import CERTAINTY_CODES, PREFERENCE_CODES, STRENGTH_CODES

#: Stands for a preference that could not be read.
UNREADABLE = len(PREFERENCE_CODES)
#: What is known of the sides of a comparison, beside 0: as they were seen.
DEALT, UNSEEN = 1, 2
#: Strength and certainty come as one number: the one modulo this, the other divided by it.
N_STRENGTHS = len(STRENGTH_CODES) + 1


def preferences_given(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Read the preferences that count.

    Left, right, annotator, code, annotation, sides, and one number of strength and
    certainty: each column more takes time for every one of a million.
    """
    preference = sa.case(
        *(
            (col(Annotation.preference) == name.value, sa.literal_column(str(code)))
            for name, code in PREFERENCE_CODES.items()
        ),
        else_=sa.literal_column(str(UNREADABLE)),
    )
    return (
        sa.select(
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Assignment.annotator_id),
            preference,
            col(Annotation.id),
            sa.case(
                (col(Assignment.policy) == IMPORTED_POLICY, 0),
                (col(Assignment.policy) == SIDES_UNKNOWN_POLICY, UNSEEN),
                else_=DEALT,
            ),
            _code(Annotation.strength, STRENGTH_CODES)
            + N_STRENGTHS * _code(Annotation.certainty, CERTAINTY_CODES),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            *conditions,
            ~col(Annotation.is_superseded),
            col(Assignment.right_output_id).is_not(None),
            sa.or_(col(Annotation.preference).is_not(None), col(Annotation.is_unreadable)),
        )
    )


def _code(column: Any, codes: Mapping[Any, int]) -> sa.ColumnElement[int]:
    return sa.case(
        *((col(column) == name.value, sa.literal_column(str(n))) for name, n in codes.items()),
        else_=sa.literal_column("0"),
    )

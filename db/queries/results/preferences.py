"""The statements that read what was preferred, as numbers, and what that rests on."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, Assignment, CriterionPreference, ErrorMark, RankedOutput
from db.queries.records.annotated import IMPORTED_POLICY, SIDES_UNKNOWN_POLICY
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.vocabulary import CERTAINTY_CODES, PREFERENCE_CODES, STRENGTH_CODES, Preference

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
    return (
        sa.select(
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Assignment.annotator_id),
            _preference(Annotation.preference),
            col(Annotation.id),
            _sides(),
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


def preferences_by_criterion(
    *conditions: sa.ColumnElement[bool],
) -> sa.Select[*tuple[Any, ...]]:
    """Read the preferences on single criteria: as above up to the sides, then the criterion."""
    return (
        sa.select(
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Assignment.annotator_id),
            _preference(CriterionPreference.preference),
            col(Annotation.id),
            _sides(),
            col(CriterionPreference.criterion_id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(CriterionPreference, col(CriterionPreference.annotation_id) == col(Annotation.id))
        .where(
            *conditions,
            ~col(Annotation.is_superseded),
            col(Assignment.right_output_id).is_not(None),
        )
    )


def strengths_imported(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Read who said in imported comparisons what and by how much, each such answer once."""
    return (
        sa.select(
            col(Assignment.annotator_id),
            _preference(Annotation.preference),
            _code(Annotation.strength, STRENGTH_CODES),
        )
        .distinct()
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            *conditions,
            ~col(Annotation.is_superseded),
            col(Assignment.right_output_id).is_not(None),
            col(Assignment.policy).in_((IMPORTED_POLICY, SIDES_UNKNOWN_POLICY)),
            col(Annotation.preference).is_not(None),
        )
    )


def _preference(column: Any) -> sa.ColumnElement[int]:
    return sa.case(
        *(
            (col(column) == name.value, sa.literal_column(str(code)))
            for name, code in PREFERENCE_CODES.items()
        ),
        else_=sa.literal_column(str(UNREADABLE)),
    )


def _sides() -> sa.ColumnElement[int]:
    return sa.case(
        (col(Assignment.policy) == IMPORTED_POLICY, 0),
        (col(Assignment.policy) == SIDES_UNKNOWN_POLICY, UNSEEN),
        else_=DEALT,
    )


def rankings_given(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Read the pairs that rankings imply, as `preferences_given` reads comparisons.

    Of two outputs the one with the smaller id is left: nobody saw them on sides.
    """
    first, second = aliased(RankedOutput), aliased(RankedOutput)
    preference = sa.case(
        (col(first.place) < second.place, PREFERENCE_CODES[Preference.LEFT]),
        (col(first.place) > second.place, PREFERENCE_CODES[Preference.RIGHT]),
        else_=PREFERENCE_CODES[Preference.TIE],
    )
    return (
        sa.select(
            col(first.output_id),
            col(second.output_id),
            col(Assignment.annotator_id),
            preference,
            col(Annotation.id),
            sa.literal_column(str(UNSEEN)),
            sa.literal_column("0"),
        )
        .select_from(first)
        .join(
            second,
            sa.and_(
                col(second.annotation_id) == first.annotation_id,
                col(second.output_id) > first.output_id,
            ),
        )
        .join(Annotation, col(Annotation.id) == col(first.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(*conditions, ~col(Annotation.is_superseded))
        .order_by(col(Annotation.id))
    )


def first_shown_given(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Read rankings by what was shown first, where that is known.

    Annotator, case, sides, of how many others the first one stands above (one on its place counts
    half) in halves, and how many others there are.
    """
    first, other = aliased(RankedOutput), aliased(RankedOutput)
    place = col(first.place)
    above = sa.case((place < other.place, 2), (place == other.place, 1), else_=0)
    return (
        sa.select(
            col(Assignment.annotator_id),
            col(Assignment.case_id),
            _sides(),
            sa.func.sum(above),
            sa.func.count(),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(
            first,
            sa.and_(
                col(first.annotation_id) == Annotation.id,
                col(first.output_id) == Assignment.left_output_id,
            ),
        )
        .join(
            other,
            sa.and_(
                col(other.annotation_id) == Annotation.id,
                col(other.output_id) != first.output_id,
            ),
        )
        .where(
            *conditions,
            ~col(Annotation.is_superseded),
            col(Assignment.third_output_id).is_not(None),
        )
        .group_by(
            col(Annotation.id),
            col(Assignment.annotator_id),
            col(Assignment.case_id),
            col(Assignment.policy),
        )
        .order_by(col(Annotation.id))
    )


def _code(column: Any, codes: Mapping[Any, int]) -> sa.ColumnElement[int]:
    return sa.case(
        *((col(column) == name.value, sa.literal_column(str(n))) for name, n in codes.items()),
        else_=sa.literal_column("0"),
    )


def asks_acceptable(session: Session, study: ResultStudy, *, has_unsafe: bool) -> bool:
    """Say whether anybody in the whole study, in any filter, could refuse a response."""
    is_answered = (
        sa.select(sa.literal(1))
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(*counted(study, ResultFilters(every_judge=True)))
    )
    refused = is_answered.where(
        ~col(Annotation.is_superseded), col(Annotation.preference) == Preference.BOTH_BAD.value
    )
    looked = is_answered.join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id)).where(
        ~col(ErrorMark.is_superseded)
    )
    asked = [refused, looked] if has_unsafe else [refused]
    return any(
        session.connection().execute(statement.limit(1)).first() is not None for statement in asked
    )


def has_preference(session: Session, study: ResultStudy) -> bool:
    """Say whether anybody in the whole study said which response is better, asked or not."""
    preferences = preferences_given(*counted(study, ResultFilters(every_judge=True)))
    return session.connection().execute(preferences.limit(1)).first() is not None

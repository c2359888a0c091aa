"""The conditions that results share: which annotations count within the filters."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from db.models import Assignment, Case, EvalSetVersion, Output, VersionCase
from db.queries.results.studies import COUNTED_KINDS, ResultFilters, ResultStudy
from db.queries.results.versions import eval_set_of
from evalkit.study.admitted import admitted_categories
from evalkit.study.collected import Limits, told_apart
from evalkit.vocabulary import AnnotatorKind


def counted(
    study: ResultStudy, filters: ResultFilters, *, subject: str = ""
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on an assignment of the study whose annotation counts.

    With a subject, by its key, judges count where they are admitted on it; without one wherever
    they are on anything.
    """
    return [
        col(Assignment.study_id) == study.study_id,
        col(Assignment.kind).in_(COUNTED_KINDS),
        *_by_annotators(study, filters),
        *in_cases(study, filters, col(Assignment.case_id)),
        *(_of_admitted(study, filters, subject) if subject else ()),
    ]


def _of_admitted(
    study: ResultStudy, filters: ResultFilters, subject: str
) -> Iterator[sa.ColumnElement[bool]]:
    """Give for each judge the condition that it is admitted on a subject, where it is not all."""
    if study.bar is None or filters.every_judge or filters.admitted_or_not:
        return
    for who in study.counted_annotators(filters):
        if who.kind != AnnotatorKind.JUDGE:
            continue
        where = admitted_categories(study.admissions, who.name, subject, study.categories)
        if len(where) < len(study.categories):
            admitted = in_categories(
                ResultFilters(categories=tuple(sorted(where))), col(Assignment.case_id)
            )
            somebody = col(Assignment.annotator_id) != who.annotator_id
            yield sa.or_(somebody, *admitted) if where else somebody


def _by_annotators(study: ResultStudy, filters: ResultFilters) -> list[sa.ColumnElement[bool]]:
    """Return the condition that an annotator counts, if any of the study does not."""
    annotator_ids = [annotator.annotator_id for annotator in study.counted_annotators(filters)]
    if len(annotator_ids) == len(study.annotators):
        return []
    return [col(Assignment.annotator_id).in_(annotator_ids)]


def limits(study: ResultStudy, filters: ResultFilters) -> Limits:
    """Return the filters by name, as reports show them with their numbers."""
    names = told_apart([(annotator.name, annotator.kind) for annotator in study.annotators])
    chosen = tuple(
        name
        for annotator, name in zip(study.annotators, names, strict=True)
        if annotator.annotator_id in filters.annotator_ids
    )
    return Limits(
        filters.categories,
        chosen,
        filters.judges,
        as_of=filters.as_of,
        left_out=tuple(
            (status.value, n) for status, n in study.n_of_status if status in filters.left_out
        ),
    )


def in_cases(
    study: ResultStudy, filters: ResultFilters, case_id: Any
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that a case counts: its category, its status, the version asked for."""
    conditions = in_categories(filters, case_id)
    # Asked only where it matters: hardly a study has such a case.
    if any(status in filters.left_out for status, _ in study.n_of_status):
        gone = sa.select(col(Case.id)).where(
            col(Case.eval_set_id) == eval_set_of(study.version_id),
            col(Case.status).in_(filters.left_out),
        )
        conditions.append(case_id.not_in(gone))
    if filters.as_of is not None:
        held = (
            sa.select(col(VersionCase.case_id))
            .join(EvalSetVersion, col(EvalSetVersion.id) == col(VersionCase.version_id))
            .where(
                col(EvalSetVersion.eval_set_id) == eval_set_of(study.version_id),
                col(EvalSetVersion.number) == filters.as_of,
            )
        )
        conditions.append(case_id.in_(held))
    return [*conditions, *in_watched(study, filters, case_id)]


def in_watched(
    study: ResultStudy, filters: ResultFilters, case_id: Any
) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a case is watched, where only these are asked for."""
    if not filters.only_watched:
        return []
    watched = sa.select(col(Case.id)).where(
        col(Case.eval_set_id) == eval_set_of(study.version_id), col(Case.is_watched)
    )
    return [case_id.in_(watched)]


def in_categories(filters: ResultFilters, case_id: Any) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a case is of one of the filters' categories, if they name any."""
    if not filters.categories:
        return []
    category = sa.func.coalesce(col(Case.category), "")
    return [case_id.in_(sa.select(col(Case.id)).where(category.in_(filters.categories)))]


def outputs_table() -> sa.FromClause:
    """Return the outputs under a name of their own, for a query that needs them twice."""
    return sa.alias(sa.inspect(Output).local_table)

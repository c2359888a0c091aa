"""What the cases of a study differ in: their language, length, source and first version."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Assignment, Case, EvalSetVersion, VersionCase
from db.queries.results.studies import ResultFilters, ResultStudy
from db.queries.results.versions import eval_set_of
from evalkit.sampling.candidates import LENGTHS, Trait
from evalkit.sampling.logged import logged_case
from evalkit.study.facets import CaseFacets, Facet
from evalkit.vocabulary import TextPlace

_NO_SOURCE = "not said"
_NOT_HERE = "text is elsewhere"


def facets_of_cases(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> CaseFacets:
    """Return what each case of the study's version, or annotated in it, is.

    Language and length are what sampling goes by, of what a model is given. ``version`` is the
    first of the eval set that holds the case. ``filters`` change nothing.
    """
    of_version = sa.select(col(VersionCase.case_id)).where(
        col(VersionCase.version_id) == study.version_id
    )
    annotated = sa.select(col(Assignment.case_id)).where(col(Assignment.study_id) == study.study_id)
    versions = (
        sa.select(col(VersionCase.case_id), sa.func.min(col(EvalSetVersion.number)))
        .join(EvalSetVersion, col(EvalSetVersion.id) == col(VersionCase.version_id))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_of(study.version_id))
        .group_by(col(VersionCase.case_id))
    )
    rows_of = session.connection().execute(versions)
    first: dict[int, int] = {row[0]: row[1] for row in rows_of}
    statement = (
        sa.select(
            col(Case.id),
            col(Case.key),
            col(Case.case_hash),
            col(Case.input),
            col(Case.context),
            col(Case.source),
            col(Case.text_place),
        )
        .where(sa.or_(col(Case.id).in_(of_version), col(Case.id).in_(annotated)))
        .order_by(col(Case.id))
    )
    rows = []
    for row in session.connection().execute(statement.execution_options(yield_per=500)):
        seen = logged_case(row.id, row.key, row.case_hash, row.input, context=row.context or ())
        language, length = (
            (_NOT_HERE, _NOT_HERE)
            if row.text_place == TextPlace.ELSEWHERE
            else (seen.trait(Trait.LANGUAGE), seen.trait(Trait.LENGTH))
        )
        version = f"version {first[row.id]}" if row.id in first else "no version"
        rows.append((row.id, language, length, row.source or _NO_SOURCE, version))
    return _coded(rows, versions=[f"version {n}" for n in sorted(set(first.values()))])


def _coded(rows: list[tuple[int, str, str, str, str]], *, versions: list[str]) -> CaseFacets:
    orders = {Facet.LENGTH: [*LENGTHS, _NOT_HERE], Facet.VERSION: [*versions, "no version"]}
    values, codes = {}, {}
    for place, facet in enumerate((Facet.LANGUAGE, Facet.LENGTH, Facet.SOURCE, Facet.VERSION), 1):
        there = {str(row[place]) for row in rows}
        order = orders.get(facet, sorted(there))
        values[facet] = tuple(value for value in order if value in there)
        code = {value: number for number, value in enumerate(values[facet])}
        codes[facet] = np.array([code[str(row[place])] for row in rows], dtype=np.int64)
    return CaseFacets(np.array([row[0] for row in rows], dtype=np.int64), values, codes)

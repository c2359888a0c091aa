"""Every look for errors at responses of an eval set, over its studies, and what tells of fixes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Assignment,
    Case,
    ErrorMark,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    ResultsState,
    Run,
    Study,
    Tag,
    Taxonomy,
)
from db.queries.failures import eval_set_of_version, known_failures, state_of_failures
from db.queries.records.rows import BATCH, batched
from db.queries.results.filtering import counted
from db.queries.results.reading import numbers_of, places_among
from db.queries.results.regression import studies_of
from db.queries.results.studies import ResultFilters, ResultStudy, result_study
from db.queries.results.tags import ResultTag
from db.queries.results.watched import watched_in, watched_state
from db.queries.tags_now import called
from db.queries.taxonomies import counted_tag, tag_readings
from db.queries.traffic import traffic_of
from evalkit.failures.life import Failure
from evalkit.records.checks import as_moment
from evalkit.reports.failures.looks import JudgedRun, SetLooks, SinceFixed
from evalkit.reports.failures.report import BoardReport, board_report
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.study.collected import NO_TAG
from evalkit.study.looks import first_looks
from evalkit.study.subjects import ANY_ERROR


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """Error marks of one study, looks without any included; ``tag`` is ``NO_TAG`` in these."""

    output: IntArray
    annotation: IntArray
    tag: IntArray
    weight: FloatArray
    study: IntArray


def board_in(session: Session, eval_set_id: int, *, judges: bool) -> tuple[BoardReport, SetLooks]:
    """Return the failures of an eval set with what they cost, and the looks it rests on."""
    failures = known_failures(session, eval_set_id)
    looks = looks_in(session, eval_set_id, judges=judges)
    is_watched = any(case.is_watched for failure in failures for case in failure.cases)
    version_id = _newest_version(session, eval_set_id)
    flips = watched_in(session, version_id, judges=judges).flips if is_watched else ()
    name = session.connection().scalar(
        sa.select(col(EvalSet.name)).where(col(EvalSet.id) == eval_set_id)
    )
    report = board_report(
        name or "",
        failures,
        looks,
        traffic=traffic_of(session, eval_set_id),
        since=since_fixed(session, eval_set_id, failures),
        flips=flips,
    )
    return report, looks


def board_of_version(session: Session, version_id: int, *, judges: bool) -> BoardReport | None:
    """Return the board of the eval set of a version; None where no failure is followed."""
    eval_set_id = eval_set_of_version(session, version_id)
    if not known_failures(session, eval_set_id):
        return None
    return board_in(session, eval_set_id, judges=judges)[0]


def state_of_board(session: Session, eval_set_id: int) -> tuple[object, ...]:
    """Return what changes with whatever the board of an eval set rests on."""
    of_set = col(EvalSetVersion.eval_set_id) == eval_set_id
    studies: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Study.id), sa.func.coalesce(col(ResultsState.token), ""))
        .join(EvalSetVersion, col(EvalSetVersion.id) == col(Study.eval_set_version_id))
        .join(ResultsState, col(ResultsState.study_id) == col(Study.id), isouter=True)
        .where(of_set)
        .order_by(col(Study.id))
    )
    runs = sa.select(sa.func.max(col(Run.id))).where(col(Run.eval_set_id) == eval_set_id)
    return (
        state_of_failures(session, eval_set_id),
        session.connection().scalar(runs) or 0,
        traffic_of(session, eval_set_id).amounts,
        watched_state(session, _newest_version(session, eval_set_id)),
        *((row[0], row[1]) for row in session.connection().execute(studies)),
    )


def looks_in(session: Session, eval_set_id: int, *, judges: bool) -> SetLooks:
    """Return every look for errors at a response of an eval set that counts.

    What counts is what counts in each of its studies: people, and judges only where asked for and
    admitted; no quarantined case.
    """
    runs = _runs(session, eval_set_id)
    filters = ResultFilters(judges=judges)
    studies = [
        result_study(session, name=name)
        for name in studies_of(session, [run.run_id for run in runs])
    ]
    tags, split_in, asked, marks = _together(
        [(study, _marks(session, study, filters)) for study in studies], session
    )
    outputs, place = np.unique(marks.output, return_inverse=True)
    of_outputs = _of_outputs(session, eval_set_id, outputs)
    run_ids = np.array([run.run_id for run in runs], dtype=np.int64)
    known = np.isin(of_outputs[:, 1], run_ids) & (of_outputs[:, 0] >= 0)
    keep = known[place.reshape(-1)] if len(outputs) else np.zeros(0, dtype=np.bool_)
    first, look = first_looks(marks.output[keep], marks.annotation[keep])
    hashes, keys, categories, content, category = _cases(session, eval_set_id, of_outputs[:, 0])
    at = place.reshape(-1)[keep][first]
    tagged = marks.tag[keep] != NO_TAG
    return SetLooks(
        hashes=hashes,
        keys=keys,
        categories=categories,
        runs=runs,
        tags=tags,
        asked=asked,
        study=marks.study[keep][first],
        annotation=marks.annotation[keep][first],
        case=content[at],
        category=category[at],
        run=places_among(of_outputs[at, 1], run_ids),
        mark_look=look[tagged],
        mark_tag=marks.tag[keep][tagged],
        mark_weight=marks.weight[keep][tagged],
        split_in=split_in,
    )


def since_fixed(session: Session, eval_set_id: int, failures: Sequence[Failure]) -> SinceFixed:
    """Return when annotations of the regression cases of fixed failures were made, and so on."""
    hashes = sorted(
        {
            case.case_hash
            for failure in failures
            if failure.fixed_run_id is not None
            for case in failure.cases
        }
    )
    submitted: dict[int, datetime] = {}
    answered: set[tuple[str, int]] = set()
    for part in batched(hashes, BATCH):
        of_cases = (col(Case.eval_set_id) == eval_set_id, col(Case.case_hash).in_(part))
        made: sa.Select[*tuple[Any, ...]] = (
            sa.select(col(Annotation.id), col(Annotation.submitted_at))
            .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
            .join(Case, col(Case.id) == col(Assignment.case_id))
            .where(*of_cases)
        )
        submitted |= {row[0]: row[1] for row in session.connection().execute(made)}
        outputs: sa.Select[*tuple[Any, ...]] = (
            sa.select(col(Case.case_hash), col(Output.run_id))
            .join(Case, col(Case.id) == col(Output.case_id))
            .where(*of_cases)
        )
        answered |= {(row[0], row[1]) for row in session.connection().execute(outputs)}
    return SinceFixed(submitted, frozenset(answered))


def _newest_version(session: Session, eval_set_id: int) -> int:
    statement = sa.select(sa.func.max(col(EvalSetVersion.id))).where(
        col(EvalSetVersion.eval_set_id) == eval_set_id
    )
    return session.connection().scalar(statement) or 0


def _runs(session: Session, eval_set_id: int) -> tuple[JudgedRun, ...]:
    """Return all runs of an eval set, with when their responses were made where all say so."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Run.id),
            col(Model.name),
            col(Run.name),
            col(Run.created_at),
            sa.func.count(col(Output.id)),
            sa.func.count(col(Output.created_at)),
            sa.func.max(col(Output.created_at)),
        )
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(Output, col(Output.run_id) == col(Run.id), isouter=True)
        .where(col(Run.eval_set_id) == eval_set_id)
        .group_by(col(Run.id), col(Model.name), col(Run.name), col(Run.created_at))
        .order_by(col(Run.id))
    )
    return tuple(
        JudgedRun(
            *(row[0], row[1], row[2], row[3]),
            made=as_moment(row[6]) if row[6] and row[4] == row[5] else None,
        )
        for row in session.connection().execute(statement)
    )


def _marks(session: Session, study: ResultStudy, filters: ResultFilters) -> IntArray:
    """Read output, annotation, tag and severity of each mark of a study that counts."""
    codes = {severity.key: code for code, severity in enumerate(study.severities)}
    statement = (
        sa.select(
            col(ErrorMark.output_id),
            col(ErrorMark.annotation_id),
            sa.func.coalesce(counted_tag() if study.has_recoded else col(ErrorMark.tag_id), NO_TAG),
            sa.case(codes, value=col(ErrorMark.severity), else_=len(codes)),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(*counted(study, filters, subject=ANY_ERROR.key), ~col(ErrorMark.is_superseded))
    )
    return numbers_of(session, statement)


def _together(
    read: Sequence[tuple[ResultStudy, IntArray]], session: Session
) -> tuple[tuple[tuple[str, str, str], ...], tuple[int | None, ...], BoolArray, _Marks]:
    """Put the marks of studies together: the same tag of two revisions is one, each weighs its.

    With it comes in which version each was split, and which tags each study asks for, of shape
    (n_studies, n_tags).
    """
    names = _taxonomies(session)
    readings = tag_readings(session, {tag.tag_id for study, _ in read for tag in study.tags})
    split_in = {tag_id: reading.split_in for tag_id, reading in readings.items()}
    places: dict[tuple[str, str, int | None], int] = {}
    names_of: list[tuple[str, str, str]] = []
    nothing = np.zeros(0, dtype=np.int64)
    parts = [_Marks(nothing, nothing, nothing, np.zeros(0), nothing)]
    asked: list[list[int]] = []
    for at, (study, table) in enumerate(read):
        known = [tag for tag in study.tags if tag.tag_id in names]
        for tag in known:
            identity = names[tag.tag_id], tag.stored_key, split_in.get(tag.tag_id)
            if identity not in places:
                places[identity] = len(places)
                names_of.append((*identity[:2], called(tag.name, identity[2])))
        codes = [
            places[names[tag.tag_id], tag.stored_key, split_in.get(tag.tag_id)] for tag in known
        ]
        asked.append(codes)
        parts.append(_placed(study, at, table, known, np.array(codes, dtype=np.int64)))
    asks = np.zeros((len(read), len(places)), dtype=np.bool_)
    for at, codes in enumerate(asked):
        asks[at, codes] = True
    return (
        tuple(names_of),
        tuple(split for _, _, split in places),
        asks,
        _Marks(
            np.concatenate([part.output for part in parts]),
            np.concatenate([part.annotation for part in parts]),
            np.concatenate([part.tag for part in parts]),
            np.concatenate([part.weight for part in parts]),
            np.concatenate([part.study for part in parts]),
        ),
    )


def _placed(
    study: ResultStudy, place: int, table: IntArray, known: Sequence[ResultTag], codes: IntArray
) -> _Marks:
    """Give the marks of a study the codes of its tags, as what they count by now, and weights."""
    of_study = {tag.tag_id: at for at, tag in enumerate(known)}
    stored = {
        tag_id: of_study[study.tags[at].tag_id]
        for tag_id, at in study.tag_places.items()
        if study.tags[at].tag_id in of_study
    }
    ids = np.array(list(stored), dtype=np.int64)
    place_of = np.array(list(stored.values()), dtype=np.int64)
    severities = [*(severity.key for severity in study.severities), None]
    weights = np.array(
        [[study.weights.of(tag.key, severity) for severity in severities] for tag in known]
    )
    tagged = np.isin(table[:, 2], ids)
    tag, weight = np.full(len(table), NO_TAG, dtype=np.int64), np.zeros(len(table))
    if tagged.any():
        at = place_of[places_among(table[tagged, 2], ids)]
        tag[tagged], weight[tagged] = codes[at], weights[at, table[tagged, 3]]
    of = np.full(len(table), place, dtype=np.int64)
    return _Marks(table[:, 0], table[:, 1], tag, weight, of)


def _taxonomies(session: Session) -> dict[int, str]:
    """Return the name of the taxonomy of each tag."""
    statement: sa.Select[*tuple[Any, ...]] = sa.select(col(Tag.id), col(Taxonomy.name)).join(
        Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id)
    )
    return {row[0]: row[1] for row in session.connection().execute(statement)}


def _of_outputs(session: Session, eval_set_id: int, output_ids: IntArray) -> IntArray:
    """Return case and run of each output, in their order; -1 of one of another eval set."""
    statement = (
        sa.select(col(Output.id), col(Output.case_id), col(Output.run_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .where(col(Run.eval_set_id) == eval_set_id)
        .order_by(col(Output.id))
    )
    table = numbers_of(session, statement)
    made = np.full((len(output_ids), 2), -1, dtype=np.int64)
    known = np.isin(output_ids, table[:, 0])
    made[known] = table[np.searchsorted(table[:, 0], output_ids[known]), 1:]
    return made


def _cases(
    session: Session, eval_set_id: int, case_ids: IntArray
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], IntArray, IntArray]:
    """Return contents, names and categories, and content and category of each case asked for.

    Of several cases of one content it is the newest that says name and category.
    """
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Case.id),
            col(Case.case_hash),
            col(Case.key),
            sa.func.coalesce(col(Case.category), ""),
        )
        .where(col(Case.eval_set_id) == eval_set_id)
        .order_by(col(Case.id))
    )
    of_case: dict[int, str] = {}
    about: dict[str, tuple[str, str]] = {}
    for case_id, case_hash, key, category in session.connection().execute(statement):
        of_case[case_id], about[case_hash] = case_hash, (key, category)
    hashes = {case_hash: place for place, case_hash in enumerate(about)}
    categories = tuple(sorted({category for _, category in about.values()}))
    places = {name: place for place, name in enumerate(categories)}
    content = np.array(
        [hashes.get(of_case.get(each, ""), -1) for each in case_ids.tolist()], dtype=np.int64
    )
    of_hash = np.array([places[category] for _, category in about.values()], dtype=np.int64)
    category_of = of_hash[content] if len(of_hash) else content
    return tuple(hashes), tuple(key for key, _ in about.values()), categories, content, category_of

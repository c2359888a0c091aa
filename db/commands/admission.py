"""Say what a judge must reach in a study, and open the test on which it is held against that."""

import hashlib
from dataclasses import asdict, dataclass, replace

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.changes import results_changed
from db.commands.units import locked_study
from db.engine import read_session, write_session
from db.models import AuditEvent, JudgeAdmission, JudgeBar, JudgeOpening
from db.queries.results.admission import bar_of
from db.queries.results.collected import collect
from db.queries.results.studies import ResultAnnotator, ResultFilters, ResultStudy, result_study
from db.queries.results.style import style_table
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import quoted
from evalkit.reports.judges.admission import admissions_of
from evalkit.study.admitted import Admission, AdmissionBar
from evalkit.study.collected import Collected, names
from evalkit.study.who import said_by
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True)
class Opened:
    """A judge whose test was opened; not ``is_new`` where nothing was said there since."""

    judge: str
    n_cases: int
    is_new: bool
    admissions: tuple[Admission, ...]


def set_bar(study_id: int, bar: AdmissionBar, *, actor_id: int | None = None) -> None:
    """Store what judges must reach in a study.

    Raises NotFoundError for an unknown study, RefusedError where a test was opened already: who
    knows how a judge did could set the bar just below it.
    """
    with write_session() as session:
        study = locked_study(session, study_id)  # no test of it is opened meanwhile
        if study is None:
            raise NotFoundError(f"There is no study with the number {study_id}.")
        opened = select(JudgeOpening.id).where(col(JudgeOpening.study_id) == study_id).limit(1)
        if session.exec(opened).first() is not None:
            raise RefusedError(
                f"A test of a judge was opened in “{study.name}” already, so what is asked stays. "
                "Start another study to ask something else."
            )
        row = session.get(JudgeBar, study_id) or JudgeBar(study_id=study_id, **asdict(bar))
        for name, value in asdict(bar).items():
            setattr(row, name, value)
        row.created_by = actor_id
        session.add(row)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="set what judges must reach",
                subject=f"study {study.name}",
                details=asdict(bar),
            )
        )
        results_changed(session, study_id)


def open_test(
    study: str, *, judge: str | None = None, actor_id: int | None = None
) -> tuple[Opened, ...]:
    """Hold judges of a study against the bar, on the test split; every judge unless one is named.

    A look at what changed since the last is a row that stays; where nothing did, the last holds
    and nothing is stored. Raises NotFoundError for an unknown study or judge, RefusedError where
    nobody said what is asked, or no judge judged a case of the test that people did.
    """
    with read_session() as session:
        of = result_study(session, name=study)
        if of.bar is None:
            raise RefusedError(f"Say first what a judge must reach in “{study}”.")
        test = collect(session, of, filters=ResultFilters(every_judge=True, is_test=True))
        style = style_table(session, test)
    judges = _judges(of, judge)
    by_judge: dict[str, tuple[Admission, ...]] = {each.name: () for each in judges}
    # Reports tell a judge apart from a person of its name; it is stored by what it is called.
    called = {
        apart: who.name
        for apart, who in zip(names(test), test.annotators, strict=True)
        if who.kind == AnnotatorKind.JUDGE
    }
    for row in admissions_of(test, style, of.bar):
        judge_name = called[row.judge]
        if judge_name in by_judge:
            by_judge[judge_name] = (*by_judge[judge_name], replace(row, judge=judge_name))
    if not any(by_judge.values()):
        raise RefusedError(
            f"No judge of “{study}” judged a case of the test split that people judged."
        )
    with write_session() as session:
        locked_study(session, of.study_id)  # two who open it at once look once
        if bar_of(session, of.study_id) != of.bar:
            raise RefusedError("What a judge must reach was changed meanwhile. Open it again.")
        opened = tuple(
            _stored(session, of.study_id, each, test, by_judge[each.name], actor_id)
            for each in judges
            if by_judge[each.name]
        )
        if any(each.is_new for each in opened):
            results_changed(session, of.study_id)
        return opened


def _judges(study: ResultStudy, name: str | None) -> list[ResultAnnotator]:
    judges = [each for each in study.annotators if each.kind == AnnotatorKind.JUDGE]
    if name is None:
        return judges
    named = [each for each in judges if each.name == name]
    if not named:
        known = quoted([each.name for each in judges], nothing="none yet")
        raise NotFoundError(f"No judge “{name}” judged in “{study.name}”. There are: {known}.")
    return named


def _stored(
    session: Session,
    study_id: int,
    judge: ResultAnnotator,
    test: Collected,
    admissions: tuple[Admission, ...],
    actor_id: int | None,
) -> Opened:
    """Store that the test of a judge was opened, unless nothing changed since it last was."""
    own = _with_people(test, judge.name)
    hashed, n_cases = _labels_hash(own), _n_cases(own)
    last = session.exec(
        select(JudgeOpening)
        .where(
            col(JudgeOpening.study_id) == study_id,
            col(JudgeOpening.annotator_id) == judge.annotator_id,
        )
        .order_by(sa.desc(col(JudgeOpening.id)))
        .limit(1)
    ).first()
    if last is not None and last.labels_hash == hashed:
        return Opened(judge.name, n_cases, False, admissions)
    opening = JudgeOpening(
        study_id=study_id,
        annotator_id=judge.annotator_id,
        n_cases=n_cases,
        labels_hash=hashed,
        opened_by=actor_id,
    )
    session.add(opening)
    session.flush()
    session.add_all(
        JudgeAdmission(
            opening_id=number_of(opening),
            subject=row.subject,
            category=row.category,
            standing=row.standing.value,
            reason=row.reason,
        )
        for row in admissions
    )
    session.add(
        AuditEvent(
            actor_id=actor_id, action="open the test of a judge", subject=f"judge {judge.name}"
        )
    )
    return Opened(judge.name, n_cases, True, admissions)


def _with_people(test: Collected, judge: str) -> Collected:
    """Return what a judge and all people said."""
    keep = [who.kind != AnnotatorKind.JUDGE or who.name == judge for who in test.annotators]
    return said_by(test, np.array(keep, np.bool_))


def _labels_hash(labels: Collected) -> str:
    """Name all that was said: another label makes another name."""
    digest = hashlib.sha256()
    preferences, values, marks, checks = (
        (labels.preferences.latest, labels.preferences.preference),
        (labels.values.latest, labels.values.value),
        (labels.marks.look, labels.marks.tag, labels.marks.output),
        (labels.checks.look, labels.checks.item, labels.checks.value),
    )
    for columns in (preferences, values, marks, checks):
        order = np.lexsort(columns)
        for column in columns:
            digest.update(np.ascontiguousarray(column[order]).tobytes() + b"\n")
    return digest.hexdigest()


def _n_cases(labels: Collected) -> int:
    outputs = (
        labels.preferences.left,
        labels.values.output,
        labels.marks.output,
        labels.checks.output,
    )
    judged = np.concatenate(outputs).astype(np.int64)
    return len(np.unique(labels.outputs.case[judged]))

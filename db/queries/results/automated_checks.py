"""What automated checks found of the responses of a study's eval set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import AutomatedCheck, Case, CheckFinding, CheckRevision
from db.queries.checks import IS_OF_TEXT_NOW, checks_of
from db.queries.results.form_tags import places_of_form
from db.queries.results.reading import numbers_of
from db.queries.results.studies import ResultStudy
from db.queries.results.versions import eval_set_of
from evalkit.checks.answers import Answers, QuestionOf
from evalkit.study.found_by_checks import FAILED, PASSED, UNTOLD, FoundByCheck
from evalkit.vocabulary import CheckResult

_CODES = {CheckResult.PASS: PASSED, CheckResult.FAIL: FAILED, CheckResult.UNDEFINED: UNTOLD}


def automated_checks(session: Session, study: ResultStudy) -> tuple[FoundByCheck, ...]:
    """Return what the newest revisions of the checks in use found, in the order of their names.

    An assertion on one case says nothing of a text the case had before, whatever version a study
    is of.
    """
    eval_set_id = session.scalar(sa.select(eval_set_of(study.version_id))) or 0
    checks = [each for each in checks_of(session, eval_set_id) if not each.is_retired]
    of_checks = {check.revision_id for check in checks}
    result = sa.case(
        *((col(CheckFinding.result) == each, code) for each, code in _CODES.items()), else_=UNTOLD
    )
    statement: sa.Select[*tuple[Any, ...]] = sa.select(
        col(CheckFinding.revision_id), col(CheckFinding.output_id), result
    ).where(
        col(CheckFinding.revision_id).in_(of_checks),
        ~col(CheckFinding.is_superseded),
        IS_OF_TEXT_NOW,
    )
    findings = numbers_of(session, statement)
    tags = {key: study.tags[at].key for key, at in places_of_form(session, study).items()}
    return tuple(
        FoundByCheck(
            check.name,
            check.kind,
            check.number,
            check.case_key,
            _by_now(check.answers, tags),
            *findings[findings[:, 0] == check.revision_id, 1:].T,
        )
        for check in checks
    )


def _by_now(answers: Answers | None, tags: Mapping[str, str]) -> Answers | None:
    """Return what a check stands beside; a tag as what became of it."""
    if answers is None or answers.of is not QuestionOf.TAG:
        return answers
    return replace(answers, key=tags.get(answers.key, answers.key))


def state_of_checks(session: Session, study: ResultStudy) -> tuple[tuple[object, ...], ...]:
    """Return what changes with the checks of a study's eval set, or with what any check found."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(AutomatedCheck.id),
            col(AutomatedCheck.name),
            col(AutomatedCheck.answers),
            col(AutomatedCheck.retired_at),
            sa.select(sa.func.max(col(CheckRevision.id)))
            .where(col(CheckRevision.check_id) == col(AutomatedCheck.id))
            .scalar_subquery(),
            # With another text of its case what an assertion found counts no more.
            sa.select(sa.func.max(col(Case.id)))
            .where(
                col(Case.eval_set_id) == col(AutomatedCheck.eval_set_id),
                col(Case.key) == col(AutomatedCheck.case_key),
            )
            .scalar_subquery(),
        )
        .where(col(AutomatedCheck.eval_set_id) == eval_set_of(study.version_id))
        .order_by(col(AutomatedCheck.id))
    )
    # A finding is only ever superseded by a newer one.
    newest = session.scalar(sa.select(sa.func.max(col(CheckFinding.id))))
    rows = session.connection().execute(statement)
    return ((newest,), *(tuple(map(str, row)) for row in rows))

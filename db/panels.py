"""Panels: judges of a study that vote on the pairs that all of them judged, in the same order."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.commands.own_judges import OwnJudge, store_own_verdicts
from db.engine import read_session, wait_for_imports, write_session
from db.models import Annotation, Annotator, Assignment, Study
from db.queries.judgings import judge_called, study_called
from db.queries.to_judge import ToJudge
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.panel import PANEL, panel_verdict
from evalkit.phrases import quoted
from evalkit.vocabulary import AnnotatorKind, Preference


@dataclass(frozen=True, slots=True)
class PanelVoted:
    """What came of a vote: the panel by name, and how much it said, new or before."""

    judge: str
    n_verdicts: int
    n_new: int


def let_panel_vote(name: str, members: Sequence[str]) -> PanelVoted:
    """Let judges of a study vote: once on every order of a pair that all of them judged.

    Raises NotFoundError for an unknown study or judge, RefusedError for fewer than two judges, and
    where they judged no pair in common.
    """
    called = sorted(set(members))
    if len(called) < 2:
        raise RefusedError("A panel is two judges or more: name each with --panel.")
    with read_session() as session:
        study = study_called(session, name)
        ballots = [_said(session, study, member) for member in called]
        common = set(ballots[0]).intersection(*ballots[1:])
        if not common:
            raise RefusedError(
                "These judges judged no pair in common, so there is nothing to vote on."
            )
        verdicts = [
            (pair, panel_verdict([of_member[pair] for of_member in ballots]))
            for pair in sorted(common, key=lambda pair: pair.presentation)
        ]
    judge = OwnJudge(f"panel of {len(called)}", {"model": PANEL, "members": called})
    with write_session() as session:
        wait_for_imports(session)
        n_new = store_own_verdicts(session, study_called(session, name), judge, verdicts)
    return PanelVoted(judge.name, len(verdicts), n_new)


def _said(session: Session, study: Study, member: str) -> dict[ToJudge, Preference | None]:
    """Return what a judge said of each order of each pair, None where it could not be read."""
    judge = judge_called(session, member)
    rows = session.execute(
        sa.select(
            col(Assignment.case_id),
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Assignment.presentation),
            col(Annotation.preference),
        )
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            col(Assignment.study_id) == study.id,
            col(Assignment.annotator_id) == (judge.id if judge else None),
            col(Assignment.right_output_id).is_not(None),
            ~col(Annotation.is_superseded),
            sa.or_(col(Annotation.preference).is_not(None), col(Annotation.is_unreadable)),
        )
    ).all()
    if not rows:
        there = session.exec(
            select(Annotator.name)
            .join(Assignment, col(Assignment.annotator_id) == col(Annotator.id))
            .where(Annotator.kind == AnnotatorKind.JUDGE, Assignment.study_id == study.id)
            .distinct()
            .order_by(Annotator.name)
        ).all()
        raise NotFoundError(
            f"No judge of pairs in this study is called “{member}”. There is: {quoted(there)}."
        )
    return {ToJudge(*row[:4]): row[4] and Preference(row[4]) for row in rows}

"""Chosen responses to take away: as a table, and as the start of a judge; for leads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, ErrorMark, Study, Tag
from db.queries.few_shot import task_for_judge
from db.queries.judgings import question_of
from db.queries.records.rows import batched
from db.queries.responses.answers import Answer, answers
from db.queries.responses.responses import case_text, responses
from db.queries.results.failures import counts_as
from db.queries.results.studies import COUNTED_KINDS, ResultFilters, ResultStudy
from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.annotation.marks import MarkedError
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.selection import ChosenResponse, Selection
from evalkit.judging.response import ResponseQuestion
from evalkit.judging.wording import held_to, messages_for, response_words
from evalkit.records.csv_lines import csv_lines
from evalkit.records.normal import message_text
from evalkit.vocabulary import AnnotatorKind, AnswerForm, Api, JudgeTask

#: So many responses are in memory at once.
_AT_ONCE = 200
COLUMNS = (
    *("case", "category", "input", "model", "run", "response"),
    *("annotator", "what", "error", "severity", "step", "quote", "note"),
)


def selection_csv(
    session: Session, study: ResultStudy, selection: Selection, *, filters: ResultFilters
) -> bytes:
    """Return a table of chosen responses: a row for each error, note and comment on them.

    A response of which nobody said anything has a row of its own. What a spreadsheet would run as
    a formula begins with an apostrophe.
    """
    return "".join(csv_lines(_rows(session, study, selection, filters))).encode()


def _rows(
    session: Session, study: ResultStudy, selection: Selection, filters: ResultFilters
) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    who = [annotator.annotator_id for annotator in study.counted_annotators(filters)]
    for part in batched(selection.output_ids, _AT_ONCE):
        said_of: dict[int, list[tuple[Any, ...]]] = {}
        of_part = answers(
            session,
            part,
            study_ids=[study.study_id],
            annotator_ids=who,
            judges=filters.judges,
        )
        for answer in of_part:
            for output_id, *row in _said(answer):
                said_of.setdefault(output_id, []).append(tuple(row))
        for response in responses(session, part):
            case = case_text(session, response.case_id)
            if case is None:
                continue
            asked = "\n\n".join(
                f"{message.get('role')}: {message_text(message.get('content'))}"
                for message in case.messages
            )
            words = response.content or "\n\n".join(
                f"{step.get('role')}: {message_text(step.get('content'))}"
                for step in response.steps
            )
            about = (case.key, case.category, asked, response.model, response.run, words)
            for said_row in said_of.get(response.output_id) or [(None,) * 7]:
                yield (*about, *said_row)


def _said(answer: Answer) -> Iterator[tuple[Any, ...]]:
    """Give what somebody said of each response, after its row number."""
    for mark in answer.marks:
        if mark.tag or mark.note:
            what = "omission" if mark.is_omission else "error" if mark.tag else "note"
            step = None if mark.step is None else mark.step + 1
            where = (mark.severity, step, mark.quote, mark.note)
            yield mark.output_id, answer.annotator, what, mark.tag, *where
    for words, what in ((answer.comment, "comment"), (answer.rationale, "reasons")):
        if words:
            for output_id in answer.output_ids:
                yield output_id, answer.annotator, what, None, None, None, None, words


@dataclass(frozen=True, slots=True)
class JudgeStart:
    """A chat request that asks for one kind of error, with how many examples it shows."""

    request: dict[str, Any]
    n_examples: int


def judge_start(
    session: Session,
    of_study: ResultStudy,
    selection: Selection,
    *,
    tag_id: int,
    filters: ResultFilters,
) -> JudgeStart:
    """Return a request that asks a judge for one kind of error alone, with chosen examples.

    It is a chat request whose last message, the response to be judged, is left to be written.
    Examples are of the train split, masked as annotators see them, with the marks of whoever
    marked first of the people that count within the filters, and never of a judge: it would be
    taught by another's mistakes. A response that has no such mark by now is none.

    Raises
    ------
    RefusedError
        Where the study does not ask for this kind of error.
    NotFoundError
        Where the study or the kind of error does not exist.
    """
    study, tag = session.get(Study, of_study.study_id), session.get(Tag, tag_id)
    if study is None or tag is None:
        raise NotFoundError("The study or this kind of error is gone. Load the page again.")
    asked = question_of(session, study, JudgeTask.ERRORS)
    assert isinstance(asked, ResponseQuestion)  # of errors
    own = tuple(each for each in asked.tags if each.key == tag.key)
    if not own:
        raise RefusedError(f"“{study.name}” does not ask for “{tag.name or tag.key}” any more.")
    asked = replace(asked, tags=own)
    examples = [
        _example(session, study, asked, example, rows)
        for example in selection.examples
        if (rows := _first_marks(session, of_study, filters, example.output_id, tag_id))
    ]
    system, last = messages_for(asked.words(), messages=(), context=(), responses={})
    request = {
        "model": "",
        "messages": [system, *chain.from_iterable(examples), {**last, "content": ""}],
        **held_to(AnswerForm.SCHEMA, asked.properties(), Api.CHAT),
    }
    return JudgeStart(request, len(examples))


def _example(
    session: Session,
    study: Study,
    asked: ResponseQuestion,
    example: ChosenResponse,
    rows: Sequence[Any],
) -> list[dict[str, str]]:
    """Return an example as asked and answered; ``rows`` are its marks."""
    task = task_for_judge(
        session, study, case_id=example.case_id, left=example.output_id, right=None
    )
    _, question = messages_for(
        "",
        messages=task.messages,
        context=task.context,
        responses=asked.called(task.responses),
    )
    words = response_words(task.responses["left"])
    (tag,) = asked.tags
    errors = tuple(
        MarkedError(tag.key, row.severity, quote=_held(row.quote, words)) for row in rows
    )
    why = " ".join(dict.fromkeys(row.note for row in rows if row.note))
    told = Draft(None, {"left": ResponseDraft({}, {}, errors)}, "")
    return [question, {"role": "assistant", "content": asked.answer(told, why)}]


def _held(quote: str | None, words: str) -> str | None:
    """Return marked words where the response holds them as the judge sees it: masked."""
    return quote if quote and quote in words else None


def _first_marks(
    session: Session, study: ResultStudy, filters: ResultFilters, output_id: int, tag_id: int
) -> list[Any]:
    """Return the errors that count as of one kind, of the person who marked first in a response."""
    people = [
        who.annotator_id
        for who in study.counted_annotators(filters)
        if who.kind != AnnotatorKind.JUDGE
    ]
    rows = session.connection().execute(
        sa.select(
            col(ErrorMark.annotation_id),
            col(ErrorMark.severity),
            col(ErrorMark.quote),
            col(ErrorMark.note),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(
            col(ErrorMark.output_id) == output_id,
            col(Assignment.study_id) == study.study_id,
            col(Assignment.kind).in_(COUNTED_KINDS),
            col(Assignment.annotator_id).in_(people),
            counts_as(study, tag_id),
            ~col(ErrorMark.is_superseded),
        )
        .order_by(col(ErrorMark.annotation_id), col(ErrorMark.id))
    )
    marks = list(rows)
    return [row for row in marks if row.annotation_id == marks[0].annotation_id]

"""Marks of errors: on what an annotator is shown, and as they are stored, on what was recorded."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case
from db.prepared import Prepared, columns_of
from db.queries.annotation.leaks import case_words, known_names
from db.queries.annotation.shown import shown_contents
from evalkit.annotation.blinding.leaks import mask_runs
from evalkit.annotation.draft import Draft, IncompleteError, ResponseDraft
from evalkit.annotation.marks import MarkedError
from evalkit.errors import RefusedError
from evalkit.rendering.original import Masking, ShownResponse
from evalkit.vocabulary import LeakPolicy


def original_draft(
    session: Session, study: Any, assignment: Any, draft: Draft, *, submitted: Draft | None
) -> Draft:
    """Return a draft whose marks, made on what is shown, are on what was recorded.

    Those that ``submitted`` holds, what is stored of this assignment, come back as they are there.

    Raises
    ------
    IncompleteError
        If a mark's words are not where it says.
    """
    if not draft.has_marks:
        return draft
    responses = shown_responses(session, study, assignment)
    stored = submitted.responses if submitted else {}
    turned = {
        side: response.original_again(stored[side].marks if side in stored else ())
        for side, response in responses.items()
    }
    return _with_marks(draft, turned)


def shown_draft(session: Session, study: Any, assignment: Any, draft: Draft) -> Draft:
    """Return a stored annotation whose marks are on what its annotator is shown."""
    if not draft.has_marks:
        return draft
    responses = shown_responses(session, study, assignment)
    return _with_marks(draft, {side: response.shown for side, response in responses.items()})


def shown_responses(session: Session, study: Any, assignment: Any) -> dict[str, ShownResponse]:
    """Return the responses of an assignment by side, as its annotator is shown them."""
    masking: Masking = _unmasked
    if study.leak_policy != LeakPolicy.SHOW:
        case: Any = _CASE.first(session, {"case_id": assignment.case_id})
        words = case_words(case, known_names(session, study))

        def masking(text: str) -> tuple[str, list[tuple[int, int, int]]]:
            return mask_runs(text, words.leaks(text))

    return {
        side: ShownResponse(content or "", steps, masking=masking)
        for side, (content, steps) in shown_contents(session, assignment).items()
    }


def _unmasked(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    return text, [(0, 0, len(text))]


def _with_marks(draft: Draft, turned: dict[str, Any]) -> Draft:
    def side(name: str, response: ResponseDraft) -> ResponseDraft:
        marks: list[MarkedError] = []
        for number, mark in enumerate(response.marks):
            try:
                marks.append(turned[name](mark))
            except RefusedError as refused:
                field = f"{name}.marks.{number}"
                raise IncompleteError(str(refused), fields=(field,)) from None
        return replace(response, marks=tuple(marks))

    return replace(draft, responses={name: side(name, of) for name, of in draft.responses.items()})


_CASE = Prepared(sa.select(*columns_of(Case)).where(col(Case.id) == sa.bindparam("case_id")))

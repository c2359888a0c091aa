"""What a lead made of single cases, on its way from a file to the staging file.

Lessons are staged beside labels, whose references they share: a case, one output or two, perhaps a
criterion or a tag. Their numbers come after those of right answers.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalkit.annotation.draft import parse_draft
from evalkit.errors import RefusedError
from evalkit.records.checks import as_moment
from evalkit.records.lessons import ADJUDICATION, CLARIFICATION, FEW_SHOT
from evalkit.records.names import DEFAULT_RUN, side_of
from evalkit.records.normal import fingerprint
from evalkit.study.subject_keys import SubjectKind, named_subject

if TYPE_CHECKING:
    from db.commands.records.staging import Staging

DECIDED_PAIR, DECIDED_SCORE, DECIDED_ERROR = 8, 9, 10
EXAMPLE, EXAMPLE_PAIR, NOTE, NOTE_ON_CRITERION, NOTE_ON_TAG = 11, 12, 13, 14, 15
FIRST_LESSON = DECIDED_PAIR
#: The numbers that each type of record may have.
LESSON_NUMBERS = {
    FEW_SHOT: (EXAMPLE, EXAMPLE_PAIR),
    CLARIFICATION: (NOTE, NOTE_ON_CRITERION, NOTE_ON_TAG),
    ADJUDICATION: (DECIDED_PAIR, DECIDED_SCORE, DECIDED_ERROR),
}
_DECIDED = {
    SubjectKind.PREFERENCE: DECIDED_PAIR,
    SubjectKind.CRITERION: DECIDED_SCORE,
    SubjectKind.TAG: DECIDED_ERROR,
    SubjectKind.ANY_ERROR: DECIDED_ERROR,
}
_NOTED = {SubjectKind.CRITERION: NOTE_ON_CRITERION, SubjectKind.TAG: NOTE_ON_TAG}


def lesson_row(
    staging: "Staging", line: int, fields: Mapping[str, Any], *, db_id: int | None = None
) -> tuple[Any, ...]:
    """Return the row of a lesson of the file, or with its id of one of the database.

    Removing a few-shot case makes no other one of it, so that is no part of its digest.
    """
    left = right = name = None
    if "left" in fields:
        left, right = (staging.run(*side_of(fields[side])) for side in ("left", "right"))
    elif "model" in fields:
        left = staging.run(fields["model"], fields.get("run", DEFAULT_RUN))
    number = EXAMPLE if right is None else EXAMPLE_PAIR
    if fields["type"] != FEW_SHOT:
        kind, name = named_subject(fields["subject"])
        number = _DECIDED[kind] if fields["type"] == ADJUDICATION else _NOTED.get(kind, NOTE)
    author = fields.get("author")
    moment = as_moment(fields["created_at"])
    compared = {**fields, "created_at": moment.isoformat() if moment else None}
    if "answer" in fields:
        compared["answer"] = _whole(fields["answer"])
    return (
        line,
        number,
        None if author is None else staging.annotator({"annotator": author}),
        None,
        fields["case"],
        left,
        right,
        name,
        fields.get("rubric_version"),
        1,
        compared["created_at"],
        fingerprint(compared, without=_LATER),
        json.dumps(fields, ensure_ascii=False),
        None,
        *(db_id, None, None, False),
    )


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as it is stored; one that is none is refused later, for what it is."""
    try:
        return parse_draft(answer).as_json()
    except RefusedError:
        return answer


_LATER = frozenset({"removed_at"})

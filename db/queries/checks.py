"""The checks of an eval set, what they find, and the responses they look at."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import AutomatedCheck, Case, CheckFinding, CheckRevision, EvalSet, Model, Output, Run
from evalkit.checks.answers import Answers, stored_answers
from evalkit.checks.kind import CheckedResponse, Passage
from evalkit.checks.table import kind_called
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.vocabulary import CaseStatus, CheckResult, TextPlace


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """A check as it is now: its newest revision, and how many responses it found what of.

    ``n_quarantined`` responses are to quarantined cases, which count nowhere else.
    """

    check_id: int
    revision_id: int
    eval_set_id: int
    name: str
    kind: str
    settings: Mapping[str, Any]
    number: int
    case_key: str | None
    answers: Answers | None
    is_retired: bool
    created_at: datetime
    n_pass: int
    n_fail: int
    n_undefined: int
    n_quarantined: int

    @property
    def is_run(self) -> bool:
        """Tell whether it looks at responses here, and does not only keep what files brought."""
        return not self.is_retired and kind_called(self.kind).is_run

    @property
    def n_checked(self) -> int:
        """Return of how many responses that count it has said something."""
        return self.n_pass + self.n_fail + self.n_undefined


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """A response as checks see it, and whether its model gave an error instead."""

    output_id: int
    response: CheckedResponse
    is_error: bool


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What a check says of one response, for people to read."""

    case: str
    model: str
    run: str
    output_id: int
    result: CheckResult
    value: float | None
    detail: str


def eval_set_called(session: Session, name: str) -> int:
    """Return the id of an eval set; refuse a name that none has."""
    statement = sa.select(col(EvalSet.name), col(EvalSet.id))
    ids: dict[str, int] = {row.name: row.id for row in session.execute(statement)}
    if name not in ids:
        known = quoted(sorted(ids), nothing="none yet")
        raise NotFoundError(f"There is no eval set “{name}”. There are: {known}.")
    return ids[name]


def checks_of(session: Session, eval_set_id: int) -> list[CheckSummary]:
    """Return the checks of an eval set in the order of their names, retired ones last."""
    newest = (
        sa.select(col(CheckRevision.check_id), sa.func.max(CheckRevision.id).label("id"))
        .group_by(col(CheckRevision.check_id))
        .subquery()
    )
    statement = (
        sa.select(
            col(AutomatedCheck.id),
            col(AutomatedCheck.name),
            col(AutomatedCheck.case_key),
            col(AutomatedCheck.answers),
            col(AutomatedCheck.retired_at),
            col(CheckRevision.id).label("revision_id"),
            col(CheckRevision.kind),
            col(CheckRevision.settings),
            col(CheckRevision.number),
            col(CheckRevision.created_at),
        )
        .join(newest, newest.c.check_id == col(AutomatedCheck.id))
        .join(CheckRevision, col(CheckRevision.id) == newest.c.id)
        .where(col(AutomatedCheck.eval_set_id) == eval_set_id)
    )
    rows = session.execute(statement).all()
    revisions = [row.revision_id for row in rows]
    gone = _counts(session, revisions, of=_quarantined(eval_set_id))
    counts = _counts(session, revisions)
    counts.subtract(gone)
    summaries = [
        CheckSummary(
            check_id=row.id,
            revision_id=row.revision_id,
            eval_set_id=eval_set_id,
            name=row.name,
            kind=row.kind,
            settings=row.settings,
            number=row.number,
            case_key=row.case_key,
            answers=stored_answers(row.answers),
            is_retired=row.retired_at is not None,
            created_at=row.created_at,
            n_pass=counts[row.revision_id, CheckResult.PASS],
            n_fail=counts[row.revision_id, CheckResult.FAIL],
            n_undefined=counts[row.revision_id, CheckResult.UNDEFINED],
            n_quarantined=sum(gone[row.revision_id, result] for result in CheckResult),
        )
        for row in rows
    ]
    return sorted(summaries, key=lambda each: (each.is_retired, each.name.casefold(), each.name))


def _counts(
    session: Session, revisions: Sequence[int], *, of: Any = None
) -> Counter[tuple[int, str]]:
    """Count the findings of revisions by result, of all responses or of some."""
    statement = (
        sa.select(col(CheckFinding.revision_id), col(CheckFinding.result), sa.func.count())
        .where(
            col(CheckFinding.revision_id).in_(revisions),
            ~col(CheckFinding.is_superseded),
            IS_OF_TEXT_NOW,
        )
        .group_by(col(CheckFinding.revision_id), col(CheckFinding.result))
    )
    if of is not None:
        statement = statement.where(col(CheckFinding.output_id).in_(of))
    return Counter({(revision, result): n for revision, result, n in session.execute(statement)})


def _quarantined(eval_set_id: int) -> Any:
    """Select the responses to quarantined cases of an eval set."""
    return (
        sa.select(col(Output.id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Case.eval_set_id) == eval_set_id, col(Case.status) == CaseStatus.QUARANTINED)
    )


def _is_of_text_now() -> Any:
    """Say of findings that they are not of an assertion on a case which had another text then."""
    case, output = aliased(Case), aliased(Output)
    newest = (
        sa.select(sa.func.max(col(case.id)))
        .where(
            col(case.eval_set_id) == AutomatedCheck.eval_set_id,
            col(case.key) == AutomatedCheck.case_key,
        )
        .correlate(AutomatedCheck)
        .scalar_subquery()
    )
    asserted = (
        sa.select(col(CheckRevision.id))
        .join(AutomatedCheck, col(AutomatedCheck.id) == col(CheckRevision.check_id))
        .where(col(AutomatedCheck.case_key).is_not(None))
    )
    now = (
        sa.select(col(output.id))
        .join(CheckRevision, col(CheckRevision.id) == col(CheckFinding.revision_id))
        .join(AutomatedCheck, col(AutomatedCheck.id) == col(CheckRevision.check_id))
        .where(col(output.id) == CheckFinding.output_id, col(output.case_id) == newest)
        .correlate(CheckFinding)
    )
    return sa.or_(col(CheckFinding.revision_id).not_in(asserted), sa.exists(now))


#: What counts of findings: all but what an assertion on a case found of a text it had before.
IS_OF_TEXT_NOW = _is_of_text_now()


def check_called(session: Session, eval_set: str, name: str) -> CheckSummary:
    """Return a check of an eval set by its name; refuse what is not there."""
    checks = checks_of(session, eval_set_called(session, eval_set))
    check = next((each for each in checks if each.name == name), None)
    if check is None:
        known = quoted((each.name for each in checks), nothing="none yet")
        raise NotFoundError(f"“{eval_set}” has no check “{name}”. It has: {known}.")
    return check


def n_to_check(session: Session, check: CheckSummary) -> int:
    """Count the responses a check looks at."""
    return session.scalar(_outputs_of(check, sa.func.count())) or 0


def output_ids(session: Session, check: CheckSummary) -> Sequence[int]:
    """Return the ids of the responses a check looks at, in their order."""
    statement = _outputs_of(check, col(Output.id)).order_by(col(Output.id))
    return session.scalars(statement).all()


def _outputs_of(check: CheckSummary, *columns: Any) -> Any:
    statement = (
        sa.select(*columns)
        .select_from(Output)
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(
            col(Run.eval_set_id) == check.eval_set_id,
            col(Output.text_place).is_distinct_from(TextPlace.ELSEWHERE),
            col(Case.text_place).is_distinct_from(TextPlace.ELSEWHERE),
        )
    )
    if check.case_key is not None:
        # What was written for the text of a case says nothing of the text it had before.
        newest = sa.select(sa.func.max(col(Case.id))).where(
            col(Case.eval_set_id) == check.eval_set_id, col(Case.key) == check.case_key
        )
        statement = statement.where(col(Case.id) == newest.scalar_subquery())
    return statement


def responses_of(session: Session, ids: Sequence[int]) -> Iterator[ResponseRow]:
    """Give responses with all that checks may see of them, by their ids."""
    statement = (
        sa.select(
            col(Output.id),
            col(Output.content),
            col(Output.error),
            col(Output.details),
            col(Case.input),
            col(Case.reference),
            col(Case.context),
        )
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.id).in_(ids))
        .order_by(col(Output.id))
    )
    for row in session.execute(statement):
        response = CheckedResponse(
            content=row.content,
            asked=_asked(row.input or ()),
            reference=row.reference if isinstance(row.reference, str) else None,
            passages=_passages([*(row.context or ()), *_retrieved(row.details)]),
        )
        yield ResponseRow(row.id, response, is_error=bool(row.error) and not row.content)


def seen_before(session: Session, revision_id: int, ids: Sequence[int]) -> dict[int, str]:
    """Return the hash of what a revision saw of each response it has a finding of."""
    statement = sa.select(col(CheckFinding.output_id), col(CheckFinding.seen_hash)).where(
        col(CheckFinding.revision_id) == revision_id,
        col(CheckFinding.output_id).in_(ids),
        ~col(CheckFinding.is_superseded),
    )
    return {row.output_id: row.seen_hash for row in session.execute(statement)}


def findings_of(
    session: Session,
    revision_id: int,
    *,
    results: Iterable[CheckResult] = tuple(CheckResult),
    most: int = 1_000,
) -> list[FindingRow]:
    """Return what a revision of a check found, the first so many by case and model.

    Quarantined cases are left out, as in results.
    """
    statement: Any = (
        sa.select(
            col(Case.key).label("case"),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
            col(CheckFinding.output_id),
            col(CheckFinding.result),
            col(CheckFinding.value),
            col(CheckFinding.detail),
        )
        .join(Output, col(Output.id) == col(CheckFinding.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(
            col(CheckFinding.revision_id) == revision_id,
            ~col(CheckFinding.is_superseded),
            IS_OF_TEXT_NOW,
            col(Case.status) != CaseStatus.QUARANTINED,
            col(CheckFinding.result).in_([result.value for result in results]),
        )
        .order_by(col(Case.id), col(Model.name), col(Run.name))
        .limit(most)
    )
    return [
        FindingRow(
            row.case,
            row.model,
            row.run,
            row.output_id,
            CheckResult(row.result),
            row.value,
            row.detail or "",
        )
        for row in session.execute(statement)
    ]


def _asked(messages: Iterable[Mapping[str, Any]]) -> str:
    """Return the last message of a user in words."""
    asked = [message for message in messages if message.get("role") == "user"]
    return _text_of(asked[-1]) if asked else ""


def _retrieved(details: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return the passages that were retrieved for an output and came with their texts."""
    return [passage for passage in (details or {}).get("retrieved", []) if "text" in passage]


def _passages(context: Iterable[Mapping[str, Any]]) -> tuple[Passage, ...]:
    return tuple(
        Passage(str(passage.get("id", place)), _text_of(passage))
        for place, passage in enumerate(context, start=1)
    )


def _text_of(part: Mapping[str, Any]) -> str:
    content = part.get("content", part.get("text"))
    if isinstance(content, str):
        return content
    inner = content if isinstance(content, list) else []
    texts = (each.get("text") for each in inner if isinstance(each, Mapping))
    return "\n".join(text for text in texts if isinstance(text, str))

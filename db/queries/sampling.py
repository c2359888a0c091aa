"""The cases of a version as sampling sees them: texts, and what is known of their answers."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, EvalSetVersion, Model, Output, Run, VersionCase
from db.queries.cases_to_ask import cases_to_ask
from db.queries.records.rows import stream
from evalkit.evalset.hashing import canonical_json
from evalkit.sampling.candidates import LoggedCase

#: Of a long message its beginning and its end are compared, so many characters of each.
_END = 1_000
#: So many messages and passages, from the last back.
_PARTS = 6
#: Where logs keep what a user thought of an answer, in metadata.
_FEEDBACK = ("feedback", "user_feedback", "rating", "user_rating", "thumbs")


def whole_versions(session: Session, eval_set_id: int) -> list[int]:
    """Return the numbers of the versions that can be chosen from, the newest first: no samples."""
    is_sample = sa.exists().where(
        col(VersionCase.version_id) == col(EvalSetVersion.id),
        col(VersionCase.inclusion_probability) < 1,
    )
    statement = (
        sa.select(col(EvalSetVersion.number))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_id, sa.not_(is_sample))
        .order_by(col(EvalSetVersion.number).desc())
    )
    return list(session.connection().scalars(statement))


def candidates(session: Session, version_id: int) -> Iterator[LoggedCase]:
    """Give every active case of a version whose text is here."""
    models, failed = _answers(session, version_id)
    statement = cases_to_ask(
        version_id,
        col(Case.id),
        col(Case.key),
        col(Case.case_hash),
        col(Case.category),
        col(Case.input),
        col(Case.context),
        col(Case.tools),
        col(Case.details),
    )
    for row in stream(session, statement):
        texts = [_text_of(part) for part in (*(row.context or ()), *row.input)]
        asked = [_text_of(part) for part in (*(row.context or ()), *_asked(row.input))]
        system = [part for part in row.input if part not in _asked(row.input)]
        apart = canonical_json([system, row.tools or None]) if system or row.tools else ""
        answered_by = models.get(row.id, set())
        yield LoggedCase(
            case_id=row.id,
            key=row.key,
            content_hash=row.case_hash,
            text="\n".join(_ends(text) for text in (asked or texts)[-_PARTS:]),
            apart=hashlib.sha256(apart.encode()).hexdigest() if apart else "",
            length=sum(map(len, texts)),
            category=row.category or "",
            feedback=_feedback(row.details or {}),
            error="" if row.id not in failed else "failed",
            model=next(iter(answered_by))
            if len(answered_by) == 1
            else "several models"
            if answered_by
            else "",
        )


def _answers(session: Session, version_id: int) -> tuple[dict[int, set[str]], set[int]]:
    """Return which models answered each case, and which cases have an answer that failed."""
    statement = (
        sa.select(col(Output.case_id), col(Model.name), col(Output.error))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(VersionCase, col(VersionCase.case_id) == col(Output.case_id))
        .where(col(VersionCase.version_id) == version_id)
    )
    models: defaultdict[int, set[str]] = defaultdict(set)
    failed: set[int] = set()
    for case_id, model, error in map(tuple, stream(session, statement)):
        models[case_id].add(model)
        if error:
            failed.add(case_id)
    return models, failed


def _asked(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if message.get("role") not in ("system", "developer")]


def _text_of(part: dict[str, Any]) -> str:
    """Return what a message or passage says; of one in parts, their texts."""
    content = part.get("content", part.get("text"))
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(
            inner["text"] if isinstance(inner.get("text"), str) else json.dumps(inner)
            for inner in content
            if isinstance(inner, dict)
        )
    return json.dumps(part, ensure_ascii=False, sort_keys=True)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _feedback(details: dict[str, Any]) -> str:
    inner = details.get("metadata")
    for place in (details, inner if isinstance(inner, dict) else {}):
        for name in _FEEDBACK:
            value = place.get(name)
            if isinstance(value, str | int | float):
                return f"feedback {value}"
    return ""

"""Make the next version of an eval set by hand: a case more, one less, one revised, none twice."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.cases import (
    add_event,
    cases_changed,
    locked_cases,
    optional,
    required,
    set_status,
)
from db.engine import wait_for_imports, write_session
from db.models import Annotator, AuditEvent, Case, EvalSet, EvalSetVersion, VersionCase
from db.queries.cases_to_ask import version_called
from db.queries.versions import held_cases
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash, version_hash
from evalkit.phrases import counted
from evalkit.records.checks import MAX_NAME_LENGTH
from evalkit.vocabulary import CaseEventKind, CaseStatus, TextPlace

#: The longest text of a case that a person writes, in characters.
MOST_WORDS = 1_000_000
#: What a case that a person writes asks with.
_ROLE = "user"
#: The stratum of a case that nobody drew.
BY_HAND = "added by hand"
#: That of the cases of a version that somebody chose, for what is said of their responses.
CHOSEN = "chosen by hand"
_WHY = "Say why this case exists: the failure it covers, or where it is from."


def add_case(
    eval_set: str,
    key: str,
    words: str,
    *,
    note: str,
    category: str = "",
    reference: str = "",
    actor_id: int | None = None,
) -> int:
    """Add a case of one message to an eval set, as its next version; return its number.

    In a version whose cases have chances it is certain to be there, so it counts for itself alone.
    Raises RefusedError without words or a note why it exists, and where a case is called so.
    """
    key = required(key, "Give the case an id: a short name of your own.")
    words = required(words, "Write what the case asks.", longest=MOST_WORDS)
    note = required(note, _WHY)
    category, reference = optional(category), optional(reference, longest=MOST_WORDS)
    for what, named in (("id", key), ("category", category)):
        if len(named) > MAX_NAME_LENGTH:
            told = f"The {what} has {len(named):,} characters, expected at most {MAX_NAME_LENGTH}"
            raise RefusedError(f"{told}: a file could not bring it back. Give a shorter one.")
    with write_session() as session:
        newest = _locked(session, eval_set)
        if session.exec(
            select(Case.id).where(Case.eval_set_id == newest.eval_set_id, Case.key == key)
        ).first():
            raise RefusedError(f"“{eval_set}” has a case “{key}” already. Give this another id.")
        messages = [{"role": _ROLE, "content": words}]
        case = Case(
            eval_set_id=newest.eval_set_id,
            key=key,
            case_hash=case_hash(messages=messages),
            input=messages,
            category=category or None,
            reference=reference or None,
            note=note,
        )
        session.add(case)
        session.flush()
        add_event(session, case, CaseEventKind.ADDED, reason=note, actor_id=actor_id)
        told = f"Added {key}: {note}"
        return _next(session, newest, plus={number_of(case): None}, note=told, actor_id=actor_id)


def revise_case(case_id: int, words: str, *, reason: str, actor_id: int | None = None) -> int:
    """Put another text in the last message of a case, as the eval set's next version.

    The former case stays in the versions that hold it, with all that was said of it; the revised
    one has its name, stratum and chance, and no response yet. Raises RefusedError without a
    reason, where nothing is changed, and where the case is not in the newest version or its text
    is not here.
    """
    words = required(words, "Write what the case asks.", longest=MOST_WORDS)
    reason = required(reason, "Say why: the reason stays in the history of the case.")
    with write_session() as session:
        (case,) = locked_cases(session, [case_id])
        eval_set = session.get_one(EvalSet, case.eval_set_id).name
        newest = _locked(session, eval_set)
        if not _is_held(session, newest, case_id):
            raise RefusedError(f"“{case.key}” is not in version {newest.number}, the newest.")
        messages = [dict(message) for message in case.input]
        if not messages or not isinstance(messages[-1].get("content"), str):
            raise RefusedError(f"The last message of “{case.key}” is not one text: import it anew.")
        messages[-1]["content"] = words
        hashed = case_hash(messages=messages, context=case.context, tools=case.tools)
        if hashed == case.case_hash:
            raise RefusedError("This is the text of the case already.")
        if session.exec(
            select(Case.id).where(
                Case.eval_set_id == case.eval_set_id, Case.key == case.key, Case.case_hash == hashed
            )
        ).first():
            raise RefusedError("The case had this text before: an older version holds it.")
        revised = _revised(session, case, messages, hashed)
        for each in (case, revised):
            add_event(
                session,
                each,
                CaseEventKind.REVISED,
                before=case.case_hash,
                after=hashed,
                reason=reason,
                actor_id=actor_id,
            )
        told = f"Revised {case.key}: {reason}"
        plus = {number_of(revised): case_id}
        return _next(session, newest, plus=plus, minus=[case_id], note=told, actor_id=actor_id)


def leave_out(
    eval_set: str, case_ids: Collection[int], *, note: str, actor_id: int | None = None
) -> int:
    """Make the next version of an eval set without some cases; return its number.

    They stay in the versions that hold them. Raises RefusedError without a note, for a case that
    the newest version does not hold, and where none would be left.
    """
    note = required(note, "Say what the version is for, or why these cases are left out.")
    with write_session() as session:
        newest = _locked(session, eval_set)
        for case in locked_cases(session, list(case_ids)):
            if not _is_held(session, newest, number_of(case)):
                raise RefusedError(f"“{case.key}” is not in version {newest.number}, the newest.")
        return _next(session, newest, minus=case_ids, note=note, actor_id=actor_id)


def keep_only(
    eval_set: str, case_ids: Collection[int], *, note: str, actor_id: int | None = None
) -> tuple[int, bool]:
    """Make the next version of an eval set of some of its cases alone.

    No case of it has a chance, though it was drawn into the newest: who chose saw its responses.

    Returns its number and whether it is new: where the newest holds just these cases it is that
    one. Raises RefusedError without a note, and for a case that the newest version does not hold.
    """
    note = required(note, "Say what the version is for: why these cases alone.")
    with write_session() as session:
        newest = _locked(session, eval_set)
        held = {each.case_id: each.key for each in held_cases(session, number_of(newest))}
        for case in locked_cases(session, list(case_ids)):
            if number_of(case) not in held:
                raise RefusedError(f"“{case.key}” is not in version {newest.number}, the newest.")
        minus = held.keys() - set(case_ids)
        if not minus:
            return newest.number, False
        chosen = dict.fromkeys(case_ids, (CHOSEN, None))
        return _store(session, newest, chosen, note=note, actor_id=actor_id), True


def merge_repeats(eval_set: str, *, reason: str, actor_id: int | None = None) -> tuple[int, int]:
    """Keep the first by name of cases with one content, as the eval set's next version.

    The others are retired and say what they were merged into; what was said of them stays with
    them, in the versions and studies that hold them. Returns the number of the version and how
    many were merged. Raises RefusedError without a reason, and where no content repeats.
    """
    reason = required(reason, "Say why: the reason stays in the history of each case.")
    with write_session() as session:
        newest = _locked(session, eval_set)
        first: dict[str, str] = {}
        into: dict[int, str] = {}
        for held in held_cases(session, number_of(newest)):
            if held.case_hash in first:
                into[held.case_id] = first[held.case_hash]
            first.setdefault(held.case_hash, held.key)
        if not into:
            raise RefusedError(f"No content repeats in version {newest.number} of “{eval_set}”.")
        for case in locked_cases(session, list(into)):
            kept_name = into[number_of(case)]
            if case.status == CaseStatus.ACTIVE:
                told = f"Same content as {kept_name}. {reason}"
                set_status(session, case, CaseStatus.RETIRED, reason=told, actor_id=actor_id)
            add_event(
                session,
                case,
                CaseEventKind.MERGED,
                after=kept_name,
                reason=reason,
                actor_id=actor_id,
            )
        told = f"{counted(len(into), 'repeated case')} merged: {reason}"
        number = _next(session, newest, minus=into, note=told, actor_id=actor_id)
        cases_changed(session, list(into))
        return number, len(into)


def author_name(session: Session, actor_id: int | None) -> str | None:
    """Return what a person is called, None where it is not known who it is."""
    person = session.get(Annotator, actor_id) if actor_id is not None else None
    return None if person is None else person.name


def _locked(session: Session, eval_set: str) -> EvalSetVersion:
    """Return the newest version while nobody else makes the next one."""
    wait_for_imports(session)
    newest = version_called(session, eval_set, None)
    session.exec(select(EvalSet.id).where(EvalSet.id == newest.eval_set_id).with_for_update()).one()
    return version_called(session, eval_set, None)


def _next(
    session: Session,
    newest: EvalSetVersion,
    *,
    plus: Mapping[int, int | None] | None = None,
    minus: Collection[int] = (),
    note: str,
    actor_id: int | None,
) -> int:
    """Store the newest version with some cases more and some less; return its number."""
    stays = _places(session, newest, plus or {}, minus)
    return _store(session, newest, stays, note=note, actor_id=actor_id)


def _store(
    session: Session,
    newest: EvalSetVersion,
    stays: Mapping[int, tuple[str | None, float | None]],
    *,
    note: str,
    actor_id: int | None,
) -> int:
    """Store the next version with stratum and chance of each of its cases; return its number."""
    if not stays:
        raise RefusedError("A version holds one case at least: this would leave none.")
    of_set = col(Case.eval_set_id) == newest.eval_set_id
    rows_of_cases = session.connection().execute(
        sa.select(col(Case.id), col(Case.case_hash)).where(of_set)
    )
    hashes = {row.id: row.case_hash for row in rows_of_cases}
    made = EvalSetVersion(
        eval_set_id=newest.eval_set_id,
        number=newest.number + 1,
        content_hash=version_hash(sorted(hashes[case_id] for case_id in stays)),
        parent_id=newest.id,
        note=note,
        author=author_name(session, actor_id),
    )
    session.add(made)
    session.flush()
    session.add_all(
        VersionCase(
            version_id=number_of(made),
            case_id=case_id,
            stratum=stratum,
            inclusion_probability=chance,
        )
        for case_id, (stratum, chance) in stays.items()
    )
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action="make version",
            subject=f"eval_set:{newest.eval_set_id}",
            details={"version": made.number, "of": newest.number, "note": note},
        )
    )
    session.flush()
    return made.number


def _places(
    session: Session,
    newest: EvalSetVersion,
    plus: Mapping[int, int | None],
    minus: Collection[int],
) -> dict[int, tuple[str | None, float | None]]:
    """Return stratum and chance of each case of the next version.

    What comes in takes over those of the case it stands for, if any: weights count where every
    case has a chance, so one without would end those of all.
    """
    rows = session.exec(select(VersionCase).where(VersionCase.version_id == newest.id)).all()
    before = {row.case_id: (row.stratum, row.inclusion_probability) for row in rows}
    is_drawn = any(chance is not None for _, chance in before.values())
    by_hand: tuple[str | None, float | None] = (BY_HAND, 1.0) if is_drawn else (None, None)
    stays = {case_id: how for case_id, how in before.items() if case_id not in minus}
    for case_id, instead_of in plus.items():
        stays[case_id] = by_hand if instead_of is None else before[instead_of]
    return stays


def _is_held(session: Session, version: EvalSetVersion, case_id: int) -> bool:
    return session.get(VersionCase, (version.id, case_id)) is not None


def _revised(session: Session, case: Case, messages: list[dict[str, Any]], hashed: str) -> Case:
    same = ("eval_set_id", "key", "context", "tools", "reference", "checklist", "category", "note")
    also = ("source", "tags", "canary", "is_watched", "details")
    revised = Case(
        **{name: getattr(case, name) for name in (*same, *also)},
        input=messages,
        case_hash=hashed,
        text_place=TextPlace.JOINED if case.text_place == TextPlace.JOINED else None,
    )
    session.add(revised)
    session.flush()
    return revised

"""The life of a known failure: started, explained, fixed, reopened; each step with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.cases import optional, required
from db.engine import write_session
from db.models import (
    Annotator,
    Case,
    EvalSet,
    KnownFailure,
    KnownFailureCase,
    KnownFailureEvent,
    Model,
    Run,
    Tag,
    Taxonomy,
)
from db.queries.records.rows import BATCH, batched
from evalkit.annotation.draft import checked_text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import counted, quoted
from evalkit.vocabulary import AnnotatorKind, FailureEventKind, FailureState

#: A longer title has no room on the board.
MAX_TITLE = 120
#: A larger regression set is an eval set.
MAX_CASES = 2_000
#: So many cases are named in the history.
_MOST_NAMED = 20
_GONE = "This failure is gone. Load the page again."


@dataclass(frozen=True, slots=True)
class NewFailure:
    """What a failure is started with; see `db.models.KnownFailure`.

    ``case_hashes`` are the contents of the cases that show it. Without a ``tag_version`` the tag is
    that of the newest version that has its key.
    """

    eval_set_id: int
    title: str
    taxonomy: str
    tag: str
    model_id: int | None = None
    category: str | None = None
    owner_id: int | None = None
    case_hashes: tuple[str, ...] = ()
    reason: str = ""
    tag_version: int | None = None


def start_failure(new: NewFailure, *, key: str | None = None, actor_id: int | None = None) -> int:
    """Store a failure with its first cases, open; return its id.

    The same ``key`` again is the same form sent twice: nothing is stored and the id is returned.
    Raises RefusedError for a title that is empty, too long or there already, and NotFoundError for
    a tag, model, category, owner or case that is not there; nothing is stored then.
    """
    title, reason = failure_title(new.title), optional(new.reason)
    with write_session() as session:
        _lock_set(session, new.eval_set_id)
        if (known := _of_key(session, key)) is not None:
            return known
        tag_version = _require_scope(session, new)
        _require_free(session, new.eval_set_id, title)
        hashes = _contents(session, new.eval_set_id, new.case_hashes)
        failure = KnownFailure(
            eval_set_id=new.eval_set_id,
            title=title,
            taxonomy=new.taxonomy,
            tag=new.tag,
            tag_version=tag_version,
            model_id=new.model_id,
            category=new.category,
            owner_id=new.owner_id,
            key=key,
            created_by_id=actor_id,
        )
        session.add(failure)
        session.flush()
        session.add_all(
            KnownFailureCase(failure_id=number_of(failure), case_hash=each) for each in hashes
        )
        _tell(
            session,
            failure,
            FailureEventKind.STARTED,
            after=counted(len(hashes), "case"),
            reason=reason,
            actor_id=actor_id,
        )
        return number_of(failure)


def change_state(
    failure_id: int,
    state: FailureState,
    *,
    reason: str,
    run_id: int | None = None,
    actor_id: int | None = None,
) -> None:
    """Say how a failure stands, and why; where it is fixed, in which run.

    What was judged before does not confirm a fix: it counts from now on. Raises RefusedError
    without a reason, for a fix without a run, for a run without a fix, and where nothing changes.
    """
    reason = required(reason, "Say why: the reason stays in the history of the failure.")
    if (state == FailureState.FIXED) != (run_id is not None):
        raise RefusedError(
            "Say in which run it is fixed: what is judged of that run from now on tells whether it "
            "holds."
            if run_id is None
            else "Only a failure that is fixed is fixed in a run."
        )
    with write_session() as session:
        failure = _locked(session, failure_id)
        if failure.state == state and failure.fixed_run_id == run_id:
            raise RefusedError(f"Nothing to change: {state} is what this is already.")
        if run_id is not None:
            _require_run(session, failure.eval_set_id, run_id)
        before = _in_words(session, failure)
        failure.state, failure.fixed_run_id = state, run_id
        failure.fixed_at = None if run_id is None else now()
        session.add(failure)
        _tell(
            session,
            failure,
            FailureEventKind.STATE,
            before=before,
            after=_in_words(session, failure),
            reason=reason,
            actor_id=actor_id,
        )


def give_to(
    failure_id: int, owner_id: int | None, *, reason: str = "", actor_id: int | None = None
) -> None:
    """Say who sees to a failure; None is nobody. Raises RefusedError where it is theirs already."""
    reason = optional(reason)
    with write_session() as session:
        failure = _locked(session, failure_id)
        if failure.owner_id == owner_id:
            raise RefusedError("Nothing to change: this is who sees to it already.")
        before = _owner(session, failure.owner_id)
        after = _owner(session, owner_id)
        failure.owner_id = owner_id
        session.add(failure)
        _tell(
            session,
            failure,
            FailureEventKind.OWNER,
            before=before or None,
            after=after or None,
            reason=reason,
            actor_id=actor_id,
        )


def rename_failure(
    failure_id: int, title: str, *, reason: str = "", actor_id: int | None = None
) -> None:
    """Call a failure something else; what it was called stays in its history."""
    title, reason = failure_title(title), optional(reason)
    with write_session() as session:
        failure = _locked(session, failure_id)
        if failure.title == title:
            raise RefusedError("Nothing to change: this is what it is called already.")
        _require_free(session, failure.eval_set_id, title)
        before, failure.title = failure.title, title
        session.add(failure)
        _tell(
            session,
            failure,
            FailureEventKind.TITLE,
            before=before,
            after=title,
            reason=reason,
            actor_id=actor_id,
        )


def note_failure(failure_id: int, note: str, *, actor_id: int | None = None) -> None:
    """Add a note to the history of a failure."""
    note = required(note, "Write the note first.")
    with write_session() as session:
        failure = _locked(session, failure_id)
        _tell(session, failure, FailureEventKind.NOTE, after=note, actor_id=actor_id)


def change_cases(
    failure_id: int,
    *,
    add: Sequence[str] = (),
    take_out: Sequence[str] = (),
    reason: str,
    actor_id: int | None = None,
) -> int:
    """Put contents of cases into the set of a failure, take others out; return how many changed.

    Raises RefusedError without a reason, where nothing changes, or where a set would be too large,
    and NotFoundError for a content that the eval set does not hold.
    """
    reason = required(reason, "Say why: the reason stays in the history of the failure.")
    with write_session() as session:
        failure = _locked(session, failure_id)
        of_failure = select(KnownFailureCase).where(col(KnownFailureCase.failure_id) == failure_id)
        rows = {row.case_hash: row for row in session.exec(of_failure)}
        there = {each for each, row in rows.items() if not row.is_out}
        new = [each for each in _contents(session, failure.eval_set_id, add) if each not in there]
        gone = [each for each in dict.fromkeys(take_out) if each in there]
        if not new and not gone:
            raise RefusedError("Nothing to change: choose cases to add, or to take out.")
        if len(there) + len(new) - len(gone) > MAX_CASES:
            raise RefusedError(f"A regression set holds at most {MAX_CASES:,} cases.")
        for each in (*new, *gone):
            row = rows.get(each) or KnownFailureCase(failure_id=failure_id, case_hash=each)
            row.is_out = each in there
            session.add(row)
        told = (("added", new), ("taken out", gone))
        _tell(
            session,
            failure,
            FailureEventKind.CASES,
            after="; ".join(f"{how}: {_keys(session, failure, of)}" for how, of in told if of),
            reason=reason,
            actor_id=actor_id,
        )
        return len(new) + len(gone)


def _locked(session: Session, failure_id: int) -> KnownFailure:
    """Read a failure that nobody else changes meanwhile."""
    statement = select(KnownFailure).where(col(KnownFailure.id) == failure_id).with_for_update()
    failure = session.exec(statement).first()
    if failure is None:
        raise NotFoundError(_GONE)
    return failure


def _lock_set(session: Session, eval_set_id: int) -> None:
    """Let nobody else start a failure of an eval set meanwhile: of one title, or one form."""
    locked = select(EvalSet).where(col(EvalSet.id) == eval_set_id).with_for_update()
    if session.exec(locked).first() is None:
        raise NotFoundError("This eval set is gone. Load the page again.")


def _of_key(session: Session, key: str | None) -> int | None:
    if key is None:
        return None
    return session.exec(select(KnownFailure.id).where(col(KnownFailure.key) == key)).first()


def _tell(
    session: Session,
    failure: KnownFailure,
    kind: FailureEventKind,
    *,
    before: str | None = None,
    after: str | None = None,
    reason: str = "",
    actor_id: int | None,
) -> None:
    """Add to the history of a failure."""
    session.add(
        KnownFailureEvent(
            failure_id=number_of(failure),
            kind=kind,
            before=before,
            after=after,
            reason=reason,
            actor_id=actor_id,
        )
    )


def _in_words(session: Session, failure: KnownFailure) -> str:
    """Say how a failure stands; a fix with its run."""
    if failure.fixed_run_id is None:
        return failure.state
    return f"{failure.state} in {_run(session, failure.fixed_run_id)}"


def _run(session: Session, run_id: int) -> str:
    statement = (
        select(Model.name, Run.name)
        .join(Run, col(Run.model_id) == col(Model.id))
        .where(col(Run.id) == run_id)
    )
    row = session.exec(statement).first()
    return f"{row[0]}, run {row[1]}" if row else "a run that is gone"


def _require_run(session: Session, eval_set_id: int, run_id: int) -> None:
    run = session.get(Run, run_id)
    if run is None or run.eval_set_id != eval_set_id:
        raise NotFoundError("This run is not one of the eval set. Choose another.")


def _require_free(session: Session, eval_set_id: int, title: str) -> None:
    statement = select(KnownFailure.id).where(
        col(KnownFailure.eval_set_id) == eval_set_id, col(KnownFailure.title) == title
    )
    if session.exec(statement).first() is not None:
        raise RefusedError(
            f"“{title}” is followed already. Add cases to it, or call this one something else."
        )


def _require_scope(session: Session, new: NewFailure) -> int:
    """Return the version of the tag of a failure; refuse a scope that does not exist."""
    tags = session.exec(
        select(Tag.key, Taxonomy.version)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name) == new.taxonomy)
    ).all()
    versions = {version for key, version in tags if key == new.tag}
    if not versions or (new.tag_version or max(versions)) not in versions:
        of = "" if new.tag_version is None else f" in version {new.tag_version}"
        keys = sorted({key for key, _ in tags})
        known = quoted(keys, nothing="none: there is no taxonomy of this name")
        raise NotFoundError(f"“{new.taxonomy}” has no tag “{new.tag}”{of}. There are: {known}.")
    if new.model_id is not None:
        of_model = select(Run.id).where(
            col(Run.eval_set_id) == new.eval_set_id, col(Run.model_id) == new.model_id
        )
        if session.exec(of_model).first() is None:
            raise NotFoundError("This model has no run on the eval set.")
    if new.category is not None:
        of_category = select(Case.id).where(
            col(Case.eval_set_id) == new.eval_set_id,
            sa.func.coalesce(col(Case.category), "") == new.category,
        )
        if session.exec(of_category.limit(1)).first() is None:
            raise NotFoundError(f"The eval set has no case of the category “{new.category}”.")
    _owner(session, new.owner_id)
    return new.tag_version or max(versions)


def _owner(session: Session, owner_id: int | None) -> str:
    """Return what a person is called; refuse who is none."""
    if owner_id is None:
        return ""
    person = session.get(Annotator, owner_id)
    if person is None or person.kind != AnnotatorKind.HUMAN:
        raise NotFoundError("This person is gone. Choose another.")
    return person.name


def _contents(session: Session, eval_set_id: int, hashes: Sequence[str]) -> list[str]:
    """Return contents of cases each once, in order; refuse one the eval set does not hold."""
    wanted = list(dict.fromkeys(hashes))
    if len(wanted) > MAX_CASES:
        raise RefusedError(f"A regression set holds at most {MAX_CASES:,} cases.")
    there: set[str] = set()
    for part in batched(wanted, BATCH):
        statement = select(Case.case_hash).where(
            col(Case.eval_set_id) == eval_set_id, col(Case.case_hash).in_(part)
        )
        there |= set(session.exec(statement))
    if any(each not in there for each in wanted):
        raise NotFoundError("A case is gone from the eval set. Load the page again.")
    return wanted


def _keys(session: Session, failure: KnownFailure, hashes: Sequence[str]) -> str:
    """Name cases by their newest names, of many the first."""
    statement = (
        select(Case.case_hash, Case.key)
        .where(
            col(Case.eval_set_id) == failure.eval_set_id,
            col(Case.case_hash).in_(hashes[:_MOST_NAMED]),
        )
        .order_by(col(Case.id))
    )
    keys = sorted(dict(session.exec(statement).all()).values())
    more = len(hashes) - _MOST_NAMED
    return f"{', '.join(keys)}{f' and {more:,} more' if more > 0 else ''}"


def failure_title(title: str) -> str:
    """Return a title as it is stored, its words one space apart.

    Raises RefusedError for an empty one and for one longer than MAX_TITLE.
    """
    title = " ".join(checked_text(title, "The title").split())
    if not title:
        raise RefusedError("Give the failure a title: what goes wrong, in a few words.")
    if len(title) > MAX_TITLE:
        raise RefusedError(f"A title has at most {MAX_TITLE} characters; this has {len(title):,}.")
    return title

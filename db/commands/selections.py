"""What is made of chosen responses: a study of them, a version of their cases, watched cases.

Each takes row numbers of responses, from wherever they were chosen. The same again makes nothing
new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.cases import add_event, locked_cases, required
from db.commands.changes import results_changed
from db.commands.derived_studies import MOST_LETTERS, add_study_like
from db.commands.units import count_units
from db.commands.versions import keep_only
from db.engine import read_session, write_session
from db.models import AuditEvent, Study
from db.queries.case_life import studies_with
from db.queries.newer_taxonomy import version_of_own
from db.queries.selection import selection_of, study_of
from db.queries.traffic import STUDY_OF_CHOSEN
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import CaseEventKind


@dataclass(frozen=True, slots=True)
class MadeOfSelection:
    """What a way out led to: the row number of a study, or the number of a version.

    It ``is_new`` unless it was there before, made of the same responses.
    """

    number: int
    is_new: bool


def start_study(
    output_ids: Sequence[int],
    *,
    like: int,
    name: str,
    taxonomy_version: int | None = None,
    actor_id: int | None = None,
) -> MadeOfSelection:
    """Start a study of the cases and models of some responses that asks as another study does.

    It has the people, the instructions and the blinding of that one (never less than masked), and
    says nothing of why these cases were chosen. Each case is certain to be in it.

    Parameters
    ----------
    output_ids : sequence of int
        The responses.
    like : int
        The id of the study they were chosen in.
    name : str
    taxonomy_version : int, optional
        Another version of that study's taxonomy, to be asked for in place of its own.
    actor_id : int, optional

    Raises
    ------
    RefusedError
        Where no response is chosen, one is not of that study, too few models are left for what it
        asks, or the name is empty, too long or that of another study.
    NotFoundError
        Where a response or the study is gone, or there is no such version.
    """
    name = required(name, "Give the study a name.")
    if len(name) > MOST_LETTERS:
        raise RefusedError(f"Give the study a name of at most {MOST_LETTERS} characters.")
    taken = RefusedError(f"There is already a study named “{name}”. Choose another name.")
    try:
        with write_session() as session:
            source = session.get(Study, like)
            if source is None:
                raise NotFoundError("The study these responses were chosen in is gone.")
            selection = selection_of(session, output_ids)
            asks = {} if taxonomy_version is None else {"taxonomy_version": str(taxonomy_version)}
            details = {"like": source.name, "selection": selection.digest, **asks}
            there = session.exec(select(Study).where(Study.name == name)).first()
            if there is not None:
                if _was_made_so(session, name, details):
                    return MadeOfSelection(number_of(there), is_new=False)
                raise taken
            planned = study_of(session, selection, like)
            study = add_study_like(
                session,
                source,
                name=name,
                task=planned.task,
                chances=dict.fromkeys(selection.case_ids, 1.0),
                seed=source.seed,
                run_ids=planned.run_ids,
                actor_id=actor_id,
            )
            study.taxonomy_id = version_of_own(session, source, taxonomy_version)
            session.add(
                AuditEvent(
                    actor_id=actor_id,
                    action=STUDY_OF_CHOSEN,
                    subject=f"study {name}",
                    details=details,
                )
            )
            session.flush()
            count_units(session, study)
            return MadeOfSelection(number_of(study), is_new=True)
    except IntegrityError:  # somebody else took the name at the same moment
        raise taken from None


def make_version(
    output_ids: Sequence[int], *, note: str, actor_id: int | None = None
) -> MadeOfSelection:
    """Make the next version of their eval set of the cases of some responses alone.

    Raises as :func:`db.commands.versions.keep_only` does, and RefusedError where no response is
    chosen or they are of several eval sets.
    """
    with read_session() as session:
        selection = selection_of(session, output_ids)
    made = keep_only(selection.eval_set, selection.case_ids, note=note, actor_id=actor_id)
    return MadeOfSelection(*made)


def watch_cases(output_ids: Sequence[int], *, why: str, actor_id: int | None = None) -> int:
    """Watch the cases of some responses, and return how many were not watched before.

    ``why`` is noted as the reason, and is what those cases say from now on of why they exist that
    said nothing. Raises RefusedError without it, and where no response is chosen.
    """
    why = required(why, "Say why these cases are watched: an alarm is read by people who ask that.")
    with write_session() as session:
        selection = selection_of(session, output_ids)
        cases = [case for case in locked_cases(session, selection.case_ids) if not case.is_watched]
        for case in cases:
            if not case.note:
                case.note = why
                add_event(session, case, CaseEventKind.NOTE, after=why, actor_id=actor_id)
            case.is_watched = True
            session.add(case)
            add_event(
                session,
                case,
                CaseEventKind.WATCHED,
                after="watched",
                reason=why,
                actor_id=actor_id,
            )
        session.flush()
        results_changed(session, *studies_with(session, [number_of(case) for case in cases]))
        return len(cases)


def _was_made_so(session: Session, name: str, details: dict[str, str]) -> bool:
    """Tell whether the study of a name was made of the same responses, of the same study."""
    events = session.exec(
        select(AuditEvent).where(
            col(AuditEvent.subject) == f"study {name}", col(AuditEvent.action) == STUDY_OF_CHOSEN
        )
    )
    return any(event.details == details for event in events)

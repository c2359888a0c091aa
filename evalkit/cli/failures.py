"""``python -m evalkit failure``: follow a failure from its first cases to a fix that holds."""

from typing import Annotated

import typer
from sqlmodel import Session

from db.commands.failures import (
    NewFailure,
    change_cases,
    change_state,
    give_to,
    note_failure,
    start_failure,
)
from db.engine import read_session
from db.queries.case_life import cases_called
from db.queries.failures import (
    eval_set_called,
    failure_called,
    hashes_of_cases,
    models_of_set,
    runs_of_set,
    tags_of_set,
)
from db.queries.people import person_called
from db.queries.tags_now import TagNow
from evalkit.cli.terminal import out, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import counted, quoted
from evalkit.vocabulary import FailureState

app = typer.Typer(no_args_is_help=True, help="Follow a failure; see report failures.")

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set it is of.")]
Title = Annotated[str, typer.Argument(help="What the failure is called.")]
Keys = Annotated[list[str], typer.Argument(help="The ids of cases.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays in the history.")]
OwnerOption = Annotated[str | None, typer.Option("--owner", help="Who sees to it.")]


@app.command("start")
def start_command(
    title: Title,
    eval_set: EvalSetOption,
    tag: Annotated[str, typer.Option("--tag", help="The key of its tag.")],
    taxonomy: Annotated[
        str | None, typer.Option("--taxonomy", help="Needed where several have the tag.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Only of this model.")] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only in this category of cases.")
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", help="A case that shows it; repeatable.")
    ] = None,
    owner: OwnerOption = None,
    reason: Annotated[str, typer.Option("--reason", help="What is known of it.")] = "",
) -> None:
    """Follow a failure: a tag within a scope, with the cases that show it."""
    require_database()
    with read_session() as session:
        set_id = eval_set_called(session, eval_set)
        models = {name: number for number, name in models_of_set(session, set_id).items()}
        if model is not None and model not in models:
            raise NotFoundError(f"No model “{model}” answered it. There are: {quoted(models)}.")
        of_tag = _tag(session, set_id, tag, taxonomy)
        new = NewFailure(
            eval_set_id=set_id,
            title=title,
            taxonomy=of_tag.taxonomy,
            tag=of_tag.key,
            tag_version=of_tag.version,
            model_id=models.get(model or ""),
            category=category,
            owner_id=_person(session, owner),
            case_hashes=_contents(session, eval_set, case or []),
            reason=reason,
        )
    start_failure(new)
    out().print(f"“{title}” is followed, with {counted(len(new.case_hashes), 'case')}.")


@app.command("state")
def state_command(
    title: Title,
    eval_set: EvalSetOption,
    state: Annotated[FailureState, typer.Option("--to", help="How it stands from here on.")],
    reason: Reason,
    run: Annotated[
        str | None, typer.Option("--run", help="Where it is fixed: “MODEL, run RUN”.")
    ] = None,
) -> None:
    """Say how a failure stands, and why; a fix is confirmed by what is judged after it."""
    require_database()
    with read_session() as session:
        set_id = eval_set_called(session, eval_set)
        failure_id = failure_called(session, set_id, title)
        runs = {name: number for number, name in runs_of_set(session, set_id).items()}
    if run is not None and run not in runs:
        raise NotFoundError(f"There is no run “{run}”. There are: {quoted(runs)}.")
    change_state(failure_id, state, reason=reason, run_id=runs.get(run or ""))
    out().print(f"“{title}” is now {state}.")


@app.command("owner")
def owner_command(title: Title, eval_set: EvalSetOption, owner: OwnerOption = None) -> None:
    """Say who sees to a failure; without --owner nobody does."""
    require_database()
    with read_session() as session:
        failure_id = failure_called(session, eval_set_called(session, eval_set), title)
        owner_id = _person(session, owner)
    give_to(failure_id, owner_id)
    out().print(f"“{title}” is now {owner or 'nobody'}’s.")


@app.command("cases")
def cases_command(
    title: Title,
    keys: Keys,
    eval_set: EvalSetOption,
    reason: Reason,
    take_out: Annotated[bool, typer.Option("--take-out", help="Take them out instead.")] = False,
) -> None:
    """Put cases into the regression set of a failure, or take them out."""
    require_database()
    with read_session() as session:
        failure_id = failure_called(session, eval_set_called(session, eval_set), title)
        hashes = _contents(session, eval_set, keys)
    add, gone = ((), hashes) if take_out else (hashes, ())
    n = change_cases(failure_id, add=add, take_out=gone, reason=reason)
    out().print(f"{counted(n, 'case')} {'taken out of' if take_out else 'put into'} “{title}”.")


@app.command("note")
def note_command(
    title: Title,
    eval_set: EvalSetOption,
    note: Annotated[str, typer.Option("--note", help="What to remember.")],
) -> None:
    """Add a note to the history of a failure."""
    require_database()
    with read_session() as session:
        failure_id = failure_called(session, eval_set_called(session, eval_set), title)
    note_failure(failure_id, note)
    out().print(f"Noted of “{title}”.")


def _tag(session: Session, eval_set_id: int, tag: str, taxonomy: str | None) -> TagNow:
    """Return the tag of an eval set with a key; of one that was split, the one that has it now."""
    tags = tags_of_set(session, eval_set_id)
    having = [each for each in tags if each.key == tag and taxonomy in (None, each.taxonomy)]
    if len(of := sorted({each.taxonomy for each in having})) > 1:
        raise RefusedError(f"Say with --taxonomy which “{tag}” it is: of {quoted(of)}.")
    if not having:
        known = quoted(dict.fromkeys(each.key for each in tags), nothing="none yet")
        raise NotFoundError(f"Nobody is asked for a tag “{tag}” here. There are: {known}.")
    return max(having, key=lambda each: each.version)


def _person(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    person = person_called(session, name)
    if person is None:
        raise NotFoundError(f"There is nobody called “{name}”.")
    return person.id


def _contents(session: Session, eval_set: str, keys: list[str]) -> tuple[str, ...]:
    return hashes_of_cases(session, cases_called(session, eval_set, keys)) if keys else ()

"""``python -m evalkit case``: one case, why it exists, how it stands and what became of it."""

from dataclasses import asdict
from typing import Annotated

import typer

from db.commands.cases import change_status, state_why, watch
from db.commands.versions import add_case, merge_repeats, revise_case
from db.engine import read_session
from db.queries.case_life import cases_called, changes_of, versions_with
from db.queries.responses.responses import CaseText, case_text
from evalkit.cli.terminal import JsonFlag, out, print_json, require_database
from evalkit.evalset.life import NO_NOTE, history_sentences
from evalkit.evalset.saturation import NO_PROPOSAL
from evalkit.phrases import counted
from evalkit.records.normal import message_text
from evalkit.vocabulary import CaseStatus

app = typer.Typer(no_args_is_help=True, help="See a case, and say what becomes of it.")

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set of the case.")]
Key = Annotated[str, typer.Argument(help="The id of the case.")]
Keys = Annotated[list[str], typer.Argument(help="The ids of the cases.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays in the history.")]


@app.command("show")
def show_command(key: Key, eval_set: EvalSetOption, as_json: bool = JsonFlag) -> None:
    """Show what a case asks, why it exists, how it stands, and all that became of it."""
    require_database()
    with read_session() as session:
        (case_id,) = cases_called(session, eval_set, [key])
        case, changes = case_text(session, case_id), changes_of(session, case_id)
        versions = versions_with(session, case_id)
    assert case is not None
    if as_json:
        history = [{**asdict(each), "at": each.at.isoformat()} for each in changes]
        of_case = {
            name: getattr(case, name)
            for name in ("key", "category", "status", "is_watched", "note", "messages", "reference")
        }
        print_json({"eval_set": eval_set, **of_case, "versions": versions, "history": history})
        return
    _show(case)
    out().print(f"In version {', '.join(map(str, versions))}.")
    for sentence in history_sentences(changes):
        out().print(sentence)


def _show(case: CaseText) -> None:
    out().print(f"{case.key}: {case.standing or case.status}")
    out().print(f"Why it exists: {case.note}" if case.note else NO_NOTE)
    for message in case.messages:
        out().print(f"{message.get('role')}: {message_text(message.get('content'))}")


@app.command("status")
def status_command(
    keys: Keys,
    eval_set: EvalSetOption,
    status: Annotated[CaseStatus, typer.Option("--to", help="The status from here on.")],
    reason: Reason,
) -> None:
    """Give cases a status, with a reason; only active cases are given out in new work."""
    require_database()
    with read_session() as session:
        case_ids = cases_called(session, eval_set, keys)
    n = change_status(case_ids, status, reason=reason)
    out().print(f"{counted(n, 'case')} of “{eval_set}” now {status}.")


@app.command("why")
def why_command(
    key: Key,
    eval_set: EvalSetOption,
    note: Annotated[str, typer.Option("--note", help="The failure it covers.")],
) -> None:
    """Say why a case exists; what was said before stays in its history."""
    require_database()
    with read_session() as session:
        (case_id,) = cases_called(session, eval_set, [key])
    state_why(case_id, note)
    out().print(f"“{key}” exists for: {note.strip()}")


@app.command("add")
def add_command(
    key: Key,
    eval_set: EvalSetOption,
    words: Annotated[str, typer.Option("--text", help="What it asks.")],
    note: Annotated[str, typer.Option("--note", help="Why it exists: the failure it covers.")],
    category: Annotated[str, typer.Option("--category", help="Its category.")] = "",
    reference: Annotated[str, typer.Option("--reference", help="What a good response has.")] = "",
) -> None:
    """Add a case of one message, as the eval set's next version."""
    require_database()
    number = add_case(eval_set, key, words, note=note, category=category, reference=reference)
    out().print(f"“{key}” is in version {number} of “{eval_set}”.")


@app.command("revise")
def revise_command(
    key: Key,
    eval_set: EvalSetOption,
    words: Annotated[str, typer.Option("--text", help="What its last message says.")],
    reason: Reason,
) -> None:
    """Put another text in the last message of a case, as the eval set's next version."""
    require_database()
    with read_session() as session:
        (case_id,) = cases_called(session, eval_set, [key])
    number = revise_case(case_id, words, reason=reason)
    out().print(f"“{key}” is revised in version {number} of “{eval_set}”.")


@app.command("merge")
def merge_command(eval_set: EvalSetOption, reason: Reason) -> None:
    """Keep one case of each content, as the next version; the others are retired."""
    require_database()
    number, n = merge_repeats(eval_set, reason=reason)
    merged = f"{counted(n, 'repeated case')} merged"
    out().print(f"{merged}: version {number} of “{eval_set}” has each content once.")


@app.command("saturated")
def saturated_command(eval_set: EvalSetOption, as_json: bool = JsonFlag) -> None:
    """Propose cases that every model passes in three versions; a person decides, by ``status``."""
    # Here and not above, for it takes statistics, which no other command of these needs.
    from db.queries.results.watched import saturation_proposals

    require_database()
    with read_session() as session:
        cases_called(session, eval_set, [])
        proposals = saturation_proposals(session, eval_set)
    if as_json:
        print_json({"eval_set": eval_set, "proposals": [asdict(each) for each in proposals]})
        return
    for proposal in proposals:
        out().print(proposal.sentence)
    if not proposals:
        out().print(NO_PROPOSAL)


@app.command("watch")
def watch_command(
    keys: Keys,
    eval_set: EvalSetOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it is watched.")] = "",
    no_more: Annotated[bool, typer.Option("--no-more", help="Watch them no more.")] = False,
) -> None:
    """Watch cases: a model that passed one and fails it in a newer run raises an alarm."""
    require_database()
    with read_session() as session:
        case_ids = cases_called(session, eval_set, keys)
    n = watch(case_ids, is_watched=not no_more, reason=reason)
    out().print(f"{counted(n, 'case')} of “{eval_set}” now {'not ' if no_more else ''}watched.")

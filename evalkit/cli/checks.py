"""``check``: what a program can tell of responses, made, revised, run and read."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from db.checking import run_or_refuse
from db.commands import checks as commands
from db.engine import read_session
from db.queries import checks as queries
from db.queries.checks import CheckSummary
from evalkit.checks.answers import read_answers
from evalkit.checks.kind import CheckKind, SettingForm
from evalkit.checks.sentences import quarantined_sentence, run_sentence, setting_in_words
from evalkit.checks.table import KINDS, kind_called
from evalkit.cli.terminal import JsonFlag, VisibleTable, out, print_json, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import CheckResult

app = typer.Typer(help="Check responses without people or models.", no_args_is_help=True)

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set.")]
NameArgument = Annotated[str, typer.Argument(help="The check.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A setting, like least=0.5; of several texts repeat it; =@FILE reads a file.",
    ),
]
AnswersOption = Annotated[
    str,
    typer.Option(
        "--answers",
        help="What people are asked that it stands beside: acceptable, helpfulness>=4 or tag:KEY.",
    ),
]


@app.command(name="kinds")
def kinds_command(as_json: bool = JsonFlag) -> None:
    """List the kinds of checks and their settings."""
    if as_json:
        print_json({"kinds": [_kind_document(kind) for kind in KINDS]})
        return
    for kind in KINDS:
        out().print(f"{kind.key}: {kind.title}. {kind.about}")
        out().print(f"  {kind.limits}")
        for setting in kind.settings:
            out().print(f"  --set {setting_in_words(setting)}")


@app.command(name="add")
def add_command(
    name: NameArgument,
    kind: Annotated[str, typer.Option("--kind", help="See check kinds.")],
    eval_set: EvalSetOption,
    settings: SetOption = None,
    case: Annotated[
        str | None, typer.Option("--case", help="An assertion on one case: its id.")
    ] = None,
    answers: AnswersOption = "",
) -> None:
    """Add a check to an eval set, or to one case of it."""
    require_database()
    read = _settings(kind_called(kind), settings)
    commands.add_check(eval_set, name, kind, read, case_key=case, answers=read_answers(answers))
    out().print(f"Added “{name}”. Run it: python -m evalkit check run --eval-set “{eval_set}”")


@app.command(name="revise")
def revise_command(
    name: NameArgument,
    eval_set: EvalSetOption,
    settings: SetOption = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Default: as it is.")] = None,
) -> None:
    """Change settings: a new revision, beside which what the former found stays."""
    require_database()
    check = _check(eval_set, name)
    of = kind_called(kind or check.kind)
    before = dict(check.settings) if of.key == check.kind else {}
    number = commands.revise_check(check.check_id, of.key, before | _settings(of, settings))
    state = "is as it was" if number == check.number else "has no findings yet"
    out().print(f"“{name}” is at revision {number}, which {state}.")


@app.command(name="map")
def map_command(name: NameArgument, eval_set: EvalSetOption, answers: AnswersOption = "") -> None:
    """Say which question people are asked a check stands beside; nothing for none."""
    require_database()
    commands.map_check(_check(eval_set, name).check_id, read_answers(answers))
    out().print(f"“{name}” stands beside {answers or 'nothing people are asked'}.")


@app.command(name="retire")
def retire_command(
    name: NameArgument,
    eval_set: EvalSetOption,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
) -> None:
    """Check nothing more with a check; what it found stays."""
    require_database()
    commands.retire_check(_check(eval_set, name).check_id, is_retired=not undo)
    out().print(f"“{name}” is {'in use again' if undo else 'retired'}.")


@app.command(name="list")
def list_command(eval_set: EvalSetOption, as_json: bool = JsonFlag) -> None:
    """List the checks of an eval set, and what their newest revisions found."""
    require_database()
    checks = _checks(eval_set)
    if as_json:
        print_json({"eval_set": eval_set, "checks": [_document(check) for check in checks]})
        return
    if not checks:
        out().print(f"“{eval_set}” has no check yet. Add one: python -m evalkit check add --help")
        return
    columns = ("Check", "Kind", "Revision", "Case", "Stands beside")
    table = VisibleTable(*columns, "Pass", "Fail", "Undefined")
    for check in checks:
        numbers = (f"{n:,}" for n in (check.n_pass, check.n_fail, check.n_undefined))
        table.add_row(
            f"{check.name} (retired)" if check.is_retired else check.name,
            kind_called(check.kind).title,
            str(check.number),
            check.case_key or "all",
            check.answers.words if check.answers else "–",
            *numbers,
        )
    out().print(table)
    if sentence := quarantined_sentence(max(check.n_quarantined for check in checks)):
        out().print(sentence)


@app.command(name="run")
def run_command(
    eval_set: EvalSetOption,
    names: Annotated[list[str] | None, typer.Argument(help="Checks; default: all in use.")] = None,
    as_json: bool = JsonFlag,
) -> None:
    """Check all responses that were not checked yet by the newest revisions."""
    require_database()
    checks = [check for check in _checks(eval_set) if check.is_run]
    if unknown := set(names or ()) - {check.name for check in checks}:
        raise NotFoundError(f"“{eval_set}” has no check in use called “{sorted(unknown)[0]}”.")
    if not checks:
        raise RefusedError(f"“{eval_set}” has no check in use. Add one: check add --help")
    done = []
    for check in checks:
        if not names or check.name in names:
            done.append(run_or_refuse(check))
    if as_json:
        documents = [asdict(each) | {"n_new": each.n_new} for each in done]
        print_json({"eval_set": eval_set, "checks": documents})
        return
    for each in done:
        out().print(run_sentence(each))
    if any(each.refused for each in done):
        raise typer.Exit(1)


@app.command(name="show")
def show_command(
    name: NameArgument,
    eval_set: EvalSetOption,
    result: Annotated[
        CheckResult | None, typer.Option("--result", help="Only these; default: all.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="So many at most.")] = 50,
    as_json: bool = JsonFlag,
) -> None:
    """Show what a check found of each response."""
    require_database()
    check = _check(eval_set, name)
    with read_session() as session:
        results = (result,) if result else tuple(CheckResult)
        rows = queries.findings_of(session, check.revision_id, results=results, most=most)
    if as_json:
        print_json({**_document(check), "findings": [asdict(row) for row in rows]})
        return
    table = VisibleTable("Case", "Model", "Run", "Result", "Value", "Why")
    for row in rows:
        value = "" if row.value is None else f"{row.value:.4g}"
        table.add_row(row.case, row.model, row.run, row.result.value, value, row.detail)
    out().print(table)
    out().print(f"{len(rows):,} of {check.n_checked:,} responses, revision {check.number}.")


def _settings(kind: CheckKind, pairs: list[str] | None) -> dict[str, Any]:
    """Read key=value pairs; of texts in lines each pair is one."""
    forms = {setting.key: setting.form for setting in kind.settings}
    settings: dict[str, Any] = {}
    for pair in pairs or ():
        key, sign, value = pair.partition("=")
        if not sign:
            raise RefusedError(f"“{pair}” is no setting. Expected is key=value.")
        text = _file(value[1:]) if value.startswith("@") else value
        if forms.get(key) is SettingForm.LINES:
            settings.setdefault(key, []).extend(text.splitlines())
        else:
            settings[key] = text
    return settings


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise RefusedError(f"{path} cannot be read as UTF-8 text: {fault}.") from None


def _checks(eval_set: str) -> list[CheckSummary]:
    with read_session() as session:
        return queries.checks_of(session, queries.eval_set_called(session, eval_set))


def _check(eval_set: str, name: str) -> CheckSummary:
    with read_session() as session:
        return queries.check_called(session, eval_set, name)


def _document(check: CheckSummary) -> dict[str, Any]:
    return {
        "name": check.name,
        "kind": check.kind,
        "settings": dict(check.settings),
        "revision": check.number,
        "case": check.case_key,
        "answers": check.answers.document if check.answers else None,
        "is_retired": check.is_retired,
        "n_pass": check.n_pass,
        "n_fail": check.n_fail,
        "n_undefined": check.n_undefined,
        "n_quarantined": check.n_quarantined,
    }


def _kind_document(kind: CheckKind) -> dict[str, Any]:
    return {
        "kind": kind.key,
        "title": kind.title,
        "about": kind.about,
        "limits": kind.limits,
        "measures": kind.measures or None,
        "settings": [asdict(setting) for setting in kind.settings],
    }

"""`annotator add|list|invite|groups|disable|enable`: accounts from the command line."""

from dataclasses import asdict
from typing import Annotated

import typer

from db.commands import people as commands
from db.commands.audience import set_groups
from db.engine import read_session
from db.queries import people
from evalkit.cli.terminal import JsonFlag, VisibleTable, notes, out, print_json, require_database
from evalkit.errors import NotFoundError
from evalkit.phrases import joined
from evalkit.vocabulary import Role

app = typer.Typer(no_args_is_help=True, help="Add people, list them, let them in or close them.")

Name = Annotated[str, typer.Argument(help="The name the person is known by.")]
Url = Annotated[str, typer.Option(help="Where people reach evalkit; the link begins with it.")]
HERE = "http://127.0.0.1:8501"


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.ANNOTATOR,
    url: Url = HERE,
    as_json: bool = JsonFlag,
) -> None:
    """Add a person and print the link that lets them in once, within 14 days."""
    require_database()
    _print_link(name, commands.add_account(name=name, role=role), url, as_json=as_json)


@app.command()
def invite(name: Name, url: Url = HERE, as_json: bool = JsonFlag) -> None:
    """Print a new link for somebody; the ones before it stop working."""
    account = _account(name)
    token = commands.invite(annotator_id=account.id)
    _print_link(account.name, token, url, as_json=as_json)


@app.command()
def disable(name: Name) -> None:
    """Close an account and end its sessions; what the person annotated is kept."""
    account = _account(name)
    commands.set_disabled(annotator_id=account.id, disabled=True)
    notes().print(f"{account.name} is disabled and signed out.")


@app.command()
def enable(name: Name) -> None:
    """Open a disabled account again."""
    account = _account(name)
    commands.set_disabled(annotator_id=account.id, disabled=False)
    notes().print(f"{account.name} is enabled.")


@app.command()
def groups(
    name: Name,
    group: Annotated[list[str] | None, typer.Argument(help="Groups; none takes them out.")] = None,
) -> None:
    """Put somebody into these groups and no other: a study can be for some groups alone."""
    account = _account(name)
    set_groups(account.id, group or ())
    notes().print(f"{account.name} is in {joined(group) if group else 'no group'}.")


@app.command("list")
def list_people(as_json: bool = JsonFlag) -> None:
    """List everybody: role, and whether and how they can sign in."""
    require_database()
    with read_session() as session:
        accounts = people.accounts(session)
    if as_json:
        print_json([_as_json(account) for account in accounts])
        return
    if not accounts:
        notes().print("There is nobody yet. Add somebody with `annotator add NAME`.")
        return
    table = VisibleTable("Name", "Role", "Groups", "State", "Since")
    for account in accounts:
        table.add_row(
            account.name,
            account.role.value,
            ", ".join(sorted(account.groups, key=str.casefold)),
            account.state,
            f"{account.created_at:%Y-%m-%d}",
        )
    out().print(table)


def _print_link(name: str, token: str, url: str, *, as_json: bool) -> None:
    link = f"{url.rstrip('/')}/invitation/{token}"
    if as_json:
        print_json({"name": name, "invitation": link})
        return
    notes().print(f"Send this link to {name}; it works once, within 14 days:")
    out().print(link)


def _account(name: str) -> people.Account:
    require_database()
    with read_session() as session:
        person = people.person_called(session, name)
        accounts = {account.id: account for account in people.accounts(session)}
    if person is None:
        known = ", ".join(account.name for account in accounts.values()) or "nobody yet"
        raise NotFoundError(f"There is nobody called {name}. There are: {known}.")
    return accounts[person.id or 0]


def _as_json(account: people.Account) -> dict[str, object]:
    plain = asdict(account) | {"role": account.role.value, "state": account.state}
    plain["groups"] = sorted(account.groups, key=str.casefold)
    for key in ("invited_until", "disabled_at", "created_at"):
        plain[key] = plain[key].isoformat() if plain[key] else None
    return plain

"""What `import` replaces before it stores, and the lists it takes for it."""

from pathlib import Path
from typing import Annotated

import typer

from evalkit.errors import RefusedError
from evalkit.redaction.lists import OwnList, read_list
from evalkit.redaction.presidio import is_installed, name_finder
from evalkit.redaction.redaction import Redaction, RedactionRules

Redact = Annotated[
    bool,
    typer.Option(
        "--redact/--no-redact",
        help="Replace e-mail addresses, phone and card numbers, keys and more by placeholders "
        "before anything is stored; docs/redaction.md says what is found and what is not.",
    ),
]
AllowFile = Annotated[
    Path | None, typer.Option("--allow", help="With --redact: a list of what is let through.")
]
DenyFile = Annotated[
    Path | None, typer.Option("--deny", help="With --redact: a list of what is always replaced.")
]
Names = Annotated[
    bool | None,
    typer.Option(
        "--names/--no-names",
        help="With --redact: also names and places, by Presidio; where it is installed, they are "
        "looked for without this.",
    ),
]


def redaction_of(
    *, redact: bool, allow: Path | None, deny: Path | None, names: bool | None
) -> Redaction | None:
    """Return what replaces, or nothing where that is not asked for.

    Raises
    ------
    RefusedError
        If a list cannot be read or has a pattern that is none, or names are asked for and what
        finds them is not installed.
    """
    if not redact:
        if allow or deny or names:
            raise RefusedError("--allow, --deny and --names belong to --redact: add it.")
        return None
    uses_names = is_installed() if names is None else names
    rules = RedactionRules(
        allow=_list(allow, "the allow list"),
        deny=_list(deny, "the deny list"),
        more=(name_finder(),) if uses_names else (),
    )
    return Redaction(rules)


def _list(path: Path | None, name: str) -> OwnList:
    if path is None:
        return OwnList(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise RefusedError(f"{path} is not text in UTF-8: save it as that.") from None
    return read_list(text, name=path.name)

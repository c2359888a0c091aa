"""Free texts that a database cannot hold are refused before anything is read or stored."""

import pytest

from db.commands.cases import change_status, state_why, watch
from db.commands.failures import (
    NewFailure,
    change_cases,
    change_state,
    give_to,
    note_failure,
    rename_failure,
    start_failure,
)
from db.commands.note_codes import code_notes
from db.commands.selections import start_study, watch_cases
from db.commands.versions import add_case, keep_only, revise_case
from evalkit.errors import RefusedError
from evalkit.vocabulary import CaseStatus, FailureState

COMMANDS = {
    "title of a failure": lambda text: start_failure(NewFailure(1, text, "Tags", "tone")),
    "reason of a start": lambda text: start_failure(
        NewFailure(1, "Curt", "Tags", "tone", reason=text)
    ),
    "reason of a state": lambda text: change_state(1, FailureState.OPEN, reason=text),
    "reason of an owner": lambda text: give_to(1, None, reason=text),
    "new title": lambda text: rename_failure(1, text),
    "reason of a title": lambda text: rename_failure(1, "Curt", reason=text),
    "note of a failure": lambda text: note_failure(1, text),
    "reason of cases": lambda text: change_cases(1, reason=text),
    "name of notes": lambda text: code_notes(1, [], name=text),
    "definition of a tag": lambda text: code_notes(1, [], name="Curt", definition=text),
    "name of a study": lambda text: start_study([1], like=1, name=text),
    "why cases are watched": lambda text: watch_cases([1], why=text),
    "why a case is watched": lambda text: watch([1], is_watched=True, reason=text),
    "why a case exists": lambda text: state_why(1, text),
    "reason of a status": lambda text: change_status([1], CaseStatus.ACTIVE, reason=text),
    "note of a version": lambda text: keep_only("Set", [1], note=text),
    "id of a case": lambda text: add_case("Set", text, "What?", note="Why"),
    "category of a case": lambda text: add_case("Set", "c", "What?", note="Why", category=text),
    "text of a case": lambda text: add_case("Set", "c", text, note="Why"),
    "reference of a case": lambda text: add_case("Set", "c", "What?", note="Why", reference=text),
    "new text of a case": lambda text: revise_case(1, text, reason="Why"),
}


# PostgreSQL holds no NUL (its manual, 8.3), and UTF-8 no lone surrogate (RFC 3629, section 3).
@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_characters_that_cannot_be_stored_are_refused(command, text):
    with pytest.raises(RefusedError, match="cannot be stored"):
        command(text)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_texts_that_are_too_long_are_refused(command):
    with pytest.raises(RefusedError, match="characters"):
        command("a" * 1_000_001)

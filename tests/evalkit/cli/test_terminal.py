"""What the command line prints of others' texts, and what it does with bytes that are no text."""

import json

import pytest

from db.commands.records import import_records
from evalkit.cli import main
from evalkit.cli.terminal import visible
from tests.db.record_files import CRITERION

# The second erases the screen, the third is an escape of one character, the last turns a line.
HOSTILE = "Ann\x1b[2J\x9b31m\u202egnp"


def records(name):
    """Give one case answered by two models called with ``name``, scored and compared."""
    content = [{"role": "user", "content": "?"}]
    yield CRITERION
    yield {"type": "case", "id": f"case {name}", "category": f"part {name}", "input": content}
    for model in ("A", "B"):
        about = {"case": f"case {name}", "model": f"{model} {name}"}
        yield {"type": "output", **about, "content": "Answer."}
        who = {"annotator": f"person {name}", "criterion": CRITERION["key"]}
        yield {"type": "score", **about, **who, "value": 2}


def store_study():
    import_records(records(HOSTILE), source_name="file", eval_set="Set", study=f"Study {HOSTILE}")


@pytest.fixture
def hostile(store_once):
    return store_once(store_study)


@pytest.mark.parametrize(
    "command",
    [
        ["study", "list"],
        ["annotator", "list"],
        *[["report", name] for name in ("agreement", "ranking", "scores", "models", "annotators")],
        ["report", "scores", "--json"],
        ["report", "scores", "--category", "none such"],
        ["report", "scores", "--annotator", "none such"],
    ],
)
def test_nothing_is_printed_that_a_terminal_would_obey(hostile, capsys, command):
    named = ["--study", f"Study {HOSTILE}"] if command[0] == "report" else []

    assert main([*command[:2], *named, *command[2:]]) in (0, 1)

    told = capsys.readouterr()
    printed = told.out + told.err
    assert not set(printed) & {"\x1b", "\x9b", "\u202e"}
    # Who only came with a file has no account, and what nobody compared has no names to show.
    if not {"annotator", "agreement", "ranking"} & set(command[:2]):
        assert "\\u001b[2J" in printed


def test_json_still_has_the_names_as_they_are(hostile, capsys):
    assert main(["report", "models", "--study", f"Study {HOSTILE}", "--json"]) == 0

    models = json.loads(capsys.readouterr().out)["models"]
    assert [model["model"] for model in models] == [f"A {HOSTILE}", f"B {HOSTILE}"]


def test_what_is_no_control_stays_as_it_is():
    text = "José, 日本語, ‏עברית, 👩‍🔬\n\ttab"

    assert visible(text) == text
    assert visible("a\x00b\x7f\r\udc80") == "a\\u0000b\\u007f\\u000d\\udc80"


@pytest.mark.parametrize(
    "command", [["report", "scores", "--study"], ["study", "show"], ["import"], ["db", "backup"]]
)
def test_bytes_that_are_not_utf_8_are_refused_with_a_sentence(sqlite_database, capsys, command):
    # As Python hands on the byte 0xff of an argument.
    assert main([*command, "Study \udcff"]) == 2

    assert "“Study \\udcff” is not UTF-8" in capsys.readouterr().err

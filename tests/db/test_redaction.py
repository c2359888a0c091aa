"""Redaction of an import: nothing personal is stored, and marks move with their texts."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from db.columns import DatabaseTable
from db.commands.records import import_file, import_files
from db.engine import engine, read_session
from db.models import Annotator, ErrorMark
from evalkit.cli import main
from evalkit.errors import RefusedError
from evalkit.redaction.redaction import Redaction
from tests.db.record_files import CRITERION, TAG, case, exported, mark, output, score, write

#: Things of which no trace may be in the database, and where in records texts stand.
MOMENT = "2026-11-01T09:00:00+00:00"
ADA, KEY = "ada@example.org", "sk-proj-abcDEF1234567890abcdef"
EVERYWHERE = [
    TAG,
    CRITERION,
    {
        "type": "case",
        "id": "c1",
        "input": [
            {"role": "system", "content": f"Use {KEY}."},
            {"role": "user", "content": [{"type": "text", "text": f"I am {ADA}"}]},
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "1", "function": {"name": "f", "arguments": json.dumps({"to": ADA})}}
                ],
            },
            {"role": "tool", "tool_call_id": "1", "content": f"sent to {ADA}"},
        ],
        "context": [{"id": "p1", "text": f"Ask {ADA}."}],
        "reference": {"pass_if": f"It writes to {ADA}"},
        "checklist": [{"key": "k", "question": f"Does it name {ADA}?"}],
        "note": f"{ADA} complained",
        "tags": [ADA],
        "metadata": {ADA: [ADA, {"api_key": KEY}], "card": 4111111111111111},
    },
    output(content=f"Wrote to {ADA}, then again.", reasoning=f"{ADA}?", error=KEY),
    output(model="B", content="No.", metadata={"by": ADA}),
    score(2, comment=f"{ADA} is right", metadata={"from": ADA}),
    {"type": "gold", "case": "c1", "model": "A", "criterion": "helpful", "value": 2, "note": ADA},
]


def everything_stored() -> str:
    with engine().connect().execution_options(write=False) as connection:
        return "\n".join(
            repr(tuple(row))
            for table in DatabaseTable.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )


def marks() -> list[tuple[int | None, int | None, str | None]]:
    with read_session() as session:
        rows = session.exec(select(ErrorMark).order_by(col(ErrorMark.id))).all()
        return [(row.start, row.end, row.quote) for row in rows]


def test_nothing_that_was_replaced_is_in_the_database(database, tmp_path):
    records = [*EVERYWHERE, mark(quote=f"to {ADA}", start=6, end=24, note=f"wrong: {ADA}")]
    file = write(tmp_path / "file.jsonl", records)

    report = import_file(file, redaction=Redaction())

    assert ADA not in everything_stored()
    assert KEY not in everything_stored()
    assert "4111111111111111" not in everything_stored()
    lines = "\n".join(exported())
    assert "I am [EMAIL_1]" in lines
    assert '{\\"to\\": \\"[EMAIL_1]\\"}' in lines
    assert "Wrote to [EMAIL_1], then again." in lines
    assert report.redaction is not None
    assert report.redaction.n_values == {"EMAIL": 1, "KEY": 1, "CARD": 1}
    assert report.redaction.sentences[0].endswith(
        "1 key or token, 1 e-mail address and 1 card number."
    )


def test_without_being_asked_nothing_is_replaced(database, tmp_path):
    report = import_file(write(tmp_path / "file.jsonl", EVERYWHERE))

    assert report.redaction is None
    assert ADA in everything_stored()


def test_the_same_file_redacted_again_changes_nothing_and_so_does_its_export(database, tmp_path):
    records = [*EVERYWHERE, mark(quote=f"to {ADA}", start=6, end=24), mark(quote="again")]
    file = write(tmp_path / "file.jsonl", records)
    import_file(file, redaction=Redaction())
    before = exported()

    assert not import_file(file, redaction=Redaction()).has_news
    back = tmp_path / "back.jsonl"
    back.write_text("".join(f"{line.rstrip()}\n" for line in before), encoding="utf-8")
    assert not import_file(back, redaction=Redaction()).has_news
    assert exported() == before


@pytest.mark.parametrize("order", [1, -1])
def test_marks_move_with_their_text_whichever_file_comes_first(database, tmp_path, order):
    text = f"Mail {ADA} or call +44 20 7946 0958 now."
    texts = write(tmp_path / "texts.jsonl", [case(), output(content=text)])
    placed = [
        mark(start=0, end=4, quote="Mail"),
        mark(start=5, end=20, quote=ADA),
        mark(start=8, end=12, quote="@exa"),  # a part of an address covers all of it
        mark(start=45, end=49, quote=text[45:49]),
        mark(quote="a@example.org or call"),  # without a place, beginning within an address
    ]
    labels = write(tmp_path / "labels.jsonl", [TAG, *placed])
    files = [(path.name, path) for path in (texts, labels)]

    import_files(files[::order], study="Set", redaction=Redaction())

    # "Mail [EMAIL_1] or call [PHONE_1] now." with the address from 5 to 14, the number 23 to 32.
    assert sorted(marks()) == [
        (0, 4, "Mail"),
        (5, 14, "[EMAIL_1]"),
        (5, 14, "[EMAIL_1]"),
        (5, 22, "[EMAIL_1] or call"),
        (32, 36, " now"),
    ]


def test_marks_on_steps_move_with_the_text_of_their_step(database, tmp_path):
    steps = [
        {"role": "assistant", "content": f"Ask {ADA} first"},
        {"role": "assistant", "content": [{"type": "text", "text": f"{ADA} "}, "said no"]},
    ]
    placed = [
        mark(step=0, start=20, end=25, quote="first"),
        mark(step=1, start=16, end=20, quote="said"),
    ]
    file = write(tmp_path / "file.jsonl", [TAG, *placed, case(), output(content=steps)])

    import_file(file, redaction=Redaction())

    # "[EMAIL_1]" has six signs fewer than the address.
    assert marks() == [(14, 19, "first"), (10, 14, "said")]


def test_a_mark_that_quotes_a_part_of_what_was_replaced_twice_loses_its_words(database, tmp_path):
    twice = f"{ADA} and {ADA}"
    file = write(tmp_path / "file.jsonl", [TAG, case(), output(content=twice), mark(quote="ada@")])

    report = import_file(file, redaction=Redaction())

    assert marks() == [(None, None, None)]
    assert any(
        "1 mark quotes a part of what was replaced" in each
        for each in (report.redaction.sentences if report.redaction else ())
    )


def test_a_place_in_a_response_of_before_is_refused_without_its_words(database, tmp_path):
    import_file(
        write(tmp_path / "texts.jsonl", [case(), output(content=f"{ADA} says no.")]),
        redaction=Redaction(),
    )
    bare = write(tmp_path / "bare.jsonl", [TAG, mark(start=16, end=20)])
    wrong = write(tmp_path / "wrong.jsonl", [TAG, mark(start=11, end=15, quote="says")])
    right = write(tmp_path / "right.jsonl", [TAG, mark(start=10, end=14, quote="says")])

    with pytest.raises(RefusedError, match="without its words"):
        import_file(bare, study="Set", redaction=Redaction())
    with pytest.raises(RefusedError, match="quote"):
        import_file(wrong, study="Set", redaction=Redaction())
    assert marks() == []
    import_file(right, study="Set", redaction=Redaction())
    assert marks() == [(10, 14, "says")]


def test_ids_stay_and_are_warned_of(database, tmp_path):
    file = write(tmp_path / "file.jsonl", [case(ADA)])

    report = import_file(file, redaction=Redaction())

    assert report.redaction is not None
    assert report.redaction.n_ids == 1
    assert any("1 id of a case looks personal" in each for each in report.redaction.sentences)
    assert ADA in everything_stored()


def test_annotators_called_by_an_address_have_one_other_name_in_every_import(database, tmp_path):
    def labels(who, case_id):
        return [case(case_id), output(case_id), CRITERION, score(case=case_id, annotator=who)]

    for number, who in enumerate((ADA, f"Ada <{ADA.upper()}>", "Bob", "Bob")):
        path = write(tmp_path / f"{number}.jsonl", labels(who, f"c{number}"))
        report = import_file(path, redaction=Redaction())
        assert report.redaction.n_people == (who != "Bob")

    with read_session() as session:
        names = session.exec(select(Annotator.name)).all()
    assert len(names) == 2
    assert "Bob" in names
    assert ADA not in everything_stored().casefold()


def test_what_checks_look_for_is_replaced_and_two_checks_stay_two(database, tmp_path):
    names = [f"contains {ADA}", "contains zoe@example.org"]
    checks = [
        {
            "type": "automated_check",
            "name": name,
            "kind": "mentions",
            "settings": {"phrases": [ADA, KEY]},
        }
        for name in names
    ]
    results = [
        {"type": "finding", "case": "c1", "model": "A", "check": name, "result": "fail"}
        for name in names
    ]
    file = write(tmp_path / "file.jsonl", [*EVERYWHERE, *checks, *results])

    import_file(file, redaction=Redaction())

    assert ADA not in everything_stored()
    assert KEY not in everything_stored()
    lines = [json.loads(line) for line in exported()]
    called = [line["name"] for line in lines if line["type"] == "automated_check"]
    assert len(set(called)) == 2
    assert all(name.startswith("contains [EMAIL] ") for name in called)
    assert {line["check"] for line in lines if line["type"] == "finding"} == set(called)


def test_people_of_the_history_of_a_failure_stay_different_people(database, tmp_path):
    moment = "2026-11-01T09:00:00+00:00"
    zoe = "zoe@example.org"
    told = {"at": moment, "reason": f"{ADA} says so"}
    failure = {
        **{"type": "failure", "title": "Curt", "taxonomy": "Errors", "taxonomy_version": 1},
        **{"tag": "tone", "state": "open", "created_at": moment, "owner": zoe, "author": ADA},
        "events": [
            {**told, "kind": "started", "author": ADA},
            {**told, "kind": "owner", "author": zoe, "before": ADA, "after": zoe},
        ],
    }
    file = write(tmp_path / "file.jsonl", [*EVERYWHERE, failure])

    import_file(file, redaction=Redaction())

    assert ADA not in everything_stored()
    assert zoe not in everything_stored()
    (stored,) = [line for line in map(json.loads, exported()) if line["type"] == "failure"]
    started, given = stored["events"]
    assert started["author"] == stored["author"] == given["before"]
    assert given["author"] == stored["owner"] == given["after"] != started["author"]
    assert started["reason"] == "[EMAIL_1] says so"


def test_words_of_a_change_of_a_taxonomy_are_replaced_and_its_keys_stay(database, tmp_path):
    parts = [
        {"key": key, "name": f"{key} {ADA}", "definition": f"As {ADA} says", "severities": []}
        for key in ("cold", "pushy")
    ]
    details = {"tags": ["tone"], "target": "", "name": "", "parts": parts}
    of_change = {
        **{"type": "taxonomy_change", "taxonomy": "Errors", "created_at": MOMENT, "note": KEY},
        "taxonomy_version": 2,
    }
    records = [
        *(record | {"taxonomy_version": 1} if record is TAG else record for record in EVERYWHERE),
        *({**TAG, "key": key, "taxonomy_version": 2} for key in ("cold", "pushy")),
        of_change | {"kind": "split", "details": details},
        of_change | {"kind": "freeze", "details": {"by": ADA}},
    ]

    import_file(write(tmp_path / "file.jsonl", records), redaction=Redaction())

    assert ADA not in everything_stored()
    assert KEY not in everything_stored()
    stored = [json.loads(line) for line in exported()]
    (split,) = [line for line in stored if line.get("kind") == "split"]
    assert [part["name"] for part in split["details"]["parts"]] == ["cold [EMAIL]", "pushy [EMAIL]"]
    assert split["details"]["tags"] == ["tone"]


def test_what_assertions_of_another_tool_look_for_is_replaced_from_file_to_database(
    database, tmp_path
):
    # The names of checks are cut at 200 signs: here within the key.
    long = "Answers what was asked, politely and in full sentences. " * 3 + f"No word of {KEY}!"
    assertions = [
        {"type": "contains", "value": f"write to {ADA}"},
        {"type": "contains", "value": "write to zoe@example.org"},
        {"type": "icontains", "value": long},
        {"type": "llm-rubric", "value": f"Does not give away {ADA}"},
        {"type": "llm-rubric", "value": long},
    ]
    grades = [{"pass": True, "reason": f"Saw {ADA}", "assertion": each} for each in assertions]
    row = {
        **{"promptIdx": 0, "testIdx": 0, "prompt": {"raw": f"I am {ADA}"}, "success": True},
        **{"provider": {"id": "A"}, "vars": {"who": ADA}, "score": 1},
        "response": {"output": f"Wrote to {ADA}."},
        "gradingResult": {"componentResults": grades},
    }
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"results": {"results": [row]}}))

    assert main(["import", str(file), "--eval-set", "Set", "--redact"]) == 0

    for part in (ADA, "zoe@", KEY, KEY[:20], "ada@"):
        assert part not in everything_stored()
    stored = [json.loads(line) for line in exported()]
    checks = [line["name"] for line in stored if line["type"] == "automated_check"]
    assert len(set(checks)) == 3
    scored = {line["criterion"] for line in stored if line["type"] == "score"}
    asked = {line["key"] for line in stored if line["type"] == "criterion"}
    assert scored <= asked
    assert sum("llm-rubric" in key for key in scored) == 2

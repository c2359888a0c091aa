"""A sample of a log in files: what is stored of it, redacted and with its chances, and what not."""

import io
import json

import pytest
from sqlmodel import select

from db.commands.log_samples import LogFiles
from db.commands.records import import_records
from db.engine import read_session
from db.models import Case, EvalSetVersion, Output, VersionCase
from db.queries.sampling import drawn_and_others
from evalkit.cli import main
from evalkit.errors import RefusedError
from evalkit.redaction.redaction import Redaction
from evalkit.sampling.mixed import mixed_sentence

HEADER = {"type": "header", "format": "evalkit", "version": 2}


def lines(n=60):
    yield HEADER
    for number in range(n):
        # Before its case, as logs may have it.
        error = {"error": "timeout"} if number % 7 == 0 else {}
        yield {
            "type": "output",
            "case": f"line-{number}",
            "model": "atlas",
            "content": "Yes.",
            **error,
        }
        words = " ".join(f"word{number * k % 97}" for k in range(1, 15))
        yield {
            "type": "case",
            "id": f"line-{number}",
            "input": [{"role": "user", "content": f"{words} jane.doe{number}@example.org"}],
            "category": "ab"[number % 2],
        }


def text(n=60):
    return "".join(json.dumps(line) + "\n" for line in lines(n))


def log(n=60):
    return LogFiles([("log.jsonl", io.BytesIO(text(n).encode()))])


def test_only_what_is_chosen_is_stored_redacted_with_its_chance_and_why(database):
    with log() as opened:
        pool = opened.pool()
        sample = pool.sample(12, seed=1)
        report = opened.store(
            sample, "October", note="First", why="Asked in October", redaction=Redaction()
        )

    with read_session() as session:
        version = session.exec(select(EvalSetVersion)).one()
        cases = {case.key: case for case in session.exec(select(Case))}
        rows = session.exec(select(VersionCase)).all()
        outputs = session.exec(select(Output.case_id)).all()
    assert (report.eval_set_version, version.note) == (1, "First")
    assert set(cases) == {case.key for case in sample.chosen}
    assert sorted(outputs) == sorted(case.id for case in cases.values())
    assert all("[EMAIL_" in case.input[0]["content"] for case in cases.values())
    assert not any("jane.doe" in case.input[0]["content"] for case in cases.values())
    assert {case.note for case in cases.values()} == {"Asked in October"}
    by_id = {row.case_id: (row.stratum, row.inclusion_probability) for row in rows}
    assert {key: by_id[case.id] for key, case in cases.items()} == {
        case.key: (case.named_stratum, pytest.approx(case.probability)) for case in sample.chosen
    }
    assert {case.error for case in pool.cases} == {"", "failed"}


def test_a_log_chooses_what_the_same_log_chooses_that_was_imported(sqlite_database):
    from db.commands.sampling import read_sample

    import_records(lines(), source_name="log", eval_set="Whole")
    _, imported = read_sample("Whole", 12, seed=5)
    with log() as opened:
        sample = opened.pool().sample(12, seed=5)

    assert [(case.key, case.stratum, case.probability) for case in sample.chosen] == [
        (case.key, case.stratum, case.probability) for case in imported.chosen
    ]


def test_a_draw_is_not_mixed_into_an_eval_set_that_is_there_unless_without_chances(database):
    import_records(lines(3), source_name="log", eval_set="October")
    with log() as opened:
        sample = opened.pool().sample(12, seed=1)
        with pytest.raises(RefusedError, match="There is an eval set “October” already"):
            opened.store(sample, "October", note="")
        with pytest.raises(RefusedError, match="no eval set “November” to add to"):
            opened.store(sample, "November", note="", adds=True)
        opened.store(sample, "October", note="", adds=True)

    with read_session() as session:
        newest = session.exec(select(EvalSetVersion).order_by(EvalSetVersion.number.desc())).first()
        assert newest.number == 2
        assert drawn_and_others(session, newest.id)[0] == 0


def test_an_import_after_the_draw_warns_that_chances_are_not_of_the_whole(database):
    with log() as opened:
        opened.store(opened.pool().sample(12, seed=1), "October", note="")
    case = {"type": "case", "id": "late", "input": [{"role": "user", "content": "Late?"}]}

    report = import_records([HEADER, case], source_name="more", eval_set="October")
    again = import_records([HEADER, case], source_name="more", eval_set="October")

    assert any("12 cases of this version came from a sample" in told for told in report.warnings)
    assert not any("came from a sample" in told for told in again.warnings)
    with read_session() as session:
        newest = session.exec(select(EvalSetVersion).order_by(EvalSetVersion.number.desc())).first()
        assert drawn_and_others(session, newest.id) == (12, 1)
    assert mixed_sentence(12, 0) == mixed_sentence(0, 5) == ""


def test_the_command_chooses_from_a_log_and_says_what_was_replaced(
    sqlite_database, tmp_path, capsys
):
    path = tmp_path / "log.jsonl"
    path.write_text(text())
    call = ["sample-log", str(path), "--eval-set", "October", "--n", "12", "--seed", "1"]

    assert main([*call, "--dry-run"]) == 0
    assert "Nothing was stored" in capsys.readouterr().out
    assert main([*call, "--redact", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], len(document["cases"])) == (1, 12)
    assert main(call) == 1
    assert "already" in capsys.readouterr().err
    broken = tmp_path / "broken.jsonl"
    broken.write_text(text(5) + '{"type": "case", "id": 7}\n')
    assert main(["sample-log", str(broken), "--eval-set", "B", "--n", "2"]) == 1
    assert "line 12" in capsys.readouterr().err

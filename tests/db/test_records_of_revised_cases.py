"""Files about a case that was revised: each text has its own outputs and labels."""

import json

import pytest
from sqlmodel import col, select

from db.commands import versions
from db.commands.records import import_file
from db.engine import read_session
from db.models import Assignment, Case, EvalSetVersion, Output, Run, Study
from db.queries.case_life import cases_called
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import version_hash
from tests.db.record_files import HEADER, case, comparison, exported, output, pair_of_outputs, write

NEWER = "And now?"
OF_S = HEADER | {"study": "S"}


@pytest.fixture
def revised(database, tmp_path):
    """Store a case with outputs of A and B, and revise it; return its former and its newer id."""
    import_file(write(tmp_path / "first.jsonl", pair_of_outputs()))
    (former,) = ids()
    versions.revise_case(former, NEWER, reason="It was unclear")
    return former, ids()[0]


def ids():
    with read_session() as session:
        return cases_called(session, "Set", ["c1"])


def take(folder, *records, header=HEADER):
    return import_file(write(folder / "more.jsonl", records, header=header))


def case_of_outputs():
    with read_session() as session:
        shown = select(Assignment.case_id, Assignment.left_output_id, Assignment.right_output_id)
        return [
            (case_id, session.get_one(Output, left).case_id, session.get_one(Output, right).case_id)
            for case_id, left, right in session.exec(shown)
        ]


def test_a_label_is_of_no_output_to_the_former_text(revised, tmp_path):
    take(tmp_path, output(model="C"))

    with pytest.raises(RefusedError, match='a model with an output for case "c1"'):
        take(tmp_path, comparison(), header=OF_S)

    with read_session() as session:
        assert session.exec(select(Study)).all() == []


def test_labels_of_the_revised_text_are_exported_and_taken_back(revised, tmp_path):
    _, newer = revised
    # The run of A answered the former text; by the same name it answers this one.
    take(tmp_path, output(content="Now."), output(model="B", content="Later."))
    take(tmp_path, comparison(), header=OF_S)

    assert case_of_outputs() == [(newer, newer, newer)]
    file = tmp_path / "export.jsonl"
    file.write_text("".join(exported("S")))
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert [each["content"] for each in told if each["type"] == "output"] == ["Now.", "Later."]
    assert not import_file(file).has_news


def test_a_study_of_the_former_text_gets_labels_of_its_outputs(database, tmp_path):
    take(tmp_path, *pair_of_outputs(), comparison(), header=OF_S)
    (former,) = ids()
    versions.revise_case(former, NEWER, reason="It was unclear")
    take(tmp_path, output(content="Now."), output(model="B", content="Later."))

    take(tmp_path, comparison("right", annotator="Bob"), header=OF_S)

    assert case_of_outputs() == [(former,) * 3] * 2
    file = tmp_path / "export.jsonl"
    file.write_text("".join(exported("S")))
    assert not import_file(file).has_news


def test_a_study_with_labels_of_the_former_text_moves_to_no_version_without_it(database, tmp_path):
    take(tmp_path, *pair_of_outputs(), comparison(), header=OF_S)
    versions.revise_case(ids()[0], NEWER, reason="It was unclear")
    also = case("c2", "Else?"), output("c2"), output("c2", "B")

    with pytest.raises(RefusedError, match=r'"c2".*a case of the study.s version'):
        take(tmp_path, *also, comparison(case="c2"), header=OF_S)
    take(tmp_path, *also, comparison(case="c2"), header=HEADER | {"study": "T"})

    with read_session() as session:
        numbers = session.exec(
            select(Study.name, EvalSetVersion.number)
            .join(EvalSetVersion, col(Study.eval_set_version_id) == EvalSetVersion.id)
            .order_by(Study.name)
        ).all()
    assert list(numbers) == [("S", 1), ("T", 3)]


def test_a_version_beside_a_study_of_a_former_one_has_the_hash_of_what_it_holds(database, tmp_path):
    take(tmp_path, *pair_of_outputs(), comparison(), header=OF_S)
    versions.revise_case(ids()[0], NEWER, reason="It was unclear")

    take(tmp_path, case("c2", "Else?"), header=OF_S)

    with read_session() as session:
        newest = session.exec(select(EvalSetVersion).where(EvalSetVersion.number == 3)).one()
        held = session.exec(select(Case.case_hash, Case.input)).all()
        newer = sorted(hashed for hashed, asked in held if asked != case()["input"])
    assert len(newer) == 2
    assert newest.content_hash == version_hash(newer)


def test_one_run_answers_both_texts(revised, tmp_path):
    take(tmp_path, output(content="Now."))

    with read_session() as session:
        of_a = select(Output.case_id, Output.content).where(Output.content != "No.")
        assert sorted(session.exec(of_a)) == sorted(zip(revised, ("Yes.", "Now."), strict=True))
        assert len(session.exec(select(Run)).all()) == 2

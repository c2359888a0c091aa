"""Checks as people read them: beside a response, and among what somebody annotated."""

from db.commands.records import import_file
from db.engine import read_session
from db.queries.annotation.own import own_annotations
from db.queries.responses.answers import answers
from pages.shared.response.answers import said_html
from tests.db.record_files import comparison, write
from tests.db.test_checklists import check, checks, collected, things


def ids_of_c1():
    """Return the ids of what A and B answered to the first case; outputs go by model, then case."""
    ids = collected().outputs.id.tolist()
    return ids[0], ids[2]


def test_leads_read_who_said_what_of_each_item(database, tmp_path):
    import_file(write(tmp_path / "checks.jsonl", [*things(), *checks()]))
    a, b = ids_of_c1()

    with read_session() as session:
        given = answers(session, [a, b])
    said = [said_html([answer], {a: "A", b: "B"}, {}) for answer in given]

    assert [answer.annotator for answer in given] == ["Ann", "Ann", "Ben"]
    assert "A: dated yes, polite no, short not applicable" in said[0]
    assert "B: dated no, polite not applicable, short not applicable" in said[1]
    assert "A: dated yes, polite yes, short no" in said[2]


def test_of_a_sitting_that_was_revised_the_checks_that_still_count_are_read(database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", [*things(), *checks()]))
    import_file(write(tmp_path / "two.jsonl", [check("no", revision=2)]))
    a, _ = ids_of_c1()

    with read_session() as session:
        by_ann = [answer for answer in answers(session, [a]) if answer.annotator == "Ann"]

    said = sorted((each.item, str(each.value)) for answer in by_ann for each in answer.checks)
    assert said == [("dated", "no"), ("polite", "no"), ("short", "na")]


def test_who_annotated_reads_what_they_said_of_each_item(database, tmp_path):
    together = {"assignment": "a1"}
    lines = [*things(), comparison(**together)]
    lines += [check("yes", **together), check("na", model="B", item="short", **together)]
    import_file(write(tmp_path / "pair.jsonl", lines))

    with read_session() as session:
        (given,) = answers(session, ids_of_c1())
        own, _ = own_annotations(session, 1, annotator_id=1)

    assert [entry.checks for entry in own] == [("A: dated yes", "B: short not applicable")]
    assert len(given.checks) == 2

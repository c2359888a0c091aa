"""Preferences to train on, out of the database: who has a vote, and what stays out."""

import json

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from db.queries.records.files import FileFormat, export_bytes, export_file
from evalkit.cli import app
from evalkit.errors import RefusedError
from evalkit.formats.material import ExportOptions, HeldBack
from tests.db.record_files import case, comparison, output

DRAWING = {"type": "image", "image": "drawn.png"}


def told(records):
    import_records(records, source_name="the test", eval_set="Set", study="Study")


def pair(key, *, a="A says yes.", **fields):
    """Give a case with two responses of which Ann calls A's better."""
    of_case = fields.pop("of_case", {})
    yield case(key, f"What about {key}?", **of_case)
    yield output(key, "A", a, **fields)
    yield output(key, "B", "B says no.")
    yield comparison("left", case=key, strength="much")


def lines(format=FileFormat.DPO, **chosen):
    # The split is by hash, and what these cases hold is not about it.
    options = ExportOptions(**{"also": (HeldBack.DEV, HeldBack.TEST), **chosen})
    content = export_bytes("x.jsonl", study="Study", format=format, options=options)
    return [json.loads(line) for line in content.decode().splitlines()]


def test_a_line_per_pair_with_the_words_as_the_models_wrote_them(database):
    told([*pair("c1", a="I am A, and say yes."), comparison("tie", case="c1", annotator="Bo"),
          comparison("right", case="c1", annotator="Cy", left="B", right="A")])  # fmt: skip

    # A by Ann, much, and by Cy, who said no strength anywhere: 2 of 3. Bo, who only found a tie,
    # was asked, for Ann was: the grades are 2 and 0.
    (line,) = lines()
    assert line == {
        "prompt": [{"role": "user", "content": "What about c1?"}],
        "chosen": [{"role": "assistant", "content": "I am A, and say yes."}],
        "rejected": [{"role": "assistant", "content": "B says no."}],
        "margin": 0.5,
        "strength": 1.0,
        "n": 3,
        "agreement": pytest.approx(2 / 3),
        "case": "c1",
        "chosen_model": "A",
        "rejected_model": "B",
    }


def test_failed_and_empty_responses_canaries_and_pairs_without_majority_stay_out(
    database, tmp_path
):
    told(
        [
            *pair("good"),
            *pair("failed", error="timeout"),
            *pair("empty", a=""),
            *pair("blank", a=" \u00a0\n\t"),
            *pair("silent", a=[{"role": "assistant", "content": "\n"}]),
            *pair("drawn", a=[{"role": "assistant", "content": [DRAWING]}]),
            *pair("secret", of_case={"canary": "BENCHMARK DATA"}),
            *pair("open"),
            comparison("right", case="open", annotator="Bo", strength="much"),
        ]
    )

    assert [line["case"] for line in lines()] == ["good", "drawn"]
    exported = export_file(
        tmp_path / "x.jsonl",
        study="Study",
        format=FileFormat.DPO,
        options=ExportOptions(also=(HeldBack.DEV, HeldBack.TEST)),
    )
    assert exported.n_lines == 2
    assert exported.left_out == {
        "without a majority": 1,
        "with a failed or empty response": 4,
        "of a case with a canary": 1,
    }


def test_everybody_who_is_not_named_has_a_vote(database):
    unknown = {"annotator": None, "annotator_kind": "unknown"}
    of_five = {"annotator": None, "annotator_kind": "merged", "n_annotators": 5}
    told([
        case("c1"), output("c1", "A"), output("c1", "B", "No."),
        *[comparison("left", **unknown)] * 2, comparison("left", **of_five),
        comparison("right", annotator="Ann"), comparison("right", annotator="Bo"),
    ])  # fmt: skip

    # Two people and a label merged from five for A, Ann and Bo for B: 3 of 5.
    (line,) = lines()
    assert (line["chosen_model"], line["n"], line["agreement"]) == ("A", 5, pytest.approx(0.6))


def test_judges_have_votes_only_where_they_are_asked_for(sqlite_database):
    judge = {"annotator": "J", "annotator_kind": "judge"}
    told([case("c1"), output("c1", "A"), output("c1", "B", "No."), comparison("left", **judge)])

    assert lines() == []
    assert [line["chosen_model"] for line in lines(judges=True)] == ["A"]


def test_a_ranking_votes_on_each_of_its_pairs(sqlite_database):
    ranking = {"type": "ranking", "case": "c1", "annotator": "Ann", "order": [["C"], ["A", "B"]]}
    told([case("c1"), *(output("c1", model, f"{model}.") for model in "ABC"), ranking])

    assert [(line["chosen_model"], line["rejected_model"]) for line in lines()] == [
        ("C", "A"),
        ("C", "B"),
    ]


def test_the_command_line_says_what_was_written_and_what_was_left_out(sqlite_database, tmp_path):
    told([*pair("good"), *pair("failed", error="timeout")])
    arguments = ["export", str(tmp_path / "x.jsonl.gz"), "--study", "Study", "--format", "dpo"]
    arguments += ["--also", "test", "--also", "dev"]

    done = CliRunner().invoke(app, arguments)

    words = " ".join(done.stdout.split())
    assert words.startswith("Wrote 1 preference of study 'Study' to ")
    assert words.endswith("Left out: 1 preference with a failed or empty response.")
    assert CliRunner().invoke(app, [*arguments, "--json"]).stdout.count('"format": "dpo"') == 1


def test_options_of_another_format_are_refused(sqlite_database):
    told([*pair("good")])

    with pytest.raises(RefusedError, match="dpo has no room for --include-superseded: that is for"):
        lines(include_superseded=True)
    with pytest.raises(RefusedError, match="csv has no room for --judges: that is for dpo,"):
        lines(FileFormat.CSV, judges=True, also=())

"""Agreement on marked words: page, file, terminal and JSON say the same."""

import html
import json
import re

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import TAG, case, mark, output
from tests.pages.conftest import at_page

TEXT = "Berlin has six million people and lies on the Rhine."


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", text.replace("<wbr>", "")))
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


def records():
    # Of c0 Ann marks "six million" and "Rhine", Bo "million" and "Rhine"; of c1 Ann "Rhine" alone;
    # of c2 nobody marks anything. Cy marks an error, never at words.
    marked = {("c0", "Ann"): ("six million", "Rhine"), ("c0", "Bo"): ("million", "Rhine"),
              ("c1", "Ann"): ("Rhine",)}  # fmt: skip
    yield TAG
    for key in ("c0", "c1", "c2"):
        yield case(key, f"What about {key}?")
        yield output(key, "A", TEXT)
        for who in ("Ann", "Bo"):
            quotes = marked.get((key, who), ())
            for quote in quotes:
                start = TEXT.index(quote)
                yield mark(
                    case=key, annotator=who, tag="tone", severity="major",
                    start=start, end=start + len(quote), quote=quote,
                )  # fmt: skip
            if not quotes:
                yield mark(case=key, annotator=who, tag=None)
    yield mark(case="c0", annotator="Cy", tag="tone", severity="minor")


@pytest.fixture
def stored(sqlite_database):
    import_records(list(records()), source_name="the test", eval_set="Set", study="Study")


def test_page_file_terminal_and_json_say_the_same_of_marked_words(app, sign_in, stored, tmp_path):
    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Study"])
        assert done.exit_code == 0, done.output
        return done.stdout

    document = json.loads(run("agreement", "--json"))["marked_words"]
    terminal = words(run("agreement"))
    run("html", str(tmp_path / "report.html"))
    file = words((tmp_path / "report.html").read_text())
    sign_in(app, Role.LEAD)
    at_page(app, "results/agreement.py").run()
    assert not app.exception
    page = " ".join(words(element.proto.body) for element in app.get("html"))

    # Five marks; the two of "Rhine" in c0 are the same, both others of c0 touch: 2/5 and 4/5.
    # Characters: Ann 11 + 5 + 5, Bo 7 + 5; in common 7 + 5: 2·12/33.
    assert document["exact"]["value"] == pytest.approx(2 / 5)
    assert document["touched"]["value"] == pytest.approx(4 / 5)
    assert document["characters"]["value"] == pytest.approx(24 / 33)
    assert [document[n] for n in ("n_marks", "n_responses", "n_responses_without_words")] == [
        5,
        2,
        1,
    ]
    assert document["left_out"] == ["Cy"]
    assert [pair["annotators"] for pair in document["pairs"]] == [["Ann", "Bo"]]
    for sentence in (
        "Of the characters one annotator marked, another marked 73 %",
        "On 2 responses that two or more looked at and somebody marked words in.",
        "In 1 response more nobody marked a word: it counts here neither for nor against.",
        "Marked errors but never at words, and so left out here: Cy.",
        "Own marks another touches",
    ):
        said = {"page": page, "file": file, "terminal": terminal}
        assert [medium for medium, of in said.items() if sentence not in of] == []
    # Ann: 3 marks, 2 of which Bo touches; of Bo's 2 both.
    ann, bo = document["annotators"]
    assert (ann["confirmed"]["value"], ann["noticed"]["value"]) == pytest.approx((2 / 3, 1.0))
    assert (bo["confirmed"]["value"], bo["noticed"]["value"]) == pytest.approx((1.0, 2 / 3))


def test_words_marked_by_one_annotator_alone_have_no_agreement_but_a_sentence(sqlite_database):
    mine = [record for record in records() if record.get("annotator", "Ann") == "Ann"]
    import_records(mine, source_name="the test", eval_set="Set", study="Study")

    done = CliRunner().invoke(command, ["report", "agreement", "--study", "Study"])
    as_json = CliRunner().invoke(command, ["report", "agreement", "--study", "Study", "--json"])

    sentence = "No response with marked words has been looked at by a second annotator yet."
    assert sentence in words(done.stdout)
    document = json.loads(as_json.stdout)["marked_words"]
    assert document["exact"] == {
        "value": None, "low": None, "high": None, "n": 0, "reason": sentence
    }  # fmt: skip
    assert document["n_marks"] == 3


def test_people_are_the_headline_and_judges_are_among_the_pairs(sqlite_database):
    # Ann and Bo mark the same word, and the judge another: 1 among people, 0 with the judge.
    marked = [("Ann", "Rhine", "human"), ("Bo", "Rhine", "human"), ("J", "Berlin", "judge")]
    records = [TAG, case("c0", "What about c0?"), output("c0", "A", TEXT)]
    for who, quote, kind in marked:
        start = TEXT.index(quote)
        place = {"start": start, "end": start + len(quote), "quote": quote}
        records.append(mark(case="c0", annotator=who, annotator_kind=kind, **place))
    import_records(records, source_name="the test", eval_set="Set", study="Study")

    done = CliRunner().invoke(
        command, ["report", "agreement", "--study", "Study", "--json", "--judges"]
    )

    document = json.loads(done.stdout)["marked_words"]
    assert document["characters"]["value"] == 1.0
    of_pairs = {
        tuple(pair["annotators"]): pair["characters"]["value"] for pair in document["pairs"]
    }
    assert of_pairs == {("Ann", "Bo"): 1.0, ("Ann", "J"): 0.0, ("Bo", "J"): 0.0}


def test_page_file_terminal_and_json_say_how_errors_were_marked(
    app, sign_in, sqlite_database, tmp_path
):
    note = {"severity": "minor", "note": "No greeting.", "omission": True}
    more = [*records(), mark(case="c2", annotator="Di", **note)]
    import_records(more, source_name="the test", eval_set="Set", study="Study")

    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Study"])
        assert done.exit_code == 0, done.output
        return done.stdout

    counts = json.loads(run("errors", "--json"))["tags"]["tone"]["marks"]
    terminal = words(run("errors"))
    run("html", str(tmp_path / "report.html"))
    file = words((tmp_path / "report.html").read_text())
    sign_in(app, Role.LEAD)
    at_page(app, "results/failures.py").run()
    assert not app.exception
    frames = [frame.value for frame in app.dataframe]
    folded = [" ".join(map(str, frame.columns)) for frame in frames]

    # Five marks at words, all major; Cy's on the whole response and Di's omission are minor.
    assert (counts["n_marks"], counts["n_minor"], counts["n_major"]) == (7, 2, 5)
    assert (counts["n_at_words"], counts["n_whole"], counts["n_missing"]) == (5, 1, 1)
    assert counts["n_with_note"] == 1
    columns = "Marks Minor Major At words On the whole What is missing With a note"
    said = {"page": " ".join(map(words, map(str, folded))), "file": file, "terminal": terminal}
    assert [medium for medium, of in said.items() if columns not in of] == []
    assert "something is missing" in " ".join(map(str, frames))


def test_failures_are_narrowed_to_one_severity_which_the_address_remembers(app, sign_in, stored):
    sign_in(app, Role.LEAD)
    at_page(app, "results/failures.py").run()

    def listed():
        frames = [frame.value for frame in app.dataframe if "Marked by" in frame.value]
        return [list(row) for row in frames[-1][["Case", "Marked by", "Severity"]].to_numpy()]

    # Cy alone marked c0 as minor, without words.
    assert listed() == [["c0", "Ann, Bo, Cy", "major, minor"], ["c1", "Ann", "major"]]
    severity = next(box for box in app.selectbox if box.label == "Severity")
    assert severity.options == ["All severities", "minor", "major"]
    severity.set_value("minor").run()
    assert not app.exception
    assert listed() == [["c0", "Cy", "minor"]]
    assert app.query_params["severity"] in ("minor", ["minor"])

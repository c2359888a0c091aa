"""Marked words that come without a place get one where the response holds them exactly once."""

import json
from pathlib import Path

from sqlmodel import col, select, update

from db.commands.records import import_file
from db.engine import read_session, write_session
from db.models import ErrorMark
from tests.db.record_files import TAG, case, empty_tables, exported, mark, output, write

SLIDERS = Path(__file__).parents[1] / "cases" / "sliders_ranks_spans.jsonl"


def placed() -> list[tuple[int | None, int | None, str | None]]:
    with read_session() as session:
        marks = session.exec(select(ErrorMark).order_by(col(ErrorMark.id))).all()
        return [(each.start, each.end, each.quote) for each in marks]


def test_the_highlights_of_a_table_of_reviews_stand_in_its_responses_or_are_counted(
    database, tmp_path
):
    records = [TAG]
    for line in SLIDERS.read_text("utf-8").splitlines():
        row = json.loads(line)
        key = row["passage-id"]
        records.append(case(key, row["question"]))
        records += [output(key, model, content) for model, content in row["responses"].items()]
        records += [
            mark(
                case=key,
                model=light["system"],
                annotator=f"worker {review['worker']}",
                quote=light["text"],
            )
            for review in row["reviews"]
            for light in review["highlights"]
        ]

    report = import_file(write(tmp_path / "reviews.jsonl", records))

    # expected.json beside the file: 24 spans are found, 8 are not in the text.
    places = placed()
    assert [place[0] is not None for place in places].count(True) == 24
    assert [place[0] is not None for place in places].count(False) == 8
    assert report.warnings[-1] == (
        "32 marks came with a quote and no place: 24 stand where the response holds these words "
        "exactly once. 8 keep no place."
    )


RECORDS = [
    TAG,
    case(),
    output(content="Yes, it is 🎉 so, and so it is."),
    output(model="B", content=[{"role": "assistant", "content": "Yes."}]),
    mark(quote="🎉 so,", severity="minor"),
    mark(quote="it is", annotator="Bo"),  # twice
    mark(quote="It is", annotator="Cy"),
    mark(quote="is 🎉", start=8, end=12, annotator="Di"),
    mark(model="B", quote="Yes."),
]
PLACES = [
    (11, 16, "🎉 so,"),
    (None, None, "it is"),
    (None, None, "It is"),
    (8, 12, "is 🎉"),
    (None, None, "Yes."),
]


def test_a_quote_has_a_place_where_the_response_holds_it_once_in_code_points(database, tmp_path):
    path = write(tmp_path / "marks.jsonl", RECORDS)

    report = import_file(path)

    assert placed() == PLACES
    assert "3 marks came with a quote and no place: 1 stand" in report.warnings[-1]
    assert not import_file(path).has_news
    first = exported("Set")
    (tmp_path / "export.jsonl").write_text("".join(first), newline="")
    empty_tables()
    import_file(tmp_path / "export.jsonl")
    assert exported("Set") == first


def test_a_file_with_quotes_that_were_stored_before_they_got_places_brings_nothing_new(
    database, tmp_path
):
    path = write(tmp_path / "marks.jsonl", RECORDS)
    import_file(path)
    with write_session() as session:
        session.exec(update(ErrorMark).values(start=None, end=None))
        session.exec(update(ErrorMark).where(col(ErrorMark.id) == 4).values(start=8, end=12))

    assert not import_file(path).has_news
    assert len(placed()) == len(PLACES)


def test_what_is_missing_has_no_place_though_it_quotes_what_stands_there(database, tmp_path):
    path = write(
        tmp_path / "file.jsonl", [TAG, case(), output(), mark(omission=True, quote="Yes.")]
    )
    import_file(path)

    assert placed() == [(None, None, "Yes.")]
    assert not import_file(path).has_news
    first = exported("Set")
    path.write_text("".join(first), newline="")
    empty_tables()
    import_file(path)
    assert exported("Set") == first

"""Files of other tools on their way into the database: what is stored, and what never is."""

import io
import json
from pathlib import Path

import pytest

from db.commands.mappings import keep_columns, kept_columns
from db.commands.records import import_files
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.cli import main
from evalkit.errors import NotFoundError, RefusedError
from evalkit.formats.read.mapping import read_mapping
from evalkit.reports.scores.report import scores_report
from tests.db.record_files import exported, table_sizes
from tests.evalkit.formats import samples
from tests.evalkit.formats.samples import SAMPLES, document, lines

CASES = Path(__file__).parents[1] / "cases"
SLIDERS = (
    "id=passage-id", "input=question", "outputs=responses", "labels=reviews", "annotator=worker",
    "score:correctness=correctness", "range:correctness=0..100", "rank=rank", "marks=highlights",
    "mark_model=system", "mark_text=text",
)  # fmt: skip


def sources(files):
    return [(name, io.BytesIO(content)) for name, content in files]


@pytest.mark.parametrize(("key", "files"), SAMPLES, ids=lambda value: str(value)[:40])
def test_a_file_of_every_format_is_stored_and_a_second_time_changes_nothing(
    sqlite_database, key, files
):
    import_files(sources(files), formats={"*": key})
    sizes = table_sizes()

    again = import_files(sources(files), formats={"*": key})

    assert not again.has_news
    assert table_sizes() == sizes


def test_what_is_only_probable_is_stored_only_where_it_was_chosen(sqlite_database):
    pairs = lines(samples.PREFERENCE)
    sizes = table_sizes()

    with pytest.raises(RefusedError, match=r"probably preference pairs.*\n.*--format preference"):
        import_files([("pairs.jsonl", io.BytesIO(pairs))])

    assert table_sizes() == sizes
    report = import_files([("pairs.jsonl", io.BytesIO(pairs))], formats={"*": "preference"})
    assert report.counts["comparison"].new == 1


def test_a_problem_of_a_record_is_told_by_the_row_of_the_file_it_came_from(sqlite_database):
    rows = [samples.ANNOTATION, {**samples.ANNOTATION, "output_2": "Another."}]

    with pytest.raises(RefusedError, match=r"annotations\.json, row 2, case: found"):
        import_files([("annotations.json", io.BytesIO(document(rows)))])


def test_sliders_ranks_and_spans_are_read_by_a_mapping(sqlite_database):
    # shared/cases/expected.json, made by a script in plain numpy.
    right = {
        "rankings": 24,
        "means": {
            "alpha": 31.791666666666668,
            "beta": 51.083333333333336,
            "gold": 88.1666666667,
        },
        "spans": {"found": 24, "not in the text": 8},
    }
    mapping = keep_columns(SLIDERS, name="Sliders")
    path = CASES / "sliders_ranks_spans.jsonl"

    report = import_files([(path.name, path)], mapping=mapping)

    assert (report.counts["ranking"].new, report.counts["error"].new) == (
        right["rankings"],
        right["spans"]["found"] + right["spans"]["not in the text"],
    )
    with read_session() as session:
        study = collect(session, result_study(session, name="sliders_ranks_spans"))
    (of,) = scores_report(study).criteria
    means = {row.model: row.estimate.value for row in of.means if row.category is None}
    assert means == pytest.approx(right["means"])
    placed = [
        json.loads(line) for line in exported("sliders_ranks_spans") if '"type": "error"' in line
    ]
    assert sum("start" in mark for mark in placed) == right["spans"]["found"]
    assert kept_columns("Sliders").pairs == mapping.pairs


def test_a_kept_mapping_is_found_by_its_name_and_another_one_is_not_there(database):
    keep_columns(["input=q", "output=a"], name="Mine")
    keep_columns(["input=question", "output=a"], name="Mine")

    assert kept_columns("Mine").columns["input"] == "question"
    with pytest.raises(NotFoundError, match="There are: Mine"):
        kept_columns("Yours")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["question"], "is no ROLE=COLUMN"),
        (["prompt=q"], "is no ROLE=COLUMN"),
        (["output=a"], "needs input=COLUMN"),
        (["input=q", "score=x"], "needs a name"),
        (["input=q", "range:x=5"], "is no range"),
        (["input=q", "output:a=b", "preference=c"], "map both"),
    ],
)
def test_what_is_no_mapping_is_refused_with_what_it_lacks(pairs, words):
    with pytest.raises(RefusedError, match=words):
        read_mapping(pairs)


def test_the_command_line_says_what_files_are_first_and_stores_a_folder(
    sqlite_database, tmp_path, capsys
):
    folder = tmp_path / "batch"
    folder.mkdir()
    (folder / "out.jsonl").write_bytes(lines(samples.BATCH_OUT))
    (folder / "in.jsonl").write_bytes(lines(samples.BATCH_IN))

    assert main(["import", "--dry-run", str(folder)]) == 0
    told = capsys.readouterr()
    assert "batch/in.jsonl is OpenAI Batch" in told.err
    assert 'First record as it will be stored: {"type": "case", "id": "r1"' in told.err
    assert told.out.startswith("Would import 1 case, 1 output from")

    assert main(["import", str(folder)]) == 0
    assert "into eval set 'batch'" in capsys.readouterr().out


def test_a_table_is_told_by_its_columns_then_read_by_a_mapping_that_is_kept(
    sqlite_database, tmp_path, capsys
):
    table = tmp_path / "table.csv"
    table.write_text("question,answer_gpt,answer_other\nQ0,A0,B0\nQ1,A1,B1\n")

    assert main(["import", str(table)]) == 1
    assert "a table with the columns question, answer_gpt" in capsys.readouterr().err

    typed = ["input=question", "output:gpt=answer_gpt", "output:other=answer_other"]
    columns = [word for pair in typed for word in ("--columns", pair)]
    assert main(["import", str(table), *columns, "--mapping", "Ours"]) == 0
    assert "Imported 2 cases, 4 outputs" in capsys.readouterr().out
    table.write_text("question,answer_gpt,answer_other\nQ2,A2,B2\n")
    assert main(["import", str(table), "--mapping", "Ours"]) == 0
    assert "Imported 1 case, 2 outputs" in capsys.readouterr().out


def test_a_record_over_several_lines_is_refused_with_what_to_do(sqlite_database):
    header = {"type": "header", "format": "evalkit", "version": 2, "eval_set": "x"}
    sizes = table_sizes()

    with pytest.raises(RefusedError, match="one a line, so write it without indentation"):
        import_files([("indented.json", io.BytesIO(document(header)))])

    assert table_sizes() == sizes


def test_a_folder_of_logs_needs_no_images_and_an_empty_one_is_refused(
    sqlite_database, tmp_path, capsys
):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "log.jsonl").write_bytes(lines(samples.CALL))

    assert main(["import", str(folder)]) == 0
    assert "image" not in capsys.readouterr().out
    (folder / "log.jsonl").unlink()
    assert main(["import", str(folder)]) == 1
    assert "There is no file in what was given" in capsys.readouterr().err

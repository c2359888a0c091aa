"""Files that belong together are one import: joined by ids in any order, all of them or nothing."""

from itertools import permutations

import pytest
from sqlmodel import col, select

from db.commands.records import belonging_together, import_file, import_files
from db.engine import read_session
from db.models import Assignment
from evalkit.errors import RefusedError
from evalkit.records import RecordsRefusedError
from evalkit.vocabulary import LooksRule
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    empty_tables,
    exported,
    exported_labels,
    mark,
    output,
    score,
    table_sizes,
    write,
)

PARTS = {
    "cases": [case(), case("c2", "And?"), CRITERION],
    "outputs": [output(), output(model="B", content="No."), output("c2"), TAG],
    "labels": [comparison(), score(2), mark(quote="Yes.")],
}


def files(folder, parts=PARTS, **headers):
    return {
        name: write(folder / f"{name}.jsonl", records, header=HEADER | headers.get(name, {}))
        for name, records in parts.items()
    }


def together(paths, **choices):
    return import_files([(path.name, path) for path in paths], **choices)


def test_the_order_of_the_files_does_not_matter(database, tmp_path):
    paths = files(tmp_path)
    import_file(
        write(tmp_path / "all.jsonl", [record for part in PARTS.values() for record in part])
    )
    as_one = exported()

    for order in permutations(paths.values()):
        empty_tables()
        report = together(order)
        assert exported() == as_one
        assert report.counts["output"].new == 3
        assert not together(order).has_news


def test_a_problem_names_its_file_and_line_and_nothing_of_any_file_is_stored(database, tmp_path):
    parts = {**PARTS, "labels": [comparison(), score(9)]}
    paths = files(tmp_path, parts)

    with pytest.raises(RecordsRefusedError) as refused:
        together([paths["labels"], paths["cases"], paths["outputs"]])

    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.field) == ("labels.jsonl", 3, "value")
    assert "labels.jsonl, cases.jsonl, outputs.jsonl were refused" in str(refused.value)
    assert not any(table_sizes()[table] for table in ("case", "output", "annotation"))


def test_a_fault_within_a_line_of_a_later_file_has_its_own_line(sqlite_database, tmp_path):
    paths = files(tmp_path, {**PARTS, "labels": [comparison("win")]})

    with pytest.raises(RecordsRefusedError) as refused:
        together(paths.values())

    assert str(refused.value.problems[0]).startswith("labels.jsonl, line 2, preference:")


def test_what_two_files_say_of_one_case_is_told_apart_by_file(sqlite_database, tmp_path):
    paths = files(tmp_path, {"one": [case()], "other": [case(text="Bye?")]})

    with pytest.raises(RefusedError, match="the content that line 2 of one"):
        together(paths.values())


def test_what_a_file_repeats_of_one_before_it_is_there_already_and_no_second_look(
    database, tmp_path
):
    records = [*PARTS["cases"], *PARTS["outputs"], *PARTS["labels"], mark(quote="Yes.")]
    paths = files(tmp_path, {"one": records, "other": [*records, mark(quote="Yes."), score(1)]})

    report = together(paths.values(), looks=LooksRule.MEAN)

    counts = {kind: (count.new, count.present) for kind, count in report.counts.items()}
    # The other file has one mark more, and a score that is another look.
    assert (counts["comparison"], counts["error"], counts["score"]) == ((1, 1), (3, 2), (2, 1))
    assert report.n_again == 1
    assert [label["type"] for label in exported_labels()].count("error") == 3


def test_sides_are_known_as_each_file_says(database, tmp_path):
    parts = {**PARTS, "more": [comparison(annotator="Bo")]}
    paths = files(tmp_path, parts, labels={"sides": "dealt"}, more={"sides": "unknown"})

    together(paths.values())

    with read_session() as session:
        compared = col(Assignment.right_output_id).is_not(None)
        policies = session.exec(select(Assignment.policy).where(compared)).all()
    assert sorted(policies) == ["imported, sides dealt", "imported, sides unknown"]


def test_headers_that_contradict_each_other_are_refused_unless_it_is_said_what_holds(
    sqlite_database, tmp_path
):
    paths = files(tmp_path, cases={"looks": "mean"}, labels={"looks": "latest"})

    with pytest.raises(RefusedError, match='looks "mean" and looks "latest"'):
        together(paths.values())

    assert together(paths.values(), looks=LooksRule.MEAN).looks is LooksRule.MEAN


def test_files_are_grouped_by_eval_set_and_study_and_one_without_a_study_goes_with_another(
    tmp_path,
):
    headers = {
        "labels": {"study": "S"},
        "cases": {},
        "others": {"study": "T"},
        "apart": {"eval_set": "Another"},
    }
    paths = files(tmp_path, {name: [] for name in headers}, **headers)
    broken = tmp_path / "broken.jsonl"
    broken.write_text("no header")

    named_paths = {path.name: path for path in (*paths.values(), broken)}
    groups = belonging_together(list(named_paths.items()))

    named = [[path.stem for _, path in group] for group in groups]
    assert named == [["labels", "cases"], ["others"], ["apart"], ["broken"]]
    late = belonging_together([(name, paths[name]) for name in ("cases", "labels", "others")])
    assert [[path.stem for _, path in group] for group in late] == [["cases", "labels"], ["others"]]

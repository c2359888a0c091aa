"""Two looks of one annotator at one thing, with nothing in the records to tell them apart."""

import json
from pathlib import Path

import pytest

from db.commands.records import import_file, import_records
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.errors import RefusedError
from evalkit.reports.errors.report import tags_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import scores_report
from evalkit.vocabulary import LooksRule
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    exported,
    mark,
    output,
    score,
)

FILE = Path(__file__).parents[1] / "cases" / "two_looks.jsonl"
CONTENT = [HEADER, CRITERION, TAG, case(), output(), output(model="B")]


def collected(study):
    with read_session() as session:
        return collect(session, result_study(session, name=study))


def mean_of(study, model):
    (of,) = scores_report(collected(study)).criteria
    return next(row.estimate for row in of.means if (row.model, row.category) == (model, None))


def marked(study):
    return int((collected(study).marks.tag >= 0).sum())


def error(tag="tone", **fields):
    return mark(tag, **({"severity": "minor"} if tag else {}), **fields)


@pytest.mark.parametrize(
    ("looks", "mean", "n_scores", "n_marks"),
    [(LooksRule.LATEST, 3, 1, 1), (LooksRule.MEAN, 4, 2, 2)],
)
def test_one_rule_holds_for_scores_and_error_marks(database, looks, mean, n_scores, n_marks):
    # The file: one person gives 5 with a mark, then 3 with a mark, and no assignment.
    import_file(FILE, looks=looks)

    assert (mean_of("two-looks", "m").value, mean_of("two-looks", "m").n) == (mean, n_scores)
    assert marked("two-looks") == n_marks
    # One mark a look, by either rule.
    (rate,) = tags_report(collected("two-looks"))
    of_model = next(row.estimate for row in rate.rows if (row.model, row.category) == ("m", None))
    assert (of_model.value, of_model.n) == (1.0, n_marks)


def test_without_a_rule_the_latest_look_counts_and_a_warning_says_what_does(sqlite_database):
    report = import_file(FILE, dry_run=True)

    assert (report.looks, report.n_again, report.n_superseded) == (LooksRule.LATEST, 1, 2)
    assert {kind: count.superseded for kind, count in report.counts.items()} == {
        "criterion": 0, "tag": 0, "case": 0, "output": 0, "score": 1, "error": 1
    }  # fmt: skip
    (warning,) = report.warnings
    assert "line 9" in warning
    assert "1 of 2 scores, 1 of 2 error marks" in warning
    # On the page as in the terminal: by what both call the choice.
    assert "choose the mean of looks" in warning
    assert "--" not in warning


def test_the_mean_of_looks_warns_too_and_supersedes_nothing(sqlite_database):
    report = import_file(FILE, looks=LooksRule.MEAN, dry_run=True)

    assert (report.n_again, report.n_superseded) == (1, 0)
    assert "Every look counts" in report.warnings[0]


def test_both_looks_at_a_pair_count_or_the_latest(sqlite_database):
    again = [comparison("left"), comparison("right")]
    for looks, n in ((LooksRule.LATEST, 1), (LooksRule.MEAN, 2)):
        import_records([*CONTENT, *again], source_name="f", study=looks.value, looks=looks)

        assert ranking_report(collected(looks.value)).n_comparisons == n


def test_scores_and_marks_may_stand_apart_in_the_file(sqlite_database):
    records = [*CONTENT, score(3), score(1), error(), error()]
    for looks, n_marks in ((LooksRule.LATEST, 1), (LooksRule.MEAN, 2)):
        import_records(records, source_name="f", study=looks.value, looks=looks)

        assert marked(looks.value) == n_marks


def test_moments_tell_which_look_a_mark_is_of(sqlite_database):
    # In the order of moments: 3 with one mark, then 1 with two; the file mixes them.
    early, late = "2026-01-01T10:00:00+00:00", "2026-01-02T10:00:00+00:00"
    records = [
        score(1, created_at=late), error(created_at=late), error(tag=None, created_at=late),
        score(3, created_at=early), error(created_at=early),
    ]  # fmt: skip

    import_records([*CONTENT, *records], source_name="f", study="S")

    assert mean_of("S", "A").value == 1
    assert len(collected("S").marks.tag) == 2


def test_an_edit_is_a_revision_of_one_look_and_no_second_look(sqlite_database):
    edited = [score(3), error(), score(1, revision=2), error(revision=2)]

    report = import_records([*CONTENT, *edited], source_name="f", study="S", looks=LooksRule.MEAN)

    assert (report.n_again, report.n_superseded, report.warnings) == (0, 2, ())
    assert mean_of("S", "A").value == 1


def test_the_same_mark_twice_without_a_second_score_is_two_errors_of_one_look(sqlite_database):
    report = import_records([*CONTENT, score(3), error(), error()], source_name="f", study="S")

    assert report.n_again == 0
    assert marked("S") == 2


def test_assignments_tell_looks_apart_whatever_the_rule(sqlite_database):
    named = [score(3, assignment="one"), score(1, assignment="two")]

    report = import_records([*CONTENT, *named], source_name="f", study="S")

    assert (report.n_again, report.warnings) == (0, ())
    assert mean_of("S", "A").value == 2


@pytest.mark.parametrize("looks", list(LooksRule))
def test_the_same_file_again_brings_nothing_new(database, looks):
    import_file(FILE, looks=looks)

    again = import_file(FILE, looks=looks)

    assert not again.has_news
    assert (again.n_again, again.warnings) == (0, ())


def test_a_second_file_brings_a_third_look(sqlite_database):
    import_records([*CONTENT, score(1), score(2)], source_name="f", study="S", looks=LooksRule.MEAN)

    more = [HEADER, score(3), error()]
    report = import_records(more, source_name="g", study="S", looks=LooksRule.MEAN)

    assert (report.n_again, mean_of("S", "A").value, mean_of("S", "A").n) == (1, 2, 3)


@pytest.mark.parametrize("looks", list(LooksRule))
def test_an_export_holds_the_looks_that_count_and_comes_back_the_same(database, looks, tmp_path):
    import_file(FILE, looks=looks)
    lines = exported("two-looks")
    assert json.loads(lines[0]).get("looks") == (looks.value if looks is LooksRule.MEAN else None)

    path = tmp_path / "again.jsonl"
    path.write_text("".join(lines).replace("two-looks", "back"))
    import_file(path)

    assert exported("back") == [line.replace("two-looks", "back") for line in lines]
    assert mean_of("back", "m") == mean_of("two-looks", "m")


def test_a_rule_that_is_none_is_refused_with_those_there_are(sqlite_database):
    with pytest.raises(RefusedError, match="one of latest, mean"):
        import_records([{**HEADER, "looks": "first"}, *CONTENT[1:]], source_name="f")

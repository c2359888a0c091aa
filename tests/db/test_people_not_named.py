"""Labels by people whom a file does not name, and labels merged from several: nobody's habits."""

import json

import pytest

from db.commands.records import import_file, import_files, import_records
from db.engine import read_session
from db.queries.people import accounts
from db.queries.results import collect, pace, result_study
from evalkit.errors import RefusedError
from evalkit.reports.agreement.document import agreement_document
from evalkit.reports.agreement.marked_words import word_agreement
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.disagreements import disagreements
from evalkit.reports.annotators.report import annotators_document, annotators_report
from evalkit.reports.document import heading
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import scores_report
from evalkit.study.looks import acceptable
from evalkit.study.passing import PassRule, passing
from evalkit.study.sentences import annotators
from evalkit.study.subjects import marked_where_two_looked
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    comparison,
    empty_tables,
    exported,
    mark,
    pair_of_outputs,
    score,
    study_csv,
    write,
)

UNKNOWN = {"annotator": None, "annotator_kind": "unknown"}
MERGED = {"annotator": None, "annotator_kind": "merged"}
CONTENT = [{**HEADER, "study": "Set"}, CRITERION, TAG, *pair_of_outputs()]


def imported(*records):
    return import_records([*CONTENT, *records], source_name="f")


def collected():
    with read_session() as session:
        return collect(session, result_study(session, name="Set"))


def a_times_b(n_first, n_second, **who):
    return [comparison("left", **who)] * n_first + [comparison("right", **who)] * n_second


def test_equal_labels_by_people_not_named_are_as_many_labels(database):
    imported(*a_times_b(7, 3, **UNKNOWN))

    # 7 of 10 people preferred A.
    rates = {row["model"]: row["win_rate"] for row in ranking_document(collected())["models"]}
    assert rates == pytest.approx({"A": 0.7, "B": 0.3})
    assert ranking_report(collected()).n_comparisons == 10


def test_the_same_file_again_changes_nothing_and_a_longer_one_adds_the_rest(database):
    imported(*a_times_b(2, 1, **UNKNOWN), *[score(3, **MERGED, n_annotators=5)] * 2)

    again = imported(*a_times_b(2, 1, **UNKNOWN), *[score(3, **MERGED, n_annotators=5)] * 2)
    assert not again.has_news
    more = imported(*a_times_b(4, 1, **UNKNOWN))

    assert more.counts["comparison"].new == 2
    assert int(collected().preferences.n.sum()) == 5
    assert int(collected().values.n.sum()) == 2


def test_equal_labels_of_a_second_file_are_the_same_ones_unless_an_assignment_tells_them_apart(
    sqlite_database, tmp_path
):
    def both(**second):
        paths = [
            write(tmp_path / f"{name}.jsonl", [*CONTENT[1:], comparison(**UNKNOWN, **of)])
            for name, of in (("a", {}), ("b", second))
        ]
        empty_tables()
        import_files([(path.name, path) for path in paths])
        together = int(collected().preferences.n.sum())
        empty_tables()
        for path in paths:
            import_file(path)
        return together, int(collected().preferences.n.sum())

    assert both() == (1, 1)
    assert both(assignment="batch 2, 1") == (2, 2)


def test_nobody_is_warned_that_people_not_named_judged_again(database):
    report = imported(*a_times_b(2, 0, **UNKNOWN), *[score(value, **UNKNOWN) for value in (1, 3)])

    assert report.warnings == ()
    (of,) = scores_report(collected()).criteria
    mean = next(row.estimate for row in of.means if (row.model, row.category) == ("A", None))
    assert (mean.value, mean.n) == (2, 2)  # (1 + 3) / 2: whatever rule of looks holds


def test_people_not_named_agree_with_nobody_and_have_no_habits(database):
    everybody = [UNKNOWN, {**MERGED, "n_annotators": 3}, {}]
    imported(
        *(comparison(**who, seconds=9) for who in everybody for _ in range(12 if who else 1)),
        *(score(2, **who) for who in everybody for _ in range(12 if who else 1)),
        *(mark(start=0, end=3, **who) for who in everybody for _ in range(2 if who else 1)),
    )
    study = collected()
    with read_session() as session:
        times = pace(session, result_study(session, name="Set"))

    agreement = agreement_report(study)
    assert agreement.judged == []
    assert [of.pairs.pairs for of in agreement.parts if of.pairs] == []
    assert [row.profile.annotator for row in annotators_report(study, times).rows] == ["Ann"]
    (own,) = annotators_document(study, times)["subjects"]["helpful"]
    assert (own["annotator"], own["n"], own["n_shared"]) == ("Ann", 1, 0)
    assert disagreements(study).n_units == 0
    assert marked_where_two_looked(study) == ()
    assert word_agreement(study).pairs == ()
    assert word_agreement(study).n_words == 1


def test_named_people_agree_as_if_the_others_were_not_there(database):
    swapped = {"left": "B", "right": "A", "annotator": "Ben", "assignment": "again"}
    imported(comparison(), comparison(annotator="Ben"), comparison("left", **swapped))
    alone = agreement_document(collected())
    imported(*a_times_b(3, 9, **UNKNOWN), *a_times_b(0, 5, **MERGED))

    both = agreement_document(collected())
    assert both["preference"]["pairs"][0]["n"] == 1
    assert {**both, "unidentified": []} == {**alone, "unidentified": []}
    assert int(collected().preferences.n.sum()) == 20


def test_every_page_says_how_many_labels_come_from_whom(database):
    imported(
        *a_times_b(1200, 0, **UNKNOWN),
        *(score(2, **MERGED, n_annotators=3) for _ in range(300)),
        score(2, **MERGED),
        comparison(),
    )

    assert annotators(collected()) == (
        "1 annotator, people the file does not name (1,200 labels), "
        "groups of 3 people (300 merged labels) and groups of people (1 merged label)"
    )
    assert heading(collected())["annotators"] == ["Ann"]
    assert heading(collected())["unidentified"] == [
        {"kind": "unknown", "n_people": None, "n_labels": 1200},
        {"kind": "merged", "n_people": 3, "n_labels": 300},
        {"kind": "merged", "n_people": None, "n_labels": 1},
    ]


def test_each_label_of_nobody_in_particular_is_one_voice_on_what_is_acceptable(database):
    imported(*[comparison("both_bad", **UNKNOWN)] * 2, comparison("left", **UNKNOWN))

    # Three people said something of each response: one found it acceptable, so it does not pass.
    looks = acceptable(collected())
    assert sorted(looks.hit.tolist()) == [False] * 4 + [True] * 2
    (first, second) = passing([collected()], PassRule()).values()
    assert {(of.n_passed, of.n_said) for of in (first, second)} == {(1, 3)}


def test_an_assignment_holds_the_labels_of_one_of_them_together(database):
    first, second = ({**UNKNOWN, "assignment": name} for name in "ab")
    imported(
        comparison("both_bad", **first),
        mark("tone", **first),
        mark("tone", **second),
        mark("tone", **second, revision=2, severity="major"),
    )

    study = collected()
    assert len(set(study.marks.look.tolist()) | set(study.preferences.latest.tolist())) == 2
    assert int((study.marks.tag >= 0).sum()) == 2
    once = exported(include_superseded=True)
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported(include_superseded=True) == once


def test_an_export_names_nobody_and_comes_back_byte_by_byte(database):
    imported(
        *a_times_b(2, 1, **UNKNOWN),
        {"type": "ranking", "case": "c1", "annotator_kind": "unknown", "order": [["A"], ["B"]]},
        {"type": "ranking", "case": "c1", "annotator_kind": "unknown", "order": [["A"], ["B"]]},
        *[score(3, **MERGED, n_annotators=5), score(3, **MERGED)],
        *[mark(None, **UNKNOWN)] * 2,
        comparison(),
    )
    once = exported()

    labels = [json.loads(line) for line in once if '"annotator_kind"' in line]
    assert len(labels) == 9
    assert not any("annotator" in label or "assignment" in label for label in labels)
    assert "looks" not in json.loads(once[0])
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported() == once


def test_tables_leave_the_name_empty_and_say_what_is_known(database):
    imported(comparison(**UNKNOWN), score(3, **MERGED, n_annotators=5), comparison())
    with read_session() as session:
        study_id = result_study(session, name="Set").study_id
        long = [line.split(",") for line in study_csv(session, study_id)]
        wide = list(study_csv(session, study_id, shape="wide"))

    columns = [long[0].index(name) for name in ("annotator", "annotator_kind", "n_annotators")]
    assert [[row[column] for column in columns] for row in long[1:]] == [
        ["", "unknown", ""],
        ["", "merged", "5"],
        ["Ann", "human", ""],
    ]
    assert wide[0].strip().endswith("repeat,Ann,Labels merged from 5 people,People not named")


def test_whoever_is_not_named_has_no_account(database):
    imported(comparison(**UNKNOWN), score(3, **MERGED))

    with read_session() as session:
        assert [person.name for person in accounts(session)] == []


def test_somebody_may_be_called_like_them(database):
    imported(comparison(annotator="People not named"), *a_times_b(1, 1, **UNKNOWN))

    assert annotators(collected()) == ("1 annotator and people the file does not name (2 labels)")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"annotator_kind": "unknown"}, 'annotator: found "Ann"'),
        ({"annotator": None}, "annotator: found nothing"),
        ({**UNKNOWN, "n_annotators": 3}, "n_annotators: found 3"),
        ({**MERGED, "n_annotators": 1}, "n_annotators: found 1"),
        ({**UNKNOWN, "revision": 2}, "revision: found 2, expected an assignment"),
    ],
)
def test_what_cannot_be_is_refused(sqlite_database, fields, problem):
    with pytest.raises(RefusedError) as refusal:
        imported(comparison(**fields))

    assert problem in str(refusal.value).replace("null", "nothing")


def test_version_1_knows_people_by_name_alone(sqlite_database):
    with pytest.raises(RefusedError) as refusal:
        import_records(
            [{**CONTENT[0], "version": 1}, *CONTENT[1:], comparison(**UNKNOWN)], source_name="f"
        )

    assert "expected one of human, judge" in str(refusal.value)

"""Judges are admitted on a test split that is opened once, and only then count in results."""

import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from db.commands.admission import open_test, set_bar
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, Case
from db.queries import results
from db.queries.results import ResultFilters
from db.queries.results.preferences import asks_acceptable, has_preference
from db.queries.results.splits import splits
from db.queries.results.style import style_table
from evalkit.cli import app
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.split import Split, split_of
from evalkit.reports.judges.admission import admissions_of
from evalkit.study.admitted import AdmissionBar
from evalkit.vocabulary import AdmissionStanding
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Amber", "Birch")
#: Reached by a judge that says what people say, on the forty or so cases of the test.
BAR = AdmissionBar(ratio=0.7, sensitivity=0.7, specificity=0.7, bias=0.5)
#: Every report of a study with judges, as it is typed.
REPORTS = (
    ["agreement"],
    ["annotators"],
    ["decision"],
    ["errors"],
    ["models"],
    ["pair", "--model", "Amber", "--other", "Birch"],
    ["power"],
    ["ranking"],
    ["ranking", "--style-control"],
    ["scores"],
    ["significance"],
)


def store_study():
    """Two people who agree on ninety cases, a judge that says so too, and one that never does.

    Both judge in both orders, score and mark errors as people do, or just not.
    """
    ids = make_eval_set(models=MODELS, n_cases=90)
    make_study(ids)
    for case in range(90):
        pair = [f"case-{case}/{model}" for model in MODELS]
        better = "left" if case % 2 else "right"
        other = "right" if case % 2 else "left"
        score, mark = (pair[0], "polite", case // 2 % 2), (pair[0], "tone" if case % 3 else None)
        annotate(ids, "Ada", *pair, better, scores=[score], marks=[mark])
        annotate(ids, "Bo", *pair, better, scores=[score], marks=[mark])
        for judge, here, there in (("good", better, other), ("poor", other, better)):
            if judge == "poor":
                score, mark = (*score[:2], 1 - score[2]), (pair[0], None if mark[1] else "tone")
            more = {"scores": [score], "marks": [mark]}
            annotate(ids, judge, *pair, here, is_judge=True, **more)
            annotate(ids, judge, *pair[::-1], there, is_judge=True)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def study_of(session):
    return results.result_study(session, name="Study")


def report(*arguments):
    told = CliRunner().invoke(app, ["report", *arguments, "--study", "Study", "--json"])
    assert told.exit_code == 0, told.output
    document = json.loads(told.stdout)
    for told_by_the_clock_or_the_options in ("filters", "created_at"):
        document.pop(told_by_the_clock_or_the_options, None)
    return document


def test_the_test_is_opened_once_and_says_of_each_judge_what_its_bounds_say(study):
    set_bar(study["Study"], BAR)

    opened = {each.judge: each for each in open_test("Study")}

    with read_session() as session:
        of = study_of(session)
        test = results.collect(session, of, filters=ResultFilters(every_judge=True, is_test=True))
        hashes = {case.id: case.case_hash for case in session.exec(select(Case))}
        expected = admissions_of(test, style_table(session, test), BAR)
    judged = {int(case) for case in test.outputs.case[test.preferences.left]}
    assert {split_of(hashes[case]) for case in judged} == {Split.TEST}
    assert set(of.admissions) == set(expected)
    whole = {(row.judge, row.subject): row.standing for row in of.admissions if not row.category}
    assert whole["good", "preference"] is AdmissionStanding.ADMITTED
    assert whole["poor", "preference"] is AdmissionStanding.NOT_ADMITTED
    assert whole["poor", "polite"] is AdmissionStanding.NOT_ADMITTED
    assert opened["good"].n_cases == len(judged)

    again = open_test("Study")

    assert not any(each.is_new for each in again)
    with read_session() as session:
        assert [each.judge for each in study_of(session).openings] == ["poor", "good"]


def test_a_judge_called_as_a_person_is_has_its_test_opened_and_counts(study):
    with write_session() as session:
        session.exec(select(Annotator).where(Annotator.name == "Ada")).one().name = "good"
    set_bar(study["Study"], BAR)

    (opened,) = open_test("Study", judge="good")

    assert {row.judge for row in opened.admissions} == {"good"}
    with read_session() as session:
        of = study_of(session)
    admitted = {who.name for who in of.annotators if who.kind == "judge" and who.is_admitted}
    assert admitted == {"good"}


def test_another_label_on_the_test_is_another_look_and_counted(study):
    set_bar(study["Study"], BAR)
    open_test("Study")
    with read_session() as session:
        of = study_of(session)
        test = set(splits(session, of).case[splits(session, of).part == 2].tolist())
    case = next(n for n in range(90) if study[f"case-{n}"] in test)
    pair = [f"case-{case}/{model}" for model in MODELS]

    annotate(study, "good", *pair, "tie", is_judge=True)
    opened = {each.judge: each.is_new for each in open_test("Study")}

    assert opened == {"good": True, "poor": False}
    with read_session() as session:
        assert [each.judge for each in study_of(session).openings] == ["good", "poor", "good"]


def test_before_its_test_what_is_told_of_a_judge_is_of_other_cases(study):
    set_bar(study["Study"], BAR)

    with read_session() as session:
        of = study_of(session)
        told = results.collect(session, of, filters=ResultFilters(judges=True, every_judge=True))
        of_test = splits(session, of).is_in(Split.TEST, told.outputs.case)

    assert len(told.preferences.left)
    assert not of_test[told.preferences.left].any()
    assert not of_test[told.values.output].any()
    assert not of_test[told.marks.output].any()


@pytest.mark.parametrize("arguments", REPORTS, ids=" ".join)
def test_verdicts_of_judges_that_are_not_admitted_are_in_no_report(study, arguments):
    people = report(*arguments)
    set_bar(study["Study"], BAR)

    assert report(*arguments, "--judges") == people

    open_test("Study", judge="poor")

    assert report(*arguments, "--judges") == people


def test_a_judge_counts_on_what_it_is_admitted_and_on_nothing_else(study):
    set_bar(study["Study"], BAR)
    open_test("Study")
    with read_session() as session:
        of = study_of(session)
        told = results.collect(session, of, filters=ResultFilters(judges=True))

    names = [who.name for who in told.annotators]
    assert names == ["Ada", "Bo", "good"]
    admitted = {
        row.subject
        for row in of.admissions
        if row.judge == "good" and row.standing is AdmissionStanding.ADMITTED
    }
    of_judge = names.index("good")
    assert ("preference" in admitted) == (of_judge in told.preferences.annotator)
    assert ("polite" in admitted) == (of_judge in told.values.annotator)
    assert ("any_error" in admitted) == (of_judge in told.marks.annotator)
    assert "polite" not in admitted or "any_error" in admitted or "preference" in admitted


def test_without_a_bar_judges_count_where_they_are_included_as_before(study):
    with read_session() as session:
        told = results.collect(session, study_of(session), filters=ResultFilters(judges=True))

    assert [who.name for who in told.annotators] == ["Ada", "Bo", "good", "poor"]


def test_what_is_asked_stays_once_a_test_was_opened(study):
    set_bar(study["Study"], AdmissionBar())
    set_bar(study["Study"], BAR)
    open_test("Study", judge="good")

    with pytest.raises(RefusedError, match="was opened"):
        set_bar(study["Study"], AdmissionBar())
    with read_session() as session:
        assert study_of(session).bar == BAR


def test_what_cannot_be_opened_is_refused_and_nothing_is_stored(study):
    with pytest.raises(RefusedError, match="Say first what a judge must reach"):
        open_test("Study")
    set_bar(study["Study"], BAR)
    with pytest.raises(NotFoundError, match="There are: “good”, “poor”"):
        open_test("Study", judge="other")
    with pytest.raises(NotFoundError):
        set_bar(99, BAR)
    with write_session() as session:
        assert study_of(session).openings == ()


def test_bar_and_test_as_one_types_them(study):
    run = CliRunner()

    low = [f"--{name}=0.7" for name in ("ratio", "sensitivity", "specificity")]
    told = run.invoke(app, ["admission", "bar", "--study", "Study", *low, "--bias", "0.5"])
    assert "70 % of people's own agreement" in told.stdout
    told = run.invoke(app, ["admission", "open", "--study", "Study"])
    assert "The test of good was opened once" in " ".join(told.stdout.split())

    document = report("judges")["admission"]
    assert document["bar"]["ratio"] == 0.7
    assert {row["judge"] for row in document["rows"]} == {"good", "poor"}
    assert len(document["openings"]) == 2


@pytest.mark.parametrize("more", [(), ("--annotator", "Ada")], ids=["all", "one person"])
def test_what_measures_judges_measures_them_before_they_are_admitted(study, more):
    # Both reports are how a lead tells what a judge is worth: neither a bar nor a choice of people
    # takes the judges out of them.
    before = report("acceptance"), report("correction", *more)
    set_bar(study["Study"], BAR)

    assert {row["judge"] for row in before[0]["judges"]} == {"good", "poor"}
    assert (report("acceptance", *more), report("correction", *more)) == before
    told = CliRunner().invoke(app, ["report", "acceptance", "--study", "Study", *more])
    assert "No judge has judged" not in told.output
    assert "Not admitted, and measured here all the same: “good”, “poor”." in told.stderr
    assert ("The labels of everybody count here" in told.stderr) == bool(more)


def test_the_file_measures_judges_that_are_not_admitted_yet(study, tmp_path):
    set_bar(study["Study"], BAR)

    file = tmp_path / "report.html"
    arguments = ["report", "html", str(file), "--study", "Study", "--judges"]
    told = CliRunner().invoke(app, arguments)

    assert told.exit_code == 0, told.output
    written = file.read_text(encoding="utf-8")
    assert "No judge has judged here yet." not in written
    assert "good on which response is better:" in written
    assert "poor on which response is better:" in written


def test_what_the_whole_study_asks_does_not_hang_on_whom_it_admits(database):
    ids = make_eval_set(models=MODELS, n_cases=1)
    make_study(ids)
    annotate(ids, "good", *(f"case-0/{model}" for model in MODELS), "both_bad", is_judge=True)
    set_bar(ids["Study"], BAR)  # nobody is admitted yet

    with read_session() as session:
        of = study_of(session)
        assert has_preference(session, of)
        assert asks_acceptable(session, of, has_unsafe=False)


def test_the_file_of_a_study_says_how_sure_a_judge_was_that_is_not_admitted(study, tmp_path):
    set_bar(study["Study"], BAR)
    with write_session() as session:
        for row in session.exec(select(Annotation)).all():
            row.probability = 0.8 if row.preference else None

    written = tmp_path / "report.html"
    told = CliRunner().invoke(app, ["report", "html", str(written), "--study", "Study", "--judges"])
    text = CliRunner().invoke(app, ["report", "judges", "--study", "Study", "--judges"])

    assert told.exit_code == 0, told.output
    document = written.read_text()
    for judge in ("good", "poor"):
        assert f"How sure {judge} is on which response is better" in document
        assert f"How sure {judge} is on which response is better" in text.stdout
    # The columns of the table of tags, which the terminal prints without its title.
    assert "Why not" in document
    assert "Why not" in text.stdout

"""What results are computed from: made once, the same for everybody, and anew when it changed."""

import gc
import weakref

import numpy as np
import pytest

from db.commands.checks import map_check, retire_check
from db.engine import read_session
from db.queries import results
from db.queries.checks import checks_of
from db.queries.results import ResultFilters
from db.queries.results.automated_checks import automated_checks
from evalkit.checks.answers import read_answers
from evalkit.reports.ranking.report import ranking_report
from pages.shared import collecting
from tests.db.test_checks_beside_people import add, run_all
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "Model one", "Model two"


def store_study():
    made = make_eval_set(models=(ONE, TWO), n_cases=4)
    make_study(made)
    annotate(made, "Ada", f"case-0/{ONE}", f"case-0/{TWO}", "left")
    return made


@pytest.fixture
def ids(store_once):
    return store_once(store_study)


def kept(*, study="Study", **filters):
    with read_session() as session:
        study = results.result_study(session, name=study)
    return collecting.kept(study, ResultFilters(**filters))


def test_a_report_is_made_once_for_the_same_arguments(ids):
    made = []
    first = kept().of(ranking_report)

    assert kept().of(ranking_report) is first  # also in another session

    def report(collected, *, category):
        made.append(category)
        return category

    found = kept()
    assert [found.of(report, category=one) for one in ("code", "code", "prose")] == [
        "code",
        "code",
        "prose",
    ]
    assert made == ["code", "prose"]


def test_a_new_annotation_is_in_the_next_report(ids):
    assert kept().of(ranking_report).n_comparisons == 1

    annotate(ids, "Ada", f"case-1/{ONE}", f"case-1/{TWO}", "left")

    assert kept().of(ranking_report).n_comparisons == 2


def test_an_annotation_in_one_study_leaves_what_another_collected(ids):
    make_study(ids, name="Another")
    other = kept(study="Another")

    annotate(ids, "Ada", f"case-1/{ONE}", f"case-1/{TWO}", "left")

    assert kept(study="Another") is other
    assert kept().of(ranking_report).n_comparisons == 2


def test_who_annotates_for_the_first_time_while_a_page_is_made_is_in_the_next(ids):
    with read_session() as session:
        before = results.result_study(session, name="Study")
    annotate(ids, "Bo", f"case-1/{ONE}", f"case-1/{TWO}", "left")

    collecting.kept(before, ResultFilters())  # knows the state, but not Bo

    assert kept().of(ranking_report).n_comparisons == 2


def test_what_was_collected_before_is_let_go(ids):
    before = weakref.ref(kept())
    assert before() is kept()

    annotate(ids, "Ada", f"case-1/{ONE}", f"case-1/{TWO}", "left")
    kept()
    gc.collect()

    assert before() is None


def test_other_filters_are_other_reports(ids):
    annotate(ids, "Ada", f"case-1/{ONE}", f"case-1/{TWO}", "left")
    with read_session() as session:
        study = results.result_study(session, name="Study")
    category = study.categories[0]

    every, some = kept(), kept(categories=(category,))

    assert some is not every
    assert len(some.collected.outputs.id) <= len(every.collected.outputs.id)
    assert some.collected.categories == (category,)


def test_nobody_can_change_what_all_sessions_read(ids):
    collected = kept().collected

    with pytest.raises(ValueError, match="read-only"):
        collected.preferences.preference[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        np.add(collected.outputs.case, 1, out=collected.outputs.case)


def test_a_query_is_asked_once(ids):
    asked = []

    def query(session, study, *, filters, tag_id):
        asked.append((study.name, filters, tag_id))
        return len(asked)

    found = kept()

    assert [found.read(query, tag_id=one) for one in (1, 1, 2)] == [1, 1, 2]
    assert asked == [("Study", ResultFilters(), 1), ("Study", ResultFilters(), 2)]


def test_several_studies_are_one_report_and_none_is_none(ids):
    made = []

    def report(several, measure):
        made.append(measure)
        return len(several)

    both = [kept(), kept(judges=True)]

    assert [collecting.of_all(both, report, "acceptable") for _ in range(2)] == [2, 2]
    assert made == ["acceptable"]
    assert collecting.of_all([], report, "acceptable") == 0


def test_what_checks_found_is_read_once_until_a_check_finds_or_is_something_else(ids, monkeypatch):
    n_read = []

    def read(session, study):
        n_read.append(study.name)
        return automated_checks(session, study)

    def found():
        with read_session() as session:
            study = results.result_study(session, name="Study")
        return collecting.found_by_checks(study)

    monkeypatch.setattr(collecting, "automated_checks", read)
    add("Text 0", "")
    (none_yet,) = found()
    assert len(none_yet.result) == 0
    run_all(ids)
    (first,) = found()
    assert found()[0] is first
    assert sorted(first.result.tolist()) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert len(n_read) == 2

    with read_session() as session:
        (check,) = checks_of(session, ids["eval_set"])
    map_check(check.check_id, read_answers("acceptable"), actor_id=None)
    assert found()[0].answers == read_answers("acceptable")
    retire_check(check.check_id, is_retired=True, actor_id=None)
    assert found() == ()

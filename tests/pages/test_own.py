"""The page of one's own annotations."""

import pytest

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.studies import StudyPlan, create_study
from db.commands.taxonomies import change_taxonomy
from db.engine import read_session
from db.queries.annotation import own
from db.queries.annotation.own_recodings import own_stale_marks
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME, TagDefinition
from evalkit.vocabulary import Preference, Role, TaskKind
from tests.factories import make_eval_set, opened
from tests.pages.conftest import account, at_page

OWN = "annotate/own.py"


def written(app):
    return "\n".join(part.value for part in [*app.markdown, *app.text, *app.caption])


MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
DRAFTS = (
    {"preference": "left", "comment": "Shorter, and right."},
    {"preference": "tie", "comment": "", "tags": {"left": {"format": "minor"}, "right": {}}},
    {"preference": "both_bad", "comment": "Neither <b>knows</b> it."},
)


def store_study():
    make_eval_set(models=MODELS, n_cases=4)
    collects = frozenset({"preference", "tags", "comment"})
    plan = StudyPlan(
        name="Which one", eval_set="Support questions", models=MODELS, collects=collects
    )
    return create_study(plan)


@pytest.fixture
def study_id(database, store_once):
    return store_once(store_study)


def annotate_all(study_id, person):
    for number, entered in enumerate(DRAFTS):
        begun = next_task_id(study_id=study_id, annotator_id=person.id)
        commands.submit(
            assignment_id=begun,
            annotator_id=person.id,
            opening=opened(begun),
            draft=entered,
            active_seconds=1,
            submission_key=f"submission-{person.id}-{number}",
        )


def find(study_id, person, **asked):
    with read_session() as session:
        entries, is_more = own.own_annotations(session, study_id, annotator_id=person.id, **asked)
    return [entry.preference for entry in entries], is_more


def test_ones_own_annotations_are_found_by_preference_error_and_words(study_id, monkeypatch):
    ada, bea = (account(Role.ANNOTATOR, name=name) for name in ("Ada", "Bea"))
    annotate_all(study_id, ada)
    left, tie, bad = Preference.LEFT, Preference.TIE, Preference.BOTH_BAD

    assert find(study_id, ada) == ([bad, tie, left], False)
    assert find(study_id, ada, preference=tie) == ([tie], False)
    assert find(study_id, ada, tag="Format") == ([tie], False)
    assert find(study_id, ada, words="SHORTER") == ([left], False)
    assert find(study_id, ada, words="nowhere") == ([], False)
    assert find(study_id, bea) == ([], False)
    with read_session() as session:
        assert own.own_tags(session, study_id, annotator_id=ada.id) == ["Format"]
    monkeypatch.setattr(own, "MOST_SHOWN", 2)
    assert find(study_id, ada) == ([bad, tie], True)


def test_the_page_lists_them_with_a_way_into_each_and_names_no_model(app, sign_in, study_id):
    annotate_all(study_id, sign_in(app, Role.ANNOTATOR))

    at_page(app, OWN).run()

    assert not app.exception
    everything = "\n".join(element.proto.body for element in app.get("html"))
    assert "Neither &lt;b&gt;knows&lt;/b&gt; it." in everything
    assert "A better · Shorter, and right." in everything
    assert "Equally good · Format" in everything
    assert not any(model in everything for model in MODELS)
    assert [link.proto.label for link in app.get("page_link")].count("Open") == 3

    next(box for box in app.selectbox if box.label == "Preference").set_value(Preference.TIE).run()
    assert [link.proto.label for link in app.get("page_link")].count("Open") == 1


def test_without_an_annotation_the_page_says_so(app, sign_in, study_id):
    sign_in(app, Role.ANNOTATOR)

    at_page(app, OWN).run()

    assert not app.exception
    assert "not submitted anything" in app.info[0].value


def test_a_preference_is_not_looked_for_where_responses_are_judged_alone(app, sign_in, database):
    make_eval_set(models=MODELS, n_cases=4)
    plan = StudyPlan(
        name="Alone",
        eval_set="Support questions",
        models=MODELS[:1],
        kind=TaskKind.SINGLE,
        collects=frozenset({"tags", "comment"}),
    )
    study_id = create_study(plan)
    annotate_all(study_id, sign_in(app, Role.ANNOTATOR))

    at_page(app, OWN).run()

    assert not app.exception
    assert [box.label for box in app.selectbox] == ["Study", "Error"]


def test_marks_whose_error_was_divided_are_named_anew_by_key_and_taken_back(app, sign_in, study_id):
    person = sign_in(app, Role.ANNOTATOR)
    annotate_all(study_id, person)
    parts = (TagDefinition("list", "No list", "", ()), TagDefinition("long", "Too long", "", ()))
    change = TaxonomyChange(ChangeKind.SPLIT, ("format",), parts=parts)
    change_taxonomy(DEFAULT_TAXONOMY_NAME, change, reason="They differ", opened=1, actor_id=None)

    at_page(app, "annotate/studies.py").run()
    assert not app.exception
    assert "1 of your marks has to be named anew" in written(app)
    at_page(app, OWN).run()
    assert app.subheader[0].value == "1 of your marks has to be named anew"
    assert "Response A, as a whole" in written(app)
    assert not any(model in written(app) for model in MODELS)
    part = next(button for button in app.button if button.label == "Too long")
    assert part.proto.shortcut == "2"
    part.click().run()

    assert not app.exception
    assert not app.subheader
    assert "Named last: “Format” is “Too long”." in written(app)
    with read_session() as session:
        assert own_stale_marks(session, annotator_id=person.id) == []
    next(button for button in app.button if button.label == "Undo").click().run()
    assert app.subheader[0].value == "1 of your marks has to be named anew"

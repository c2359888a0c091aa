"""The page about groups of notes: list, map, notes and their name; and what it says without any."""

import pytest
from sqlmodel import col, select

from db.engine import read_session
from db.models import Case, CodedNote, Study, StudyCase, Tag, Taxonomy
from evalkit.vocabulary import Role
from tests.evalkit.planted_notes import planted
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened, written

PAGE = "results/clusters.py"
MODELS = ("Atlas :red[x]", "Birch <b>")


def store_study(n=120):
    """Store a note per case, of one of four topics; topic 0 is of the first model alone."""
    ids = make_eval_set(models=MODELS, n_cases=n)
    make_study(ids)
    texts, topics = planted(n, n_topics=4, share=0.7)
    for case, (text, topic) in enumerate(zip(texts, topics, strict=True)):
        model = MODELS[0] if topic == 0 else MODELS[case % 2]
        annotate(ids, "Ada", f"case-{case}/{model}", comment=f"{text} $1$ <i>")
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_groups_are_listed_with_their_notes_and_how_often_each_is_noted(app, sign_in, study):
    sign_in(app, Role.LEAD)
    page = opened(app, PAGE)

    assert "The largest group is" in page
    assert "not grouped:" in page
    groups, notes = (frame.value for frame in app.dataframe[:2])
    assert list(groups) == ["Group", "Notes", "Share", "Holds"]
    assert len(notes) == groups["Notes"][0]
    assert "Responses with a note of the group" in page or "q " in page
    assert "Birch &lt;b&gt;" in page


def test_the_keys_for_the_next_and_the_one_before_turn_the_notes_and_not_the_groups(
    app, sign_in, study
):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    steps = [button for button in app.button if button.label in ("Previous", "Next")]

    assert {button.key.startswith("clusters-notes") for button in steps} == {True, False}
    for button in steps:
        key = {"Previous": "p", "Next": "n"}[button.label]
        of_notes = button.key.startswith("clusters-notes")
        assert button.proto.shortcut.lower() == (key if of_notes else "")


def test_a_named_group_becomes_a_tag_of_a_new_version_with_its_rate_per_model(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    n_notes = int(app.dataframe[0].value["Notes"][0])

    app.text_input(key="note-name").set_value("Invents *sources*")
    _send(app)

    with read_session() as session:
        newest = session.exec(select(Taxonomy).order_by(col(Taxonomy.version).desc())).first()
        tag = session.exec(
            select(Tag).where(Tag.taxonomy_id == newest.id, Tag.name == "Invents *sources*")
        ).one()
        coded = session.exec(select(CodedNote)).all()
    assert newest.version == 2
    assert len(coded) == n_notes
    assert {note.tag_id for note in coded} == {tag.id}
    assert f"It was given to {n_notes} notes" in app.success[0].value
    assert "Invents *sources*" in written(app)

    app.segmented_control(key="ways-way").set_value("study").run()
    assert "What version 2 changes: New: “Invents *sources*”." in written(app)
    (newest_box,) = [each for each in app.checkbox if each.label.startswith("Ask for version 2")]
    newest_box.check().run()
    app.text_input(key=f"ways-study-{study['Study']}").set_value("Marks it").run()
    next(each for each in app.button if each.label == "Start the study").click().run()

    with read_session() as session:
        asks = session.exec(select(Study.taxonomy_id).where(Study.name == "Marks it")).one()
    assert asks == newest.id


def _send(app):
    (button,) = [each for each in app.button if each.label.startswith("Make it a tag")]
    button.click().run()


def test_a_name_is_asked_for_and_nothing_is_stored_without_one(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    _send(app)

    assert "a tag needs a name" in app.error[0].value
    with read_session() as session:
        assert session.exec(select(CodedNote)).all() == []


def test_the_responses_of_chosen_notes_become_a_study_of_their_cases(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    cases = sorted(app.dataframe[1].value["Case"])

    app.segmented_control(key="ways-way").set_value("study").run()
    app.text_input(key=f"ways-study-{study['Study']}").set_value("Of the group").run()
    next(each for each in app.button if each.label == "Start the study").click().run()

    assert "Started “Of the group”" in app.success[0].value
    with read_session() as session:
        of_study = (
            select(Case.key)
            .join(StudyCase, col(StudyCase.case_id) == col(Case.id))
            .join(Study, col(Study.id) == col(StudyCase.study_id))
            .where(Study.name == "Of the group")
        )
        # Each planted case has one note: its cases are those of the notes, each once.
        assert sorted(session.exec(of_study)) == cases


def test_too_few_notes_say_how_many_are_needed(app, sign_in, store_once):
    store_once(store_study, n=3)
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    assert app.info[0].value.startswith("Groups need at least 40 notes in different words; ")


def test_without_a_study_the_page_says_what_to_do(app, sign_in):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    assert "There is no study yet" in app.info[0].value

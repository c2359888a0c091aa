"""The page on which a lead writes rubrics and error tags."""

import json

import pytest
from sqlmodel import select

from db.commands.rubrics import save_rubric, store_taxonomy
from db.engine import read_session, write_session
from db.models import DefinitionDraft, Taxonomy
from db.queries.definitions import newest_rubric, newest_taxonomy
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME
from evalkit.severity import Severity
from evalkit.vocabulary import CriterionLevel, Role
from tests.factories import make_eval_set
from tests.pages.conftest import at_page, new_app

READY = [each.question for each in DEFAULT_RUBRIC]


@pytest.fixture
def page(app, sign_in):
    make_eval_set()
    sign_in(app, Role.LEAD)
    at_page(app, "library/rubrics.py").run()
    assert not app.exception
    return app


def by_label(elements, label):
    return next(element for element in elements if element.label == label)


def press(page, label):
    by_label(page.button, label).click().run()
    assert not page.exception


def write(page, label, words):
    by_label(page.text_input, label).set_value(words).run()
    assert not page.exception


def newest(name=DEFAULT_RUBRIC_NAME):
    with read_session() as session:
        return newest_rubric(session, name)


def drawn(page):
    """Return the case that the preview draws."""
    components = [element.proto for element in page.get("bidi_component")]
    (preview,) = [each for each in components if each.component_name.endswith("preview")]
    return json.loads(preview.json)["task"]


def asked(page):
    return [criterion["question"] for criterion in drawn(page)["criteria"]]


def errors(page):
    return [error.value.replace("\\", "") for error in page.error]


def test_a_question_is_changed_seen_at_once_and_saved_as_a_new_version(page):
    assert asked(page) == READY
    assert by_label(page.button, "Save a new version").disabled

    write(page, "Question", "Does it help?")
    assert asked(page) == ["Does it help?", *READY[1:]]
    assert newest().version == 0
    press(page, "Save a new version")

    assert newest().version == 2
    assert newest().parts[0].question == "Does it help?"
    assert newest().parts[0].key == DEFAULT_RUBRIC[0].key
    assert "saved as version 2" in page.success[0].value
    assert by_label(page.button, "Save a new version").disabled


def test_criteria_are_added_moved_and_removed(page):
    press(page, "Add a criterion")
    write(page, "Question", "How much would you pay?")
    answered = by_label(page.selectbox, "Answered by")
    answered.set_value("range").run()
    by_label(page.number_input, "To").set_value(50.0).run()
    press(page, "Up")
    press(page, "Save a new version")

    first = newest().parts[0]
    assert [each.question for each in newest().parts] == ["How much would you pay?", *READY]
    assert (first.key, first.level) == ("how_much_would_you_pay", CriterionLevel.INTERVAL)
    assert (first.range.min, first.range.max, first.range.step) == (0, 50, None)
    assert first.scale == ()

    press(page, "Remove")
    press(page, "Save a new version")

    assert [each.question for each in newest().parts] == READY


def test_what_was_typed_in_an_entry_stays_where_another_one_is_chosen_at_the_same_moment(page):
    by_label(page.text_input, "Question").set_value("Does it help?")
    chosen = page.radio[0]
    chosen.set_value(chosen.value + 1).run()  # the id of the next

    assert by_label(page.text_input, "Question").value == READY[1]
    assert asked(page) == ["Does it help?", *READY[1:]]


def test_levels_are_written_added_and_put_in_order(page):
    by_label(page.number_input, "Value of level 1").set_value(6.0).run()
    write(page, "Name of level 1", "Best of all")
    press(page, "Add a level")
    write(page, "Name of level 6", "Beyond")
    press(page, "Save a new version")

    scale = newest().parts[0].scale
    assert [level.value for level in scale] == [2, 3, 4, 5, 6, 7]
    assert [level.label for level in scale[-2:]] == ["Best of all", "Beyond"]


def test_what_is_wrong_is_said_and_nothing_is_stored(page):
    write(page, "Question", " ")
    assert [error.value for error in page.error] == []  # not before it is to be saved
    assert any("Criterion 1 has no question" in caption.value for caption in page.caption)
    press(page, "Save a new version")

    assert errors(page) == ["Criterion 1 has no question."]
    assert newest().version == 0


def test_a_new_one_is_written_and_opened_once_it_is_saved(page):
    by_label(page.selectbox, "Rubric").set_value("").run()
    write(page, "Question", "Is it kind?")
    write(page, "Save as", "Kindness")
    press(page, "Save a new version")

    assert by_label(page.selectbox, "Rubric").value == "Kindness"
    assert [each.question for each in newest("Kindness").parts] == ["Is it kind?"]


def test_a_version_that_somebody_else_saved_meanwhile_is_not_written_over(page):
    write(page, "Question", "Does it help?")
    save_rubric(DEFAULT_RUBRIC_NAME, DEFAULT_RUBRIC[:1], opened=0)
    press(page, "Save a new version")

    assert "Somebody saved version 2" in errors(page)[0]
    assert by_label(page.text_input, "Question").value == "Does it help?"

    press(page, "Discard changes")

    assert asked(page) == READY[:1]


def test_error_tags_are_written_in_the_same_way(page):
    by_label(page.get("button_group"), "Write").set_value("Error tags").run()
    by_label(page.get("button_group"), "How severe it may be").set_value(["major"]).run()
    assert not page.exception
    assert len(drawn(page)["tags"]) == len(DEFAULT_TAXONOMY)
    press(page, "Add an error tag")
    write(page, "Name", "Wrong unit")
    press(page, "Save a new version")

    with read_session() as session:
        taxonomy = newest_taxonomy(session, DEFAULT_TAXONOMY_NAME)
    assert taxonomy.version == 2
    assert taxonomy.parts[0].severities == ("major",)
    assert taxonomy.parts[1].key == "wrong_unit"
    assert len(taxonomy.parts) == len(DEFAULT_TAXONOMY) + 1


def address(page):
    """Return what the address says; before it is written back it is a text, then a list."""
    values = [page.query_params[name] for name in ("write", "name")]
    return tuple(value if isinstance(value, str) else "".join(value) for value in values)


def kept_drafts():
    with read_session() as session:
        return session.exec(select(DefinitionDraft).order_by(DefinitionDraft.id)).all()


def opened_anew(sign_in, role=Role.LEAD, **shown):
    """Open the page in a session that is new, as after a reload."""
    again = new_app()
    sign_in(again, role)
    again.query_params.update(shown)
    at_page(again, "library/rubrics.py").run()
    assert not again.exception
    return again


def test_the_address_holds_what_is_written_and_opens_it_again(page, sign_in):
    save_rubric("Kindness", DEFAULT_RUBRIC[:1], opened=None)
    page.run()
    by_label(page.selectbox, "Rubric").set_value("Kindness").run()
    assert address(page) == ("Rubrics", "Kindness")

    again = opened_anew(sign_in, write="Rubrics", name="Kindness")

    assert by_label(again.selectbox, "Rubric").value == "Kindness"

    by_label(page.selectbox, "Rubric").set_value("").run()
    write(page, "Question", "Is it brave?")
    write(page, "Save as", "Courage")
    press(page, "Save a new version")

    assert address(page) == ("Rubrics", "Courage")

    by_label(page.get("button_group"), "Write").set_value("Error tags").run()

    assert address(page) == ("Error tags", DEFAULT_TAXONOMY_NAME)


def test_what_is_not_saved_is_there_after_a_reload_until_it_is_saved(page, sign_in):
    assert kept_drafts() == []
    write(page, "Question", "Does it help?")
    by_label(page.number_input, "Value of level 1").set_value(0.5).run()
    press(page, "Add a criterion")
    write(page, "Question", "Is it kind?")
    write(page, "Save as", "Kindness")
    drawn_before = drawn(page)

    again = opened_anew(sign_in)

    assert by_label(again.text_input, "Question").value == "Is it kind?"  # that one was shown
    assert by_label(again.text_input, "Save as").value == "Kindness"
    assert drawn(again)["criteria"] == drawn_before["criteria"]
    assert any("Kept as a draft" in caption.value for caption in again.caption)
    assert newest().version == 0
    press(again, "Save a new version")
    assert newest("Kindness").parts[0].question == "Does it help?"
    assert newest("Kindness").parts[0].scale[0].value == 0.5
    assert kept_drafts() == []
    assert asked(opened_anew(sign_in)) == READY


def test_severities_and_the_tags_they_go_with_are_there_after_a_reload(page, sign_in):
    by_label(page.get("button_group"), "Write").set_value("Error tags").run()
    next(button for button in page.button if button.help == "Remove severity 1").click().run()
    press(page, "Add a severity")
    write(page, "Name of severity 3", "Non-translation")
    tags = drawn(page)["tags"]

    again = opened_anew(sign_in, write="Error tags")

    assert drawn(again)["tags"] == tags
    assert [each["name"] for each in tags[0]["severities"]] == [
        *("major", "critical", "Non-translation")
    ]


def test_a_draft_is_that_of_whoever_wrote_it_and_of_what_was_opened(page, sign_in):
    write(page, "Question", "Does it help?")
    by_label(page.selectbox, "Rubric").set_value("").run()
    assert len(kept_drafts()) == 1  # nothing is written of the new one
    write(page, "Question", "Is it brave?")
    assert [draft.name for draft in kept_drafts()] == [DEFAULT_RUBRIC_NAME, ""]

    assert asked(opened_anew(sign_in, Role.ADMIN)) == READY


def test_a_draft_goes_where_it_is_discarded_or_put_back_and_stays_where_a_tab_wrote_nothing(
    page, sign_in
):
    other = opened_anew(sign_in)
    write(page, "Question", "Does it help?")
    other.run()
    assert len(kept_drafts()) == 1
    write(page, "Question", READY[0])
    assert kept_drafts() == []

    write(page, "Question", "Does it help?")
    press(page, "Discard changes")

    assert kept_drafts() == []
    assert by_label(page.text_input, "Question").value == READY[0]


def test_a_second_tab_is_told_of_what_another_wrote_and_loses_nothing_of_either(page, sign_in):
    other = opened_anew(sign_in)
    write(page, "Question", "Does it help?")

    write(other, "Question", "Is it kind?")

    assert "in another tab" in other.warning[0].value
    assert not any("Kept as a draft" in caption.value for caption in other.caption)
    assert by_label(other.text_input, "Question").value == "Is it kind?"
    assert by_label(opened_anew(sign_in).text_input, "Question").value == "Does it help?"

    press(other, "Keep what stands here instead")

    assert not other.warning
    assert by_label(opened_anew(sign_in).text_input, "Question").value == "Is it kind?"
    page.run()  # the first tab in its turn: what stands there is there still
    assert "in another tab" in page.warning[0].value
    assert by_label(page.text_input, "Question").value == "Does it help?"

    press(page, "Open what is written there")

    assert not page.warning
    assert by_label(page.text_input, "Question").value == "Is it kind?"
    write(page, "Question", "Is it brave?")
    assert not page.warning
    assert len(kept_drafts()) == 1


def test_a_tab_in_which_nothing_is_written_can_open_what_another_tab_wrote(page, sign_in):
    other = opened_anew(sign_in)
    write(page, "Question", "Does it help?")

    other.run()

    assert "on this page alone" not in other.warning[0].value
    labels = [button.label for button in other.button]
    assert "Keep what stands here instead" not in labels
    press(other, "Open what is written there")
    assert by_label(other.text_input, "Question").value == "Does it help?"


def test_what_is_discarded_or_saved_in_one_tab_takes_nothing_that_another_wrote_since(
    page, sign_in
):
    other = opened_anew(sign_in)
    write(other, "Question", "Is it kind?")
    page.run()
    press(page, "Open what is written there")
    write(page, "Question", "Does it help?")

    press(other, "Discard changes")

    assert by_label(other.text_input, "Question").value == "Does it help?"
    write(page, "Question", "Is it brave?")
    other.run()
    press(other, "Save a new version")
    assert newest().parts[0].question == "Does it help?"
    assert by_label(opened_anew(sign_in).text_input, "Question").value == "Is it brave?"


def test_what_is_written_is_kept_again_where_another_tab_let_its_draft_go(page, sign_in):
    write(page, "Question", "Does it help?")
    other = opened_anew(sign_in)
    press(other, "Discard changes")
    assert kept_drafts() == []

    page.run()

    assert len(kept_drafts()) == 1
    assert not page.warning


def test_a_draft_of_an_older_version_is_opened_and_not_saved_over_the_newer_one(page, sign_in):
    write(page, "Question", "Does it help?")
    save_rubric(DEFAULT_RUBRIC_NAME, DEFAULT_RUBRIC[:1], opened=0)

    again = opened_anew(sign_in)
    press(again, "Save a new version")

    assert "Somebody saved version" in errors(again)[0]
    assert len(kept_drafts()) == 1


def test_only_leads_open_it(app, sign_in):
    sign_in(app, Role.ANNOTATOR)
    at_page(app, "library/rubrics.py").run()

    assert not app.text_input


def test_severities_are_written_beside_the_tags_and_drawn_as_they_are_written(page):
    by_label(page.get("button_group"), "Write").set_value("Error tags").run()
    write(page, "Name of severity 1", "Neutral")
    by_label(page.number_input, "Weight of severity 1").set_value(0.0).run()
    press(page, "Add a severity")
    write(page, "Name of severity 4", "Non-translation")
    by_label(page.number_input, "Weight of severity 4").set_value(25.0).run()
    next(button for button in page.button if button.help == "Remove severity 2").click().run()
    assert not page.exception

    shown = [severity["name"] for severity in drawn(page)["tags"][0]["severities"]]
    assert shown == ["Neutral", "critical", "Non-translation"]
    press(page, "Save a new version")

    with read_session() as session:
        taxonomy = newest_taxonomy(session, DEFAULT_TAXONOMY_NAME)
    assert taxonomy.version == 2
    assert taxonomy.severities == (
        Severity("minor", "Neutral", 0.0),  # the same key: it names marks of before
        Severity("critical", "critical", 10.0),
        Severity("non_translation", "Non-translation", 25.0),
    )
    keys = tuple(severity.key for severity in taxonomy.severities)
    assert {tag.severities for tag in taxonomy.parts} == {keys}


def test_severities_that_cannot_be_stored_are_refused_in_words(page):
    by_label(page.get("button_group"), "Write").set_value("Error tags").run()
    write(page, "Name of severity 1", "MAJOR")
    press(page, "Save a new version")

    (problem,) = errors(page)
    assert (
        problem.replace("\N{WORD JOINER}", "")
        == 'Severities: found ["MAJOR", "major", "critical"], expected every name once.'
    )


def test_a_taxonomy_that_is_saved_under_another_name_keeps_what_errors_weigh(page, sign_in):
    key = DEFAULT_TAXONOMY[0].key
    with write_session() as session:
        store_taxonomy(session, name=DEFAULT_TAXONOMY_NAME, tags=DEFAULT_TAXONOMY)
        ready = session.exec(select(Taxonomy)).one()
        ready.weights = {"major": 7, f"minor:{key}": 0.5}
    page = opened_anew(sign_in, write="Error tags")
    write(page, "Save as", "A copy")
    press(page, "Save a new version")

    with read_session() as session:
        copy = session.exec(select(Taxonomy).where(Taxonomy.name == "A copy")).one()
        weights = {each.key: each.weight for each in newest_taxonomy(session, "A copy").severities}
    assert copy.weights == {f"minor:{key}": 0.5}
    assert weights == {"minor": 1, "major": 7, "critical": 10}

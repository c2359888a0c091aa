"""The page on which a lead changes taxonomies and sees before what that would do."""

import pytest

from db.commands.taxonomies import change_taxonomy, recode_mark
from db.engine import read_session
from db.queries.definitions import newest_taxonomy
from db.queries.taxonomies import stale_marks
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.vocabulary import Role
from pages.shared.taxonomy_changes import effects_of
from tests.db.test_taxonomies import IN_TWO
from tests.db.test_unreadable_changes import BAD, store
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.pages.test_open_coding import button, written

PAGE, NAME = "library/taxonomies.py", "Taxonomy of Study"


@pytest.fixture
def ids(sqlite_database):
    ids = make_eval_set()
    make_study(ids)
    one, two = "case-0/Model one", "case-0/Model two"
    annotate(ids, "ann", one, two, "left", marks=[(one, "hallucination"), (two, "tone")])
    return ids


@pytest.fixture
def lead(ids, app, sign_in):
    sign_in(app, Role.LEAD)
    return at_page(app, PAGE).run()


def choose(app, kind):
    app.segmented_control[0].set_value(kind).run()


def box(app, label):
    boxes = (*app.selectbox, *app.multiselect, *app.text_input, *app.text_area)
    return next(each for each in boxes if each.label == label)


def newest():
    with read_session() as session:
        return newest_taxonomy(session, NAME)


def test_without_a_taxonomy_the_page_says_so(app, sign_in):
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert not app.exception
    assert "No taxonomy is stored yet" in written(app)


def test_an_annotator_does_not_get_here(app, ids, sign_in):
    sign_in(app, Role.ANNOTATOR)

    at_page(app, PAGE).run()

    assert "Taxonomies" not in [title.value for title in app.title]


def test_a_lead_sees_what_a_merge_would_do_then_does_it(lead):
    choose(lead, "merge")
    box(lead, "Tags").set_value(["hallucination"]).run()
    box(lead, "Into").set_value("tone").run()
    assert "Hallucination merged into tone" in written(lead)
    assert "Study: 1 mark of 1 response." in written(lead)
    rates = lead.dataframe[0].value
    # Of one look at each response: hallucination in Model one's, tone in Model two's.
    assert list(rates) == ["Model", "hallucination, now", "tone, now", "tone, then"]
    assert [cell.split()[0] for cell in rates["tone, now"]] == ["0", "100"]
    assert [cell.split()[0] for cell in rates["tone, then"]] == ["100", "100"]

    box(lead, "Why").set_value("They mean the same").run()
    button(lead, "Make version 2").click().run()

    assert not lead.exception
    assert f"“{NAME}” has a version 2" in written(lead)
    assert [tag.key for tag in newest().parts] == ["tone", "unsafe"]
    assert "They mean the same" in lead.dataframe[0].value["Why"].tolist()


def test_of_tags_of_one_key_the_effects_are_of_the_one_that_is_changed(ids):
    """``tone`` was split, and a part of it has its key since: that one would be renamed."""
    change_taxonomy(NAME, IN_TWO, reason="Two kinds", opened=1)
    with read_session() as session:
        (mark,) = stale_marks(session, NAME)
    recode_mark(mark.mark_id, "cold")
    renamed = TaxonomyChange(ChangeKind.RENAME, ("cold",), "tone")
    change_taxonomy(NAME, renamed, reason="As people say", opened=2)

    (effect,) = effects_of(NAME, TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice")).rates

    # The one mark, in one of the two responses somebody looked at, before as after.
    for rates in (effect.before, effect.after):
        (rate,) = rates
        assert [row.estimate.value for row in rate.rows if row.category is None][-1] == 1.0


def test_what_does_not_fit_is_said_before_anything_can_be_stored(lead):
    choose(lead, "rename")
    box(lead, "Tag").set_value("unsafe").run()
    box(lead, "Key").set_value("harm").run()

    assert not lead.exception
    assert "No tag is moved into it or out of it" in written(lead)
    assert "Make version 2" not in [each.label for each in lead.button]


def test_without_a_reason_nothing_is_changed(lead):
    choose(lead, "nest")
    box(lead, "Tag").set_value("tone").run()
    box(lead, "Under").set_value("hallucination").run()

    button(lead, "Make version 2").click().run()

    assert not lead.exception
    assert "Say in a sentence why" in written(lead)
    assert newest().version == 1


def test_marks_of_a_split_tag_are_coded_anew_one_after_the_other(lead):
    choose(lead, "split")
    box(lead, "Tag").set_value("tone").run()
    box(lead, "Its parts, one a line: key, name, definition").set_value(
        "cold, Cold, Speaks as to a number\npushy, Pushy"
    ).run()
    assert "each waits to be coded anew" in written(lead)
    box(lead, "Why").set_value("Two kinds").run()
    button(lead, "Make version 2").click().run()
    assert not lead.exception
    assert "ann marked “tone” in Study" in written(lead)

    button(lead, "pushy").click().run()

    assert not lead.exception
    with read_session() as session:
        assert stale_marks(session, NAME) == ()
    assert "Coded last: a mark of “tone” in Study as “pushy”" in written(lead)

    button(lead, "Undo").click().run()

    assert not lead.exception
    assert "ann marked “tone” in Study" in written(lead)
    assert "Coded last" not in written(lead)


def test_what_somebody_coded_meanwhile_is_said_as_a_refusal_and_not_as_done(lead, ids):
    change_taxonomy(NAME, IN_TWO, reason="Two kinds", opened=1)
    lead.run()
    pushy = button(lead, "pushy")
    with read_session() as session:
        recode_mark(stale_marks(session, NAME)[0].mark_id, "cold")

    pushy.click().run()

    assert not lead.exception
    refusal = "This mark is coded as “cold” already. Take that back first to choose another part."
    assert [error.value.replace("\\", "") for error in lead.error] == [refusal]
    assert list(lead.success) == []


def test_a_version_is_frozen_with_a_note(lead):
    box(lead, "Freeze version 1: what it is made from").set_value("From 100 notes")
    button(lead, "Freeze version 1").click().run()

    assert not lead.exception
    assert "is frozen" in written(lead)
    assert "Freeze version 1" not in [each.label for each in lead.button]
    assert lead.dataframe[0].value["What"].tolist() == ["Frozen", "Written or edited"]


def test_failures_says_what_marks_are_counted_as(lead, app):
    choose(lead, "merge")
    box(lead, "Tags").set_value(["hallucination"]).run()
    box(lead, "Into").set_value("tone").run()
    box(lead, "Why").set_value("They mean the same").run()
    button(lead, "Make version 2").click().run()

    at_page(lead, "results/failures.py").run()

    assert not lead.exception
    assert "1 mark of `hallucination` is counted as `tone` since" in written(lead)


def test_a_taxonomy_of_others_is_taken_over_at_a_press(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    button(app, "Take over MAST").click().run()

    assert not app.exception
    assert "“MAST” is stored" in written(app)
    assert "Take over MAST" not in [each.label for each in app.button]


def test_a_change_that_cannot_be_read_is_told_where_versions_are(app, ids, sign_in):
    store(*BAD[0], version=1)
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert not app.exception
    (history,) = [
        table.value for table in app.dataframe if "Why" in getattr(table.value, "columns", ())
    ] or [table.value for table in app.table]
    assert list(history["What"]) == ["rename: could not be read, and counts for nothing"]

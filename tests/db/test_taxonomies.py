"""Taxonomies that change: what is stored of it, what marks count as, and what waits."""

import pytest
from sqlmodel import select

from db.columns import now
from db.commands.rubrics import save_taxonomy
from db.commands.taxonomies import change_taxonomy, freeze_taxonomy, recode_mark
from db.engine import read_session, write_session
from db.models import Annotator, ErrorMark, RecodedMark, Taxonomy, TaxonomyEvent
from db.queries import results
from db.queries.definitions import newest_taxonomy
from db.queries.results.tags import PlannedChange
from db.queries.taxonomies import changes_since, stale_marks, taxonomy_history, touched_by
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.changes import ChangeKind, TaxonomyChange, replayed
from evalkit.failures.taxonomy import TagDefinition
from evalkit.reports.agreement.coefficients import tag_agreement
from evalkit.reports.errors.report import tags_report
from tests.factories import annotate, make_eval_set, make_study

NAME = "Taxonomy of Study"
RENAME, MERGE, SPLIT, NEST = ChangeKind
MERGED = TaxonomyChange(MERGE, ("hallucination",), "tone")
RENAMED = TaxonomyChange(RENAME, ("tone",), "voice", "Voice")
IN_TWO = TaxonomyChange(
    SPLIT,
    ("tone",),
    parts=(TagDefinition("cold", "Cold", "", ()), TagDefinition("pushy", "Pushy", "", ())),
)


def marked():
    """Two people marked errors: hallucination twice, tone once, on responses of both models."""
    ids = make_eval_set()
    make_study(ids)
    one, two = "case-0/Model one", "case-0/Model two"
    annotate(ids, "ann", one, two, "left", marks=[(one, "hallucination"), (two, "tone")])
    annotate(ids, "ben", one, two, "left", marks=[(one, "hallucination"), (two, None)])
    with write_session() as session:
        lead = Annotator(name="Leo", role="lead")
        session.add(lead)
        session.flush()
        ids["Leo"] = lead.id
    return ids


@pytest.fixture
def ids(database):
    return marked()


def change(ids, change, opened, reason="They mean the same"):
    return change_taxonomy(NAME, change, reason=reason, opened=opened, actor_id=ids["Leo"])


def study(planned=None):
    with read_session() as session:
        return results.result_study(session, name="Study", planned=planned)


def rates(planned=None):
    """Return how often each tag was given to each model's responses, as (found, looks)."""
    of = study(planned)
    with read_session() as session:
        collected = results.collect(session, of)
    return {
        rate.tag.key: {
            row.model: (round((row.estimate.value or 0) * row.estimate.n), row.estimate.n)
            for row in rate.rows
            if row.category is None
        }
        for rate in tags_report(collected)
    }


def test_a_change_makes_the_next_version_and_says_who_made_it_when_and_why(ids):
    assert change(ids, RENAMED, 1, "Voice is the word of the guidelines") == 2

    with read_session() as session:
        newest = newest_taxonomy(session, NAME)
        made, first = taxonomy_history(session, NAME)
    assert [tag.key for tag in newest.parts] == ["hallucination", "voice", "unsafe"]
    assert (made.version, made.kind, made.by) == (2, "rename", "Leo")
    assert made.reason == "Voice is the word of the guidelines"
    assert made.change == RENAMED
    assert (first.version, first.kind, first.n_tags) == (1, "saved", 3)


def test_replaying_what_is_stored_gives_the_newest_version(ids):
    with read_session() as session:
        first = newest_taxonomy(session, NAME).parts
    change(ids, RENAMED, 1)
    change(ids, TaxonomyChange(NEST, ("hallucination",), "voice"), 2)
    change(ids, TaxonomyChange(MERGE, ("voice/hallucination",), "voice"), 3)

    with read_session() as session:
        stored = [made.change for made in changes_since(session, NAME, 0)]
        newest = newest_taxonomy(session, NAME)
    assert replayed(first, stored) == newest.parts
    assert newest.version == 4


def test_the_same_change_sent_again_is_answered_and_stored_once(ids):
    assert [change(ids, RENAMED, 1), change(ids, RENAMED, 1)] == [2, 2]

    with read_session() as session:
        assert len(session.exec(select(TaxonomyEvent)).all()) == 1
        assert len(session.exec(select(Taxonomy).where(Taxonomy.name == NAME)).all()) == 2


@pytest.mark.parametrize(
    ("what", "opened", "reason", "words"),
    [
        (RENAMED, 1, "  ", "Say in a sentence why"),
        (RENAMED, 7, "So", "Somebody saved version 1"),
        (TaxonomyChange(RENAME, ("nothing",), "x"), 1, "So", "There is no tag “nothing”"),
        (TaxonomyChange(RENAME, ("tone",), " "), 1, "So", "what key the tag gets"),
        (TaxonomyChange(RENAME, ("tone",), "tone", "Unsafe"), 1, "So", "have the same name"),
        (TaxonomyChange(RENAME, ("unsafe",), "harm"), 1, "So", "moved into it or out of it"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(ids, what, opened, reason, words):
    with pytest.raises(RefusedError, match=words):
        change(ids, what, opened, reason)

    with read_session() as session:
        assert newest_taxonomy(session, NAME).version == 1
        assert session.exec(select(TaxonomyEvent)).all() == []


def test_a_taxonomy_that_is_not_there_cannot_be_changed(ids):
    with pytest.raises(NotFoundError, match="no taxonomy named “Nothing”"):
        change_taxonomy("Nothing", RENAMED, reason="So", opened=1)


def test_marks_of_merged_tags_are_counted_as_the_one_and_it_is_said(ids):
    # Of two looks at each model's response: hallucination in both of one, tone in one of two.
    assert rates() == {
        "hallucination": {"Model one": (2, 2), "Model two": (0, 2)},
        "tone": {"Model one": (0, 2), "Model two": (1, 2)},
        "unsafe": {"Model one": (0, 2), "Model two": (0, 2)},
    }

    change(ids, MERGED, 1)

    assert rates() == {
        "tone": {"Model one": (2, 2), "Model two": (1, 2)},
        "unsafe": {"Model one": (0, 2), "Model two": (0, 2)},
    }
    (moved,) = study().moved
    assert (moved.key, moved.into, moved.n_marks) == ("hallucination", "tone", 2)
    with read_session() as session:
        # The marks themselves are as they were made.
        tags = [mark.tag_id for mark in session.exec(select(ErrorMark).order_by(ErrorMark.id))]
    assert tags == [ids["hallucination"], ids["tone"], ids["hallucination"], None]


def test_what_a_change_would_do_is_what_it_does(ids):
    planned = PlannedChange(NAME, RENAMED, now())
    before, foreseen = rates(), rates(planned)
    with read_session() as session:
        touched = touched_by(session, NAME, RENAMED)
    assert rates() == before  # to look changes nothing
    assert [(row.study, row.n_marks, row.n_responses) for row in touched] == [("Study", 1, 1)]

    change(ids, RENAMED, 1)

    assert rates() == foreseen
    assert foreseen["voice"] == before["tone"]
    assert {tag.key: tag.name for tag in study().tags}["voice"] == "Voice"


def test_the_responses_of_a_merged_tag_are_listed_with_those_of_the_one(ids):
    change(ids, MERGED, 1)
    of = study()
    tag_id = next(tag.tag_id for tag in of.tags if tag.key == "tone")

    with read_session() as session:
        listed = results.tagged_responses(
            session, of, filters=results.ResultFilters(), tag_id=tag_id
        )

    assert {row.output_id: row.annotators for row in listed} == {
        ids["case-0/Model one"]: ("ann", "ben"),
        ids["case-0/Model two"]: ("ann",),
    }


def test_marks_of_a_split_tag_wait_until_somebody_says_which_part_they_are_of(ids):
    change(ids, IN_TWO, 1)
    with read_session() as session:
        (stale,) = stale_marks(session, NAME)
    assert (stale.key, stale.parts, stale.by) == ("tone", ("cold", "pushy"), "ann")
    assert rates()["tone"] == {"Model one": (0, 2), "Model two": (1, 2)}
    assert [(row.key, row.into, row.n_marks) for row in study().moved] == [("tone", "", 1)]

    with pytest.raises(RefusedError, match="split into cold, pushy"):
        recode_mark(stale.mark_id, "unsafe", actor_id=ids["Leo"])
    for _ in range(2):
        recode_mark(stale.mark_id, "pushy", actor_id=ids["Leo"])

    assert rates()["pushy"] == {"Model one": (0, 2), "Model two": (1, 2)}
    assert rates()["tone"] == {"Model one": (0, 2), "Model two": (0, 2)}
    with read_session() as session:
        assert stale_marks(session, NAME) == ()
        assert len(session.exec(select(RecodedMark)).all()) == 1
    # What was coded anew goes along with what becomes of its part.
    change(ids, TaxonomyChange(RENAME, ("pushy",), "urging"), 2)
    assert rates()["urging"] == {"Model one": (0, 2), "Model two": (1, 2)}


def test_agreement_on_a_tag_counts_marks_as_what_became_of_them(ids):
    # Both marked a hallucination in the first response, one of them a tone in the second.
    change(ids, MERGED, 1)
    with read_session() as session:
        collected = results.collect(session, study())

    by_tag = {agreement.tag.key: agreement for agreement in tag_agreement(collected)}

    # Merged, tone is on the first by both and on the second by one: 2 of 2 and 0 of 1 confirmed.
    assert "hallucination" not in by_tag
    assert by_tag["tone"].n_marked == 3
    change(ids, TaxonomyChange(RENAME, ("tone",), "voice"), 2)
    with read_session() as session:
        renamed = tag_agreement(results.collect(session, study()))
    assert {agreement.tag.key: agreement.n_marked for agreement in renamed}["voice"] == 3
    assert renamed[-1].alpha == by_tag["tone"].alpha


def test_a_mark_whose_tag_was_not_split_has_nothing_to_be_coded_as(ids):
    with read_session() as session:
        mark_id = session.exec(select(ErrorMark.id).order_by(ErrorMark.id)).first()

    with pytest.raises(RefusedError, match="was not split"):
        recode_mark(mark_id, "cold")
    with pytest.raises(NotFoundError, match="does not count any more"):
        recode_mark(10_000, "cold")


def test_errors_weigh_after_a_change_what_they_did(ids):
    with write_session() as session:
        taxonomy = session.exec(select(Taxonomy).where(Taxonomy.name == NAME)).one()
        taxonomy.weights = {"minor": 2.0, "major:tone": 7.0, "minor:hallucination": 3.0}
    change(ids, RENAMED, 1)

    weights = study().weights
    assert weights.of("voice", "major") == 7
    assert weights.of("hallucination", "minor") == 3
    with read_session() as session:
        newest = session.exec(select(Taxonomy).order_by(Taxonomy.id.desc())).first()
    assert newest.weights == {"minor": 2.0, "major:voice": 7.0, "minor:hallucination": 3.0}


def test_an_edit_between_changes_keeps_what_marks_count_as(ids):
    change(ids, RENAMED, 1)
    with read_session() as session:
        parts = newest_taxonomy(session, NAME).parts
    save_taxonomy(NAME, (*parts, TagDefinition("tone", "Tone", "", ())), opened=2)

    # Marks made as tone in version 1 are of voice; the tag that has its old key is another.
    assert rates()["voice"] == {"Model one": (0, 2), "Model two": (1, 2)}


def test_a_version_is_frozen_once_with_a_note(ids):
    freeze_taxonomy(NAME, 1, note="From 100 notes", actor_id=ids["Leo"])

    with pytest.raises(RefusedError, match="frozen already"):
        freeze_taxonomy(NAME, 1, note="Again")
    with pytest.raises(RefusedError, match="what this version is made from"):
        freeze_taxonomy(NAME, 1, note=" ")
    with pytest.raises(NotFoundError, match="no version 9"):
        freeze_taxonomy(NAME, 9, note="From 100 notes")
    with read_session() as session:
        frozen = taxonomy_history(session, NAME)[0]
    assert (frozen.version, frozen.kind, frozen.reason, frozen.by) == (
        *(1, "freeze"),
        *("From 100 notes", "Leo"),
    )

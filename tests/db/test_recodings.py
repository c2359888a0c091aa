"""Marks of split tags: coded anew once, taken back, and counted as what they were until then."""

import pytest
from sqlmodel import select

from db.commands.rubrics import save_taxonomy
from db.commands.taxonomies import change_taxonomy, recode_mark, take_back_recoding
from db.engine import read_session
from db.models import AuditEvent, RecodedMark
from db.queries import results
from db.queries.definitions import newest_taxonomy
from db.queries.recodings import last_recoding
from db.queries.taxonomies import stale_marks
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from evalkit.failures.words import moved_sentences
from evalkit.reports.agreement.document import coefficients_document
from evalkit.reports.errors.document import errors_document
from tests.db.test_taxonomies import IN_TWO, MERGED, NAME, change, marked, rates, study
from tests.factories import annotate, make_eval_set, make_study


@pytest.fixture
def ids(database):
    return marked()


def stale():
    with read_session() as session:
        return stale_marks(session, NAME)


def last():
    with read_session() as session:
        return last_recoding(session, NAME)


def rows():
    with read_session() as session:
        return session.exec(select(RecodedMark).order_by(RecodedMark.id)).all()


@pytest.fixture
def mark_id(ids):
    """Return the one mark of tone, which was split into cold and pushy."""
    change(ids, IN_TWO, 1)
    return stale()[0].mark_id


def test_a_wrong_coding_is_taken_back_and_the_mark_waits_again(ids, mark_id):
    recode_mark(mark_id, "cold", actor_id=ids["Leo"])
    done = last()
    assert (done.mark_id, done.before, done.key, done.by) == (mark_id, "tone", "cold", "Leo")

    for _ in range(2):  # a button pressed twice takes back once
        take_back_recoding(done.recoding_id, actor_id=ids["Leo"])

    assert [mark.mark_id for mark in stale()] == [mark_id]
    assert rates()["tone"] == {"Model one": (0, 2), "Model two": (1, 2)}
    assert last() is None
    recode_mark(mark_id, "pushy", actor_id=ids["Leo"])
    assert rates()["pushy"] == {"Model one": (0, 2), "Model two": (1, 2)}
    assert rates()["cold"] == {"Model one": (0, 2), "Model two": (0, 2)}
    # What was done stays told: each step is a row, and an entry of the log.
    assert len(rows()) == 3
    with read_session() as session:
        told = [event.action for event in session.exec(select(AuditEvent)).all()]
    assert told.count("code mark anew") == 2
    assert told.count("take back a coding") == 1


def test_a_mark_that_is_coded_already_is_not_coded_over_unseen(ids, mark_id):
    recode_mark(mark_id, "cold")

    with pytest.raises(RefusedError, match="coded as “cold” already"):
        recode_mark(mark_id, "pushy")

    assert len(rows()) == 1


def test_a_coding_that_somebody_followed_with_another_is_not_taken_back(ids, mark_id):
    recode_mark(mark_id, "cold")
    first = last()
    take_back_recoding(first.recoding_id)
    recode_mark(mark_id, "pushy")

    with pytest.raises(RefusedError, match="coded anew since"):
        take_back_recoding(first.recoding_id)
    with pytest.raises(NotFoundError, match="does not count any more"):
        take_back_recoding(10_000)

    assert rates()["pushy"] == {"Model one": (0, 2), "Model two": (1, 2)}


def test_a_part_that_was_split_again_waits_and_its_coding_is_not_offered_to_be_taken_back(
    ids, mark_id
):
    recode_mark(mark_id, "cold")
    parts = tuple(TagDefinition(key, key.capitalize(), "", ()) for key in ("icy", "curt"))
    change(ids, TaxonomyChange(ChangeKind.SPLIT, ("cold",), parts=parts), 2)

    assert [(mark.key, mark.parts) for mark in stale()] == [("cold", ("icy", "curt"))]
    assert last() is None
    recode_mark(mark_id, "icy")
    assert (last().before, last().key) == ("cold", "icy")


def test_marks_that_were_merged_stay_together_when_the_merged_tag_is_split(ids):
    change(ids, MERGED, 1)
    together = rates()["tone"]
    # Of two looks at each model's response: hallucination in both of one, tone in one of two.
    assert together == {"Model one": (2, 2), "Model two": (1, 2)}

    change(ids, IN_TWO, 2)

    assert rates()["tone"] == together
    assert "hallucination" not in rates()
    assert {(mark.key, mark.parts) for mark in stale()} == {("tone", ("cold", "pushy"))}
    assert [moved_sentences([tag])[0].partition(" on ")[0] for tag in study().moved] == [
        "2 marks of `hallucination` are counted as `tone` and wait to be coded anew since that "
        "was split",
        "1 mark of `tone` waits to be coded anew since it was split",
    ]
    with pytest.raises(RefusedError, match="“tone” was split into cold, pushy"):
        recode_mark(stale()[0].mark_id, "hallucination")


def test_a_new_tag_with_the_key_of_a_split_one_takes_none_of_its_marks(ids):
    change(ids, MERGED, 1)
    change(ids, IN_TWO, 2)
    with read_session() as session:
        parts = newest_taxonomy(session, NAME).parts
    save_taxonomy(NAME, (*parts, TagDefinition("tone", "Tone of voice", "", ())), opened=3)

    assert {tag.name for tag in study().tags if tag.key == "tone"} == {"Tone"}
    assert rates()["tone"] == {"Model one": (2, 2), "Model two": (1, 2)}


def test_tags_of_one_key_have_each_a_line_of_their_own_under_a_key_of_their_own(ids, mark_id):
    """``tone`` was split; a part of it is called ``tone`` since, and the old marks still wait."""
    before = rates()
    recode_mark(mark_id, "cold")
    change(ids, TaxonomyChange(ChangeKind.RENAME, ("cold",), "tone"), 2)

    keys = [tag.key for tag in study().tags]
    assert len(set(keys)) == len(keys)
    both = [tag for tag in study().tags if tag.stored_key == "tone"]
    assert [tag.key for tag in both] == ["tone", f"tone ({NAME} v3)"]
    # What was marked is in one of the two lines: together what it was before.
    assert before["tone"]["Model two"] == (1, 2)
    hits = {tag.key: rates()[tag.key]["Model two"] for tag in both}
    assert hits == {"tone": (0, 2), f"tone ({NAME} v3)": (1, 2)}
    with read_session() as session:
        document = errors_document(results.collect(session, study()))
    assert {*hits} <= {cell["tag"] for cell in document["map"]["cells"]} | {*document["tags"]}
    (moved,) = moved_sentences(study().moved)
    assert moved.startswith(f"1 mark of `cold` is counted as `tone ({NAME} v3)` since")


def test_who_coded_their_marks_anew_does_not_contradict_who_did_not_yet(database):
    """Two people mark the same 6 of 12 responses; the tag is split, and the first codes theirs."""
    ids = make_eval_set(n_cases=12)
    make_study(ids)
    for who in ("Ada", "Bob"):
        for case in range(12):
            marks = [(f"case-{case}/Model one", "tone" if case < 6 else None)]
            annotate(ids, who, f"case-{case}/Model one", marks=marks)

    def agreement():
        with read_session() as session:
            tags = coefficients_document(results.collect(session, study()))["tags"]
        return {key: (tag["n_marked"], tag["alpha"]["value"]) for key, tag in tags.items()}

    assert agreement() == {"tone": (12, 1.0)}
    change_taxonomy(NAME, IN_TWO, reason="Two kinds", opened=1)
    for mark in [mark for mark in stale() if mark.by == "Ada"]:
        recode_mark(mark.mark_id, "cold")
    # Of the part only Ada said anything: the other's looks wait, or found nothing.
    halfway = agreement()
    assert halfway["tone"] == (12, 1.0)
    assert halfway["cold"][1] is None
    for mark in stale():
        recode_mark(mark.mark_id, "cold")
    assert agreement() == {"cold": (12, 1.0)}

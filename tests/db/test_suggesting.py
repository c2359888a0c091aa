"""Suggesting errors: what is learnt, what is stored with a submission, who is compared."""

import pytest
from sqlmodel import select

from db.commands.annotation import save_draft, submit
from db.commands.assignments import next_task_id
from db.commands.instructions import set_instructions
from db.commands.taxonomies import change_taxonomy, recode_mark
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, Assignment, ErrorMark, Study, Tag, Taxonomy
from db.queries import results
from db.queries.annotation.instructions import Instructions, instructions
from db.queries.annotation.labelled import labelled_notes, tag_model
from evalkit.annotation.suggesting.model import LEAST_NOTES, suggested
from evalkit.annotation.suggesting.offers import is_helped
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from tests.factories import annotate, make_eval_set, make_study, opened

TAKEN = {"tag": "tone", "source": "comment", "outcome": "taken"}
OPEN = {"tag": "hallucination", "source": "note", "outcome": "offered"}
NOTES = {"tone": "rude and cold words", "hallucination": "invented number without source"}
MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")


@pytest.fixture
def ids(database):
    made = make_eval_set(models=MODELS, n_cases=LEAST_NOTES)
    make_study(made)
    return made


def write_notes(ids, *, extra="", n=LEAST_NOTES):
    """Store comments on as many cases, with an error in a response."""
    for number in range(n):
        tag = list(NOTES)[number % 2]
        left, right = (f"case-{number}/{model}" for model in MODELS)
        annotate(
            ids, "Ada", left, right, "left", marks=[(left, tag)], comment=f"{NOTES[tag]} {extra}"
        )


def test_a_study_teaches_which_error_goes_with_a_note(ids):
    write_notes(ids)

    with read_session() as session:
        model = tag_model(session, ids["Study"])

    assert suggested(model, "it was rude and cold") == "tone"
    assert suggested(model, "an invented number") == "hallucination"


def test_nothing_is_learnt_of_too_few_notes(ids):
    write_notes(ids, n=LEAST_NOTES - 1)

    with read_session() as session:
        assert tag_model(session, ids["Study"]) is None


def test_nothing_that_is_learnt_names_a_model_of_the_study(ids):
    write_notes(ids, extra="zephyr quasar chat typical")

    with read_session() as session:
        model = tag_model(session, ids["Study"])

    assert "typical" in model.idf
    assert not {"zephyr", "quasar", "chat"} & model.idf.keys()


def test_judges_and_what_was_taken_from_a_suggestion_teach_nothing(ids):
    left, right = (f"case-0/{model}" for model in MODELS)
    marks = [(left, "tone")]
    annotate(ids, "Judge", left, right, "left", marks=marks, comment="rude", is_judge=True)
    taken = annotate(ids, "Ada", left, right, "left", marks=marks, comment="rude")
    annotate(ids, "Bob", left, right, "left", marks=marks, comment="cold", note="short")
    with write_session() as session:
        session.get_one(Annotation, taken).offers = [TAKEN]

    with read_session() as session:
        notes = labelled_notes(session, ids["Study"])

    assert [(note.text, set(note.tags)) for note in notes] == [
        ("cold", {"tone"}),
        ("short", {"tone"}),
    ]


def test_what_was_taken_from_a_suggestion_teaches_nothing_after_an_edit_either(ids):
    left, right = (f"case-0/{model}" for model in MODELS)
    taken = annotate(ids, "Ada", left, right, "left", marks=[(left, "tone")], comment="rude")
    with write_session() as session:
        before = session.get_one(Annotation, taken)
        before.offers, before.is_superseded = [TAKEN], True
        session.flush()
        edited = Annotation(
            assignment_id=before.assignment_id,
            revision=before.revision + 1,
            comment="rude!",
            preference="left",
        )
        session.add(edited)
        session.flush()
        tag_id = session.exec(select(Tag.id).where(Tag.key == "tone")).first()
        output_id = ids[left]
        session.add(ErrorMark(annotation_id=edited.id, output_id=output_id, tag_id=tag_id))

    with read_session() as session:
        assert labelled_notes(session, ids["Study"]) == []


def texts_and_tags(ids):
    with read_session() as session:
        return [(note.text, set(note.tags)) for note in labelled_notes(session, ids["Study"])]


def change(ids, kind, opened, tags, target="", parts=()):
    made = TaxonomyChange(
        kind, tags, target, parts=tuple(TagDefinition(key, key, "", ()) for key in parts)
    )
    change_taxonomy("Taxonomy of Study", made, reason="As it is", opened=opened)


def stored_tag(key, version):
    """Return the id of a tag of a version."""
    with read_session() as session:
        return session.exec(
            select(Tag.id).join(Taxonomy).where(Tag.key == key, Taxonomy.version == version)
        ).one()


def marked_in(ids, key, version):
    """Store a comment with a mark of some version of the taxonomy, as an import may bring it."""
    left, right = (f"case-1/{model}" for model in MODELS)
    made = annotate(ids, "Bob", left, right, "left", marks=[(left, "tone")], comment="cold")
    with write_session() as session:
        mark = session.exec(select(ErrorMark).where(ErrorMark.annotation_id == made)).one()
        mark.tag_id = stored_tag(key, version)


def test_a_tag_that_was_renamed_teaches_the_tag_of_the_form_that_it_is(ids):
    change(ids, ChangeKind.RENAME, 1, ("tone",), "voice")
    marked_in(ids, "voice", 2)

    assert texts_and_tags(ids) == [("cold", {"tone"})]


def test_another_tag_that_has_the_key_since_teaches_nothing_of_the_former(ids):
    change(ids, ChangeKind.SPLIT, 1, ("tone",), parts=("curt", "pushy"))
    change(ids, ChangeKind.RENAME, 2, ("curt",), "tone")
    marked_in(ids, "tone", 3)

    assert texts_and_tags(ids) == []


def test_a_mark_that_was_coded_anew_teaches_what_it_counts_as(ids):
    left, right = (f"case-0/{model}" for model in MODELS)
    made = annotate(ids, "Ada", left, right, "left", marks=[(left, "tone")], comment="rude")
    change(ids, ChangeKind.SPLIT, 1, ("tone",), parts=("curt", "pushy"))
    assert texts_and_tags(ids) == [("rude", {"tone"})]
    with read_session() as session:
        mark = session.exec(select(ErrorMark.id).where(ErrorMark.annotation_id == made)).one()

    recode_mark(mark, "curt")

    assert texts_and_tags(ids) == []  # the form of the study has no such tag


def test_a_study_suggests_nothing_until_a_lead_says_so(ids):
    with read_session() as session:
        before = instructions(session, ids["Study"])

    set_instructions(ids["Study"], Instructions("", "", "", suggests_tags=True))

    with read_session() as session:
        assert (before.suggests_tags, instructions(session, ids["Study"]).suggests_tags) == (
            False,
            True,
        )


def asked(ids, name="Eve"):
    """Give somebody a case; the assignment and who they are."""
    with write_session() as session:
        person = Annotator(name=name)
        session.add(person)
        session.flush()
        annotator_id = person.id
    return next_task_id(study_id=ids["Study"], annotator_id=annotator_id), annotator_id


def sent(**draft):
    scores = {"helpfulness": 3, "polite": 1}
    return {
        "draft": {
            "preference": "left",
            "scores": {"left": scores, "right": scores},
            "comment": "Rude.",
        }
        | draft,
        "active_seconds": 1,
    }


def test_what_was_suggested_is_stored_with_the_submission_once_and_ended(ids):
    assignment_id, annotator_id = asked(ids)
    who = {"assignment_id": assignment_id, "annotator_id": annotator_id}
    opening = opened(assignment_id)
    body = sent(offers=[TAKEN, OPEN])
    save_draft(**who, opening=opening, **body)
    with read_session() as session:
        assert session.get_one(Assignment, assignment_id).draft["offers"] == [TAKEN, OPEN]

    for _ in range(2):
        submit(**who, opening=opening, **body, submission_key="a-key-of-the-browser")
    submit(**who, opening=opened(assignment_id), **sent(), submission_key="another-key-here")

    with read_session() as session:
        (stored,) = session.exec(select(Annotation)).all()
    assert stored.offers == [TAKEN, OPEN | {"outcome": "refused"}]


def test_an_edit_keeps_what_was_suggested_before_with_the_revision_it_was_made_in(ids):
    assignment_id, annotator_id = asked(ids)
    who = {"assignment_id": assignment_id, "annotator_id": annotator_id}
    keys = ("first-key-here", "second-key-here")
    submit(**who, opening=opened(assignment_id), **sent(offers=[TAKEN]), submission_key=keys[0])
    edited = sent(comment="Rude and cold.")
    submit(**who, opening=opened(assignment_id, revision=1), **edited, submission_key=keys[1])

    with read_session() as session:
        stored = session.exec(select(Annotation).order_by(Annotation.revision)).all()
        study = results.result_study(session, name="Study")
        offered = results.collect(session, study).offered
    assert [annotation.offers for annotation in stored] == [[TAKEN], None]
    places = [tag.key for tag in study.tags]
    assert offered.taken[places.index("tone")] == 1


def test_results_know_who_was_offered_suggestions_since_the_first(ids):
    with read_session() as session:
        study = results.result_study(session, name="Study")
        assert results.collect(session, study).offered.is_helped == ()
    people = {}
    for number in range(6):
        assignment_id, annotator_id = asked(ids, name=f"Person {number}")
        offers = {"offers": [OPEN]} if number == 0 else {}
        submit(
            assignment_id=assignment_id,
            annotator_id=annotator_id,
            opening=opened(assignment_id),
            **sent(**offers),
            submission_key=f"key-of-{number}-here",
        )
        people[f"Person {number}"] = annotator_id

    with read_session() as session:
        study = results.result_study(session, name="Study")
        collected = results.collect(session, study)
        first = session.exec(select(Annotation.id).order_by(Annotation.id)).first()
        seed = session.get_one(Study, ids["Study"]).seed
    assert collected.offered.since == first
    drawn = dict(
        zip([who.name for who in collected.annotators], collected.offered.is_helped, strict=True)
    )
    assert drawn.pop("Person 0") is None  # nothing since
    assert drawn == {
        name: is_helped(seed=seed, study_id=ids["Study"], annotator_id=people[name])
        for name in drawn
    }
    assert sum(collected.offered.refused) == 1


def test_suggestions_of_a_tag_count_as_what_became_of_it(ids):
    left, right = (f"case-0/{model}" for model in MODELS)
    made = annotate(ids, "Ada", left, right, "left", marks=[(left, "tone")])
    with write_session() as session:
        session.get_one(Annotation, made).offers = [TAKEN, OPEN | {"outcome": "refused"}]
    renamed = TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice")
    change_taxonomy("Taxonomy of Study", renamed, reason="x", opened=1)

    with read_session() as session:
        study = results.result_study(session, name="Study")
        offered = results.collect(session, study).offered

    keys = [tag.key for tag in study.tags]
    assert dict(zip(keys, offered.taken, strict=True))["voice"] == 1
    assert dict(zip(keys, offered.refused, strict=True))["hallucination"] == 1
    assert (sum(offered.taken), sum(offered.refused)) == (1, 1)


def test_what_is_annotated_after_suggestions_are_switched_off_is_told_apart(ids):
    left, right = (f"case-0/{model}" for model in MODELS)
    first = annotate(ids, "Ada", left, right, "left", marks=[(left, "tone")])
    with write_session() as session:
        session.get_one(Annotation, first).offers = [TAKEN]
    set_instructions(ids["Study"], Instructions("", "", "", suggests_tags=False))
    second = annotate(ids, "Bob", left, right, "left", marks=[(left, "tone")])
    set_instructions(ids["Study"], Instructions("", "", "", suggests_tags=True))

    with read_session() as session:
        offered = results.collect(session, results.result_study(session, name="Study")).offered

    assert offered.pauses == ((first, second),)

"""What two people store at the same moment: stored once, and the second reads a sentence."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from PIL import Image as Picture
from sqlmodel import select

from db.commands.acceptances import accept, record_look
from db.commands.admission import open_test, set_bar
from db.commands.askings import begin_run
from db.commands.images import store_image
from db.commands.label_studies import ask_for_labels
from db.commands.open_codings import start_open_coding
from db.commands.rubrics import save_rubric, save_taxonomy
from db.commands.taxonomies import change_taxonomy, freeze_taxonomy, recode_mark
from db.engine import read_session, write_session
from db.models import (
    AcceptedVerdict,
    Annotator,
    Case,
    CertificationLook,
    ErrorMark,
    Image,
    JudgeOpening,
    Model,
    OpenCoding,
    RecodedMark,
    Rubric,
    Study,
    Taxonomy,
    TaxonomyEvent,
    VerdictAcceptance,
)
from evalkit.annotation.rubric import DEFAULT_RUBRIC
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY
from evalkit.images.files import image_file
from evalkit.reports.acceptance.report import units_to_take
from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import RunPlan
from tests.db.test_acceptances import LOOSE, read, store_half
from tests.db.test_admission import BAR, store_study as store_judged
from tests.db.test_taxonomies import IN_TWO
from tests.factories import annotate, make_eval_set, make_study

N = 6


def at_once(store):
    """Call it in several threads at the same moment; return what it gave, or what was raised."""
    barrier = Barrier(N)

    def stored(number):
        with read_session() as session:  # a connection of its own before all begin
            session.exec(select(Model.id)).first()
        barrier.wait()
        try:
            return store(number)
        except RefusedError as refused:
            return str(refused)

    with ThreadPoolExecutor(N) as pool:
        return list(pool.map(stored, range(N)))


@pytest.mark.parametrize(
    ("save", "parts", "table"),
    [(save_rubric, DEFAULT_RUBRIC, Rubric), (save_taxonomy, DEFAULT_TAXONOMY, Taxonomy)],
)
def test_of_several_new_ones_of_a_name_one_is_stored_and_the_others_are_refused_in_words(
    database, save, parts, table
):
    told = at_once(lambda _: save("Ours", parts, opened=None))

    assert told.count(1) == 1
    assert sum("There is already a" in str(each) for each in told) == N - 1
    with read_session() as session:
        assert session.exec(select(table.version).where(table.name == "Ours")).all() == [1]


def test_one_image_that_several_store_is_there_once(database):
    made = io.BytesIO()
    Picture.new("L", (4, 3), 7).save(made, "PNG")
    image = image_file(made.getvalue(), name="a file")

    at_once(lambda _: store_image(image))

    with read_session() as session:
        assert session.exec(select(Image.content_hash)).all() == [image.content_hash]


def test_runs_of_one_new_model_begun_at_once_are_runs_of_one_model(database):
    make_eval_set()
    plan = RunPlan("Support questions", "new", Endpoint("http://127.0.0.1:9/v1", "SECRET_NAME"))

    begun = at_once(lambda number: begin_run(replace(plan, run=f"run {number}")))

    assert len({each.run_id for each in begun}) == N
    with read_session() as session:
        assert len(session.exec(select(Model.id).where(Model.name == "new")).all()) == 1


def n_rows(table):
    with read_session() as session:
        return len(session.exec(select(table)).all())


def test_verdicts_of_a_judge_are_looked_at_and_accepted_once(database):
    store_half()
    study, _, _, row = read()
    at_once(lambda _: record_look(study, row, LOOSE, threshold=1.0))
    assert n_rows(CertificationLook) == 1

    study, collected, _, row = read()
    units = units_to_take(collected, row)
    told = at_once(lambda _: accept(study, row, LOOSE, units, share=1.0))

    assert sum("accepted already" in str(each) for each in told) == N - 1
    assert (n_rows(VerdictAcceptance), n_rows(Study)) == (1, 2)
    assert n_rows(AcceptedVerdict) == len(units) == 12


def test_of_several_who_ask_for_labels_by_a_name_one_is_given_the_study(database):
    ids = make_eval_set(n_cases=2)
    like = make_study(ids)
    with read_session() as session:
        drawn = dict.fromkeys(session.exec(select(Case.id)).all(), 1.0)

    told = at_once(
        lambda _: ask_for_labels(
            like=like, name="More", drawn=drawn, collects="preference", overlap=1, seed=1
        )
    )

    assert sum("already a study named" in str(each) for each in told) == N - 1
    assert n_rows(Study) == 2


def test_a_test_that_several_open_is_opened_once(database):
    ids = store_judged()
    set_bar(ids["Study"], BAR)

    told = at_once(lambda _: open_test("Study", judge="good"))

    assert sum(opened.is_new for (opened,) in told) == 1
    assert n_rows(JudgeOpening) == 1


def store_split():
    """Store one mark of a tag that was split since; return its id."""
    ids = make_eval_set()
    make_study(ids)
    one, two = "case-0/Model one", "case-0/Model two"
    annotate(ids, "ann", one, two, "left", marks=[(one, "tone")])
    change_taxonomy("Taxonomy of Study", IN_TWO, reason="Two kinds", opened=1)
    with read_session() as session:
        return session.exec(select(ErrorMark.id)).one()


def test_of_several_who_code_one_mark_differently_one_is_stored_and_the_others_are_told(database):
    mark_id = store_split()

    told = at_once(lambda number: recode_mark(mark_id, ("cold", "pushy")[number % 2]))

    assert n_rows(RecodedMark) == 1
    # The other half said the same as whoever came first.
    assert sum("already. Take that back first" in str(each) for each in told) == N // 2


def test_a_version_that_several_freeze_is_frozen_once(database):
    store_split()

    told = at_once(lambda number: freeze_taxonomy("Taxonomy of Study", 2, note=f"Note {number}"))

    assert sum("frozen already" in str(each) for each in told) == N - 1
    with read_session() as session:
        kinds = [event.kind for event in session.exec(select(TaxonomyEvent)).all()]
    assert kinds.count("freeze") == 1


def test_a_reading_that_one_form_starts_several_times_is_started_once(database):
    ids = make_eval_set()
    with write_session() as session:
        person = Annotator(name="Leo", role="lead")
        session.add(person)
        session.flush()
        reader = person.id

    begun = at_once(
        lambda _: start_open_coding(
            reader_id=reader, version_id=ids["version"], n=5, key="the form"
        )
    )

    assert len(set(begun)) == 1
    assert n_rows(OpenCoding) == 1

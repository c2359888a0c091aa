from db.commands.demo import is_demo_wanted, load_demo
from db.engine import read_session
from db.queries import library
from db.queries.people import demo_accounts
from evalkit.demo.judges import judge_records
from evalkit.demo.simulate import demo_latent, demo_texts
from tests.factories import make_eval_set


def test_the_demo_fills_an_empty_database_with_a_study_that_has_work_left(database):
    assert is_demo_wanted()

    load_demo()

    assert not is_demo_wanted()
    with read_session() as session:
        (study,) = library.studies(session)
        accounts = demo_accounts(session)
    assert (study.n_cases, len(study.models), study.is_open) == (36, 4, True)
    # Every case shows every model once, so two pairs, and each pair has three annotators.
    planned = study.n_cases * study.pairs_per_case * study.overlap
    by_judges = sum(1 for _ in judge_records(demo_latent(), demo_texts()))
    assert 0.7 * planned < study.n_annotations - by_judges < 0.8 * planned
    # Five that stand for people, and two judges.
    assert study.n_annotators == study.n_simulated_annotators == 7
    assert {account.role for account in accounts} == {"annotator", "lead", "admin"}


def test_loading_the_demo_again_changes_nothing(sqlite_database):
    load_demo()
    with read_session() as session:
        before = library.studies(session)

    said = load_demo()

    assert said.count("Nothing new") == 3
    with read_session() as session:
        assert library.studies(session) == before


def test_the_demo_is_not_wanted_where_there_is_work_of_ones_own(sqlite_database):
    make_eval_set()

    assert not is_demo_wanted()

"""Old databases become new ones without a loss, and what is released is never edited."""

import hashlib
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from db import revisions, schema
from db.differences import differences
from db.engine import engine, read_session
from db.models import Annotator, AuditEvent
from db.queries.people import person_called
from db.queries.records.annotated import pair_presentation

#: The hashes of the migrations. A migration that has landed is never edited: a database that went
#: through it would differ for good from one made today. A new one adds its line.
MIGRATIONS = {
    "0052_take_assertions_from_annotators.py": (
        "eb9f308f5c0f2a5ee0cb4c16c11d0de914ff2d32029fb442c5dc6a4c8e7e866b"
    ),
    "0051_suggest_tags.py": "44d4888b54702e29bc302baa7c322536722660266c6ea9d3fe4d5ed9f3ac45f0",
    "0050_tell_tags_of_one_key_apart.py": (
        "e947ac266b3e3d53da2505ceed5b03a1dfb2f516fcce1c386e0d47bf04d2b883"
    ),
    "0049_name_notes.py": "0e4099c9616e054bb48633b158ffcba0b49729595ec43ed395a943e0a43a5fe7",
    "0048_follow_known_failures.py": (
        "03ce7f1d1fb3ab6f5a642f9963a80ff5166ccd512b33ea82143b7b45230f5ac2"
    ),
    "0047_change_taxonomies.py": "a66e1c4cee27b89143e2eb300c2c3997f241a49925259f0be109e7b11baf00ae",
    "0045_code_openly.py": "8d958a0f222bb539ca190aa0f53e26f9faf54db4b518cc419452ad7f3bd10cee",
    "0043_check_responses.py": ("ed4ec9650f5013835053e2b08dba482295aafe54c4c584de6f34ee38f3060a35"),
    "0046_ask_about_anchors_later.py": (
        "91d458aa10acb0a730ca3fc102776cb194153ece3dc817543378ad9c387be85e"
    ),
    "0044_keep_the_life_of_cases.py": (
        "cac6a297264949821aa9567cfcc7b719e71d248650c4e8b2cb1218a4dacc7bcb"
    ),
    "0040_keep_mappings.py": ("7015cf7f5fc817c40e6342d8eca3bf1fa111d78072f876fc0b3a258680a9959e"),
    "0034_mix_kinds_of_task.py": (
        "ed6e1eef82de33d7a3a717b80df622635a2a5017a37b1b5133bcea66faf47844"
    ),
    "0039_let_one_acceptance_stand.py": (
        "83fd237afc4ee23b43d2c6d88f42f03427702fa3551ae51cb90def6d5bf541a6"
    ),
    "0036_weigh_to_production.py": (
        "a4db744c06e775658c05bfde95b3e87d8f04b28c31acf0fc3c3cd5b45999f378"
    ),
    "0035_admit_judges.py": ("3756db280e30251ad17b51cfd0bec2992c73a7f571ca661415ef46bc77388ebc"),
    "0037_learn_from_differences.py": (
        "ee71b19a3c2cd9c7b0014834505f944e0f6728636dd42c8f6bb8b240f321c0c5"
    ),
    "0038_keep_drafts_of_rubrics.py": (
        "1ea55960cd6fb51be4847f89532c29106678147ef81a6549eff79304666c316a"
    ),
    "0041_ask_judges_about_anchors.py": (
        "d2c475cb18cd81baff37a9802e9259c222853cd8f04cf85b49650968e35fd802"
    ),
    "0042_keep_intervals_of_public_scores.py": (
        "2e8b69e754414d4988b2fe4f1d7a87b3d87ba4d4d8defa3da6938c5db6c58557"
    ),
    "0001_the_first_schema.py": (
        "3caca082aced44b6519fe9c5fa388110cdc14a908d7b51ac836cd11266a51a1f"
    ),
    "0002_read_a_study_in_order.py": (
        "33fc5d131ad3937c35da525e6a69c33a3c2a510ea94b9b17a40e0ed403b23459"
    ),
    "0003_weigh_errors.py": ("5b9982aaf6198df5529a293b9e5d6cdc09d62f9c132e437c64ef8e84a8c02926"),
    "0004_give_no_number_twice.py": (
        "68646f01e00c0b5ccd1c315d93836e182dd3b6b6dcdca1d2acd8bb0756a99b5f"
    ),
    "0005_know_names_by_a_key.py": (
        "ea7704b034a097c4540975e9a6a744a737ab3bbca978ceec4893d641bc655ea3"
    ),
    "0006_know_the_state_of_results.py": (
        "1057c1484ae48f75aba8f916c913eadb182d681801f2493602151e07cf4279e2"
    ),
    "0007_count_what_is_given_out.py": (
        "bc74152fae8597872177abc17b873edc150effe36757eccb3662a5d9f6d22417"
    ),
    "0008_say_whom_a_study_is_for.py": (
        "15a70cd713ec2e408f97c507d02a3fdcd7f2a74e21b7f240301ba5d3230445cc"
    ),
    "0009_tell_annotators_and_answer_them.py": (
        "96f8cd0bccce9bb659720b895ac95cc6da2bb897d5ebe52fd03e7b5355084c1b"
    ),
    "0010_tell_annotators_how_they_agree.py": (
        "9dcac6a604a571ebd78d8e96dc0ddd9c670941c92810a4b6d9cf9b304a3411c5"
    ),
    "0011_draw_the_cases_of_a_study.py": (
        "33d5c2ce9eea17b1b012b5b07dda031462357f05977bd840069afe61a493dc75"
    ),
    "0012_tell_agreement_once.py": (
        "845bb47dd84f417e6056abf1122e4ff1cd21f44a9ffc9b6d3e825ec683701594"
    ),
    "0013_keep_reasoning_apart.py": (
        "ac5c48d8ae981307d2d3ad04f46f146511cea412badc45d79e6b19e2cb18fbfe"
    ),
    "0014_ask_how_much_better_and_how_sure.py": (
        "2ab38989200d1c8a87c8c3ae7e4ac9489b314383bdfdc92ade91b806db94d6f4"
    ),
    "0015_score_on_a_range.py": (
        "0890cb6d74cb0e83aa4ca410066162fed44f01061dc0afdcae46493ea0da40a3"
    ),
    "0016_mark_errors_at_words.py": (
        "66aae69cabd5489620c8996a7643e90439c143073512cc8135433ed027429316"
    ),
    "0017_answer_in_words.py": ("81eebb2dd1bf036a967d0a1270903b9a5c64d191f320a2fb1d917f03a4c2d668"),
    "0018_show_a_response_alone.py": (
        "279138c367c7b870f337d2bfa2422ebc802507c3c47c5770aebfd93f73da79aa"
    ),
    "0019_check_what_a_case_asks_for.py": (
        "38bdfe0f501c32c616e6bf8a4a65ae4e6660709b6779431276ac9eda6bcef9a2"
    ),
    "0020_prefer_by_criterion.py": (
        "5f1eb37de9d3e048c6a6e364a9a38e10e46c6052b4e76ad8562af33009f0b04b"
    ),
    "0021_keep_rankings.py": ("d898949c6aa0ca2aeef2cf399f8bc09143b8aee62e9d28b2d56f1b49776dd6ee"),
    "0022_know_people_nobody_names.py": (
        "2a351e0891fdfcddbafd5f544a8740039cb8ba310f514540fb13f9fc53767781"
    ),
    "0023_run_models.py": ("b350440b300ba367b709aec172e0a5cb173d5af84a45de50f53a3bfe09ddc191"),
    "0024_rank_responses.py": ("3752aa7694abb5b65a1132ad53a7a0d385f21f2f3a8bba1e01bc2052ac7fb48a"),
    "0025_let_texts_stand_elsewhere.py": (
        "9512aa86cca66c9eefc7906326b2d843bef78e76ee91e27e2e222245398b6ecc"
    ),
    "0026_keep_right_answers.py": (
        "f1e67bedd7e1b76f678bdbb2913a08a40a89c98c391caf499fea9229018badd9"
    ),
    "0027_keep_images.py": ("10fcbf83d509a6179019d5605f1eee2f41627e48911484caffdbb730c30a9b02"),
    "0028_judge_pairs.py": ("9be8d8a26a203e4c1884dbe5b7c45e7a48486a1913e422b3cbe4a7afdd78ea92"),
    "0029_store_images_of_records.py": (
        "7636f36ed303d3791e52e32bd592d9ab40ad534c43591d86b677e188843c2a09"
    ),
    "0030_judge_responses.py": ("1b1dec3369249d21513760388bd3f24fc7721d64913cc1e3dc31a996c3272dab"),
    "0031_keep_how_sure_judges_are.py": (
        "551d38fca20efbd7b0c78f43733da8628ef0483030c9b69d45819997d2824ba7"
    ),
    "0032_let_taxonomies_grade_errors.py": (
        "398bbe450e09fdc47d498fd04483d7059f018831a0080ca3b7c82af29f388b90"
    ),
    "0033_accept_verdicts.py": ("5a235c1be4bbfed59e7d47ab8f6d9ee94830994f8c6639fb29018273e3428646"),
}

THEN = datetime(2026, 1, 1, tzinfo=UTC)

#: A study as schema 0003 has it, with an annotation of the assignment in the middle.
OLD_ROWS = [
    (
        "annotator",
        {"id": 7, "name": "ann", "kind": "human", "role": "annotator", "session_epoch": 0}
        | {"is_simulated": False, "is_demo": False, "created_at": THEN},
    ),
    ("eval_set", {"id": 2, "name": "set", "created_at": THEN}),
    (
        "eval_set_version",
        {"id": 3, "eval_set_id": 2, "number": 1, "content_hash": "x", "created_at": THEN}
        | {"note": ""},
    ),
    (
        "eval_set_version",
        {"id": 4, "eval_set_id": 2, "number": 2, "content_hash": "y", "created_at": THEN}
        | {"parent_id": 3, "note": ""},
    ),
    (
        "case",
        {"id": 5, "eval_set_id": 2, "key": "c", "case_hash": "z", "input": [], "created_at": THEN}
        | {"status": "active"},
    ),
    ("version_case", {"version_id": 4, "case_id": 5}),
    *(("model", {"id": n, "name": f"model {n}", "created_at": THEN}) for n in (1, 2)),
    *(
        ("run", {"id": n, "eval_set_id": 2, "model_id": n, "name": "", "created_at": THEN})
        for n in (1, 2)
    ),
    *(("output", {"id": 20 + n, "run_id": n, "case_id": 5, "content": "o"}) for n in (1, 2)),
    (
        "study",
        {"id": 9, "name": "study", "eval_set_version_id": 4, "overlap": 1, "pairs_per_case": 1}
        | {"seed": 0, "leak_policy": "mask", "is_open": True, "created_at": THEN}
        | {"guidelines": "", "collects_preference": True, "collects_scores": False}
        | {"collects_tags": False, "collects_comment": True},
    ),
    *(("study_run", {"study_id": 9, "run_id": n}) for n in (1, 2)),
    *(
        (
            "assignment",
            {"id": n, "study_id": 9, "annotator_id": 7, "case_id": 5, "left_output_id": 21}
            | {"right_output_id": 22, "presentation": f"{n}", "kind": "work", "policy": "balanced"}
            | {"state": "draft", "draft": {"comment": "half"}, "active_seconds": 1.5}
            | {"created_at": THEN},
        )
        for n in (11, 12, 13)
    ),
    (
        "annotation",
        {"id": 30, "assignment_id": 12, "revision": 1, "submitted_at": THEN, "preference": "left"}
        | {"is_unreadable": False, "is_superseded": False},
    ),
]


def test_no_migration_is_edited():
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((revisions.MIGRATIONS / "versions").glob("*.py"))
    }

    assert found == MIGRATIONS


@pytest.fixture(params=["sqlite", "postgres"])
def old_database(request, tmp_path, monkeypatch):
    """Make a database of schema 0003 with a study in it, in use by ``DATABASE_URL``."""
    if request.param == "sqlite":
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'old.db'}")
    else:
        request.getfixturevalue("postgres_database")
        with engine().begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    with engine().begin() as connection:
        command.upgrade(schema.config(connection), "0003")
        tables = reflected(connection)
        for name, row in OLD_ROWS:
            connection.execute(tables[name].insert().values(row))
    yield
    engine().dispose()


def reflected(connection):
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata.tables


def rows(columns):
    """Return every row of every table, in the given columns."""
    with engine().connect().execution_options(write=False) as connection:
        tables = reflected(connection)
        return {
            name: sorted(
                str(row)
                for row in connection.execute(sa.select(*(tables[name].c[c] for c in names)))
            )
            for name, names in columns.items()
        }


def test_an_upgrade_keeps_every_row_reference_and_constraint(old_database):
    with engine().connect().execution_options(write=False) as connection:
        columns = {
            name: list(table.c.keys())
            for name, table in reflected(connection).items()
            if name != "alembic_version"
        }
    before = rows(columns)

    upgrade = schema.upgrade()

    assert (upgrade.before, upgrade.mended, upgrade.wrong) == ("0003", (), ())
    assert rows(columns) == before
    with engine().connect().execution_options(write=False) as connection:
        assert differences(connection) == []
    for forbidden in (
        "DELETE FROM annotator",
        "UPDATE assignment SET state = 'skipped'",
        "UPDATE assignment SET case_id = 999",
        "UPDATE assignment SET token = NULL",
        "UPDATE annotation SET strength = 'hugely'",
        "UPDATE annotation SET preference = 'tie', strength = 'much'",
    ):
        with pytest.raises(IntegrityError), engine().begin() as connection:
            connection.execute(sa.text(forbidden))


def test_what_judges_were_asked_of_pairs_is_known_by_its_presentation_afterwards(old_database):
    judging = {
        **{"id": 3, "study_id": 9, "annotator_id": 7, "identity": {}, "identity_hash": "h"},
        **{"model": "m", "base_url": "https://one.example", "api": "chat", "form": "schema"},
        **{"parameters": {}, "concurrency": 4, "state": "stopped", "created_at": THEN},
    }
    asked = {"judging_id": 3, "case_id": 5, "left_output_id": 22, "right_output_id": 21}
    with schema._rebuilding(None) as connection:
        command.upgrade(schema.config(connection), "0029")
        tables = reflected(connection)
        connection.execute(tables["judging"].insert().values(judging))
        for repeat in (1, 2):
            row = {**asked, "repeat": repeat, "state": "failed", "n_asked": 1, "error": "busy"}
            connection.execute(tables["asked_pair"].insert().values(row))

    schema.upgrade()

    with engine().begin() as connection:
        asked_verdict = reflected(connection)["asked_verdict"]
        kept_rows = connection.execute(
            sa.select(asked_verdict.c["presentation", "state", "error"]).order_by("id")
        ).all()
    presentations = [pair_presentation(22, 21), pair_presentation(22, 21, 2)]
    assert kept_rows == [(each, "failed", "busy") for each in presentations]


def test_every_assignment_of_an_old_database_gets_a_token_of_its_own(old_database):
    schema.upgrade()

    with engine().begin() as connection:
        tokens = connection.scalars(sa.text("SELECT token FROM assignment")).all()
    assert len(set(tokens)) == 3
    assert {len(token) for token in tokens} == {32}


def test_the_number_of_a_row_that_is_gone_is_not_given_again(old_database):
    schema.upgrade()
    insert = sa.text(
        "INSERT INTO assignment (study_id, annotator_id, case_id, left_output_id, presentation, "
        "kind, policy, state, active_seconds, created_at, token) VALUES "
        "(9, 7, 5, 21, 'new', 'work', 'balanced', 'open', 0, '2026-01-01', 't') RETURNING id"
    )
    with engine().begin() as connection:
        if connection.dialect.name == "postgresql":  # the rows above were numbered by hand
            connection.execute(sa.text("SELECT setval('assignment_id_seq', 13)"))
        connection.execute(sa.text("DELETE FROM assignment WHERE id = 13"))

        assert connection.scalar(insert) == 14


def test_people_whose_names_look_alike_are_all_kept_and_told_apart(old_database):
    composed, decomposed = "Jos\u00e9", "Jose\u0301"
    names = [composed, decomposed, f" {decomposed} ", "jos\u00e9", " Zo\u00eb ", "x" * 120]
    with engine().begin() as connection:
        annotator = reflected(connection)["annotator"]
        for number, name in enumerate(names, 100):
            row = {**OLD_ROWS[0][1], "id": number, "name": name}
            connection.execute(annotator.insert().values(row))

    upgrade, again = schema.upgrade(), schema.upgrade()

    assert sorted(upgrade.renamed) == [
        (" Jose\u0301 ", "Jos\u00e9 (3)"),
        (" Zo\u00eb ", "Zo\u00eb"),
        ("Jose\u0301", "Jos\u00e9 (2)"),
    ]
    assert again.renamed == ()
    with read_session() as session:
        stored = dict(session.exec(sa.select(Annotator.id, Annotator.name)).all())
        found = {name: person_called(session, name).id for name in stored.values()}
        renamed = session.exec(
            sa.select(AuditEvent.subject, AuditEvent.details).where(
                AuditEvent.action == "account.renamed"
            )
        ).all()
    assert stored == {
        7: "ann",
        100: composed,
        101: f"{composed} (2)",
        102: f"{composed} (3)",
        103: "jos\u00e9",
        104: "Zo\u00eb",
        105: "x" * 120,
    }
    # Whoever is listed is found by the name in the list.
    assert found == {name: number for number, name in stored.items()}
    assert {(subject, details["was"]) for subject, details in renamed} == {
        ("annotator:101", decomposed),
        ("annotator:102", f" {decomposed} "),
        ("annotator:104", " Zo\u00eb "),
    }
    with engine().connect().execution_options(write=False) as connection:
        assert differences(connection) == []


def test_the_file_of_a_migration_begins_with_its_version_and_files_are_in_their_order():
    # What a start reads of them is their names; Alembic's own reading is the other source.
    scripts = ScriptDirectory(str(revisions.MIGRATIONS))
    chain = [script.revision for script in scripts.walk_revisions()][::-1]

    assert revisions.known() == chain
    assert revisions.newest() == scripts.get_current_head()

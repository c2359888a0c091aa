"""A wrong image is replaced or removed, and what was judged by an image is never about another."""

import pytest
from sqlmodel import select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.image_changes import replace_image
from db.commands.images import store_images
from db.commands.records import import_file
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import Image
from db.queries import library
from db.queries.image_names import image_changes
from db.queries.images import missing_names
from evalkit.annotation.draft import OutdatedError
from evalkit.cli import main
from evalkit.errors import EvalkitError, RefusedError
from evalkit.vocabulary import Role
from tests.db.record_files import comparison, empty_tables, exported, write
from tests.db.test_images import (  # noqa: F401 (fixtures)
    REMOTE,
    files,
    hashed,
    holding_images,
    names,
    png,
    records,
)
from tests.factories import opened
from tests.pages.conftest import account


def begun():
    """Give a case with both images to somebody; return the assignment and who it is."""
    preferred = frozenset({"preference"})
    create_study(
        StudyPlan(name="S", eval_set="Set", models=("A", "B"), overlap=1, collects=preferred)
    )
    user = account(Role.ANNOTATOR, name="Bo")
    with read_session() as session:
        (study,) = library.studies(session)
    return next_task_id(study_id=study.study_id, annotator_id=user.id), user.id


def submit(task_id, annotator_id, opening=None):
    commands.submit(
        assignment_id=task_id,
        annotator_id=annotator_id,
        opening=opening or opened(task_id),
        draft={"preference": "left"},
        active_seconds=3,
        submission_key=f"submission-{task_id}",
    )


def changes():
    with read_session() as session:
        return image_changes(session, 1)


@pytest.fixture
def stored(records):  # noqa: F811
    """Store the records with both of their images; not before a database is there."""

    def _store():
        import_file(records)
        store_images(files(in__cat=png(1), out=png(2)), eval_set="Set")

    return _store


def test_a_wrong_image_is_replaced_and_who_has_it_on_the_screen_submits_nothing_by_it(
    database, stored
):
    stored()
    task_id, user_id = begun()
    before = opened(task_id)

    change = replace_image("in/cat.png", png(9), eval_set="Set", actor_id=user_id)

    assert (change.former, change.now) == (hashed(png(1)), hashed(png(9)))
    assert (change.n_cases, change.n_outputs) == (1, 0)
    assert names()["in/cat.png"] == hashed(png(9))
    with pytest.raises(OutdatedError, match="an image replaced"):
        submit(task_id, user_id, before)
    submit(task_id, user_id)
    (told,) = changes()
    assert (told.name, told.by, told.now) == ("in/cat.png", "Bo", hashed(png(9)))
    with read_session() as session:
        assert session.exec(select(Image.content).where(Image.content_hash == told.former)).one()


def test_an_image_that_somebody_judged_by_stays_and_it_is_said_who_did(database, stored):
    stored()
    submit(*begun())

    for name, content in (("in/cat.png", png(9)), ("in/cat.png", None), (REMOTE, png(9))):
        with pytest.raises(RefusedError, match="1 annotation in “S”"):
            replace_image(name, content, eval_set="Set")

    assert (names()["in/cat.png"], names()[REMOTE]) == (hashed(png(1)), hashed(png(2)))
    assert changes() == []


def test_labels_from_elsewhere_keep_no_image_and_one_that_is_removed_is_missing(
    sqlite_database, stored, tmp_path
):
    stored()
    import_file(write(tmp_path / "labels.jsonl", [comparison()]))

    replace_image("in/cat.png", None, eval_set="Set")

    with read_session() as session:
        assert missing_names(session, 1) == ["in/cat.png"]
    store_images(files(in__cat=png(9)), eval_set="Set")  # now it can be stored anew
    assert names()["in/cat.png"] == hashed(png(9))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("in/cat.png", b"none", "is no PNG"),
        ("in/dog.png", png(9), "has no image 'in/dog.png'"),
        ("sha256:" + "0" * 64, png(9), "by its hash"),
    ],
)
def test_what_cannot_be_replaced_is_refused_in_words(sqlite_database, stored, name, content, words):
    stored()

    with pytest.raises(EvalkitError, match=words):
        replace_image(name, content, eval_set="Set")

    assert names()["in/cat.png"] == hashed(png(1))


def test_the_command_line_lists_replaces_and_removes_images(
    sqlite_database, stored, tmp_path, capsys
):
    stored()
    (tmp_path / "new.png").write_bytes(png(9))
    words = ["in/cat.png", str(tmp_path / "new.png"), "--eval-set", "Set"]

    assert main(["images", "replace", *words]) == 0
    assert "in/cat.png is replaced. It stands in 1 case" in capsys.readouterr().out
    assert main(["images", "replace", *words]) == 0
    assert "this very image already" in capsys.readouterr().out
    assert main(["images", "remove", "in/cat.png", "--eval-set", "Set"]) == 0
    assert main(["images", "list", "--eval-set", "Set"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"which was {hashed(png(9))[:12]}: removed on" in told
    assert main(["images", "remove", "in/cat.png", "--eval-set", "Set"]) == 1


def test_records_that_hold_their_images_are_exported_whole_and_refer_to_them_once_imported(
    holding_images,  # noqa: F811
    tmp_path,
):
    """What an older database holds stays as it is: the first import stores the images apart."""
    import_file(write(tmp_path / "labels.jsonl", [comparison()]))
    whole = exported()
    assert sum("data:image/png" in line for line in whole) == 1
    file = tmp_path / "whole.jsonl"
    file.write_text("".join(whole))
    assert not import_file(file).has_news
    empty_tables()

    import_file(file)

    with read_session() as session:
        assert session.exec(select(Image.content)).all() == [png(5)]
    referring = exported()
    assert not any("data:image/png" in line for line in referring)
    assert sum(f"sha256:{hashed(png(5))}" in line for line in referring) == 2
    labels = [line for line in whole if '"comparison"' in line]
    assert [line for line in referring if '"comparison"' in line] == labels
    file.write_text("".join(referring))
    empty_tables()
    import_file(file)
    assert exported() == referring

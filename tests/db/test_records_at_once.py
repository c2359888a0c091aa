import threading
import time

from sqlalchemy import text
from sqlmodel import select

from db.commands.records import import_file
from db.engine import engine, read_session
from db.models import (
    Case,
    Study,
)
from tests.db.record_files import (
    CRITERION,
    TAG,
    comparison,
    exported,
    exported_labels,
    mark,
    pair_of_outputs,
    score,
    write,
)

LABELLED = [CRITERION, TAG, *pair_of_outputs(), comparison(), score(2), mark()]


def rows(model, *conditions):
    with read_session() as session:
        return session.exec(select(model).where(*conditions).order_by(model.id)).all()


def test_two_imports_at_once_both_arrive(database, tmp_path):
    paths = [
        write(
            tmp_path / f"{number}.jsonl",
            [*pair_of_outputs(), comparison(annotator=f"Who {number}")],
        )
        for number in range(4)
    ]
    threads = [threading.Thread(target=import_file, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Case)) == 1
    assert len(rows(Study)) == 1
    assert len(exported_labels()) == 4


def test_checking_a_file_does_not_hold_up_writers(database, tmp_path, monkeypatch):
    from db.commands.records import importing

    waited = []

    def sort_and_let_somebody_write(*arguments):
        begun = time.monotonic()
        with engine().begin() as connection:
            connection.execute(text("INSERT INTO setting (key, value) VALUES ('k', 'v')"))
        waited.append(time.monotonic() - begun)
        return original(*arguments)

    original = importing.sort_labels
    monkeypatch.setattr(importing, "sort_labels", sort_and_let_somebody_write)
    import_file(write(tmp_path / "file.jsonl", LABELLED))

    assert len(waited) == 1
    assert waited[0] < 10  # SQLite would have waited 30 seconds for the lock, and failed


def test_a_change_between_checking_and_writing_is_seen(database, tmp_path, monkeypatch):
    from db.commands.records import importing

    original = importing.sort_labels
    other = write(tmp_path / "other.jsonl", LABELLED)

    def sort_while_another_import_arrives(*arguments):
        monkeypatch.setattr(importing, "sort_labels", original)
        import_file(other)
        original(*arguments)

    monkeypatch.setattr(importing, "sort_labels", sort_while_another_import_arrives)
    import_file(write(tmp_path / "file.jsonl", LABELLED))

    assert len(rows(Case)) == 1
    assert len(exported_labels()) == 3
    assert len(exported()) == len(LABELLED) + 1

"""Images by reference: from a store of our own, found by what records call them, never loaded."""

import base64
import importlib
import io
import json
import zipfile

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from PIL import Image as Picture
from sqlmodel import col, select

from db.commands.assignments import next_task_id
from db.commands.images import store_images
from db.commands.records import import_file, importing
from db.commands.studies import StudyPlan, create_study
from db.engine import engine, read_session
from db.models import Assignment, Case, Image, NamedImage, Study
from db.queries import library
from db.queries.annotation.leaks import LeakCount, leak_count
from db.queries.annotation.marks import shown_responses
from db.queries.annotation.naming import texts_that_name_models
from db.queries.annotation.task import comparison_task
from db.queries.images import missing_names
from db.queries.responses.side_by_side import every_response
from evalkit.cli import main
from evalkit.errors import RefusedError
from evalkit.images.files import image_file
from evalkit.images.references import files_called, path_of
from evalkit.images.sources import image_files
from evalkit.rendering.task import render_task
from evalkit.vocabulary import LeakPolicy, Role
from tests.db.record_files import empty_tables, exported, output, write
from tests.pages.conftest import account


def png(shade=0):
    made = io.BytesIO()
    Picture.new("L", (4, 3), shade).save(made, "PNG")
    return made.getvalue()


def hashed(content):
    return image_file(content, name="a file").content_hash


def url(address):
    return {"type": "image_url", "image_url": {"url": address}}


def message(*parts, role="user"):
    return {"role": role, "content": list(parts)}


REMOTE = "https://cdn.model-seven.example/model-seven/out.png?sig=1"
CASE = {
    "type": "case",
    "id": "c1",
    "input": [message("What is it?", {"type": "image", "image": "in/cat.png", "alt": "A cat"})],
}
DRAWN = [output(model="A", content=[message(url(REMOTE), role="assistant")]), output(model="B")]


@pytest.fixture
def records(tmp_path):
    return write(tmp_path / "records.jsonl", [CASE, *DRAWN])


def files(**contents):
    pairs = [(name.replace("__", "/") + ".png", content) for name, content in contents.items()]
    return lambda: iter(pairs)


def names():
    with read_session() as session:
        statement = (
            select(NamedImage.name, Image.content_hash)
            .join(Image, col(Image.id) == NamedImage.image_id)
            .order_by(NamedImage.name)
        )
        return dict(session.exec(statement).all())


def as_shown(**plan):
    """Return a case of a study as an annotator's browser gets it."""
    made = StudyPlan(name="S", eval_set="Set", models=("A", "B"), overlap=1, **plan)
    create_study(made)
    user = account(Role.ANNOTATOR, name="Bo")
    with read_session() as session:
        (study,) = library.studies(session)
    task_id = next_task_id(study_id=study.study_id, annotator_id=user.id)
    with read_session() as session:
        task = comparison_task(session, task_id, annotator_id=user.id)
        assignment = session.get(Assignment, task_id)
        own = session.get_one(Study, study.study_id)
        raw = {side: each.raw for side, each in shown_responses(session, own, assignment).items()}
    return render_task(task), raw


def test_images_are_found_by_path_and_by_the_end_of_an_address(database, records):
    report = import_file(records)
    assert report.warnings[-1].startswith(
        f"2 images that records refer to did not come before (in/cat.png and {REMOTE})"
    )

    stored = store_images(files(in__cat=png(1), out=png(2), other=png(3)), eval_set="Set")

    assert (stored.n_files, stored.n_new, stored.n_placed, stored.missing) == (3, 3, 2, ())
    found = names()
    assert (found["in/cat.png"], found[REMOTE]) == (hashed(png(1)), hashed(png(2)))
    again = store_images(files(in__cat=png(1), out=png(2)), eval_set="Set")
    assert (again.n_new, again.n_placed) == (0, 0)
    assert not import_file(records).has_news


def test_an_annotator_gets_what_is_stored_and_of_what_is_not_no_word_of_what_it_is_called(
    database, records
):
    import_file(records)
    store_images(files(in__cat=png(1)), eval_set="Set")

    shown, raw = as_shown(leak_policy=LeakPolicy.SHOW)

    assert f'src="/image/{hashed(png(1))}" alt="A cat"' in shown["case"]
    text = json.dumps(shown)
    assert "model-seven" not in text
    assert "Image not available" in text
    # What marks are counted in does not depend on what is stored.
    assert {side: shown[side]["raw"] for side in raw} == raw
    assert any("[image]" in each for each in raw.values())


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image", "name": "seven.png"},
        {"type": "image_url", "image_url": {"detail": "seven"}, "name": "seven.png"},
        {"type": "tool_result", "content": {"type": "image", "name": "seven.png"}},
        {"type": "tool_result", "content": [{"type": "image", "file": "seven", "name": "seven"}]},
    ],
)
def test_an_annotator_gets_no_word_of_an_image_that_refers_to_nothing(database, tmp_path, part):
    drawn = output(model="A", content=[message("Here", part, role="assistant")])
    import_file(write(tmp_path / "f.jsonl", [CASE, drawn, output(model="B")]))

    shown, raw = as_shown(leak_policy=LeakPolicy.SHOW)

    assert "seven" not in json.dumps(shown)
    assert {side: shown[side]["raw"] for side in raw} == raw


def test_what_an_image_is_called_gives_nobody_away_for_nobody_reads_it(database, tmp_path):
    drawn = [
        output(model=model, content=[message("Here", url(f"out/{model}.png"), role="assistant")])
        for model in ("model-seven", "model-eight")
    ]
    import_file(write(tmp_path / "f.jsonl", [CASE, *drawn]))
    models = ("model-seven", "model-eight")
    study_id = create_study(
        StudyPlan(name="S", eval_set="Set", models=models, leak_policy=LeakPolicy.LEAVE_OUT)
    )

    with read_session() as session:
        assert leak_count(session, study_id) == LeakCount(2, 0, ())
    user = account(Role.ANNOTATOR, name="Bo")
    assert next_task_id(study_id=study_id, annotator_id=user.id) is not None


def test_a_name_counts_where_only_the_image_of_the_case_is_called_so(database, tmp_path):
    asked = {**CASE, "input": [message("What is it?", url("in/model-seven.png"))]}
    told = [output(model="model-seven", content="I am model-seven."), output(model="B")]
    import_file(write(tmp_path / "f.jsonl", [asked, *told]))
    study_id = create_study(StudyPlan(name="S", eval_set="Set", models=("model-seven", "B")))

    with read_session() as session:
        assert leak_count(session, study_id) == LeakCount(2, 1, ("model-seven",))
        assert texts_that_name_models(session, study_id) == ()


def test_a_lead_reads_which_image_is_missing_and_that_it_can_be_uploaded(database, records):
    import_file(records)
    with read_session() as session:
        read = every_response(session, session.exec(select(Case.id)).one())

    parts = [part for step in read.responses[0].steps for part in step["content"]]
    assert parts == [{"type": "image", "alt": "", "hash": None, "name": REMOTE}]


def test_a_name_that_could_be_several_or_is_another_image_is_refused(database, tmp_path):
    two = {**CASE, "input": [message(url("a/cat.png"), url("b/cat.png"))]}
    import_file(write(tmp_path / "f.jsonl", [two]))

    with pytest.raises(RefusedError, match=r"cat\.png could be any of “a/cat\.png”, “b/cat\.png”"):
        store_images(files(cat=png(1)), eval_set="Set")
    store_images(files(a__cat=png(1), b__cat=png(2)), eval_set="Set")
    with pytest.raises(RefusedError, match=r"has another image 'a/cat\.png' already"):
        store_images(files(a__cat=png(3)), eval_set="Set")
    with read_session() as session:
        assert len(session.exec(select(Image.id)).all()) == 2
        assert missing_names(session, 1) == []


def test_the_very_path_of_a_file_wins_over_the_end_of_another_name(database, tmp_path):
    two = {**CASE, "input": [message(url("1.png"), url("thumbs/1.png"), url("./1.png"))]}
    import_file(write(tmp_path / "f.jsonl", [two]))

    alone = store_images(files(**{"1": png(1)}), eval_set="Set", dry_run=True)
    stored = store_images(files(**{"1": png(1), "thumbs__1": png(2)}), eval_set="Set")

    assert (alone.n_placed, alone.missing) == (2, ("thumbs/1.png",))
    assert (stored.n_placed, stored.missing) == (3, ())
    assert names() == {
        "1.png": hashed(png(1)),
        "./1.png": hashed(png(1)),
        "thumbs/1.png": hashed(png(2)),
    }


def test_a_name_is_looked_up_among_files_and_not_compared_with_each():
    class Paths(set):
        def __iter__(self):
            raise AssertionError("a file was compared that is not called so")

    assert files_called("https://host/a/b/cat.png", Paths(["b/cat.png", "x.png"])) == ["b/cat.png"]
    assert files_called("a/cat.png?1", Paths(["cat.png", "a/cat.png"])) == ["a/cat.png"]
    assert files_called("https://host/a/cat.png", Paths(["a/cat.png", "cat.png"])) == [
        "a/cat.png",
        "cat.png",
    ]


def test_one_bad_image_refuses_all_of_them(database, records):
    import_file(records)

    with pytest.raises(RefusedError, match=r"bad\.png is no PNG"):
        store_images(files(in__cat=png(1), bad=b"<svg/>"), eval_set="Set")

    assert names() == {}


def test_an_image_within_a_record_is_put_into_the_store_and_referred_to_by_its_hash(
    database, tmp_path
):
    data = "data:image/png;base64," + base64.b64encode(png(5)).decode()
    source = {
        "type": "base64",
        "media_type": "image/png",
        "data": base64.b64encode(png(6)).decode(),
    }
    inside = {
        **CASE,
        "input": [message(url(data), {"type": "image", "source": source, "alt": "B"})],
    }
    file = write(tmp_path / "f.jsonl", [inside, output(), output(model="B")])
    labelled = write(tmp_path / "l.jsonl", [
        {"type": "comparison", "case": "c1", "annotator": "Ann", "left": "A", "right": "B"}
        | {"preference": "left"}
    ])  # fmt: skip

    report = import_file(file)
    import_file(labelled)

    assert report.warnings == ()
    lines = exported()
    (stored,) = (json.loads(line) for line in lines if '"case"' in line and '"input"' in line)
    assert stored["input"][0]["content"] == [
        {"type": "image", "image": f"sha256:{hashed(png(5))}"},
        {"type": "image", "image": f"sha256:{hashed(png(6))}", "alt": "B"},
    ]
    assert not import_file(file).has_news
    with read_session() as session:
        contents = session.exec(select(Image.content).order_by(col(Image.id))).all()
    assert contents == [png(5), png(6)]
    again = tmp_path / "again.jsonl"
    again.write_text("".join(lines))
    empty_tables()
    assert import_file(again).warnings[0].startswith("2 images that records refer to did not come")
    assert exported() == lines


@pytest.fixture
def holding_images(database, tmp_path, monkeypatch):
    """Keep a case and a response that hold an image, as they were before images had a store."""
    data = "data:image/png;base64," + base64.b64encode(png(5)).decode()
    held = {**CASE, "input": [message(url(data), {"type": "image", "image": "in/none.png"})]}
    source = {"type": "base64", "media_type": "image/png", "data": data.partition(",")[2]}
    drawn = message({"type": "image", "source": source}, role="assistant")
    file = write(tmp_path / "f.jsonl", [held, output(content=[drawn]), output(model="B")])
    with monkeypatch.context() as before:
        before.setattr(importing, "with_pictures_apart", lambda _staging, _problems, record: record)
        import_file(file)
    return file


def test_images_that_records_from_before_hold_are_stored_by_an_upgrade_and_shown(holding_images):
    migration = importlib.import_module("db.migrations.versions.0029_store_images_of_records")
    with engine().begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()
        migration.upgrade()

    with read_session() as session:
        assert session.exec(select(Image.content)).all() == [png(5)]
    shown, raw = as_shown()
    stored = f"/image/{hashed(png(5))}"
    assert stored in shown["case"]
    assert "Image not available" in shown["case"]
    assert [stored in json.dumps(shown[side]) for side in raw].count(True) == 1


def test_a_file_from_before_images_were_stored_apart_is_the_same_file_still(holding_images):
    assert not import_file(holding_images).has_news


def test_what_is_no_image_within_a_record_refuses_the_file(sqlite_database, tmp_path):
    svg = "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode()
    file = write(tmp_path / "f.jsonl", [{**CASE, "input": [message(url(svg))]}])

    with pytest.raises(RefusedError, match=r"line 2, input: found an image is no PNG"):
        import_file(file)


def test_the_command_line_takes_images_beside_records_and_writes_them_beside_an_export(
    sqlite_database, tmp_path, records, capsys
):
    label = {"type": "comparison", "case": "c1", "annotator": "Ann", "left": "A", "right": "B"}
    labels = write(tmp_path / "labels.jsonl", [label | {"preference": "left"}])
    folder, archive = tmp_path / "pictures", tmp_path / "more.zip"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "cat.png").write_bytes(png(1))
    (folder / "notes.txt").write_text("none")
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("model-seven/out.png", png(2))
        packed.writestr("__MACOSX/model-seven/._out.png", b"none")

    paths = [str(path) for path in (folder, records, archive, labels)]
    assert main(["import", *paths]) == 0
    told = capsys.readouterr().out
    assert "2 images for eval set 'Set', 2 of them new" in told
    assert "No image is missing." in " ".join(told.split())

    out, images = tmp_path / "out.jsonl", tmp_path / "images"
    assert main(["export", str(out), "--study", "Set", "--images", str(images)]) == 0
    assert (images / "in" / "cat.png").read_bytes() == png(1)
    empty_tables()
    assert main(["import", str(out), str(images)]) == 0
    assert names()[REMOTE] == hashed(png(2))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("images/cat.png", "images/cat.png"),
        ("./cat.png", "cat.png"),
        ("https://host/a/cat.png?x=1#y", "host/a/cat.png"),
        ("../../etc/cat.png", "etc/cat.png"),
        ("/abs//cat.png", "cat.png"),
        ("C:\\pictures\\cat.png", "C:/pictures/cat.png"),
        ("sha256:" + "0" * 64, ""),
    ],
)
def test_what_is_written_for_a_name_is_within_its_folder_and_is_found_by_it_again(name, path):
    assert path_of(name) == path
    assert not path or files_called(name, {path}) == [path]
    assert ".." not in path.split("/")


def test_a_zip_that_is_none_is_refused():
    with pytest.raises(RefusedError, match=r"x\.zip is no zip"):
        list(image_files([("x.zip", io.BytesIO(b"none"))]))

"""How much of a case stands in a folder: by hand-counted runs, whatever the files are."""

import gzip
import json

import pytest

from db.commands.records import import_records
from evalkit.cli import main
from evalkit.contamination import folder as folders
from evalkit.contamination.folder import Folder
from evalkit.contamination.overlaps import contamination
from evalkit.contamination.tables import contamination_sentences, overlap_table, reason
from evalkit.errors import RefusedError

TEN = "one two three four five six seven eight nine ten"


def user(text):
    return [{"role": "user", "content": text}]


def of(path, **cases):
    return contamination([(key, user(text)) for key, text in cases.items()], Folder(path))


def test_runs_that_stand_there_are_counted_and_where(tmp_path):
    """Ten words are three runs of eight; nine of them in a row hold two of these."""
    (tmp_path / "public.txt").write_text(
        "First line\nzero One, two three: four FIVE six seven eight nine eleven\n"
    )

    report = of(tmp_path, long=TEN, other="a b c d e f g h i j")

    (overlap,) = report.overlaps
    assert (overlap.key, overlap.n_seen, overlap.n_runs) == ("long", 2, 3)
    assert overlap.is_flagged
    assert [(place.file, place.line) for place in overlap.places] == [("public.txt", 2)]
    assert reason(overlap) == "2 of 3 runs of eight words (67 %) stand there."
    assert (report.n_cases, report.n_files, report.unread) == (2, 1, ())
    assert [cell.text for cell in overlap_table(report).rows[0]][-1] == "public.txt:2"


def test_a_case_below_half_is_named_and_not_flagged(tmp_path):
    (tmp_path / "a.txt").write_text("one two three four five six seven eight")

    (overlap,) = of(tmp_path, long=TEN).overlaps

    assert (overlap.n_seen, overlap.n_runs, overlap.is_flagged) == (1, 3, False)


def test_a_short_question_is_seen_as_a_whole_text_alone(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"q": "Who wrote Faust?", "a": "Goethe"}) + "\n")
    (tmp_path / "b.txt").write_text("They ask who wrote Faust? and more of that kind of thing\n")

    report = of(tmp_path, short="who wrote faust", other="wrote Faust")

    assert [(each.key, each.is_short, each.share) for each in report.overlaps] == [
        ("short", True, 1.0)
    ]
    assert "by itself" in reason(report.overlaps[0])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "q,a\nWho wrote Faust?,Goethe\n"),
        ("a.csv", 'q,a\n"Who wrote Faust?","A poet, and a minister"\n'),
        ("a.tsv", "q\ta\nWho wrote Faust?\tGoethe, a poet\n"),
        ("a.txt", "Questions of May\n  Who wrote Faust?\n"),
        ("a.json", json.dumps([{"q": "Who wrote\nFaust?", "a": "Goethe"}], indent=1)),
    ],
)
def test_a_short_question_is_seen_as_a_cell_a_line_or_a_string_of_any_file(tmp_path, name, content):
    (tmp_path / name).write_text(content)

    report = of(tmp_path, short="Who wrote Faust?", part="Who wrote")

    assert [(each.key, each.share) for each in report.overlaps] == [("short", 1.0)]
    assert report.overlaps[0].places[0].file == name


def test_it_is_said_how_many_questions_are_seen_as_a_whole_alone(tmp_path):
    (tmp_path / "a.csv").write_text("q,a\nThey ask who wrote Faust?,Goethe\n")

    report = of(tmp_path, short="Who wrote Faust?", long=TEN, empty="")

    assert (report.overlaps, report.n_short, report.n_empty) == ((), 1, 1)
    assert (
        "1 case asks less than eight words. These are looked for as a whole: a text in JSON, a "
        "cell of a CSV or TSV file, a line of other files. Where they stand within more, they are "
        "not seen."
    ) in contamination_sentences(report)
    of_long = of(tmp_path, long=TEN)
    assert not any("less than eight" in sentence for sentence in contamination_sentences(of_long))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps({"deep": [{"text": f"x {TEN} y"}]}).encode()),
        ("a.json", json.dumps([{"text": f"x {TEN}"}], indent=1).encode()),
        ("a.json", json.dumps([{"text": f"x\n{TEN}"}], indent=1).encode()),
        ("a.md", TEN.replace("five ", "five\n").encode()),
        ("a.txt.gz", gzip.compress(TEN.encode(), mtime=0)),
        ("in/deep.csv", f"1,{TEN},z".encode()),
        ("a.txt", b"\xff\xfe broken " + TEN.encode()),
    ],
)
def test_text_is_read_in_whatever_file_it_stands(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)

    (overlap,) = of(tmp_path, long=TEN).overlaps

    assert (overlap.share, overlap.places[0].file) == (1.0, name)
    assert of(path, long=TEN).overlaps[0].places[0].file == path.name


def test_no_run_is_cut_where_a_long_line_is_read_in_pieces(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(" ".join(["lead"] * 20) + f" {TEN} " + " ".join(["x"] * 20))

    for size in (16, 40, 64, 100, 150):
        monkeypatch.setattr(folders, "_PIECE", size)
        assert of(tmp_path, long=TEN).overlaps[0].share == 1.0


def test_what_is_no_text_is_named_and_not_read(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1\0\0")
    report = of(tmp_path, long=TEN)

    assert report.unread == ("x.parquet",)
    assert "Not read, for they are no text: x.parquet." in contamination_sentences(report)


def test_system_prompts_and_the_order_of_cases_change_nothing(tmp_path):
    (tmp_path / "a.txt").write_text(TEN)
    system = {"role": "system", "content": TEN}
    cases = [("a", [system, *user("Hello")]), ("b", user(TEN)), ("c", user(""))]

    first = contamination(cases, Folder(tmp_path))
    second = contamination(cases[::-1], Folder(tmp_path))

    assert first == second
    assert [each.key for each in first.overlaps] == ["b"]
    assert (first.n_cases, first.n_empty) == (3, 1)


def test_an_eval_set_without_words_has_no_share(tmp_path):
    report = of(tmp_path, empty="")

    assert contamination_sentences(report)[0].startswith("No case asks anything in words")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedError, match="There is no folder"):
        Folder(tmp_path / "nothing")


def test_the_command_prints_and_writes_the_same(sqlite_database, tmp_path, capsys):
    case = {"type": "case", "id": "long", "input": user(TEN)}
    import_records([case], source_name="made", eval_set="Set")
    public = tmp_path / "public"
    public.mkdir()
    (public / "a.txt").write_text(TEN)
    call = ["contamination", "--eval-set", "Set", "--against", str(public)]

    assert main(call) == 0
    printed = capsys.readouterr().out
    assert main([*call, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert "long  flagged" in printed
    assert all(sentence in printed for sentence in document["sentences"])
    assert (document["n_flagged"], document["cases"][0]["share"]) == (1, 1.0)
    assert main([*call[:-1], str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_file_is_named_and_the_others_are_read(tmp_path, damage):
    # Random words, so that what is packed is long and its middle is data.
    words = " ".join(str(number * 7919 % 10_007) for number in range(2_000))
    packed = bytearray(gzip.compress(words.encode(), mtime=0))
    if damage == "cut":
        packed = packed[:-20]
    else:
        packed[len(packed) // 2] ^= 0xFF
    (tmp_path / "a.txt.gz").write_bytes(packed)
    (tmp_path / "b.txt").write_text(TEN)

    report = of(tmp_path, long=TEN)

    assert (report.damaged, report.n_files, len(report.flagged)) == (("a.txt.gz",), 1, 1)
    assert any("a.txt.gz" in told for told in contamination_sentences(report))

import gzip

import pytest

from evalkit.records import open_for_writing, record_line


def test_a_line_holds_every_character_as_itself():
    assert record_line({"type": "case", "id": "Café"}) == '{"type": "case", "id": "Café"}\n'


def test_the_same_content_compresses_to_the_same_bytes_under_any_name(tmp_path):
    for name in ("one.jsonl.gz", "other.jsonl.gz"):
        with open_for_writing(tmp_path / name) as file:
            file.write(b"line\n")

    first = (tmp_path / "one.jsonl.gz").read_bytes()
    assert gzip.decompress(first) == b"line\n"
    assert (tmp_path / "other.jsonl.gz").read_bytes() == first


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text("old")

    with pytest.raises(TypeError), open_for_writing(path) as file:
        file.writelines([b"new", "not bytes"])

    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [
        ("export.jsonl", "old")
    ]

"""Every file that docs/records.md shows imports as it stands, and comes back byte by byte."""

import json
import re
from pathlib import Path

import pytest

from db.commands.records import import_file
from tests.db.record_files import empty_tables, exported

DOCS = Path(__file__).parents[2] / "docs" / "records.md"
FILES = re.findall(r"```jsonl\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("place", range(len(FILES)))
def test_a_file_of_the_docs_imports_and_comes_back_byte_by_byte(database, tmp_path, place):
    study = json.loads(FILES[place].split("\n")[0])["study"]
    file = tmp_path / "example.jsonl"
    file.write_text(FILES[place], encoding="utf-8")

    report = import_file(file)

    # Warned is of what had to be chosen: which look counts, and what becomes of missing texts;
    # and of images, which come beside a file of records.
    has_images = '"image"' in FILES[place]
    assert len(report.warnings) == (report.n_again > 0) + bool(report.elsewhere) + has_images
    once = exported(study)
    types = sorted(json.loads(line)["type"] for line in FILES[place].split("\n") if line)
    assert sorted(json.loads(line)["type"] for line in once) == types
    empty_tables()
    file.write_text("".join(once), encoding="utf-8")
    import_file(file)
    assert exported(study) == once


def test_all_files_of_the_docs_import_one_after_the_other_into_one_database(database, tmp_path):
    for number, words in enumerate(FILES):
        file = tmp_path / f"example-{number}.jsonl"
        file.write_text(words, encoding="utf-8")
        import_file(file)

    names = [json.loads(words.split("\n")[0])["study"] for words in FILES]
    assert len(set(names)) == len(FILES)

"""The data sets beside the repository import whole and come out again as they are."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from db.commands.records import import_file
from evalkit.records.normal import fingerprint, normal
from tests.db.record_files import empty_tables, exported

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository"),
]

# As their README counts them.
COUNTS = {
    "hanna": {"criterion": 6, "case": 100, "output": 100, "score": 1_800},
    "llmbar": {"case": 234},
    "llmfao_outputs": {"case": 19, "output": 1_133},
    "mqm_ted": {"case": 529, "output": 7_406, "error": 8_435},
    "pandalm": {"case": 170, "output": 800, "comparison": 999 * 5},
}
#: Tens of thousands of records: every fifth case of them, but the error marks whole on SQLite.
LARGE = {"llmbar", "mqm_ted"}
WHOLE = {"sqlite": {"mqm_ted"}}


@pytest.mark.parametrize("name", COUNTS)
def test_a_data_set_imports_with_the_counts_of_its_records_and_comes_out_again(
    database, tmp_path, name
):
    path = DATA / f"{name}.jsonl.gz"
    with gzip.open(path, "rt") as file:
        records = [json.loads(line) for line in file]
    counted = Counter(record["type"] for record in records)
    assert {kind: counted[kind] for kind in COUNTS[name]} == COUNTS[name]
    if name in LARGE and name not in WHOLE.get(database.partition(":")[0], ()):
        records = _of_every_fifth_case(records)
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    in_file = Counter(record["type"] for record in records) - Counter(header=1)

    report = import_file(path, study="Study")

    found = {kind: count.new for kind, count in report.counts.items()}
    assert found == in_file
    assert not import_file(path, study="Study").has_news
    first = exported("Study")
    given = sorted(fingerprint(normal(record["type"], record)) for record in records[1:])
    assert sorted(map(_as_given, first[1:])) == given
    (tmp_path / "export.jsonl").write_text("".join(first), newline="")
    empty_tables()
    import_file(tmp_path / "export.jsonl")
    assert exported("Study") == first


def _of_every_fifth_case(records):
    """Return what is said of every fifth case, and what is said of none."""
    cases = {record["id"] for record in records if record["type"] == "case"}
    left_out = cases - set(sorted(cases)[::5])
    of = {"case": "id"}
    return [
        record for record in records if record.get(of.get(record["type"], "case")) not in left_out
    ]


def _as_given(line):
    """Leave out the versions that an export names and these files do not."""
    record = json.loads(line)
    record.pop("rubric_version", None)
    record.pop("taxonomy_version", None)
    return fingerprint(record)

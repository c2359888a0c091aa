"""Files as the tools themselves wrote them, or their shape: read as what they are."""

from pathlib import Path

import pytest

from evalkit.formats.verdicts import read_verdicts
from tests.external.test_records import DATA

FORMATS = DATA.parent / "formats"
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not FORMATS.exists(), reason="the formats are not beside the repository"),
]


@pytest.mark.parametrize(
    ("file", "name", "n_labels"),
    [
        ("fastchat_mtbench/gpt-4_pair.jsonl", "MT-bench judgments of pairs", 2),
        ("fastchat_mtbench/gpt-4_single.jsonl", "MT-bench scores", 1),
        ("llm_comparator/example_tiny.json", "LLM Comparator", None),
    ],
)
def test_a_file_of_verdicts_is_known_by_its_content(file, name, n_labels):
    path: Path = FORMATS / file
    with path.open("rb") as content:
        made_as, records = read_verdicts(content, path.name)

    labels = [record for record in records if record["type"] in ("comparison", "score")]
    assert made_as.name == name
    assert labels
    assert n_labels in (None, len(labels))
    assert {label["annotator_kind"] for label in labels} == {"judge"}

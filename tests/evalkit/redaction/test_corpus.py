"""How well each kind is found on a corpus of ours, and that the docs say just that."""

from pathlib import Path

import pytest

from benchmarks.redaction import corpus, measured, rows

DOCS = Path(__file__).parents[3] / "docs" / "redaction.md"


def test_the_corpus_is_large_and_has_every_kind_beside_what_only_looks_like_it():
    texts = corpus()

    assert len(texts) >= 300
    assert sum(not spans for _, spans in texts) >= 150
    assert all(each.n_there >= 4 for each in measured().values())


@pytest.mark.parametrize(("kind", "counts"), measured().items())
def test_of_each_kind_nearly_all_is_found_and_little_else(kind, counts):
    assert counts.n_right / counts.n_there >= 0.9
    assert counts.n_right / counts.n_found >= 0.8


def test_the_docs_have_the_table_as_it_is_measured():
    assert "\n".join(rows()) in DOCS.read_text(encoding="utf-8")

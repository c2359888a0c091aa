"""The error marks of WMT's raters are painted at the words they marked."""

import gzip
import json
from pathlib import Path

import pytest

from evalkit.rendering.highlights import Highlight, render_marked
from evalkit.rendering.markdown import render_text
from tests.evalkit.rendering.test_highlights import Painted

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "mqm_ted.jsonl.gz"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_file(), reason="the data sets are not beside the repository"),
]


def test_every_mark_of_the_ted_talks_is_painted_at_its_quote():
    with gzip.open(DATA, "rt") as file:
        records = [json.loads(line) for line in file]
    texts = {
        (record["case"], record["model"]): record["content"]
        for record in records
        if record["type"] == "output"
    }
    marks: dict[tuple[str, str], list[Highlight]] = {}
    for record in records:
        if record["type"] == "error" and record.get("start") is not None:
            own = marks.setdefault((record["case"], record["model"]), [])
            mark = Highlight(record["start"], record["end"], len(own), record["tag"])
            own.append(mark)
            assert texts[record["case"], record["model"]][mark.start : mark.end] == record["quote"]

    assert sum(map(len, marks.values())) == sum(bool(record.get("quote")) for record in records) > 0
    for key, own in marks.items():
        page = Painted(render_marked(texts[key], own))
        assert page.text == Painted(render_text(texts[key])).text
        for mark in own:
            words = texts[key][mark.start : mark.end].split()
            assert "".join(page.words[mark.number].split()) == "".join(words)

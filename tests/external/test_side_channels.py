"""What nobody reads of real outputs must not tell an annotator who wrote them."""

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from evalkit.rendering.markdown import render_text

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = ("llmfao_outputs.jsonl.gz", "pandalm.jsonl.gz", "llmbar.jsonl.gz")

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="the public data does not lie beside this folder"),
]

#: Each is seen by nobody who reads, and by everybody who looks at the indentation, the wrapping
#: of lines or the text of the page.
SIDE_CHANNELS = {
    "white space at the start": re.compile(r"^<(?:p|h\d|pre)[^>]*>(?:<code>)?[^\S\n]"),
    "blanks at the end of a line": re.compile(r"[^\S\n]\n"),
    "carriage returns": re.compile(r"\r"),
    "spaces of special widths": re.compile("[\u00a0\u2002-\u2005\u2007-\u200a\u202f]"),
    "marks without width": re.compile("[\u00ad\u2060\ufeff]"),
    "white space at the end": re.compile(r"\s</(?:p|h\d)>\s*$"),
}


def outputs() -> Iterator[str]:
    for name in FILES:
        with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["type"] == "output" and isinstance(record.get("content"), str):
                    yield record["content"]


def test_white_space_of_real_outputs_does_not_reach_the_page():
    texts = list(outputs())
    rendered = [unescape(re.sub("<math.*?</math>", "M", render_text(text))) for text in texts]

    assert len(texts) > 2_000
    assert any(text.startswith(" ") for text in texts)  # the channel that was found in use
    for channel, pattern in SIDE_CHANNELS.items():
        assert [html for html in rendered if pattern.search(html)] == [], channel

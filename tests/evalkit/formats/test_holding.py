"""Many files at once: each as it is, none of them open, and only one place for what is unpacked."""

import gzip
import io
import os
import zipfile
from contextlib import ExitStack

import pytest

from evalkit.errors import RefusedError
from evalkit.formats.read import holding, rows
from evalkit.formats.read.holding import Spool, reopened
from evalkit.formats.read.taking_in import take_in
from tests.evalkit.formats.samples import document, lines, of_type, read

N_FILES = 300


def call(number):
    asked = [{"role": "user", "content": f"Which river is number {number}?"}]
    answer = {"choices": [{"message": {"role": "assistant", "content": f"River {number}."}}]}
    return {"request": {"model": "m", "messages": asked}, "response": answer}


def zipped(contents):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number:04}.jsonl", content)
    return made.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_zip_of_hundreds_of_logs_is_read_whole_with_one_file_for_all_of_it(monkeypatch, pack):
    monkeypatch.setattr(holding, "_IN_MEMORY", 1)  # what is unpacked stands on disk
    content = zipped(pack(lines(call(number))) for number in range(N_FILES))
    n_before = len(os.listdir("/proc/self/fd"))

    with ExitStack() as stack:
        take_in([("logs.zip", io.BytesIO(content))], stack)
        n_open = len(os.listdir("/proc/self/fd")) - n_before
    records, _ = read(("logs.zip", content))

    assert n_open <= 2
    texts = [each["content"] for each in of_type(records, "output")]
    assert texts == [f"River {number}." for number in range(N_FILES)]


def test_files_in_one_spool_keep_to_themselves_whichever_is_read_when():
    with ExitStack() as stack:
        spool = Spool(stack)
        first = spool.keep(io.BytesIO(b"abcdef"), "first")
        assert first.read(2) == b"ab"
        second = spool.keep(io.BytesIO(b"xyz"), "second")
        assert (second.read(), first.read()) == (b"xyz", b"cdef")
        assert (first.seek(-2, io.SEEK_END), first.read(9), first.read()) == (4, b"ef", b"")


def test_a_path_is_read_as_often_as_asked_and_not_held_open(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines(call(1), call(2)))
    n_before = len(os.listdir("/proc/self/fd"))

    file = reopened(path)
    content = file.read()
    file.seek(0)

    assert len(file.readlines()) == 2
    assert content == path.read_bytes()
    assert len(os.listdir("/proc/self/fd")) == n_before
    with pytest.raises(RefusedError, match="cannot be read"):
        reopened(tmp_path / "none")


def test_a_document_that_is_no_list_says_how_long_it_may_be_before_it_is_read(monkeypatch):
    monkeypatch.setattr(rows, "MAX_DOCUMENT", 1024**2)
    whole = document({"info": {"trace_id": "t"}, "data": {"x": "y" * 2 * 1024**2}})
    with pytest.raises(RefusedError, match=r"of 2 MiB. .* up to 1 MiB: write its items as JSON"):
        read(("trace.json", whole))

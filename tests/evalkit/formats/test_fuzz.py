"""Damaged files of every format: read or refused in words, never anything else."""

import io
import os
import random
from contextlib import ExitStack

import pytest

from db.commands.records import import_files
from evalkit.errors import EvalkitError
from evalkit.formats.read.taking_in import take_in
from tests.db.record_files import table_sizes
from tests.evalkit.formats.samples import SAMPLES

#: In CI a tenth of what is run by hand with EVALKIT_FUZZ=10000.
N_FILES = int(os.environ.get("EVALKIT_FUZZ", "1000"))
WORDS = (b"null", b"[]", b"{}", b'""', b"-1", b"1e999", b"true", b"NaN", b'"\\ud800"', b"\x00",
         b"\xff", b"[" * 50, b'{"a":' * 50, b"\n", b",", b'"', b"99999999999999999999")  # fmt: skip


def mutated(content, random_source):
    """Cut, double, overwrite or replace something in a file, a few times."""
    data = bytearray(content)
    for _ in range(random_source.randint(1, 4)):
        at = random_source.randrange(len(data) + 1)
        to = min(len(data), at + random_source.choice((1, 1, 2, 8, 40, 400)))
        kind = random_source.randrange(5)
        if kind == 0:
            del data[at:to]
        elif kind == 1:
            data[at:to] = random_source.choice(WORDS)
        elif kind == 2:
            data[at:at] = data[at:to]
        elif kind == 3 and at < len(data):
            data[at] ^= 1 << random_source.randrange(8)
        else:
            # A value for another: what a field holds is not what is expected.
            start = data.find(b": ", at) + 2
            if start > 1:
                end = min(x for x in (data.find(b",", start), data.find(b"}", start), len(data))
                          if x >= 0)  # fmt: skip
                data[start:end] = random_source.choice(WORDS)
    return bytes(data)


def damaged_files(seed):
    """Return the files of a format, all of them damaged."""
    random_source = random.Random(seed)
    _, files = SAMPLES[seed % len(SAMPLES)]
    return [(name, io.BytesIO(mutated(content, random_source))) for name, content in files]


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_file_is_taken_in_or_refused_in_words(part):
    outcomes = set()
    for seed in range(part, N_FILES, 4):
        files = damaged_files(seed)
        try:
            with ExitStack() as stack:
                take_in(files, stack)
            outcomes.add("taken in")
        except EvalkitError as refused:
            outcomes.add("refused" if str(refused) else f"seed {seed}: nothing is said")
        except Exception as error:  # noqa: BLE001 (any other is what is looked for)
            pytest.fail(f"seed {seed}, {files[0][0]}: {type(error).__name__}: {error}")

    assert outcomes == {"taken in", "refused"}


@pytest.mark.slow
def test_a_damaged_file_is_stored_whole_or_not_at_all(sqlite_database):
    sizes, outcomes = table_sizes(), set()
    for seed in range(N_FILES // 20):
        try:
            import_files(damaged_files(seed), eval_set=f"Set {seed}")
            sizes = table_sizes()
            outcomes.add("stored")
        except EvalkitError:
            outcomes.add("refused")
            assert table_sizes() == sizes, seed

    assert outcomes == {"stored", "refused"}

import gzip
import io
import json
import sys

import pytest

from evalkit.records import MAX_PROBLEMS, Problems, RecordReader, RecordsRefusedError, lines

HEADER = b'{"type": "header", "format": "evalkit", "version": 1}\n'
CASE = b'{"type": "case", "id": "c1", "input": [{"role": "user", "content": "Hello?"}]}\n'


def read(data, on_position=None):
    """Read bytes as a file of records; raise what is wrong with them."""
    problems = Problems("file.jsonl")
    reader = RecordReader(io.BytesIO(data), problems, on_position=on_position)
    records = list(reader)
    problems.refuse_if_any()
    return records, reader


def refusal(data):
    """Return the problems of a file that is refused."""
    with pytest.raises(RecordsRefusedError) as refused:
        read(data)
    return refused.value.problems


def line(**fields):
    return json.dumps(fields).encode() + b"\n"


def test_a_file_is_read_whether_compressed_or_not():
    plain, _ = read(HEADER + CASE)
    packed, _ = read(gzip.compress(HEADER + CASE))

    assert [record.fields["id"] for record in plain] == ["c1"]
    assert packed == plain


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_do_no_harm():
    records, _ = read(b"\xef\xbb\xbf" + HEADER.replace(b"\n", b"\r\n") + b"\r\n\n" + CASE)

    assert [(record.line, record.type) for record in records] == [(4, "case")]


def test_the_last_line_needs_no_line_break():
    records, _ = read(HEADER + CASE.rstrip())

    assert len(records) == 1


@pytest.mark.parametrize("cut", [9, 30, -9, -1])
def test_a_gzip_file_that_ends_too_early_is_refused(cut):
    packed = gzip.compress(HEADER + CASE * 2_000)

    problems = refusal(packed[:cut])

    assert "gzip" in problems[-1].found + problems[-1].expected


def test_damaged_gzip_data_is_refused():
    packed = bytearray(gzip.compress(HEADER + CASE))
    packed[-6] ^= 0xFF  # in the checksum

    assert "damaged" in refusal(bytes(packed))[0].found


def test_text_that_is_not_utf_8_is_refused_with_its_byte():
    latin = '{"type": "case", "id": "Café"}\n'.encode("latin-1")

    (problem,) = refusal(HEADER + latin)

    assert problem.line == 2
    # 0xe9 is é in Latin-1.
    assert problem.found == f"byte 0xe9 at byte {(HEADER + latin).index(0xE9)}"
    assert "UTF-8" in problem.expected


def test_a_file_in_utf_16_is_refused():
    assert refusal((HEADER + CASE).decode().encode("utf-16"))[0].line == 1


@pytest.mark.parametrize("nul", [b"\0", b"\\u0000"])
def test_a_nul_is_refused_however_it_is_written(nul):
    (problem,) = refusal(HEADER + CASE.replace(b"Hello?", b"He" + nul + b"llo?"))

    assert (problem.line, "NUL" in problem.found) == (2, True)


def test_a_backslash_before_u0000_is_just_text():
    records, _ = read(HEADER + CASE.replace(b"Hello?", rb"\\u0000"))

    assert records[0].fields["input"][0]["content"] == r"\u0000"


def test_half_a_character_is_refused():
    (problem,) = refusal(HEADER + CASE.replace(b"Hello?", rb"\ud83d"))

    assert "ud83d" in problem.found


def test_a_whole_character_in_two_escapes_is_read():
    records, _ = read(HEADER + CASE.replace(b"Hello?", rb"\ud83d\ude00"))

    assert records[0].fields["input"][0]["content"] == "\N{GRINNING FACE}"


def test_a_line_of_ten_megabytes_is_refused_and_the_next_line_is_read():
    long = CASE.replace(b"Hello?", b"a" * 10_000_000)
    bad = line(type="case", id="")

    problems = refusal(HEADER + long + bad)

    assert problems[0].line == 2
    assert problems[0].found == "a line of 9.5 MiB"  # 10,000,078 bytes / 2**20
    assert problems[1].line == 3


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_number_that_is_not_finite_is_refused(number):
    output = b'{"type": "output", "case": "c1", "model": "A", "content": "", "cost_usd": %s}\n'

    (problem,) = refusal(HEADER + output % number)

    assert problem.line == 2


def test_a_field_given_twice_is_refused():
    (problem,) = refusal(HEADER + CASE.replace(b'"id": "c1"', b'"id": "c1", "id": "c2"'))

    assert (problem.field, problem.found) == ("id", "the field twice")


@pytest.mark.parametrize(
    "broken", [b"{", b'{"type": "case"', b"nonsense", b"{} {}", b"[" * 100_000, b"1" * 5_000]
)
def test_what_is_not_json_is_refused(broken):
    assert refusal(HEADER + broken + b"\n")[0].line == 2


@pytest.mark.parametrize(("other", "found"), [(b"[]", "a list"), (b"3", "a number")])
def test_a_line_that_is_no_object_is_refused(other, found):
    assert refusal(HEADER + other + b"\n")[0].found == found


def test_json_nested_too_deeply_is_refused():
    deep = b'{"type": "case", "metadata": ' + b"[" * 200 + b"]" * 200 + b"}\n"

    assert "deep" in refusal(HEADER + deep)[0].found


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_an_empty_file_is_refused(data):
    assert refusal(data)[0].expected == "a header on the first line"


def test_a_file_that_does_not_begin_with_its_header_is_refused_at_once():
    problems = refusal(CASE + HEADER + line(type="nonsense"))

    assert [(problem.line, problem.field) for problem in problems] == [(1, "type")]


def test_a_header_of_another_version_is_refused_at_once():
    newer = HEADER.replace(b"1}", b"3}")

    (problem,) = refusal(newer + line(type="a type of version 3"))

    assert (problem.field, problem.found) == ("version", "3")
    assert problem.expected == "version 1 to 2; a newer evalkit may read it"


def test_there_is_no_version_0():
    (problem,) = refusal(HEADER.replace(b"1}", b"0}"))

    assert (problem.field, problem.expected) == ("version", "version 1 to 2")


def test_a_header_of_another_format_is_refused():
    assert refusal(HEADER.replace(b'"evalkit"', b'"other"'))[0].field == "format"


def test_a_second_header_is_refused():
    assert refusal(HEADER + HEADER)[0].found == "a second header"


@pytest.mark.parametrize("kind", ["vote", None, 3, ["case"]])
def test_an_unknown_type_is_refused(kind):
    (problem,) = refusal(HEADER + line(type=kind))

    assert problem.field == "type"
    assert "comparison" in problem.expected


def test_an_unknown_field_is_ignored_with_one_warning_for_its_name():
    records, reader = read(HEADER + CASE.replace(b'"id"', b'"colour": 1, "id"') * 3)

    assert len(records) == 3
    assert len(reader.warnings) == 1
    assert "line 2" in reader.warnings[0]
    assert "colour" in reader.warnings[0]


def test_all_problems_are_told_in_the_order_of_their_lines():
    problems = refusal(HEADER + line(type="case") + CASE + line(type="tag", key="tone"))

    assert [(p.line, p.field) for p in problems] == [(2, "id"), (2, "input"), (4, "taxonomy")]


def test_reading_stops_at_the_twentieth_problem():
    problems = refusal(HEADER + line(type="nonsense") * 1_000)

    assert MAX_PROBLEMS == 20  # the number is part of the issue
    assert len(problems) == 20


def test_a_problem_says_file_line_field_found_and_expected():
    with pytest.raises(RecordsRefusedError) as refused:
        read(HEADER + line(type="case", id=3, input=[{"role": "user", "content": "x"}]))

    assert "file.jsonl, line 2, id: found 3, expected a text" in str(refused.value)
    assert "nothing was stored" in str(refused.value)


def test_a_long_value_is_shortened_in_the_message():
    (problem,) = refusal(HEADER + line(type="tag", taxonomy="T", key="k" * 2_000))

    assert len(str(problem)) < 200


def test_the_position_in_the_file_is_told_on_the_way():
    positions = []
    data = HEADER + CASE * 5_000

    read(data, on_position=positions.append)

    assert positions == sorted(positions)
    assert 0 < positions[-1] <= len(data)


def counted_steps(work):
    """Count the lines and calls of Python that a piece of work runs through."""
    steps = 0

    def count(*_):
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def test_blank_lines_cost_no_step_each_however_many_there_are():
    few, many = (counted_steps(lambda n=n: read(HEADER + b"\n" * n + CASE)) for n in (10, 500_000))

    assert many <= few + 20


def test_blank_lines_are_counted_across_the_blocks_of_a_file():
    blank = b" \r\n" * 900_000  # more than two blocks of 1 MiB

    problems = refusal(HEADER + blank + b"{}\n" + blank + b"[]\n" + blank + b"no")

    assert [problem.line for problem in problems] == [900_002, 1_800_003, 2_700_004]


def test_a_line_of_seven_mebibytes_after_blank_ones_is_read():
    long = CASE.replace(b"Hello?", b"a" * 7_500_000)

    records, _ = read(HEADER + b"\n" * 1_000_000 + long + b"\n" * 1_000_000 + CASE)

    assert [record.line for record in records] == [1_000_002, 2_000_003]


@pytest.mark.parametrize("twice", [True, False])
def test_work_grows_as_the_number_of_keys_on_a_line(twice):
    def wide(n_keys):
        keys = [f'"k{number}": 1' for number in range(n_keys)]
        again = [keys[-1]] if twice else []
        return HEADER + b'{"type": "case", ' + ", ".join(keys + again).encode() + b"}\n"

    def comparisons(n_keys):
        """Count how often a key is set beside another: that is where a square can hide."""
        n = 0

        class Key(str):
            __slots__ = ()
            __hash__ = str.__hash__

            def __eq__(self, other):
                nonlocal n
                n += 1
                return str.__eq__(self, other)

        pairs = [(Key(f"k{number}"), 1) for number in range(n_keys)]
        with pytest.raises(ValueError, match="every field once"):
            lines._unique([*pairs, (Key(f"k{n_keys - 1}"), 1)])
        return n

    assert comparisons(4_000) <= 3 * comparisons(2_000)
    if twice:
        assert refusal(wide(2_000))[0].found == "the field twice"
    else:
        few, many = (counted_steps(lambda n=n: refusal(wide(n))) for n in (2_000, 4_000))
        assert many <= 3 * few


def test_of_very_many_unknown_fields_only_the_first_are_named():
    keys = ", ".join(f'"k{number}": 1' for number in range(40_000)).encode()

    records, reader = read(HEADER + CASE.replace(b'{"type"', b"{" + keys + b', "type"'))

    assert len(records) == 1
    assert len(reader.warnings) == 21
    assert reader.warnings[-1].endswith("more unknown fields are ignored and not listed.")


LATER = [
    ("criterion", {"range": "wide"}),
    ("case", {"checklist": ["a", "b"]}),
    ("output", {"reasoning": {"t": "x"}}),
    ("output", {"reasoning_tokens": "few"}),
    ("comparison", {"strength": 3}),
    ("comparison", {"certainty": 0.8}),
    ("comparison", {"criteria": []}),
    ("score", {"texts": "Good."}),
    ("error", {"step": "intro"}),
    ("error", {"omission": "no"}),
]
SOUND = {
    "criterion": {
        **{"rubric": "R", "key": "k", "question": "?", "level": "ordinal"},
        "scale": [{"value": 1}, {"value": 2}],
    },
    "case": {"id": "c1", "input": [{"role": "user", "content": "?"}]},
    "output": {"case": "c1", "model": "A", "content": "Yes."},
    "comparison": {
        **{"case": "c1", "annotator": "a", "left": "A", "right": "B"},
        "preference": "left",
    },
    "score": {"case": "c1", "model": "A", "annotator": "a", "criterion": "k", "value": 1},
    "error": {"case": "c1", "model": "A", "annotator": "a", "tag": "t"},
}


@pytest.mark.parametrize(("kind", "later"), LATER)
def test_what_version_1_did_not_know_is_ignored_in_its_files_whatever_it_holds(kind, later):
    written = {"type": kind, **SOUND[kind]}

    (record,), reader = read(HEADER + line(**written, **later))

    assert (record.fields, record.is_sound) == (written, True)
    assert [f'"{field}" of {kind} records is not known' in reader.warnings[0] for field in later]
    assert len(reader.warnings) == 1
    newer = HEADER.replace(b'"version": 1', b'"version": 2')
    faulty = [problem.field.split("[")[0] for problem in refusal(newer + line(**written, **later))]
    assert faulty == [*later]


def test_how_long_a_step_took_was_no_field_of_version_1():
    step = {"role": "assistant", "content": "Yes.", "latency_ms": "9s"}
    written = {"type": "output", **SOUND["output"], "content": [step]}

    (record,), _ = read(HEADER + line(**written))

    assert record.is_sound
    assert refusal(HEADER.replace(b'"version": 1', b'"version": 2') + line(**written))

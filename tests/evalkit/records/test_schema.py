import pytest

from evalkit.annotation.draft import parse_draft
from evalkit.records.checks import MAX_NAME_LENGTH
from evalkit.records.names import side_of
from evalkit.records.schema import faults

ASK = [{"role": "user", "content": "Hello?"}]
VALID = {
    "case": {"id": "c1", "input": ASK},
    "output": {"case": "c1", "model": "A", "content": "Yes."},
    "criterion": {
        "rubric": "R",
        "key": "k",
        "question": "?",
        "level": "ordinal",
        "scale": [{"value": 1}, {"value": 2}],
    },
    "taxonomy": {"taxonomy": "T"},
    "tag": {"taxonomy": "T", "key": "Fluency/Grammar"},
    "comparison": {"case": "c1", "annotator": "Ann", "left": "A", "right": "B", "preference": None},
    "score": {"case": "c1", "model": "A", "annotator": "Ann", "criterion": "k", "value": 1},
    "error": {"case": "c1", "model": "A", "annotator": "Ann", "tag": None},
}


def found(kind, **fields):
    """Return the fields that are at fault in a valid record with some fields changed."""
    record = {"type": kind, **VALID[kind], **fields}
    return [field for field, _ in faults({k: v for k, v in record.items() if v is not Ellipsis})]


@pytest.mark.parametrize("kind", VALID)
def test_a_record_with_what_is_required_is_sound(kind):
    assert found(kind) == []


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind, fields in VALID.items() for field in fields]
)
def test_every_required_field_is_missed(kind, field):
    assert found(kind, **{field: ...}) == [field]


@pytest.mark.parametrize(("kind", "field"), [("comparison", "preference"), ("error", "tag")])
def test_null_says_unreadable_or_no_error_where_the_format_says_so(kind, field):
    assert found(kind, **{field: None}) == []


@pytest.mark.parametrize("field", ["value", "criterion", "model", "case"])
def test_null_is_no_value_of_other_required_fields(field):
    assert found("score", **{field: None}) == [field]


def test_a_step_takes_no_negative_time():
    step = {"role": "assistant", "content": "Done."}
    assert found("output", content=[{**step, "latency_ms": 3.5}]) == []
    assert found("output", content=[{**step, "latency_ms": -1}]) == ["content[0].latency_ms"]


def test_null_in_an_optional_field_is_as_if_it_were_left_out():
    assert found("output", run=None, latency_ms=None, metadata=None) == []


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("score", "value", True),
        ("score", "value", "2"),
        ("score", "seconds", -1),
        ("score", "seconds", False),
        ("score", "inclusion_probability", 1.5),
        ("score", "inclusion_probability", 0),
        ("score", "inclusion_probability", -0.1),
        ("score", "sampling", "lucky"),
        ("score", "annotator_kind", "person"),
        ("score", "revision", 0),
        ("score", "revision", 1.5),
        ("score", "created_at", "2026-01-02T10:00:00"),
        ("score", "created_at", "yesterday"),
        ("score", "created_at", 1_700_000_000),
        ("score", "metadata", "text"),
        ("score", "seen_suggestion", "yes"),
        ("score", "annotator", "  "),
        ("score", "annotator", "a" * 501),
        ("comparison", "preference", "win"),
        ("comparison", "preference", False),
        ("comparison", "left", {"run": "1"}),
        ("comparison", "left", ["A"]),
        ("comparison", "right", "A"),
        ("comparison", "right", {"model": "A", "run": "1"}),
        ("error", "severity", 3),
        ("error", "severity", " "),
        ("error", "tag", ""),
        ("output", "content", None),
        ("output", "content", 3),
        ("output", "latency_ms", -1),
        ("output", "input_tokens", 1.5),
        ("output", "input_tokens", 2**31),
        ("output", "run", 1),
        ("case", "source", "internet"),
        ("case", "tags", "one"),
        ("case", "input", []),
        ("case", "input", "Hello?"),
        ("case", "reference", {"other": "x"}),
        ("criterion", "level", "ratio"),
        ("criterion", "scale", []),
        ("criterion", "scale", [{"value": 2}, {"value": 1}]),
        ("criterion", "scale", [{"value": 1}, {"value": 1.0}]),
        ("tag", "severities", [3]),
        ("taxonomy", "taxonomy_version", 0),
        ("taxonomy", "severities", [{"key": "bad", "weight": 1}]),
        ("taxonomy", "severities", [{"key": f"s{n}", "weight": n} for n in range(9)]),
        ("taxonomy", "severities", [{"key": "bad", "weight": 1}, {"key": "bad", "weight": 2}]),
        ("taxonomy", "severities", [{"key": "bad", "weight": 1}, {"key": "worse", "weight": -1}]),
        ("taxonomy", "severities", [{"key": "bad", "weight": 1}, {"key": "worse"}]),
        ("taxonomy", "severities", [{"key": "bad", "weight": 1}, {"key": "a:b", "weight": 2}]),
        (
            "taxonomy",
            "severities",
            [{"key": "bad", "weight": 1}, {"key": "worse", "name": "Bad", "weight": 2}],
        ),
        ("taxonomy", "weights", {"minor": -1}),
        ("taxonomy", "weights", {"huge:tone": 1}),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_a_fault(kind, field, value):
    assert [place.split("[")[0].split(".")[0] for place in found(kind, **{field: value})] == [field]


def test_a_fault_inside_a_value_names_its_place():
    messages = [*ASK, {"role": "robot", "content": "x"}]

    assert found("case", input=messages) == ["input[1].role"]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "developer", "content": [{"type": "text", "text": "x"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "assistant", "tool_calls": [{"id": "1"}]},
        {"role": "tool", "content": "x", "tool_call_id": "1"},
    ],
)
def test_messages_of_agents_are_sound(message):
    assert found("case", input=[message]) == []
    assert found("output", content=[message]) == []


def test_an_empty_output_is_sound():
    assert found("output", content="") == []


def test_a_nominal_scale_may_come_in_any_order():
    scale = [{"value": 2}, {"value": 1}]

    assert found("criterion", level="nominal", scale=scale) == []


@pytest.mark.parametrize(
    ("span", "fault"),
    [
        ({"start": 1}, "end"),
        ({"end": 1}, "start"),
        ({"start": 3, "end": 2}, "end"),
        ({"start": 0, "end": 2, "quote": "abc"}, "quote"),
        ({"start": -1, "end": 2}, "start"),
    ],
)
def test_a_span_that_cannot_be_is_a_fault(span, fault):
    assert found("error", **span) == [fault]


def test_a_quote_without_a_span_is_sound():
    assert found("error", quote="abc") == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A", ("A", "1")),
        ({"model": "A"}, ("A", "1")),
        ({"model": "A", "run": "2"}, ("A", "2")),
    ],
)
def test_a_side_without_a_run_is_of_the_default_run(written, meant):
    assert side_of(written) == meant


def test_whatever_key_can_be_imported_can_be_submitted():
    key = "k" * MAX_NAME_LENGTH

    assert found("criterion", key=key) == found("tag", key=key) == []
    draft = parse_draft({"scores": {"left": {key: 1}}, "tags": {"right": {key: "minor"}}})
    left, right = draft.responses["left"], draft.responses["right"]
    assert (left.scores, right.tags) == ({key: 1}, {key: "minor"})

    assert found("criterion", key=f"{key}k") == ["key"]


RANGE = {"min": 0, "max": 100, "step": 0.5, "low": "Wrong", "high": "Right"}


@pytest.mark.parametrize(
    "extent", [RANGE, {"min": -1, "max": 1}, {"min": 0.1, "max": 0.7, "step": 0.1}]
)
def test_a_criterion_may_have_a_range_instead_of_levels(extent):
    assert found("criterion", scale=..., range=extent, level="interval") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scale": ...}, "scale"),
        ({"range": RANGE, "level": "interval"}, "scale"),
        ({"scale": ..., "range": RANGE, "level": "ordinal"}, "level"),
        ({"scale": ..., "range": {**RANGE, "max": 0}, "level": "interval"}, "range.max"),
        ({"scale": ..., "range": {**RANGE, "step": 0}, "level": "interval"}, "range.step"),
        ({"scale": ..., "range": {**RANGE, "step": 200}, "level": "interval"}, "range.step"),
        ({"scale": ..., "range": {**RANGE, "step": 7}, "level": "interval"}, "range.step"),
        ({"scale": ..., "range": {"min": 0}, "level": "interval"}, "range.max"),
        ({"scale": ..., "range": {**RANGE, "low": 3}, "level": "interval"}, "range.low"),
        ({"scale": ..., "range": [0, 100], "level": "interval"}, "range"),
    ],
)
def test_a_range_that_cannot_be_is_refused(changes, field):
    assert found("criterion", **changes) == [field]


@pytest.mark.parametrize(
    ("version", "faulty"), [(1, []), (2, []), (3, ["version"]), (0, ["version"])]
)
def test_versions_1_and_2_are_read_and_no_other(version, faulty):
    record = {"type": "header", "format": "evalkit", "version": version}

    assert [field for field, _ in faults(record)] == faulty

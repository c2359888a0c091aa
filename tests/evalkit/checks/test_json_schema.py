"""JSON schemas: what they allow, and that no schema loads, runs away or hangs."""

import json

import pytest

from evalkit.checks import patterns
from evalkit.checks.kinds import json_schema
from evalkit.checks.kinds.json_schema import JSON_SCHEMA
from evalkit.errors import RefusedError
from tests.evalkit.checks.telling import result, tell

TOTAL = {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("response", "expected", "detail"),
    [
        ('{"total": 3}', "pass", ""),
        ('Here it is:\n```json\n{"total": 3}\n```\nDone.', "pass", ""),
        ('{"total": "3"}', "fail", "At total: '3' is not of type 'integer'"),
        ("{}", "fail", "'total' is a required property"),
        ("three", "fail", "It is not JSON: Expecting value: line 1 column 1 (char 0)."),
        ('{"total": NaN}', "fail", "It is not JSON: NaN is not JSON."),
    ],
)
def test_a_response_is_json_that_the_schema_allows(response, expected, detail):
    outcome = tell(JSON_SCHEMA, response, schema=TOTAL)

    assert (outcome.result.value, outcome.detail) == (expected, detail)


def test_json_in_a_block_is_not_all_of_the_response():
    assert result(JSON_SCHEMA, '```\n{"total": 1}\n```', schema=TOTAL, where="whole") == "fail"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.org/schema.json"},
        {"properties": {"a": {"$ref": "file:///etc/passwd"}}},
        {"$ref": "other.json#/a"},
        {"$dynamicRef": "http://127.0.0.1:1/x#node"},
    ],
)
def test_a_schema_that_would_load_another_is_refused(schema):
    with pytest.raises(RefusedError, match=r"Nothing is loaded from elsewhere: .*\$defs"):
        tell(JSON_SCHEMA, "{}", schema=schema)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("{", "the schema is no JSON"),
        ({"type": "text"}, "at type, 'text' is not valid"),
        ({"pattern": "("}, "at pattern, '\\(' is not a 'regex'"),
        ({"patternProperties": {"(a{1000}){1000}": True}}, "repeats its parts 1,000,000 times"),
        ({"unevaluatedProperties": False}, "write additionalProperties"),
        ("[" * 100_000, "cannot be read|has 100,000"),
    ],
)
def test_what_is_no_schema_is_refused_with_what_is_wrong(schema, says):
    with pytest.raises(RefusedError, match=says):
        tell(JSON_SCHEMA, "{}", schema=schema)


def doubling(n):
    """Return a schema that asks for the last part 2 ** n times."""
    parts = {f"d{place}": {"allOf": [{"$ref": f"#/$defs/d{place + 1}"}] * 2} for place in range(n)}
    return {"$defs": {**parts, f"d{n}": True}, "$ref": "#/$defs/d0"}


@pytest.mark.parametrize(
    ("schema", "response"),
    [
        ({"$ref": "#"}, "1"),
        (doubling(40), "1"),
        ({"pattern": "^(a|aa)+$"}, json.dumps("a" * 60 + "b")),
        ({"patternProperties": {"^(a|aa)+$": False}}, json.dumps({"a" * 60 + "b": 1})),
        (
            {"patternProperties": {"^(a|aa)+$": True}, "additionalProperties": False},
            json.dumps({"a" * 60 + "b": 1}),
        ),
    ],
    ids=["itself", "doubling", "pattern", "keys", "other keys"],
)
def test_a_schema_that_runs_away_is_stopped_and_says_nothing(schema, response, monkeypatch):
    monkeypatch.setattr(patterns, "LONGEST_ON_A_RESPONSE", 0.05)
    monkeypatch.setattr(json_schema, "_MOST_STEPS", 500)
    outcome = tell(JSON_SCHEMA, response, schema=schema)

    assert outcome.result.value == "undefined"
    assert "refers within itself too often" in outcome.detail or "ran longer" in outcome.detail


@pytest.mark.parametrize(
    ("schema", "response", "expected"),
    [
        ({}, "[" * 200_000, "fail"),
        ({"type": "integer"}, "9" * 5_000, "fail"),
        ({"multipleOf": 0.1}, "1e400", "undefined"),
        ({"uniqueItems": True}, json.dumps(list(range(50_000))), "pass"),
        ({"uniqueItems": True}, "[1, 1.0]", "fail"),
        ({"uniqueItems": True}, "[1, true]", "pass"),
        ({"$ref": "#/$defs/nowhere"}, "1", "undefined"),
    ],
)
def test_hostile_responses_are_outcomes_and_no_errors(schema, response, expected):
    assert result(JSON_SCHEMA, response, schema=schema) == expected


@pytest.mark.parametrize("key", ["\\ud800", "a\\u0000b"])
def test_a_reason_quotes_nothing_that_no_database_stores(key):
    closed = {"properties": {"a": {}}, "additionalProperties": False}
    outcome = tell(JSON_SCHEMA, '{"' + key + '": 1}', schema=closed)

    assert outcome.result.value == "fail"
    assert outcome.detail.encode("utf-8")
    assert "\0" not in outcome.detail


def test_other_keys_are_refused_or_checked_by_a_schema_of_their_own():
    closed = {"properties": {"a": {}}, "additionalProperties": False}
    of_numbers = {"patternProperties": {"^x": {}}, "additionalProperties": {"type": "number"}}

    assert tell(JSON_SCHEMA, '{"a": 1, "b": 2}', schema=closed).detail == "'b' may not be there"
    assert result(JSON_SCHEMA, '{"x1": "text", "b": 2}', schema=of_numbers) == "pass"
    assert result(JSON_SCHEMA, '{"b": "text"}', schema=of_numbers) == "fail"

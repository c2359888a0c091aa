"""A case becomes a request, and a reply a record that every reader of records accepts."""

import pytest

from evalkit.records.schema import faults
from evalkit.running.case_request import case_request, output_record
from evalkit.running.prices import stated_prices
from evalkit.running.request import Reply, TokenUsage
from evalkit.vocabulary import Api

NAMES = {"case": "c", "model": "m", "run": "1", "provider": "host"}


def test_passages_stand_before_the_last_words_of_the_user_and_the_case_stays_as_it_is():
    messages = [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Second?"},
    ]

    request = case_request(
        "m",
        messages,
        context=[{"id": "kb-1", "text": "A passage."}],
        tools=None,
        parameters={},
        api=Api.CHAT,
    )

    assert request.messages[:2] == messages[:2]
    assert request.messages[2]["content"].endswith("[kb-1]\nA passage.\n\nSecond?")
    assert messages[2]["content"] == "Second?"


def test_a_reply_with_calls_of_tools_is_a_step():
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}

    record = output_record(Reply(tool_calls=[call]), prices=None, **NAMES)

    assert record["content"] == [{"role": "assistant", "tool_calls": [call], "content": None}]
    assert list(faults(record)) == []


@pytest.mark.parametrize(
    ("prices", "reported", "expected"),
    [
        (stated_prices(1.0, 1.0), 9.0, (0.00002, "stated")),
        (None, 9.0, (9.0, "endpoint")),
        (None, None, (None, None)),
    ],
)
def test_the_cost_is_by_stated_prices_else_as_the_endpoint_says(prices, reported, expected):
    reply = Reply("Yes.", usage=TokenUsage(10, 10, cost_usd=reported))

    record = output_record(reply, prices=prices, **NAMES)

    told = (record.get("cost_usd"), record.get("metadata", {}).get("cost_from"))
    assert told == (pytest.approx(expected[0]) if expected[0] else None, expected[1])


def test_what_no_database_holds_is_replaced_and_counts_that_are_none_left_out():
    reply = Reply("a\0b\ud800c", usage=TokenUsage(-1, 5))

    record = output_record(reply, prices=None, **NAMES)

    assert record["content"] == "a\ufffdb?c"
    assert "input_tokens" not in record
    assert record["output_tokens"] == 5
    assert list(faults(record)) == []

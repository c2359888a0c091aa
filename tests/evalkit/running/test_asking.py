"""One request and its reply, over real HTTP: what is told apart, counted, retried and refused.

What the server says is set in each test, so each expected value is what the test itself made it
say; times are only compared with one another.
"""

import asyncio
import itertools
import logging
from dataclasses import replace
from types import SimpleNamespace

import httpx2
import openai
import pytest

from evalkit.errors import RefusedError
from evalkit.running import asking
from evalkit.running.asking import ask, connect
from evalkit.running.endpoint import OPENAI, Endpoint, configured_endpoints, endpoint_at
from evalkit.running.failures import EndpointError, sentence, without_key
from evalkit.running.request import Request, TokenUsage
from evalkit.vocabulary import Api
from tests.endpoint.server import KEY, Trouble, serving
from tests.endpoint.spoken import Spoken

HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "sky"}'}}
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
BOTH = pytest.mark.parametrize("api", list(Api))


@pytest.fixture(autouse=True)
def with_a_key(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)


@pytest.fixture
def server():
    with serving() as running:
        yield running


def reply_of(server, *, api=Api.CHAT, says=None, timeout_s=20.0, key_name="TEST_KEY", **how):
    if says is not None:
        server.models["m"] = lambda body: says
    request = Request("m", how.pop("messages", HELLO), api=api, **how)

    async def asked():
        endpoint = Endpoint(server.base_url, key_name)
        async with connect(endpoint, timeout_s=timeout_s) as connection:
            return await ask(connection, request)

    return asyncio.run(asked())


@BOTH
def test_text_reasoning_tokens_and_cost_come_apart(server, api):
    says = Spoken(
        "Four.",
        "Two and two.",
        input_tokens=12,
        output_tokens=9,
        cached_tokens=4,
        reasoning_tokens=6,
        cost=0.25,
    )

    reply = reply_of(server, api=api, says=says)

    assert (reply.text, reply.reasoning, reply.error) == ("Four.", "Two and two.", None)
    assert reply.usage == TokenUsage(12, 9, 4, 6, 0.25)
    assert (reply.finish_reason, reply.is_refusal, reply.n_sent) == ("stop", False, 1)


@BOTH
def test_calls_of_tools_have_one_form_whatever_the_api(server, api):
    says = Spoken(tool_calls=[CALL], finish_reason="tool_calls")

    reply = reply_of(server, api=api, says=says, tools=[TOOL])

    assert reply.tool_calls == [CALL]
    assert (reply.text, reply.finish_reason) == ("", "tool_calls")
    assert server.requests[0][1]["tools"][0]["type"] == "function"


@BOTH
def test_a_conversation_with_tools_is_sent_in_the_words_of_the_api(server, api):
    messages = [
        *HELLO,
        {"role": "assistant", "tool_calls": [CALL], "latency_ms": 5},
        {"role": "tool", "tool_call_id": "c1", "content": "blue"},
    ]

    reply_of(server, api=api, messages=messages, parameters={"max_tokens": 7, "top_k": 3})

    body = server.requests[0][1]
    asked = body["messages" if api is Api.CHAT else "input"]
    expected = (
        {"role": "tool", "tool_call_id": "c1", "content": "blue"}
        if api is Api.CHAT
        else {"type": "function_call_output", "call_id": "c1", "output": "blue"}
    )
    assert asked[-1] == expected
    assert "latency_ms" not in str(asked)
    assert body["max_tokens" if api is Api.CHAT else "max_output_tokens"] == 7
    assert body["top_k"] == 3


def test_an_answer_in_parts_is_their_text_and_thinking_apart(server):
    # As Mistral streams the answers of models that reason.
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Two and two."}]}
    deltas = [{"content": [thinking]}, {"content": [{"type": "text", "text": "Fo"}]}]

    reply = reply_of(server, says=Spoken("ur.", odd_deltas=deltas))

    assert (reply.text, reply.reasoning, reply.error) == ("Four.", "Two and two.", None)


@pytest.mark.parametrize("names", [("c1", "c2"), ("", "")])
def test_calls_of_tools_without_an_index_are_told_apart(server, names):
    # As Gemini's compatible endpoint streams them: each whole, with its id if any.
    calls = [{**CALL, "id": name} for name in names]

    reply = reply_of(server, says=Spoken(odd_deltas=[{"tool_calls": [call]} for call in calls]))

    assert reply.tool_calls == calls


def test_a_call_without_an_index_goes_on_until_another_begins(server):
    rest = {"function": {"arguments": "}"}}
    begun = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{"}}

    reply = reply_of(server, says=Spoken(odd_deltas=[{"tool_calls": [begun, rest]}]))

    assert reply.tool_calls == [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    ]


def test_a_reply_of_a_shape_nobody_foresaw_is_the_error_of_that_request_alone(server):
    odd = {"tool_calls": [{"index": 0, "id": "c1", "function": {"arguments": {"at": KEY}}}]}

    reply = reply_of(server, says=Spoken(odd_deltas=[odd]))

    assert reply.error.startswith("What the endpoint sent could not be read (TypeError")
    assert KEY not in reply.error
    assert len(server.requests) == 1


def test_an_organisation_of_the_environment_is_told_to_no_other_address(server, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "OpenAI-Secret: mine")

    reply_of(server)

    assert not [name for name in server.headers[0] if name.startswith("openai-")]

    async def headers_for_openai():
        async with connect(Endpoint(OPENAI, "TEST_KEY")) as connection:
            return connection.client.default_headers

    headers = asyncio.run(headers_for_openai())
    assert (headers["OpenAI-Organization"], headers["OpenAI-Project"]) == ("org-mine", "proj-mine")


@BOTH
def test_a_refusal_is_an_answer_and_marked(server, api):
    reply = reply_of(server, api=api, says=Spoken(refusal="I would rather not."))

    assert (reply.text, reply.is_refusal, reply.error) == ("I would rather not.", True, None)


@BOTH
def test_an_answer_that_was_too_long_says_so(server, api):
    assert reply_of(
        server, api=api, says=Spoken("On and", finish_reason="length")
    ).finish_reason == ("length")


@BOTH
def test_the_first_token_comes_before_the_last(server, api):
    reply = reply_of(server, api=api, says=Spoken("Many words in several pieces."))

    assert 0 < reply.time_to_first_token_ms <= reply.latency_ms


def test_reasoning_that_a_server_writes_into_the_answer_is_taken_out():
    with serving() as server:
        reply = reply_of(server, says=Spoken("<think>\nHm.\n</think>\n\nYes."))

    assert (reply.reasoning, reply.text) == ("Hm.", "Yes.")


@BOTH
@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.BROKEN, Trouble.CUT, Trouble.MALFORMED])
def test_what_may_be_otherwise_a_moment_later_is_asked_again(server, api, trouble):
    server.trouble(trouble)

    reply = reply_of(server, api=api, says=Spoken("Here I am, after all."))

    assert (reply.text, reply.error) == ("Here I am, after all.", None)
    assert reply.n_sent == len(server.requests) == 2


def test_times_are_those_of_the_request_that_was_answered(server, monkeypatch):
    # A clock that is a second later each time it is looked at: when a request is sent, at the
    # first token of its answer, and at the end.
    clock = SimpleNamespace(perf_counter=itertools.count().__next__)
    monkeypatch.setattr(asking, "time", clock)
    server.trouble(Trouble.CUT)  # sent at 0, first token at 1, sent again at 2

    reply = reply_of(server, says=Spoken("At last, it is here."))

    assert reply.n_sent == 2
    assert (reply.time_to_first_token_ms, reply.latency_ms) == (1000, 2000)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.CUT, "cut"),
        (Trouble.MALFORMED, "no sound JSON"),
        (Trouble.TOO_LONG, "400: This model's maximum context length is 10 tokens."),
    ],
)
def test_what_fails_of_one_request_is_its_reply(server, trouble, words):
    server.trouble(trouble, times=99)

    reply = reply_of(server, says=Spoken("Half of this is lost for good."))

    assert words in reply.error
    assert reply.finish_reason is None


def test_no_answer_in_time_is_said_so(server, monkeypatch):
    monkeypatch.setattr(asking, "N_RETRIES", 0)
    monkeypatch.setattr(asking, "N_TRIES", 1)
    server.trouble(Trouble.SLOW, seconds=0.6)

    assert reply_of(server, timeout_s=0.1).error == "No answer in time."


def test_a_refused_key_stops_everything_and_is_not_repeated(server, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    server.trouble(Trouble.REFUSED_KEY)

    with pytest.raises(EndpointError, match=r"refused the key in TEST_KEY \(401\)") as refused:
        reply_of(server)

    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(refused.value)
    assert KEY not in caplog.text
    assert refused.value.__cause__ is None


def test_a_server_that_repeats_the_key_in_any_error_is_not_quoted_with_it(server, monkeypatch):
    monkeypatch.setenv("TEST_KEY", "nothing-like-a-key")
    server.key = "nothing-like-a-key"
    server.trouble(Trouble.ECHO)

    assert reply_of(server).error == (
        "The endpoint answered 400: Nothing to be done for [key] here."
    )


def test_a_response_that_fails_half_way_is_quoted_without_the_key_and_not_at_length(server):
    says = Spoken("Half of", failure=f"No more for {KEY}. " + "Sorry. " * 1000)

    reply = reply_of(server, api=Api.RESPONSES, says=says)

    assert reply.error.startswith("The endpoint reported an error: No more for [key]. Sorry.")
    assert len(reply.error) < 600  # 500 of the endpoint's own words, and ours
    assert len(server.requests) == 1


@pytest.mark.parametrize("before", range(485, 501))
def test_no_part_of_a_key_is_left_where_long_words_are_cut(before):
    secret = "abcd1234EFGH5678"  # without a beginning by which a key is known
    error = openai.APIError(
        f"{'x' * before} {secret} and more", httpx2.Request("GET", "/"), body=None
    )

    words = sentence(error, secret)

    assert "abcd" not in words


def test_what_looks_like_a_key_is_left_out_also_where_a_part_of_it_is_starred():
    assert without_key("Provided: sk-abc***9xyz.", None).startswith("Provided: [key]")


def test_an_unknown_model_a_used_up_account_and_a_busy_server_stop_everything(server, monkeypatch):
    monkeypatch.setattr(asking, "N_RETRIES", 1)
    server.known = {"other"}
    with pytest.raises(EndpointError, match="knows no model 'm'"):
        reply_of(server)
    server.known = None
    server.trouble(Trouble.USED_UP)
    with pytest.raises(EndpointError, match="used up"):
        reply_of(server)
    server.trouble(Trouble.BUSY, times=2)
    with pytest.raises(EndpointError, match="asks to wait"):
        reply_of(server)


def test_nobody_there_is_said_with_the_address(monkeypatch):
    monkeypatch.setattr(asking, "N_RETRIES", 0)
    with serving() as server:
        pass

    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:\d+/v1 cannot be reached"):
        reply_of(server)


def test_a_key_is_read_from_the_environment_or_the_secrets_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    endpoint = Endpoint("http://127.0.0.1:1/v1", "MY_KEY")
    with pytest.raises(RefusedError, match=r"There is no key: .* MY_KEY"):
        endpoint.key()

    (tmp_path / ".streamlit").mkdir()
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.write_text(
        'MY_KEY = "from the file"\n[endpoints.local]\nbase_url = "http://127.0.0.1:1/v1/"\n'
        'key_name = "MY_KEY"\n'
    )

    assert endpoint.key() == "from the file"
    assert configured_endpoints()["local"] == replace(endpoint, name="local")
    monkeypatch.setenv("MY_KEY", "from the environment")
    assert endpoint.key() == "from the environment"


def test_openais_key_goes_to_openai_alone_unless_named():
    assert endpoint_at(None, None).key_name == "OPENAI_API_KEY"
    assert endpoint_at("http://127.0.0.1:11434/v1", None).key_name is None


@pytest.mark.parametrize(
    "url", ["nonsense", "file:///etc/passwd", "http://ann:secret@host/v1", "http://h/v1?key=secret"]
)
def test_an_address_that_is_none_or_holds_a_secret_is_refused_without_it(url):
    with pytest.raises(RefusedError) as refused:
        Endpoint(url)

    assert "secret" not in str(refused.value)

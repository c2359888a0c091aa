"""Similarity of embeddings, asked of the tests' own server over HTTP."""

import random

import numpy as np
import pytest

from evalkit.checks.kind import CheckedResponse
from evalkit.checks.kinds.embedding import EMBEDDING
from evalkit.checks.running import checker_of
from evalkit.checks.settings import read_settings
from evalkit.errors import RefusedError
from evalkit.running.embedding import cosine
from tests.endpoint.server import KEY, Trouble, serving
from tests.evalkit.checks.telling import tell


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving() as running_server:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text(
            f'[endpoints.lab]\nbase_url = "{running_server.base_url}"\nkey_name = "TEST_KEY"\n'
        )
        yield running_server


LAB = {"endpoint": "lab", "least": 0.5}


def answer(content, reference="You have 30 days."):
    return CheckedResponse(content, reference=reference)


def drawn(text):
    """Return the vector that the tests' server draws for a text."""
    chance = random.Random(text)
    return np.float32([round(chance.uniform(-1, 1), 4) for _ in range(8)])


def test_the_cosine_of_what_the_endpoint_says_is_measured_and_held_against_the_least(server):
    first, second = drawn("Thirty days."), drawn("You have 30 days.")
    expected = float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))  # definition

    outcome = tell(EMBEDDING, answer("Thirty days."), **LAB)
    same = tell(EMBEDDING, answer("You have 30 days."), **LAB)

    assert outcome.value == pytest.approx(expected, abs=1e-6)
    assert outcome.result.value == ("pass" if expected >= 0.5 else "fail")
    assert (same.result.value, same.value) == ("pass", pytest.approx(1.0))
    assert server.requests[0][1]["model"] == "text-embedding-3-small"


def test_of_several_expected_texts_the_nearest_counts(server):
    outcome = tell(EMBEDDING, CheckedResponse("B"), **LAB, expected="A\nB")

    assert outcome.value == pytest.approx(1.0)


def test_texts_are_asked_for_together_and_each_of_them_once(server):
    check = checker_of(EMBEDDING, read_settings(EMBEDDING, LAB))

    first = check([answer(f"Answer {number % 40}") for number in range(80)])
    again = check([answer("Another")])

    assert [len(body["input"]) for _, body in server.requests] == [32, 9, 1]
    assert [each.value for each in first[:40]] == [each.value for each in first[40:]]
    assert again[0].value is not None


def test_where_there_is_nothing_to_compare_nothing_is_asked(server):
    assert tell(EMBEDDING, CheckedResponse("A"), **LAB).detail.startswith("The case has no")
    assert "is empty" in tell(EMBEDDING, answer("  "), **LAB).detail
    assert server.requests == []


def test_a_text_that_the_endpoint_refuses_is_undefined_and_others_are_not(server):
    server.trouble(Trouble.TOO_LONG, times=9, fits=lambda body: "too long" in body["input"])
    check = checker_of(EMBEDDING, read_settings(EMBEDDING, LAB))

    long, short = check([answer("too long"), answer("short")])

    assert long.result.value == "undefined"
    assert "maximum context length" in long.detail
    assert short.value is not None


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(Trouble.USED_UP, "used up"), (Trouble.REFUSED_KEY, r"refused the key in TEST_KEY \(401\)")],
)
def test_what_stops_the_endpoint_stops_the_check_with_the_reason_and_no_key(server, trouble, words):
    server.trouble(trouble)

    with pytest.raises(RefusedError, match=f"{words}.*run the check again") as refused:
        tell(EMBEDDING, answer("A"), **LAB)
    assert KEY not in str(refused.value)


def test_an_answer_without_a_sound_vector_for_each_text_is_refused(server, monkeypatch):
    async def create(*_, **__):
        return type("Answer", (), {"data": []})

    monkeypatch.setattr("openai.resources.embeddings.AsyncEmbeddings.create", create)
    with pytest.raises(RefusedError, match="no vector for each text"):
        tell(EMBEDDING, answer("A"), **LAB)


def test_an_endpoint_that_nobody_named_is_refused_with_those_there_are():
    with pytest.raises(RefusedError, match=r"no endpoint “elsewhere”.*secrets\.toml"):
        tell(EMBEDDING, answer("A"), endpoint="elsewhere", least=0.5)


def test_the_least_must_be_stated_as_no_level_fits_all_models():
    with pytest.raises(RefusedError, match=r"At least \(least\) is missing"):
        read_settings(EMBEDDING, {})


def test_a_cosine_knows_directions_alone_and_none_of_nothing():
    assert cosine([1.0, 0.0], [3.0, 0.0]) == 1.0
    assert cosine([1.0, 0.0], [0.0, 2.0]) == 0.0
    assert cosine([3.0, 4.0], [-6.0, -8.0]) == -1.0
    assert cosine([0.0, 0.0], [1.0, 0.0]) is None

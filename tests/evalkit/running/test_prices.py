"""What tokens cost, and what a run is expected to take."""

import socket

import pytest

from evalkit.errors import RefusedError
from evalkit.running.estimate import estimated, input_tokens
from evalkit.running.prices import known_prices, stated_prices
from evalkit.running.request import Request, TokenUsage


def test_stated_prices_are_per_million_tokens():
    prices = stated_prices(2.0, 10.0)

    # 1000 × 2/10^6 + 100 × 10/10^6 = 0.002 + 0.001
    assert prices.cost(TokenUsage(1000, 100)) == pytest.approx(0.003)


def test_what_was_not_counted_has_no_cost():
    assert stated_prices(2.0, 10.0).cost(TokenUsage(None, 100)) is None


@pytest.mark.parametrize(("input", "output"), [(1.0, None), (None, 1.0), (-1.0, 1.0), (1.0, 1e9)])
def test_half_a_price_and_what_is_none_are_refused(input, output):
    with pytest.raises(RefusedError):
        stated_prices(input, output)


def test_prices_are_known_without_a_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    prices = known_prices("gpt-4o-mini", "https://api.openai.com/v1")

    # OpenAI's list price of gpt-4o-mini since July 2024: 0.15 and 0.60 per million tokens,
    # cached input at half.
    assert (prices.input, prices.output) == (0.15, 0.6)
    assert prices.cost(TokenUsage(1_000_000, 1_000_000, 500_000)) == pytest.approx(0.7125)
    assert "genai-prices" in prices.source


def test_a_proxy_is_priced_by_the_maker_in_the_models_name_and_a_stranger_not():
    assert known_prices("openai/gpt-4o-mini", "http://127.0.0.1:4000").input == 0.15
    assert known_prices("a-model-of-our-own", "http://127.0.0.1:4000") is None


def test_an_estimate_adds_up_what_its_cases_take():
    request = Request("m", [{"role": "user", "content": "x" * 400}])
    size = input_tokens(request)
    # 400 bytes of text are 100 tokens; the rest is the message's own frame.
    assert 100 < size < 130

    whole = estimated([size] * 10, output_per_case=50, prices=stated_prices(1.0, 2.0))

    assert (whole.n_cases, whole.input_tokens) == (10, 10 * size)
    assert whole.cost_usd == pytest.approx(10 * (size + 2 * 50) / 1e6)
    assert "about" in whole.sentence
    assert estimated([size], output_per_case=50, prices=None).cost_usd is None

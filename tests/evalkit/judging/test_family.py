"""Whose model a model is, by its name."""

import pytest

from evalkit.judging.family import family_of


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-5-mini pair-1 0a1b2c3d", "openai"),
        ("openai/gpt-4o", "openai"),
        ("o3-mini", "openai"),
        ("Claude 4.5 Sonnet", "anthropic"),
        ("meta-llama/Llama-3.1-8B", "meta"),
        ("gemma2:9b", "google"),
        ("judge:gpt-3.5-turbo", "openai"),
        ("Amber", "amber"),
        ("amber judge 2", "amber"),
        # Begins like a maker's name, and is another word.
        ("philip", "philip"),
        ("o1abc", ""),
        # Says nothing of who made it.
        ("judge-small prompt 3", ""),
        ("Model B", ""),
        ("7b", ""),
    ],
)
def test_the_family_is_the_maker_where_the_name_tells_it(name, family):
    assert family_of(name) == family

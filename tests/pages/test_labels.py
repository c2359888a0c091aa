import re

import pytest

from pages.shared.labels import digest, literal


@pytest.mark.parametrize(
    "text",
    ["![x](http://evil.example)", ":red[x]", "$a$ and $b$", ":material/add:", "a -> b", "<b>"],
)
def test_no_sign_that_markdown_takes_up_is_left_alone(text):
    escaped = literal(text)

    assert re.findall(r"(?<!\\)[!-/:-@\[-`{-~]", re.sub(r"\\.", "", escaped)) == []
    # Without the backslashes and what has no width it is what it was.
    assert re.sub(r"\\(.)", r"\1", escaped).replace("\N{WORD JOINER}", "") == text


@pytest.mark.parametrize("text", [":smile:", "a -> b", "<- c", "d -- e", ">= 3"])
def test_no_emoji_or_arrow_is_made_of_signs_in_a_row(text):
    # Streamlit looks for these in what is left when the backslashes are gone.
    shown = re.sub(r"\\(.)", r"\1", literal(text))

    assert not re.search(r":\w+:|->|<-|--|>=|<=", shown)


def test_a_digest_is_fit_for_a_key_and_tells_texts_apart():
    assert re.fullmatch(r"[0-9a-f]{16}", digest("a__b", "/"))
    assert digest("a", "b") != digest("ab") != digest("a b")

import unicodedata

import pytest
from hypothesis import given, strategies as st

from evalkit.names import name_key, normal_name

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jos\u00e9", "Jose\u0301"),  # composed and not
        ("José", " josé\u00a0"),
        ("Ada  Lovelace", "Ada\tLovelace"),
        ("Straße", "STRASSE"),  # the full case folding of CaseFolding.txt: ß is ss
        ("Ἰωάννης", "ἸΩΆΝΝΗΣ"),
        ("Ａｄａ", "Ada"),  # wide letters
        ("Ada", "A\u200bd\u200fa"),  # a blank of no width, a mark of direction
    ],
)
def test_names_that_people_would_take_for_one_have_one_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("José", "Jose"), ("Ann 1", "Ann 11"), ("Ada", "Аda")])
def test_other_names_have_other_keys(one, other):
    assert name_key(one) != name_key(other)


def test_a_name_of_nothing_to_see_has_no_key():
    assert name_key(" \u200b\u200f\n") == ""


@given(NAMES)
def test_writing_a_name_in_the_one_way_again_changes_nothing_nor_does_it_change_the_key(name):
    normal = normal_name(name)

    assert normal_name(normal) == normal
    assert unicodedata.is_normalized("NFC", normal)
    assert name_key(normal) == name_key(name)


@given(NAMES)
def test_a_key_is_short_enough_to_be_indexed(name):
    # PostgreSQL indexes up to 2,704 bytes; one letter may become eighteen when it is folded.
    assert len(name_key(name * 40).encode()) <= 1_000

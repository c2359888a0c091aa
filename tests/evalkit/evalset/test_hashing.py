import hashlib

from hypothesis import given, strategies as st

from evalkit.evalset.hashing import canonical_json, case_hash, version_hash

ASK = [{"role": "user", "content": "Café?"}]

keys = st.text(max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)


def test_the_hash_of_a_case_is_sha_256_of_its_canonical_json():
    # Written out by hand: sorted keys, no spaces, one form of é.
    written = '{"context":null,"input":[{"content":"Café?","role":"user"}],"tools":null}'

    assert case_hash(messages=ASK) == hashlib.sha256(written.encode()).hexdigest()


def test_two_spellings_of_one_character_are_the_same_case():
    spelt = [{"role": "user", "content": "Cafe\u0301?"}]

    assert case_hash(messages=spelt) == case_hash(messages=ASK)


def test_no_context_and_an_empty_context_are_the_same_case():
    assert case_hash(messages=ASK, context=[], tools=[]) == case_hash(messages=ASK)


def test_the_context_is_part_of_the_case():
    context = [{"id": "d1", "text": "A café serves coffee."}]

    assert case_hash(messages=ASK, context=context) != case_hash(messages=ASK)


def test_the_hash_of_a_version_is_sha_256_of_its_case_hashes_one_a_line():
    assert version_hash(["a", "b"]) == hashlib.sha256(b"a\nb\n").hexdigest()


@given(value=st.dictionaries(keys, json_values, min_size=2, max_size=5))
def test_the_order_of_fields_does_not_matter(value):
    backwards = dict(reversed(value.items()))

    assert canonical_json(backwards) == canonical_json(value)

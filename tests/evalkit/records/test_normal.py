import pytest

from evalkit.records.normal import fingerprint, normal, output_text

SCORE = {"case": "c1", "model": "A", "annotator": "Ann", "criterion": "k", "value": 2}


def test_defaults_and_unknown_fields_are_left_out():
    given = {**SCORE, "run": "1", "revision": 1, "annotator_kind": "human", "colour": 1}

    assert normal("score", given) == {"type": "score", **SCORE}


def test_fields_come_in_their_fixed_order_whatever_order_they_were_given_in():
    backwards = dict(reversed(SCORE.items()))

    assert list(normal("score", backwards)) == list(normal("score", SCORE))


@pytest.mark.parametrize("value", [2, 2.0])
def test_a_whole_number_is_written_as_one_integer(value):
    assert repr(normal("score", {**SCORE, "value": value})["value"]) == "2"


def test_a_side_is_a_name_where_its_run_is_the_default():
    given = {"case": "c", "annotator": "a", "preference": None}
    sides = {"left": {"model": "A", "run": "1"}, "right": {"run": "2", "model": "A"}}

    made = normal("comparison", {**given, **sides})

    assert made["left"] == "A"
    assert made["right"] == {"model": "A", "run": "2"}
    assert made["preference"] is None


def test_two_records_that_say_the_same_have_one_fingerprint():
    assert fingerprint(normal("score", {**SCORE, "value": 2.0})) == fingerprint(
        normal("score", {**SCORE, "run": "1"})
    )


def test_records_that_say_different_things_have_different_fingerprints():
    one, other = normal("score", SCORE), normal("score", {**SCORE, "comment": ""})

    assert fingerprint(one) != fingerprint(other)


def test_the_text_of_a_trajectory_is_that_of_its_last_message():
    parts = [{"type": "text", "text": "Da"}, {"type": "image"}, {"type": "text", "text": "ne"}]
    steps = [{"role": "tool", "content": "x"}, {"role": "assistant", "content": parts}]

    assert output_text(steps) == "Dane"
    assert output_text("plain") == "plain"
    assert output_text([]) == ""

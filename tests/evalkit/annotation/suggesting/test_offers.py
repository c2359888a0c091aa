"""Who is offered suggestions, and what became of each, as it is read and kept."""

import pytest

from evalkit.annotation.draft import parse_draft
from evalkit.annotation.suggesting.offers import MAX_OFFERS, TagOffer, is_helped, parse_offers
from evalkit.errors import RefusedError

TAKEN = {"tag": "tone", "source": "comment", "outcome": "taken"}


def test_two_in_three_annotators_are_offered_suggestions_in_each_study_anew():
    drawn = [
        [is_helped(seed=0, study_id=study, annotator_id=who) for who in range(1, 601)]
        for study in (1, 2)
    ]

    # Binomial of 600 and 2/3: a standard deviation is 11.5 people, and four are allowed.
    assert all(abs(sum(of_study) - 400) < 46 for of_study in drawn)
    assert drawn[0] != drawn[1]
    # Independent studies agree on (2/3)² + (1/3)² = 5/9 of 600: 333, a standard deviation is 12.2.
    assert abs(sum(one == two for one, two in zip(*drawn, strict=True)) - 333) < 49


def test_the_lot_is_the_same_at_any_time():
    assert is_helped(seed=3, study_id=7, annotator_id=9) == is_helped(
        seed=3, study_id=7, annotator_id=9
    )


def test_what_is_still_open_when_somebody_goes_on_was_refused():
    (still_open,) = parse_offers([TAKEN | {"outcome": "offered"}])

    assert still_open.ended().as_json() == TAKEN | {"outcome": "refused"}
    assert parse_offers([TAKEN])[0].ended().as_json() == TAKEN


def test_suggestions_are_part_of_a_draft_and_no_answer():
    without = parse_draft({"comment": "Rude."})
    with_offer = parse_draft({"comment": "Rude.", "offers": [TAKEN]})

    assert with_offer.as_json()["offers"] == [TAKEN]
    assert "offers" not in without.as_json()
    assert with_offer == without  # put back by hand there is no edit


@pytest.mark.parametrize(
    "raw",
    [
        "taken",
        {"tag": "tone"},
        [None],
        [TAKEN | {"tag": ""}],
        [TAKEN | {"tag": "a\x00"}],
        [TAKEN | {"tag": "\ud800"}],
        [TAKEN | {"tag": 3}],
        [TAKEN | {"tag": "x" * 501}],
        [TAKEN | {"source": "elsewhere"}],
        [TAKEN | {"outcome": ["taken"]}],
        [{"tag": "tone"}],
        [TAKEN] * (MAX_OFFERS + 1),
    ],
)
def test_what_is_in_another_form_is_refused(raw):
    with pytest.raises(RefusedError, match="not in the form"):
        parse_offers(raw)


def test_a_suggestion_is_read_as_it_was_made():
    assert isinstance(parse_offers([TAKEN])[0], TagOffer)
    assert parse_offers(None) == ()

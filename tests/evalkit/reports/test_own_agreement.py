"""What annotators may know of their own agreement, and what would give somebody away."""

from datetime import UTC, datetime

import numpy as np
import pytest

from evalkit.reports.annotators.own import OwnReading, own_agreement, own_agreement_sentence
from evalkit.stats.counts import PREFERENCE_VALUES, Codings

LEFT, RIGHT = 0, 1
THEN = datetime(2026, 3, 4, tzinfo=UTC)


def codings(*values_by_annotator, case=None):
    """Give each annotator's values unit by unit; None where they judged nothing."""
    entries = [
        (unit, annotator, value)
        for annotator, values in enumerate(values_by_annotator)
        for unit, value in enumerate(values)
        if value is not None
    ]
    unit, annotator, value = np.array(entries, dtype=np.int64).T
    return Codings(
        unit=unit,
        case=unit if case is None else np.full_like(unit, case),
        annotator=annotator,
        value=value,
        values=PREFERENCE_VALUES,
        annotators=tuple(f"annotator {n}" for n in range(len(values_by_annotator))),
        mirror=(1, 0, 2, 3),
    )


def test_the_share_counts_each_pair_once_whoever_else_judged_it():
    # Of 12 pairs the first differs from both others on 2, and from one of the two on 1 more:
    # (9 + 1/2) / 12.
    own = [LEFT] * 12
    second = [RIGHT] * 2 + [LEFT] * 10
    third = [RIGHT] * 3 + [LEFT] * 9

    agreement = own_agreement(codings(own, second, third), 0, as_of=THEN)

    assert agreement.reading is OwnReading.SHARE
    assert agreement.n == 12
    assert agreement.share.value == pytest.approx(9.5 / 12)
    assert agreement.share.low < 9.5 / 12 < agreement.share.high
    sentence = own_agreement_sentence(agreement)
    assert sentence.startswith("Of 12 comparisons that others judged too, you chose as they did in")
    assert "79 % [" in sentence


@pytest.mark.parametrize(
    ("others", "case"),
    [
        (([RIGHT] * 3 + [LEFT] * 6, [LEFT] * 9), None),  # nine pairs
        (([RIGHT] * 3 + [LEFT] * 9,), None),  # one other: the number would be about that one
        (([RIGHT] * 3 + [LEFT] * 9, [LEFT] * 12), 7),  # all of one case: no interval
    ],
)
def test_too_little_is_said_in_a_sentence(others, case):
    agreement = own_agreement(codings([LEFT] * 12, *others, case=case), 0, as_of=THEN)

    assert agreement.reading is OwnReading.TOO_LITTLE
    assert agreement.share is None
    assert "10 comparisons that at least 2 others" in own_agreement_sentence(agreement)


def test_somebody_who_judged_other_pairs_is_no_other():
    apart = [None] * 12 + [LEFT] * 5

    agreement = own_agreement(codings([LEFT] * 12, [RIGHT] * 3 + [LEFT] * 9, apart), 0, as_of=THEN)

    assert agreement.reading is OwnReading.TOO_LITTLE


@pytest.mark.parametrize("n_different", [0, 1, 11, 12])
def test_a_share_that_tells_what_others_chose_case_by_case_is_said_like_too_little(n_different):
    other = [RIGHT] * n_different + [LEFT] * (12 - n_different)
    little = own_agreement(codings([LEFT], [LEFT], [LEFT]), 0, as_of=THEN)

    agreement = own_agreement(codings([LEFT] * 12, other, other), 0, as_of=THEN)

    assert (agreement.reading, agreement.share) == (OwnReading.WITHHELD, None)
    assert own_agreement_sentence(agreement) == own_agreement_sentence(little)


@pytest.mark.parametrize(("n_different", "words"), [(2, "83 %"), (10, "17 %")])
def test_where_two_are_the_same_and_two_differ_it_is_a_number(n_different, words):
    other = [RIGHT] * n_different + [LEFT] * (12 - n_different)

    agreement = own_agreement(codings([LEFT] * 12, other, other), 0, as_of=THEN)

    assert words in own_agreement_sentence(agreement)
    assert "as of 2026-03-04" in own_agreement_sentence(agreement)

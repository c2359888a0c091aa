"""What suggesting errors does to what is marked: counted by hand, and said of the same numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.suggested import LEAST_LOOKS, suggesting_report
from evalkit.reports.errors.suggested_tables import suggesting_blocks, suggesting_sentences
from evalkit.study.collected import NO_TAG, Tag
from evalkit.study.offered_tags import OfferedTags
from tests.evalkit.collected_studies import collected

TAGS = (Tag("tone", "Tone"), Tag("format", "Format"))
#: How many of ten looks of each of seven people found a tone; three were offered nothing.
FOUND = (5, 6, 4, 7, 1, 2, 0)
HELPED = (True, True, True, True, False, False, False)


def study(*, found=FOUND, helped=HELPED, since=-1, is_on=True, n_looks=LEAST_LOOKS):
    """Everybody looked at so many cases of one model, and found a tone in the first ones."""
    marks = [
        (who, case, 0, 0 if case < n else NO_TAG)
        for who, n in enumerate(found)
        for case in range(n_looks)
    ]
    made = replace(collected(marks=marks), tags=TAGS)
    return replace(made, offered=OfferedTags(is_on, helped, since, (3, 0), (1, 1)))


def test_people_with_and_without_are_compared_by_their_own_shares():
    tone, form = suggesting_report(study()).tags

    # (.5 + .6 + .4 + .7) / 4 = .55 and (.1 + .2 + 0) / 3 = .1.
    assert (tone.helped.value, tone.held_out.value) == pytest.approx((0.55, 0.1))
    # Student's: standard deviation √(.05/3), n = 4, t = 3.182: .55 ± .2054.
    assert (tone.helped.low, tone.helped.high) == pytest.approx((0.3446, 0.7554), abs=1e-3)
    assert (tone.helped.n, tone.held_out.n) == (4, 3)
    assert tone.difference.value == pytest.approx(0.45)
    # Welch: variances .05/3 and .01, se² = .0041667 + .0033333 = .0075, degrees
    # .0075² / (.0041667²/3 + .0033333²/2) = 4.95, t = 2.578: .45 ± .223.
    assert (tone.difference.low, tone.difference.high) == pytest.approx((0.227, 0.673), abs=2e-3)
    assert (tone.n_taken, tone.n_refused) == (3, 1)
    assert (form.helped.value, form.held_out.value, form.difference.value) == (0, 0, 0)
    assert form.difference.low is None
    assert (form.p, form.q) == (None, None)


def test_what_was_marked_before_anything_was_suggested_does_not_count():
    # A look has the number of its person here: the first one looked before.
    of = suggesting_report(study(since=0))

    assert (of.n_helped, of.n_held_out, of.n_looks) == (3, 3, 60)
    # (.6 + .4 + .7) / 3
    assert of.tags[0].helped.value == pytest.approx(0.5667, abs=1e-4)


def test_who_looked_at_too_few_responses_does_not_count_and_it_is_said_how_many_there_are():
    of = suggesting_report(study(n_looks=LEAST_LOOKS - 1))

    assert (of.n_helped, of.n_held_out, of.is_told) == (0, 0, False)
    sentences = suggesting_sentences(of)
    assert sentences[1].startswith("Not yet: ")
    assert "these are 0 with and 0 without" in sentences[1]
    assert of.tags[0].difference.reason
    assert of.tags[0].helped.value is None
    assert suggesting_blocks(of)[2].columns == ("", "Suggested", "Taken")


def test_what_was_marked_while_nothing_was_suggested_does_not_count():
    made = study()
    paused = replace(made, offered=replace(made.offered, pauses=((-1, 0),)))

    # A look has the number of its person here: the first one looked while it was off.
    of = suggesting_report(paused)

    assert (of.n_helped, of.n_held_out, of.n_looks) == (3, 3, 60)
    for_good = replace(made, offered=replace(made.offered, pauses=((4, None),)))
    assert suggesting_report(for_good).n_held_out == 1


def test_of_whom_the_lot_says_nothing_nothing_counts():
    of = suggesting_report(study(helped=(None, True, True, True, False, False, False)))

    assert (of.n_helped, of.n_held_out) == (3, 3)


def test_it_is_said_which_errors_are_marked_more_often_with_suggestions():
    sentences = suggesting_sentences(suggesting_report(study()))

    assert sentences[0] == (
        "Errors suggested from what annotators wrote: 5, of which 3 were taken."
    )
    assert sentences[1].startswith("A lot decided who is offered any: 4 with and 3 without")
    assert sentences[2] == "How often they are marked differs with suggestions: tone."
    alike = suggesting_report(study(found=(1, 2, 0, 1, 1, 2, 0)))
    assert suggesting_sentences(alike)[2].startswith("Of no error it can be told")


def test_nothing_is_said_of_a_study_that_suggests_nothing():
    never = replace(collected(marks=[(0, 0, 0, 0)]), tags=TAGS)

    assert suggesting_blocks(suggesting_report(never)) == ()
    assert errors_document(never)["suggestions"]["sentences"] == []
    waiting = replace(never, offered=OfferedTags(is_on=True))
    (sentence,) = suggesting_sentences(suggesting_report(waiting))
    assert "none has been suggested yet" in sentence


def test_blocks_and_json_say_the_same():
    of = suggesting_report(study())
    entry = json.loads(json.dumps(errors_document(study())["suggestions"]))
    _, said_blocks, shown_table = suggesting_blocks(of)

    assert list(said_blocks.sentences) == entry["sentences"]
    assert entry["tags"]["tone"]["difference"]["n"] == 7
    assert shown_table.rows[0][0].text == "Tone"
    assert shown_table.rows[0][5].number == of.tags[0].difference


def test_the_names_and_order_of_people_move_no_number():
    made = study()
    order = np.array([3, 0, 6, 2, 5, 1, 4])
    turned = replace(
        study(found=tuple(FOUND[at] for at in order)),
        offered=replace(made.offered, is_helped=tuple(HELPED[at] for at in order)),
    )

    ours, theirs = (suggesting_report(of).tags[0].difference for of in (made, turned))
    assert (ours.value, ours.low, ours.high) == pytest.approx(
        (theirs.value, theirs.low, theirs.high)
    )


@pytest.mark.slow
def test_of_twenty_errors_that_suggestions_do_not_change_one_is_named_in_a_twentieth_of_studies():
    """People differ (beta with mean .1) and are put into groups by lot: no error has an effect."""
    draws = np.random.default_rng(1)
    n_people, n_tags, n_looks, n_named = 18, 20, 40, 0
    for _ in range(150):
        share = draws.beta(1, 9, (n_people, n_tags))
        hits = draws.random((n_people, n_looks, n_tags)) < share[:, None, :]
        marks = [
            (who, case, 0, tag)
            for who in range(n_people)
            for case in range(n_looks)
            for tag in (np.flatnonzero(hits[who, case]).tolist() or [NO_TAG])
        ]
        tags = tuple(Tag(f"t{at}", f"T{at}") for at in range(n_tags))
        helped = tuple(who < 12 for who in range(n_people))
        nothing = (0,) * n_tags
        offered = OfferedTags(True, helped, -1, (1, *nothing[1:]), nothing)
        of = suggesting_report(replace(collected(marks=marks), tags=tags, offered=offered))
        n_named += any(row.is_decided for row in of.tags)
    # Of 150 studies .05 are 7.5, its standard deviation 2.7; by each interval alone it were 90.
    assert n_named <= 15


def test_a_filter_that_leaves_out_who_was_offered_any_does_not_say_that_nothing_was_suggested():
    made = study()
    nothing = replace(made.offered, taken=(0, 0), refused=(0, 0))

    sentences = suggesting_sentences(suggesting_report(replace(made, offered=nothing)))

    assert sentences[0].endswith("none is of what is read here.")
    assert sentences[1].startswith("A lot decided who is offered any: 4 with and 3 without")

"""What people reach beside a judge, and how far it is from them where they differ."""

from dataclasses import replace

import numpy as np

from evalkit.reports.judges.document import judges_document
from evalkit.reports.judges.people import distances_sentence, distances_table, people_table
from evalkit.reports.judges.report import judges_report
from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, TIE
from evalkit.stats.judges.distances import NOBODY_DIFFERS
from evalkit.stats.judges.reliability import NO_REPEATS
from evalkit.study.who import entries_at
from tests.evalkit.reports.test_judges import judged


def seen_again(collected, who, *, places, swapped):
    """Return a study in which one annotator judged some pairs again and chose the same side."""
    preferences = collected.preferences
    own = np.flatnonzero(preferences.annotator == who)[:places]
    again = entries_at(preferences, np.concatenate([np.arange(len(preferences.n)), own]))
    new = slice(len(preferences.n), None)
    left, right = again.left.copy(), again.right.copy()
    if swapped:
        left[new], right[new] = preferences.right[own], preferences.left[own]
    latest = np.arange(len(again.n))
    return replace(collected, preferences=replace(again, left=left, right=right, latest=latest))


def test_people_who_saw_a_pair_again_with_its_sides_swapped_are_set_against_themselves():
    collected = judged(0.8, 0.8, 0.8, 0.9, judges=1)
    swapped = seen_again(collected, 0, places=20, swapped=True)

    again = judges_report(swapped).grounds[0].repeats.same

    # The same side again is the other response; only a tie is the same.
    own = collected.preferences.preference[collected.preferences.annotator == 0][:20]
    assert again.n == 20
    assert again.value == np.mean(~np.isin(own, (LEFT, RIGHT)))


def test_a_repeat_in_the_same_order_and_of_a_judge_is_none():
    collected = judged(0.8, 0.8, 0.8, 0.9, judges=1)

    for again in (
        seen_again(collected, 0, places=20, swapped=False),
        seen_again(collected, 3, places=20, swapped=True),
    ):
        assert judges_report(again).grounds[0].repeats.kappa.reason == NO_REPEATS


def test_tables_and_document_hold_the_same_numbers_and_why_there_are_none():
    collected = judged(0.6, 0.6, 0.6, 0.9, judges=1)
    report, document = judges_report(collected), judges_document(collected)

    (ground,), (row,) = report.grounds, report.rows
    (people,), (apart,) = people_table(report).rows, distances_table(report).rows
    numbers = [cell.number for cell in people if cell.number]
    assert ground.halves.halves in numbers
    assert ground.halves.together in numbers
    assert people[-1].text == NO_REPEATS
    entry = document["people"][0]
    assert entry["split_half"]["together"]["value"] == ground.halves.together.value
    assert entry["repeats"]["same"]["reason"] == NO_REPEATS
    assert document["judges"][0]["distances"]["excess"]["value"] == row.distances.excess.value
    assert row.distances.judge in [cell.number for cell in apart]
    assert "no further can be seen than one more person would be" in distances_sentence(row)


def test_with_two_people_nobody_is_left_to_be_set_against_those_who_differ():
    (row,) = judges_report(judged(0.6, 0.6, 0.9, judges=1)).rows

    assert row.distances.excess.reason == NOBODY_DIFFERS
    assert "it takes what three people judged" in distances_sentence(row)


def test_a_person_who_judged_again_is_one_person_where_people_differ():
    collected = judged(0.6, 0.6, 0.6, 0.9, judges=1)
    again = seen_again(collected, 1, places=30, swapped=False)

    assert judges_report(again).rows[0].distances == judges_report(collected).rows[0].distances


def test_an_answer_that_nobody_stands_by_any_more_moves_no_number():
    collected = judged(0.6, 0.6, 0.6, 0.9, judges=1)
    told = collected.preferences
    # Nobody says tie at last: without the answers taken back there are three values, not four.
    last = replace(told, preference=np.where(told.preference == TIE, BOTH_BAD, told.preference))
    collected = replace(collected, preferences=last)
    again = seen_again(collected, 1, places=30, swapped=False)
    first = np.flatnonzero(last.annotator == 1)[:30]
    preference = again.preferences.preference.copy()
    preference[first] = TIE
    again = replace(again, preferences=replace(again.preferences, preference=preference))

    (row,), (before,) = judges_report(again).rows, judges_report(collected).rows

    assert TIE in again.preferences.preference
    assert row.distances == before.distances
    assert row.test == before.test

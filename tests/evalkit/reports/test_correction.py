"""Judges' numbers corrected by people's labels: which, by what, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.correction.document import correction_document
from evalkit.reports.correction.report import correction_report
from evalkit.reports.correction.sentences import (
    NO_JUDGE,
    NO_PEOPLE,
    correction_verdict,
    method_in_words,
    set_aside,
)
from evalkit.reports.correction.tables import correction_section, models_table
from evalkit.stats.counts import LEFT, RIGHT
from evalkit.stats.judges.correction import Design, Method
from evalkit.study.collected import NO_TAG, Judged
from evalkit.study.odds import SAMPLINGS, Presented
from evalkit.study.subjects import ANY_ERROR, PREFERRED, subject_key
from evalkit.vocabulary import AnnotatorKind, Sampling, TaskKind
from tests.evalkit.reports.test_annotators import STARS, study

N = 300
PERSON, JUDGE = range(2)
ANNOTATORS = (
    Judged("Ada", AnnotatorKind.HUMAN, False),
    Judged("gauge", AnnotatorKind.JUDGE, False),
)


def presented_as(collected, *, odds=0.4, sampling=Sampling.RANDOM, n=N, cases=None):
    """Return that every pair of the cases, or of some, was to be shown with these odds."""
    cases = np.arange(n) if cases is None else np.array(cases)
    output = np.full((len(cases), 5), -1)
    output[:, 0], output[:, 1] = collected.outputs.id[cases], collected.outputs.id[cases + n]
    code = SAMPLINGS.index(sampling)
    odds = np.broadcast_to(np.asarray(odds, dtype=float), (len(cases),)).copy()
    every = np.full(len(cases), code), np.ones(len(cases), dtype=np.bool_)
    return Presented(output, odds, *every, TaskKind.PAIR, 1)


def judged_study(*, n=N, n_labelled=120, right=0.85, seed=2, first=0):
    """Return N cases: a judge of all in both orders, right so often; a person on the first some.

    ``first`` is the place of the model that wins 65 of 100; the judge knows no order.
    """
    rng = np.random.default_rng(seed)
    winner = np.where(rng.random(n) < 0.65, first, 1 - first)
    said = np.where(rng.random(n) < right, winner, 1 - winner)
    preferences = [(PERSON, case, winner[case], LEFT) for case in range(n_labelled)]
    for case in range(n):
        preferences.append((JUDGE, case, said[case], LEFT))
        preferences.append((JUDGE, case, 1 - said[case], RIGHT))
    of = study(n_cases=n, n_annotators=2, preferences=preferences)
    return replace(of, annotators=ANNOTATORS)


def test_a_random_part_labelled_by_people_corrects_what_the_judge_says_of_all():
    collected = judged_study()

    (part,) = correction_report(collected, presented_as(collected)).parts

    row, other = part.rows
    assert (part.judge, part.n_judged, part.n_labelled) == ("gauge", N, 120)
    assert (row.design, row.correction.method) == (Design.RANDOM, Method.PPI)
    # Of two models the one wins what the other loses.
    assert row.correction.corrected.value == pytest.approx(1 - other.correction.corrected.value)
    people = row.correction.people
    assert row.correction.labels_saved > 0
    assert row.correction.corrected.high - row.correction.corrected.low < people.high - people.low
    assert "drawn at random, each as likely as any other" in method_in_words(row)


def test_renaming_the_models_moves_no_corrected_number():
    collected, turned = judged_study(first=0), judged_study(first=1)

    (part,) = correction_report(collected, presented_as(collected)).parts
    (again,) = correction_report(turned, presented_as(turned)).parts

    ends = [
        [(of.corrected.value, of.corrected.low, of.people.low, of.labels_saved)]
        for of in (part.rows[0].correction, again.rows[1].correction)
    ]
    assert np.array(ends[0]) == pytest.approx(np.array(ends[1]))


def test_odds_by_verdict_are_post_stratified():
    collected = judged_study()
    (part,) = correction_report(collected, presented_as(collected)).parts
    odds = np.where(part.units.verdict == 1.0, 0.3, 0.7)

    (drawn,) = correction_report(collected, presented_as(collected, odds=odds)).parts

    assert {row.correction.method for row in drawn.rows} == {Method.STRATA}
    assert "within each verdict" in method_in_words(drawn.rows[0])


@pytest.mark.parametrize(
    ("n_labelled", "method", "phrase"),
    [(30, Method.PEOPLE, "below 50 labels"), (N, Method.PEOPLE, "labelled all")],
)
def test_few_labels_and_all_of_them_leave_people_alone_and_say_why(n_labelled, method, phrase):
    collected = judged_study(n_labelled=n_labelled)

    (part,) = correction_report(collected, presented_as(collected)).parts

    assert {row.correction.method for row in part.rows} == {method}
    assert phrase in method_in_words(part.rows[0])
    low, high = part.rows[0].correction.corrected.low, part.rows[0].correction.corrected.high
    assert high - low > 0.01


@pytest.mark.parametrize("sampling", [Sampling.HAND_PICKED, None])
def test_labels_picked_by_hand_or_without_odds_are_refused_with_the_reason(sampling):
    collected = judged_study()
    presented = presented_as(collected, sampling=sampling, odds=0.4)

    report = correction_report(collected, presented)

    (part,) = report.parts
    assert all(row.correction.corrected.value is None for row in part.rows)
    assert part.n_labelled == 0
    assert "No label of these has known odds" in method_in_words(part.rows[0])
    assert "120 more that people labelled do not count: they were picked by hand" in set_aside(part)
    assert "No number of a judge can be corrected here" in correction_verdict(report)


def test_where_people_labelled_all_nothing_hangs_on_how_they_chose():
    collected = judged_study(n_labelled=N)

    (part,) = correction_report(collected, presented_as(collected, sampling=None)).parts

    assert (part.n_labelled, part.units.n_set_aside) == (N, 0)
    assert "labelled all that the judge judged" in method_in_words(part.rows[0])


def test_labels_with_odds_count_where_others_were_picked_by_hand():
    collected = judged_study()
    presented = presented_as(collected, cases=range(100))

    (part,) = correction_report(collected, presented).parts

    assert (part.n_labelled, part.units.n_set_aside) == (100, 20)
    assert part.rows[0].correction.method is Method.PPI


def test_a_judge_that_guesses_adds_nothing_and_that_is_said():
    collected = judged_study(right=0.5, seed=5)

    report = correction_report(collected, presented_as(collected))

    row = report.parts[0].rows[0]
    assert row.correction.weight == pytest.approx(0.0, abs=0.1)
    assert row.correction.labels_saved == pytest.approx(0.0, abs=5.0)
    assert f"weight of the judge {row.correction.weight:.2f} of 1" in method_in_words(row)


def test_verdicts_of_another_study_on_the_same_responses_count_as_its_own():
    collected = judged_study()
    people = collected.preferences.annotator == PERSON

    def part_of(of, mask):
        columns = {name: getattr(of.preferences, name)[mask] for name in of.preferences.__slots__}
        return replace(of, preferences=replace(of.preferences, **columns))

    here, elsewhere = part_of(collected, people), part_of(collected, ~people)

    (apart,) = correction_report(here, presented_as(here), (elsewhere,)).parts
    (together,) = correction_report(collected, presented_as(collected)).parts

    assert apart.rows[0].correction == together.rows[0].correction


def test_scores_and_errors_are_corrected_on_their_own_scale():
    rng = np.random.default_rng(7)
    truth = rng.integers(1, 6, 2 * N)
    said = np.clip(truth + rng.integers(-1, 2, 2 * N), 1, 5)
    labelled = [output for output in range(2 * N) if output % N < 120]
    values = [(0, output, PERSON, float(truth[output])) for output in labelled]
    values += [(0, output, JUDGE, float(said[output])) for output in range(2 * N)]
    marks = [(output, PERSON, 0 if truth[output] < 3 else NO_TAG) for output in labelled]
    marks += [(output, JUDGE, 0 if said[output] < 3 else NO_TAG) for output in range(2 * N)]
    collected = replace(
        study(n_cases=N, n_annotators=2, values=values, marks=marks), annotators=ANNOTATORS
    )

    report = correction_report(collected, presented_as(collected))

    assert [subject_key(of) for of in report.subjects] == ["stars", "any_error", "error:tone"]
    scores, errors = report.on(STARS)[0], report.on(ANY_ERROR)[0]
    row = scores.rows[0]
    assert row.n_judged == N
    assert row.correction.people.value == pytest.approx(truth[:120].mean())
    assert 1 <= row.correction.corrected.low <= truth[:N].mean() <= row.correction.corrected.high
    share = errors.rows[1].correction.corrected
    assert 0 <= share.low <= (truth[N:] < 3).mean() <= share.high <= 1


def test_without_a_judge_or_without_people_a_sentence_says_what_is_missing():
    collected = judged_study(n_labelled=0)
    alone = replace(collected, annotators=ANNOTATORS[:1] * 2)
    nobody = correction_report(collected, presented_as(collected))

    assert correction_verdict(nobody) == NO_PEOPLE
    assert correction_verdict(correction_report(alone, presented_as(alone))) == NO_JUDGE
    # What the terminal prints, which says the same as page and JSON.
    said_first = correction_section(correction_report(alone, presented_as(alone))).blocks[0]
    assert said_first.text == NO_JUDGE


def test_the_document_holds_every_number_of_the_table():
    collected = judged_study()
    report = correction_report(collected, presented_as(collected))

    (entry,) = correction_document(collected, report)["judges"]

    assert entry["subject"] == subject_key(PREFERRED)
    for row, cells in zip(entry["models"], models_table(report.parts[0]).rows, strict=True):
        number = cells[2].number
        assert row["corrected"]["low"] == number.low
        assert row["sentence"] == cells[-1].text
    assert entry["pairs"][0]["corrected"] == entry["models"][0]["corrected"]

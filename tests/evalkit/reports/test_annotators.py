"""How annotators work, what changes without some, what they differ on, which agreement to trust."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from evalkit.reports.agreement import coefficients
from evalkit.reports.agreement.sentences import trust
from evalkit.reports.annotators import leave_out as without, report as annotators
from evalkit.reports.annotators.disagreements import disagreements
from evalkit.reports.annotators.sentences import (
    annotators_verdict,
    flag_sentences,
    how_to_read,
)
from evalkit.reports.annotators.tables import habits
from evalkit.reports.ranking.sentences import verdict
from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.annotators.first_shown import ORDER_NOT_DEALT, FirstShown
from evalkit.stats.counts import Codings
from evalkit.study.collected import (
    NO_TAG,
    Collected,
    Criterion,
    Judged,
    Marks,
    Outputs,
    Preferences,
    Tag,
    Values,
)
from evalkit.vocabulary import AnnotatorKind, Level

LEFT, RIGHT, TIE, BOTH_BAD = range(4)
STARS = Criterion("stars", "How many?", Level.ORDINAL, (1.0, 2.0, 3.0, 4.0, 5.0), tuple("abcde"))
PASS = Criterion("pass", "Passes?", Level.NOMINAL, (0.0, 1.0), ("no", "yes"))


def integers(values):
    return np.array(list(values), dtype=np.int64)


def study(*, n_cases=6, n_annotators=3, preferences=(), values=(), marks=()):
    """Build what a study of models A and B collected; output = model * n_cases + case.

    Every other case is of category ``even``. preferences are (annotator, case, left model,
    preference), values (criterion, output, annotator, value), marks (output, annotator, tag).
    """
    n = 2 * n_cases
    rows = [list(column) for column in zip(*preferences, strict=True)] or [[]] * 4
    who, case, left, given = rows
    scores = [list(column) for column in zip(*values, strict=True)] or [[]] * 4
    marked = [list(column) for column in zip(*marks, strict=True)] or [[]] * 3
    nothing = np.full(n, np.nan)
    return Collected(
        study="Study",
        models=("A", "B"),
        categories=("even", "odd"),
        annotators=tuple(
            Judged(f"annotator {k}", AnnotatorKind.HUMAN, k == 2) for k in range(n_annotators)
        ),
        criteria=(STARS, PASS),
        tags=(Tag("tone", "Tone"),),
        unsafe=(),
        outputs=Outputs(
            id=100 + np.arange(n),
            case=np.arange(n) % n_cases,
            model=np.arange(n) // n_cases,
            category=np.arange(n) % n_cases % 2,
            is_counted=np.ones(n, dtype=bool),
            latency_ms=nothing,
            cost_usd=nothing,
            input_tokens=nothing,
            output_tokens=nothing,
            reasoning_tokens=nothing,
        ),
        preferences=Preferences(
            left=integers(at + n_cases * model for at, model in zip(case, left, strict=True)),
            right=integers(at + n_cases * (1 - m) for at, m in zip(case, left, strict=True)),
            annotator=integers(who),
            preference=integers(given),
            n=np.ones(len(who), dtype=np.int64),
            latest=np.arange(len(who), dtype=np.int64),
            is_dealt=np.ones(len(who), dtype=bool),
            is_seen=np.ones(len(who), dtype=bool),
            strength=np.zeros(len(who), dtype=np.int64),
            certainty=np.zeros(len(who), dtype=np.int64),
            asks_strength=np.zeros(len(who), dtype=bool),
        ),
        n_unreadable=0,
        values=Values(
            criterion=integers(scores[0]),
            output=integers(scores[1]),
            annotator=integers(scores[2]),
            value=np.array(scores[3], dtype=np.float64),
            n=np.ones(len(scores[0]), dtype=np.int64),
            latest=np.arange(len(scores[0]), dtype=np.int64),
        ),
        marks=Marks(*(integers(column) for column in (*marked, marked[1]))),
    )


def pace_of(collected, seconds):
    given = collected.preferences
    return annotators.Pace(
        annotation=given.latest,
        annotator=given.annotator,
        output_id=collected.outputs.id[given.left],
        seconds=np.array(seconds, dtype=np.float64),
    )


def test_the_left_rate_counts_what_was_shown_and_leaves_ties_out():
    # Left, left, right and a tie: 2 of 3, though B was once the one on the left.
    collected = study(
        preferences=[(0, 0, 0, LEFT), (0, 1, 1, LEFT), (0, 2, 0, RIGHT), (0, 3, 0, TIE)]
    )

    profile = annotators.annotators_report(collected).rows[0].profile

    assert profile.left_rate.value == pytest.approx(2 / 3)
    assert profile.left_rate.n == 3
    assert profile.n == 4


def test_who_puts_what_is_shown_first_on_top_is_flagged_and_the_numbers_say_so_everywhere():
    collected = study(n_cases=12, preferences=[(0, case, 0, LEFT) for case in range(12)])
    # Twelve of twelve: P(Bin(12, 1/2) is 0 or 12) = 2/4096, one annotator of three ranked.
    shown = FirstShown(np.zeros(12, np.int64), np.arange(12), np.ones(12), np.ones(12, np.bool_))
    collected = replace(collected, first_shown=shown)

    report = annotators.annotators_report(collected)

    profile = report.rows[0].profile
    assert (profile.first_rate.value, profile.first_rate.n) == (1.0, 12)
    assert "first_shown" in [flag.kind for flag in profile.flags]
    (flag,) = [each for each in flag_sentences(report) if "shown first" in each]
    assert "above most others in 12 of 12" in flag
    assert annotators.annotator_entry(report.rows[0])["first_rate"]["value"] == 1.0
    table = habits(report)
    column = table.columns.index("Ranked A above")
    assert table.rows[0][column].number == profile.first_rate
    assert any("half is expected" in each for each in how_to_read(report))
    others = replace(shown, is_dealt=np.zeros(12, np.bool_))
    unknown = annotators.annotators_report(replace(collected, first_shown=others))
    assert ORDER_NOT_DEALT in how_to_read(unknown)
    assert unknown.rows[0].profile.first_rate.value is None


def test_the_latest_of_a_repeated_pair_counts_with_its_own_seconds():
    collected = study(preferences=[(0, 0, 0, LEFT), (0, 1, 0, LEFT), (0, 0, 1, LEFT)])

    report = annotators.annotators_report(collected, pace_of(collected, [500, 10, 20]))

    profile = report.rows[0].profile
    assert profile.n == 2
    # The first judgement of case 0 (500 s) was made again in 20 s: the median of 10 and 20.
    assert profile.median_seconds.value == pytest.approx(15)
    assert profile.median_seconds.n == 2


def test_seconds_of_scores_alone_go_to_the_response_they_were_spent_on():
    collected = study(values=[(0, 0, 0, 3.0), (0, 1, 0, 4.0), (0, 0, 1, 2.0)])
    pace = annotators.Pace(
        annotation=integers([1, 2, 3]),
        annotator=integers([0, 0, 1]),
        output_id=integers([100, 101, 100]),
        seconds=np.array([10.0, 30.0, 90.0]),
    )

    rows = annotators.annotators_report(collected, pace, subject=STARS).rows

    assert rows[0].profile.median_seconds.value == pytest.approx(20)
    assert rows[1].profile.median_seconds.value == pytest.approx(90)
    assert rows[2].profile.median_seconds.value is None


def test_kappa_of_ordered_scores_gives_near_misses_part_of_the_credit():
    rng = np.random.default_rng(5)
    first = rng.integers(1, 6, 12)
    second = np.clip(first + rng.integers(-1, 2, 12), 1, 5)
    values = [(0, k, 0, float(one)) for k, one in enumerate(first)]
    values += [(0, k, 1, float(one)) for k, one in enumerate(second)]

    row = annotators.annotators_report(study(values=values, n_annotators=2), subject=STARS).rows[0]

    # scikit-learn's is an independent implementation of the same kappa.
    expected = cohen_kappa_score(first, second, weights="linear", labels=[1, 2, 3, 4, 5])
    assert row.profile.agreement.kappa.value == pytest.approx(expected)
    assert row.quality.estimate.value is None
    assert row.quality.estimate.reason == annotators.ORDERED


def simulated(accuracy, *, n_units, seed):
    """Let annotators name one of two values, each right with their own probability."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n_units)
    unit = np.repeat(np.arange(n_units), len(accuracy))
    who = np.tile(np.arange(len(accuracy)), n_units)
    right = rng.random(len(unit)) < np.array(accuracy)[who]
    value = np.where(right, truth[unit], 1 - truth[unit])
    return Codings(unit, unit, who, value, ("no", "yes"), tuple("abcdefg"[: len(accuracy)]))


@pytest.mark.parametrize(("n_units", "method"), [(40, "one-coin"), (400, "Dawid–Skene")])
def test_quality_finds_how_often_simulated_annotators_are_right(n_units, method):
    accuracy = [0.9, 0.9, 0.8, 0.8, 0.6]
    held = np.zeros(len(accuracy))
    for seed in range(4):
        found = annotators.annotator_quality(simulated(accuracy, n_units=n_units, seed=seed))
        assert {one.method for one in found} == {method}
        for k, (one, truth) in enumerate(zip(found, accuracy, strict=True)):
            held[k] += one.estimate.low <= truth <= one.estimate.high

    # By the binomial, of 20 intervals at 95 % fewer than 14 hold the truth once in 29,000 times.
    assert held.sum() >= 14


def with_a_habit(*, n_units, seed):
    """Three annotators who know four times in five, and one who says "no" to everything.

    Who does not know says "no" or "yes" by the toss of a coin.
    """
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n_units)
    given = [
        np.where(rng.random(n_units) < 0.8, truth, rng.integers(0, 2, n_units)) for _ in range(3)
    ]
    value = np.concatenate([*given, np.zeros(n_units, dtype=np.int64)])
    unit, who = np.tile(np.arange(n_units), 4), np.repeat(np.arange(4), n_units)
    return Codings(unit, unit, who, value, ("no", "yes"), tuple("abcd"))


def test_who_says_the_same_to_everything_knows_nothing_however_often_it_is_right():
    codings = with_a_habit(n_units=300, seed=4)

    right = [one.estimate.value for one in annotators.annotator_quality(codings)]
    knows = annotators.annotator_competence(codings)

    # The habit is right on the half that is truly "no"; the others know four times in five.
    assert right[3] == pytest.approx(0.5, abs=0.1)
    assert knows[3].high < 0.1
    assert all(one.low <= 0.8 <= one.high for one in knows[:3])


def test_competence_holds_how_often_simulated_annotators_know():
    # Who is right with probability q by knowing or tossing a coin knows with 2q - 1.
    accuracy = [0.9, 0.9, 0.8, 0.8, 0.65]
    held = 0
    for seed in range(4):
        codings = simulated(accuracy, n_units=400, seed=seed)
        found = annotators.annotator_competence(codings)
        held += sum(
            one.low <= 2 * q - 1 <= one.high for one, q in zip(found, accuracy, strict=True)
        )

    # By the binomial, of 20 intervals at 95 % fewer than 14 hold the truth once in 29,000 times.
    assert held >= 14


def test_competence_is_undefined_where_quality_is_and_for_the_same_reason():
    for codings in (
        simulated([0.9, 0.9], n_units=50, seed=1),
        simulated([0.9, 0.9, 0.9], n_units=9, seed=1),
    ):
        quality = [one.estimate for one in annotators.annotator_quality(codings)]
        assert list(annotators.annotator_competence(codings)) == quality


@pytest.mark.parametrize(
    "measure",
    [
        lambda codings: [one.estimate for one in annotators.annotator_quality(codings)],
        annotators.annotator_competence,
    ],
)
@pytest.mark.slow
def test_the_numbering_and_order_of_cases_move_no_interval_of_quality(measure):
    # More cases than groups are left out in groups; which cases share one may not hang on ids.
    codings = simulated([0.9, 0.8, 0.8, 0.6], n_units=65, seed=3)
    before = measure(codings)
    rng = np.random.default_rng(5)
    number, order = rng.permutation(1000)[:65], rng.permutation(len(codings.unit))

    after = measure(
        replace(
            codings,
            unit=number[codings.unit][order],
            case=number[codings.case][order],
            annotator=codings.annotator[order],
            value=codings.value[order],
        )
    )

    assert [(row.value, row.low, row.high) for row in after] == [
        pytest.approx((row.value, row.low, row.high), abs=1e-9) for row in before
    ]


def test_quality_is_not_told_from_two_annotators_or_a_handful_of_annotations():
    two = annotators.annotator_quality(simulated([0.9, 0.9], n_units=50, seed=1))
    few = annotators.annotator_quality(simulated([0.9, 0.9, 0.9], n_units=9, seed=1))

    assert [one.estimate.value for one in two + few] == [None] * 5
    assert {one.estimate.reason for one in two + few} == {annotators.NO_TRUTH}


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(3)
    given = [
        (k, case, int(rng.integers(2)), int(rng.integers(4))) for k in range(3) for case in range(6)
    ]
    collected = study(preferences=given)
    order = rng.permutation(len(given))
    names = [field.name for field in fields(collected.preferences)]
    mixed = Preferences(*(getattr(collected.preferences, name)[order] for name in names))

    shuffled = annotators.annotators_document(replace(collected, preferences=mixed))

    assert shuffled == annotators.annotators_document(collected)


def test_the_document_holds_every_subject_and_no_not_a_number():
    given = [(k, case, 0, LEFT) for k in range(3) for case in range(6)]
    collected = study(preferences=given, values=[(1, 0, 0, 1.0), (1, 0, 1, 0.0)])

    document = annotators.annotators_document(collected)

    assert list(document["subjects"]) == ["preference", "pass"]
    assert document["simulated_annotators"] == ["annotator 2"]
    json.dumps(document, allow_nan=False)


def test_a_flag_names_the_annotator_and_nobody_is_left_out():
    # Three choose by what they see, alike on most cases; the fourth always takes the left one.
    rng = np.random.default_rng(4)
    better, noise = rng.integers(0, 2, 40), rng.random((3, 40)) < 0.2
    given = [
        (k, case, case % 2, LEFT if k == 3 else (better[case] ^ noise[k, case]) ^ (case % 2))
        for k in range(4)
        for case in range(40)
    ]
    report = annotators.annotators_report(study(n_cases=40, n_annotators=4, preferences=given))

    assert (
        annotators_verdict(report)
        == "annotator 3 has something to look at; nobody has been left out."
    )
    assert len(flag_sentences(report)) == 1
    assert "left response in 40 of 40" in flag_sentences(report)[0]
    assert len(report.rows) == 4


def test_disagreements_come_with_the_most_and_most_evenly_split_first():
    given = [
        # Case 0: all alike. Case 1: opposite. Case 2: a win against a tie.
        *((k, 0, 0, LEFT) for k in range(4)),
        (0, 1, 0, LEFT), (1, 1, 0, RIGHT),
        (0, 2, 0, LEFT), (1, 2, 0, TIE),
        # Case 3: two against two, on whichever side it was shown. Case 4: judged once.
        (0, 3, 0, LEFT), (1, 3, 1, RIGHT), (2, 3, 0, RIGHT), (3, 3, 1, LEFT),
        (0, 4, 0, LEFT),
    ]  # fmt: skip
    found = disagreements(study(n_annotators=4, preferences=given))

    assert [one.case for one in found.rows] == [3, 1, 2]
    # Two of four ordered pairs differ wholly: 2/4; by half: 1/4. Two against two: 8 of 16.
    assert [one.distance for one in found.rows] == pytest.approx([0.5, 0.5, 0.25])
    assert found.rows[0].values == (0, 0, 1, 1)
    assert found.rows[0].output_ids == (103, 109)
    assert found.rows[0].models == ("A", "B")
    assert (found.n_differing, found.n_units) == (3, 4)


def test_disagreement_on_a_scale_is_how_far_apart_scores_are():
    values = [(0, 0, 0, 1.0), (0, 0, 1, 2.0), (0, 1, 0, 1.0), (0, 1, 1, 5.0)]
    found = disagreements(study(values=values), subject=STARS)

    # The whole scale apart is 1, one of four steps 1/4; each in two of four ordered pairs.
    assert [(one.case, one.distance) for one in found.rows] == [(1, 0.5), (0, 0.125)]


def test_without_somebody_the_verdict_is_said_again_beside_the_full_one():
    # Two prefer A on every case, the third B on all but one and often: B leads in all.
    others = [(k, case, 0, LEFT) for k in range(2) for case in range(20)]
    contrary = [(2, case, 0, LEFT if case == 19 else RIGHT) for case in range(20)]
    full = study(n_cases=20, preferences=others + contrary * 3)
    rest = study(n_cases=20, preferences=others)

    report = without.without_report(full, rest, left_out=["annotator 2"])
    said = " ".join(without.without_sentences(report, verdict(report.rest.ranking)))

    assert "Without annotator 2 the verdict changes: A " in said
    assert "60 comparisons of 100 would be left out." in said
    document = without.without_document(full, rest, left_out=["annotator 2"])
    assert document["ranking"]["all"]["models"][0]["model"] == "B"
    assert document["ranking"]["rest"]["models"][0]["model"] == "A"
    assert document["ranking"]["rest"]["n_comparisons"] == 40
    json.dumps(document, allow_nan=False)


def test_without_somebody_scores_are_computed_again_and_nothing_left_is_said():
    # On A two give 1 and 3, the third 5: mean 3 of all, 2 without the third, who alone judged B.
    given = [(0, 0, 0, 1.0), (0, 0, 1, 3.0), (0, 0, 2, 5.0), (0, 6, 2, 4.0)]
    full, rest = study(values=given), study(values=given[:2])

    report = without.without_report(full, rest, left_out=["annotator 2"])
    changes = {(one.measure.key, one.model): one for one in without.quality_changes(report)}

    one = changes["stars", "A"]
    assert (one.full.value, one.full.n) == (3.0, 3)
    assert (one.rest.value, one.rest.n) == (2.0, 2)
    one = changes["stars", "B"]
    assert one.full.value == 4.0
    assert (one.rest.value, one.rest.n) == (None, 0)
    assert one.rest.reason
    document = without.without_document(full, rest, left_out=["annotator 2"])
    assert {
        key: value
        for key, value in document["quality"]["rest"][0].items()
        if key in {"on", "model", "value"}
    } == {"on": "stars", "model": "A", "value": 2.0}


def test_agreement_by_category_is_that_of_the_category_alone():
    rng = np.random.default_rng(8)
    values = [(1, k, who, float(rng.integers(2))) for k in range(12) for who in range(3)]
    found = coefficients.agreement_by_category(study(values=values))

    even = [row for row in values if row[1] % 6 % 2 == 0]
    alone = Codings(
        unit=integers(row[1] for row in even),
        case=integers(row[1] % 6 for row in even),
        annotator=integers(row[2] for row in even),
        value=integers(row[3] for row in even),
        values=PASS.values,
        annotators=("a", "b", "c"),
    )
    assert [(one.subject.key, one.category) for one in found] == [
        ("pass", "even"),
        ("pass", "odd"),
    ]
    assert found[0].alpha == krippendorff_alpha(alone, Level.NOMINAL)


def test_a_tag_is_confirmed_where_a_second_annotator_marks_it_too():
    # Output 0 is marked by both, output 1 by one of two, output 2 by nobody.
    marks = [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, NO_TAG), (2, 0, NO_TAG), (2, 1, NO_TAG)]
    any_error, tone = coefficients.tag_agreement(study(marks=marks))

    # Of three marks, two met another one on the same response.
    assert tone.n_marked == 3
    assert tone.confirmed.value == pytest.approx(2 / 3)
    # It is the only tag, so any error is the same.
    assert replace(any_error, tag=tone.tag) == tone


def test_where_one_value_is_most_of_all_values_the_reading_says_what_to_trust():
    values = [(1, k, who, float(k == who)) for k in range(12) for who in range(2)]
    several = coefficients.coefficients(study(values=values))

    assert "“0”" in trust(several)[0]
    assert "Gwet's AC1" in trust(several)[0]
    # The higher the agreement by a common value, the more the two coefficients part.
    assert several[0].gwet.value > 0.7 > 0 > several[0].alpha.value


def numbers_of(row):
    """Return everything in a row as one flat mapping."""
    flat = {"kinds": [flag["kind"] for flag in annotators.annotator_entry(row)["flags"]]}
    for key, entry in annotators.annotator_entry(row).items():
        if isinstance(entry, dict):
            flat |= {f"{key}.{name}": number for name, number in entry.items()}
        elif key != "flags":
            flat[key] = entry
    return {key: str(entry) if isinstance(entry, list) else entry for key, entry in flat.items()}


def test_judges_grade_nobody_and_are_compared_with_people():
    # Three people mostly agree; a judge that always says B beside each of them, and is their twin
    # on nothing. Whatever it says, no number of a person may move.
    rng = np.random.default_rng(8)
    truth = rng.integers(2, size=40)
    people = [
        (k, case, 0, int(truth[case] if rng.random() < 0.8 else 1 - truth[case]))
        for k in range(3)
        for case in range(40)
    ]
    judge = [(3, case, 0, RIGHT) for case in range(40)]
    alone = study(n_cases=40, preferences=people)
    mixed = study(n_cases=40, n_annotators=4, preferences=[*people, *judge])
    kinds = [one.kind for one in alone.annotators]
    who = tuple(
        replace(one, kind=kind)
        for one, kind in zip(mixed.annotators, [*kinds, AnnotatorKind.JUDGE], strict=True)
    )

    before = annotators.annotators_report(alone)
    after = annotators.annotators_report(replace(mixed, annotators=who))

    for row, same in zip(before.rows, after.rows[:3], strict=True):
        assert numbers_of(same) == pytest.approx(numbers_of(row), abs=1e-6)  # EM stops there
    # Each case counts once: the judge agrees with the people who say B, a third each.
    says_b = np.mean([one == RIGHT for *_, one in people])
    assert after.rows[3].profile.agreement.percent_agreement.value == pytest.approx(says_b)


def test_judges_alone_are_compared_with_one_another():
    given = [(k, case, 0, LEFT if case < 4 else RIGHT) for k in range(3) for case in range(6)]
    collected = study(preferences=given)
    judges = tuple(replace(one, kind=AnnotatorKind.JUDGE) for one in collected.annotators)

    report = annotators.annotators_report(replace(collected, annotators=judges))

    assert [row.profile.agreement.percent_agreement.value for row in report.rows] == [1.0] * 3


def test_what_nobody_differed_on_is_not_said_to_be_trustworthy():
    # Everybody gave 0: alpha has nothing to say, and a reason why stands beside it.
    values = [(1, k, who, 0.0) for k in range(9) for who in range(2)]
    equal = coefficients.coefficients(study(values=values))

    assert equal[0].alpha.value is None
    assert trust(equal) == []


def test_a_value_that_is_most_but_not_nearly_all_is_not_denied():
    # Seven of nine responses were given 0 by both, two were given 1 by both: 78 % are 0.
    values = [(1, k, who, float(k < 2)) for k in range(9) for who in range(2)]
    (said,) = trust(coefficients.coefficients(study(values=values)))

    assert "no value is 80 % of all values or more, so α can be trusted" in said

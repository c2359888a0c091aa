"""Which judges are admitted: by bounds, on the test split, and hardly ever one that should not."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.errors import RefusedError
from evalkit.reports.judges.admission import LEAST_UNITS, admissions_of
from evalkit.stats.counts import LEFT, RIGHT
from evalkit.study.admitted import Admission, AdmissionBar, admitted_categories, said_of_outputs
from evalkit.study.collected import Judged
from evalkit.vocabulary import AdmissionStanding, AnnotatorKind
from tests.evalkit.reports.test_annotators import study

PEOPLE = ("Ada", "Bo")
ADMITTED, NOT_ADMITTED, NOT_ENOUGH = AdmissionStanding


def judged(rng, *, n_cases, accuracy, first=0.0):
    """Return a study: two people say what is true, a judge of both orders with a known chance.

    Before that it says what stands first with the chance ``first``.
    """
    truth = rng.integers(0, 2, n_cases)
    rows = [(who, case, 0, int(truth[case])) for who in (0, 1) for case in range(n_cases)]
    rows += [(2, case, 0, 0) for case in range(n_cases) for _ in range(2)]
    of = study(n_cases=n_cases, n_annotators=3, preferences=rows)
    turned = np.zeros(len(rows), np.bool_)
    turned[2 * n_cases + 1 :: 2] = True
    case = np.array([row[1] for row in rows])
    is_judge = np.arange(len(rows)) >= 2 * n_cases
    right = np.repeat(rng.random(n_cases) < accuracy, 2)
    choice = truth[case]
    choice[is_judge] = np.where(right, choice[is_judge], 1 - choice[is_judge])
    led = is_judge & (rng.random(len(rows)) < first)
    choice[led] = turned[led]
    left = np.where(turned, of.preferences.right, of.preferences.left)
    right_side = np.where(turned, of.preferences.left, of.preferences.right)
    is_dealt = ~is_judge
    preferences = replace(
        of.preferences,
        left=left,
        right=right_side,
        preference=np.where((choice == 0) != turned, LEFT, RIGHT),
        is_dealt=is_dealt,
        is_seen=np.ones(len(rows), np.bool_),
    )
    who = (*PEOPLE, "gauge")
    kinds = (AnnotatorKind.HUMAN, AnnotatorKind.HUMAN, AnnotatorKind.JUDGE)
    annotators = tuple(Judged(name, kind, False) for name, kind in zip(who, kinds, strict=True))
    return replace(of, annotators=annotators, preferences=preferences)


def of_one_category(collected):
    """Give the same study, in which no category is held against the bar by itself."""
    outputs = replace(collected.outputs, category=np.zeros_like(collected.outputs.category))
    return replace(collected, categories=("all",), outputs=outputs)


def standing_of(collected, bar, style=None):
    style = np.full((len(collected.outputs.id), 4), 0.0) if style is None else style
    return admissions_of(collected, style, bar)[0]


def test_a_judge_that_is_right_is_admitted_and_one_that_says_the_first_is_not():
    rng = np.random.default_rng(1)
    bar = AdmissionBar(ratio=0.8, bias=0.2)

    good = standing_of(judged(rng, n_cases=200, accuracy=0.98), bar)
    poor = standing_of(judged(rng, n_cases=200, accuracy=0.98, first=0.9), bar)

    assert (good.subject, good.category, good.standing) == ("preference", None, ADMITTED)
    assert poor.standing is NOT_ADMITTED
    assert "first shown +" in poor.reason
    assert "people's own agreement" in poor.reason


def test_too_few_units_are_not_enough_however_right_the_judge_is():
    rng = np.random.default_rng(2)
    few = judged(rng, n_cases=LEAST_UNITS - 1, accuracy=1.0)

    row = standing_of(few, AdmissionBar(ratio=0.5, sensitivity=0.5, specificity=0.5))

    assert row.standing is NOT_ENOUGH
    assert f"29 units of the {LEAST_UNITS} it takes" in row.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accuracy", "first", "bar"),
    [
        # Right in just what is asked: .8 where people find one better.
        (0.8, 0.0, AdmissionBar(ratio=0.01, sensitivity=0.8, specificity=0.5, bias=1.0)),
        # Says the first with the chance .2 beside that: in ½ + .2/2, an excess of just .1.
        (0.95, 0.2, AdmissionBar(ratio=0.01, sensitivity=0.5, specificity=0.5, bias=0.1)),
        # People agree throughout, so the ratio is the judge's κ: 2·.9 − 1 = .8.
        (0.9, 0.0, AdmissionBar(ratio=0.8, sensitivity=0.5, specificity=0.5, bias=1.0)),
    ],
)
def test_a_judge_that_just_misses_what_is_asked_is_admitted_in_at_most_its_stated_share(
    accuracy, first, bar
):
    # 200 tests of 120 pairs: at most 2.5 % are admitted but for chance, whose 99 % end is 6 %.
    rng = np.random.default_rng(3)
    studies = [judged(rng, n_cases=120, accuracy=accuracy, first=first) for _ in range(200)]
    standings = [standing_of(of_one_category(study), bar).standing for study in studies]

    assert standings.count(ADMITTED) / 200 <= 0.06
    assert standings.count(NOT_ADMITTED) / 200 <= 0.06


def test_where_a_judge_counts_follows_its_category_and_else_all_cases():
    rows = [
        Admission("gauge", "preference", None, ADMITTED, ""),
        Admission("gauge", "preference", "code", NOT_ADMITTED, ""),
        Admission("gauge", "preference", "maths", NOT_ENOUGH, ""),
        Admission("gauge", "tone", None, NOT_ENOUGH, ""),
        Admission("gauge", "tone", "code", ADMITTED, ""),
    ]
    categories = ("code", "maths", "prose")

    assert admitted_categories(rows, "gauge", "preference", categories) == {"maths", "prose"}
    assert admitted_categories(rows, "gauge", "tone", categories) == {"code"}
    assert not admitted_categories(rows, "gauge", "any_error", categories)
    assert not admitted_categories(rows, "other", "preference", categories)


def test_what_is_said_of_some_outputs_is_all_that_is_said_of_them():
    collected = judged(np.random.default_rng(4), n_cases=10, accuracy=1.0)
    keep = collected.outputs.case == collected.outputs.case[0]

    part = said_of_outputs(collected, keep)

    assert len(part.preferences.left) == 4
    assert set(collected.outputs.case[part.preferences.left]) == {collected.outputs.case[0]}


@pytest.mark.parametrize(
    "bar", [{"ratio": 0.0}, {"sensitivity": 1.0}, {"specificity": 0.0}, {"bias": 0.0}, {"bias": 2}]
)
def test_a_bar_that_no_judge_could_reach_or_any_would_is_refused(bar):
    with pytest.raises(RefusedError):
        AdmissionBar(**bar)

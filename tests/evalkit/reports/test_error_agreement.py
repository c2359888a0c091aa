"""Agreement on errors: by category, of every two, of one with the rest, and where they differ."""

from dataclasses import replace

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from evalkit.reports.agreement.coefficients import (
    tag_agreement,
    tag_agreement_by_category,
    tag_pairs,
)
from evalkit.reports.agreement.document import coefficients_document
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.disagreements import disagreements
from evalkit.reports.annotators.report import annotators_report
from evalkit.study.collected import Judged, Tag
from evalkit.study.subjects import ANY_ERROR, marked_where_two_looked, subject_key, subjects
from evalkit.vocabulary import AnnotatorKind, Level
from tests.evalkit.collected_studies import HELPFUL, collected

TONE, FACT = Tag("tone", "Tone"), Tag("fact", "Fact")
NONE = -1


def study(marks, **more):
    """Build a study with two tags, of which marks name 0, 1 or none."""
    return replace(collected(marks=marks, **more), tags=(TONE, FACT), unsafe=())


def looked(seed, *, n_cases=30, n_annotators=3):
    """Draw which of two tags each annotator marks on each case; shape (annotators, cases, 2)."""
    rng = np.random.default_rng(seed)
    truth = rng.random((n_cases, 2)) < 0.4
    guess = rng.random((n_annotators, n_cases, 2)) < 0.4
    return np.where(rng.random((n_annotators, n_cases, 1)) < 0.6, truth, guess)


def told(hits):
    """Give the marks that say so; who finds nothing marks that."""
    return [
        (who, case, 0, tag)
        for who, cases in enumerate(hits)
        for case, tags in enumerate(cases)
        for tag in (np.flatnonzero(tags).tolist() or [NONE])
    ]


@pytest.mark.parametrize("seed", range(5))
def test_two_annotators_on_a_tag_and_on_any_error_have_the_kappa_of_scikit_learn(seed):
    hits = looked(seed)
    found = study(told(hits))

    for tag, said in ((TONE, hits[:, :, 0]), (FACT, hits[:, :, 1]), (ANY_ERROR, hits.any(axis=2))):
        pairs = tag_pairs(found, tag)
        assert len(pairs) == 3
        for pair, (one, other) in zip(pairs, ((0, 1), (0, 2), (1, 2)), strict=True):
            oracle = cohen_kappa_score(said[one], said[other])
            assert pair.cohen_kappa.value == pytest.approx(oracle, abs=1e-9)
            share = (said[one] == said[other]).mean()
            assert pair.percent_agreement.value == pytest.approx(share, abs=1e-9)
            assert pair.n == 30


@pytest.mark.parametrize("seed", range(5))
def test_alpha_on_a_tag_within_a_category_is_that_of_the_krippendorff_package(seed):
    hits = looked(seed)

    found = {
        (one.subject, one.category): one.alpha
        for one in tag_agreement_by_category(study(told(hits)))
    }

    # Even cases are of code, odd ones of support.
    for tag, said in ((TONE, hits[:, :, 0]), (FACT, hits[:, :, 1]), (ANY_ERROR, hits.any(axis=2))):
        for start, category in enumerate(("code", "support")):
            own = said[:, start::2].astype(int)
            oracle = krippendorff.alpha(
                reliability_data=own, level_of_measurement="nominal", value_domain=[0, 1]
            )
            assert found[tag, category].value == pytest.approx(oracle, abs=1e-9)
            assert found[tag, category].n_units == 15


def test_two_who_name_different_errors_agree_that_there_is_one():
    marks = [(0, 0, 0, 0), (1, 0, 0, 1), (0, 1, 0, NONE), (1, 1, 0, NONE)]
    found = tag_agreement(study(marks))

    assert [(one.tag, one.n_marked) for one in found] == [(ANY_ERROR, 2), (TONE, 1), (FACT, 1)]
    # Krippendorff's alpha is 1 without any disagreement; on the tag one of two units differs.
    assert found[0].alpha.value == 1
    assert found[1].alpha.value < 1


def test_a_tag_nobody_marked_is_left_out_and_so_are_all_where_nobody_looked_twice():
    both = study([(0, 0, 0, 1), (1, 0, 0, NONE)])
    apart = study([(0, 0, 0, 1), (1, 1, 0, NONE)])

    assert marked_where_two_looked(both) == (ANY_ERROR, FACT)
    assert marked_where_two_looked(apart) == marked_where_two_looked(study([])) == ()


def test_of_two_annotators_agreement_with_the_rest_on_any_error_is_their_kappa():
    hits = looked(7, n_annotators=2)
    found = study(told(hits))

    report = annotators_report(found, subject=ANY_ERROR)

    oracle = cohen_kappa_score(*hits.any(axis=2))
    for row in report.rows:
        assert row.profile.agreement.kappa.value == pytest.approx(oracle, abs=1e-9)
        assert row.profile.n == 30
        assert row.profile.left_rate.value is None
    assert subjects(found) == (ANY_ERROR,)


def test_runs_of_looks_are_counted_in_the_order_of_time_whatever_the_response():
    # In time: none, none, none, an error, none; by case the error would come first.
    cases = [(4, NONE), (3, NONE), (2, NONE), (0, 0), (1, NONE)]

    report = annotators_report(study([(0, case, 0, tag) for case, tag in cases]), subject=ANY_ERROR)

    assert report.rows[0].profile.longest_run == 3


def test_long_runs_on_errors_are_no_flag_for_hard_cases_have_them():
    # One in two is marked by the other; thirty in a row would be flagged of anything else.
    marks = [(0, case, 0, 0) for case in range(30)]
    marks += [(1, case, 0, 0 if case % 2 else NONE) for case in range(30)]

    row = annotators_report(study(marks, n_cases=30), subject=ANY_ERROR).rows[0]

    assert row.profile.longest_run == 30
    assert "run" not in {flag.kind for flag in row.profile.flags}


def test_where_one_marked_an_error_and_another_none_they_differ():
    marks = [(0, 0, 0, 0), (1, 0, 0, 1), (0, 1, 1, 0), (1, 1, 1, NONE)]

    found = disagreements(study(marks), subject=ANY_ERROR)

    # On case 0 both marked something; on case 1 one did.
    assert [(one.case, one.models, one.values) for one in found.rows] == [(1, ("B",), (1, 0))]
    assert (found.n_differing, found.n_units) == (1, 2)
    assert disagreements(study(marks), subject=TONE).n_differing == 2


def test_pairs_on_errors_count_judges_and_everything_else_is_of_people():
    marks = told(looked(3))
    people = study(marks)
    judge = Judged("Annotator 2", AnnotatorKind.JUDGE, False)
    mixed = replace(people, annotators=(*people.annotators[:2], judge))

    document = coefficients_document(mixed)

    assert len(document["any_error"]["pairs"]) == len(document["tags"]["tone"]["pairs"]) == 3
    alone = coefficients_document(study([one for one in marks if one[0] < 2]))
    assert document["any_error"]["alpha"] == alone["any_error"]["alpha"]
    assert document["tags"]["tone"]["by_category"] == alone["tags"]["tone"]["by_category"]


@pytest.mark.parametrize(
    ("level", "weights"), [(Level.ORDINAL, "linear"), (Level.INTERVAL, "quadratic")]
)
def test_pairs_on_a_scale_have_their_kappa_plain_and_weighted_by_its_level(level, weights):
    rng = np.random.default_rng(5)
    truth = rng.integers(1, 6, 40)
    given = [np.where(rng.random(40) < 0.5, truth, rng.integers(1, 6, 40)) for _ in range(2)]
    scores = [(who, case, 0, given[who][case]) for who in range(2) for case in range(40)]
    made = collected(n_cases=40, scores=scores)

    report = agreement_report(replace(made, criteria=(replace(HELPFUL, level=level),)))

    (pair,) = report.criteria[0].pairs
    plain = cohen_kappa_score(*given)
    weighted = cohen_kappa_score(*given, weights=weights, labels=[1, 2, 3, 4, 5])
    assert pair.weights == weights
    assert pair.cohen_kappa.value == pytest.approx(plain, abs=1e-9)
    assert pair.weighted_cohen_kappa.value == pytest.approx(weighted, abs=1e-9)


def test_a_tag_called_like_a_criterion_has_an_address_of_its_own():
    assert subject_key(Tag("helpful", "Helpful")) != subject_key(HELPFUL)
    assert subject_key(Tag("any_error", "An error")) != subject_key(ANY_ERROR)

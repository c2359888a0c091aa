"""Whether new kinds of errors still turn up: counted by hand, and said of the same numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.saturation import saturation_report
from evalkit.reports.errors.sentences import saturation_sentences
from evalkit.study.collected import NO_TAG, Marks, Tag
from tests.evalkit.collected_studies import collected

TAGS = tuple(Tag(name, name.capitalize()) for name in ("tone", "format", "facts", "other"))


def study(*marks):
    """Build a study of marks (annotator, case, model, tag), in the order of their time."""
    return replace(collected(marks=marks), tags=TAGS)


def test_a_failure_is_a_tag_of_a_case_in_however_many_responses_and_by_however_many():
    # Tone in two cases, in the first by two people and of two models; format in one; looked, and
    # found nothing.
    saturation = saturation_report(
        study(
            (0, 0, 0, 0),
            (1, 0, 0, 0),
            (0, 0, 1, 0),
            (0, 1, 0, 0),
            (0, 1, 1, 1),
            (0, 2, 0, NO_TAG),
        )
    )

    assert saturation.unseen.value == pytest.approx(1 / 3)
    assert (saturation.unseen.n, saturation.n_kinds) == (3, 2)
    assert (saturation.n_new, saturation.n_last, saturation.n_more) == (2, 3, 0)


def test_what_is_new_goes_by_the_order_in_which_failures_were_marked():
    early = [(0, case, model, model) for case in range(15) for model in range(2)]
    late = [(0, 15, 0, 2), (0, 15, 1, 3)]

    at_the_end, at_the_start = (
        saturation_report(study(*marks)) for marks in (early + late, late + early)
    )

    assert at_the_end.unseen == at_the_start.unseen
    assert (at_the_end.n_new, at_the_start.n_new) == (2, 0)


def test_the_interval_holds_the_truth_where_a_case_breaks_all_models_alike():
    """Nine of ten failures are of their case's kind; kinds as frequent as in Zipf's law.

    What has not been met is known in each run. Counted by response the interval held it in 21 %.
    """
    draws = np.random.default_rng(3)
    n_cases, n_kinds, n_runs = 40, 40, 200
    chances = 1 / np.arange(1, n_kinds + 1)
    chances /= chances.sum()
    none = study((0, 0, 0, 0))
    held = 0
    for _ in range(n_runs):
        own = draws.choice(n_kinds, (n_cases, 4), p=chances)
        of_case = draws.choice(n_kinds, (n_cases, 1), p=chances)
        kind = np.where(draws.random((n_cases, 4)) < 0.9, of_case, own)
        case, model = np.nonzero(draws.random((n_cases, 4)) < 0.5)
        met = kind[case, model]
        n = len(met)
        outputs = replace(none.outputs, case=case)
        marks = Marks(np.arange(n), np.zeros(n, dtype=np.int64), met, np.arange(n))
        tags = tuple(Tag(str(each), str(each)) for each in range(n_kinds))
        unseen = saturation_report(replace(none, outputs=outputs, marks=marks, tags=tags)).unseen
        missed = chances[np.bincount(met, minlength=n_kinds) == 0].sum()
        held += unseen.low <= missed <= unseen.high

    assert held / n_runs > 0.93


def test_sentences_and_json_say_the_same_numbers_and_nothing_where_nothing_failed():
    known = study((0, 0, 0, 0), (0, 1, 0, 0), (0, 1, 1, 1))
    entry = json.loads(json.dumps(errors_document(known)["saturation"]))

    assert entry["sentences"] == saturation_sentences(saturation_report(known))
    assert entry["sentences"][0].startswith("About 33 % [")
    assert entry["sentences"][1] == "Kinds that were new among the last 3 failures: 2."
    nothing = saturation_report(study((0, 0, 0, NO_TAG)))
    assert saturation_sentences(nothing) == []
    assert nothing.unseen.reason is not None

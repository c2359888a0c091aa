"""Whether new kinds of errors still turn up: counted by hand, and said of the same numbers."""

import json
from dataclasses import replace

import pytest

from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.saturation import saturation_report
from evalkit.reports.errors.sentences import saturation_sentences
from evalkit.study.collected import NO_TAG, Tag
from tests.evalkit.collected_studies import collected

TAGS = tuple(Tag(name, name.capitalize()) for name in ("tone", "format", "facts", "other"))


def study(*marks):
    """Build a study of marks (annotator, case, model, tag), in the order of their time."""
    return replace(collected(marks=marks), tags=TAGS)


def test_a_failure_is_a_tag_of_a_response_by_however_many_it_was_marked():
    # Tone in two responses, in the first by two people; format in one; looked, and found nothing.
    saturation = saturation_report(
        study((0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 1, 1, 1), (0, 2, 0, NO_TAG))
    )

    assert saturation.unseen.value == pytest.approx(1 / 3)
    assert (saturation.unseen.n, saturation.n_kinds) == (3, 2)
    assert (saturation.n_new, saturation.n_last, saturation.n_more) == (2, 3, 0)


def test_what_is_new_goes_by_the_order_in_which_failures_were_marked():
    early = [(0, case, model, 0) for case in range(15) for model in range(2)]
    late = [(0, 15, 0, 2), (0, 15, 1, 3)]

    at_the_end, at_the_start = (
        saturation_report(study(*marks)) for marks in (early + late, late + early)
    )

    assert at_the_end.unseen == at_the_start.unseen
    assert (at_the_end.n_new, at_the_start.n_new) == (2, 0)


def test_sentences_and_json_say_the_same_numbers_and_nothing_where_nothing_failed():
    known = study((0, 0, 0, 0), (0, 1, 0, 0), (0, 1, 1, 1))
    entry = json.loads(json.dumps(errors_document(known)["saturation"]))

    assert entry["sentences"] == saturation_sentences(saturation_report(known))
    assert entry["sentences"][0].startswith("About 33 % [")
    assert entry["sentences"][1] == "Kinds that were new among the last 3 failures: 2."
    nothing = saturation_report(study((0, 0, 0, NO_TAG)))
    assert saturation_sentences(nothing) == []
    assert nothing.unseen.reason is not None

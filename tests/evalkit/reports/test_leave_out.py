"""Numbers of quality without some annotators, beside those of everybody."""

from dataclasses import replace

from evalkit.reports.annotators import leave_out as without
from tests.evalkit.collected_studies import HELPFUL, collected


def test_a_criterion_named_like_the_acceptable_responses_is_not_taken_for_them():
    scores = [(who, case, 0, 3 + who) for who in (0, 1) for case in range(4)]
    named = (replace(HELPFUL, key="acceptable"),)
    looks = [(0, case, 0, -1) for case in range(4)]
    full = replace(collected(scores=scores, marks=looks), criteria=named)
    rest = replace(collected(scores=scores[:4], marks=looks), criteria=named)

    report = without.without_report(full, rest, left_out=["Annotator 1"])
    found = [
        (one.full.value, one.rest.value)
        for one in without.quality_changes(report)
        if one.measure.criterion is not None and one.model == "A"
    ]

    # One gave 3 throughout, the one left out 4.
    assert found == [(3.5, 3.0)]

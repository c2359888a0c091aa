"""Which cases are proposed as saturated: the rule, and each way of not meeting it."""

import pytest

from evalkit.evalset.saturation import JudgedContent, proposals

CASES = [(7, "easy", "h")]


def passed(version, *models, passes=True):
    return [JudgedContent(version, "h", model, passes) for model in models]


def test_a_case_that_all_models_pass_in_three_versions_is_proposed():
    answered = [*passed(1, "a", "b"), *passed(2, "a", "b"), *passed(4, "a", "c")]

    (proposal,) = proposals(CASES, answered)

    assert (proposal.case_id, proposal.key, proposal.versions) == (7, "easy", (1, 2, 4))
    assert proposal.sentence == "easy: every model judged on it passes it in versions 1, 2, 4."


def test_only_the_newest_three_versions_count():
    answered = [*passed(1, "a", passes=False), *(a for n in (2, 3, 4) for a in passed(n, "a", "b"))]

    assert proposals(CASES, answered)[0].versions == (2, 3, 4)


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param([], id="nothing judged"),
        pytest.param([*passed(1, "a", "b"), *passed(2, "a", "b")], id="two versions"),
        pytest.param(
            [*passed(1, "a", "b"), *passed(2, "a", "b"), *passed(3, "a")], id="one model in one"
        ),
        pytest.param(
            [a for n in (1, 2, 3) for a in passed(n, "a", "b")] + passed(3, "c", passes=False),
            id="one failed",
        ),
    ],
)
def test_otherwise_it_is_not(answered):
    assert proposals(CASES, answered) == ()

"""What most annotators prefer, pair by pair, and lines to train on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.formats.material import AgreedPair
from evalkit.formats.preferences import margin_of, preference_line
from evalkit.study.consensus import consensus
from evalkit.vocabulary import ConsensusRule, Preference
from tests.evalkit.collected_studies import BOTH_BAD, LEFT, RIGHT, TIE, collected


def study(votes, *, strength=None):
    """Build a study of A against B: one list of preferences per case, A on the left."""
    given = [
        (who, case, 0, 1, preference)
        for case, of_case in enumerate(votes)
        for who, preference in enumerate(of_case)
    ]
    made = collected(models=("A", "B"), n_cases=len(votes), preferences=given)
    if strength is None:
        return made
    flat = np.array([of for of_case in strength for of in of_case])
    asked = np.ones(len(flat), dtype=bool)
    return replace(made, preferences=replace(made.preferences, strength=flat, asks_strength=asked))


def test_more_than_half_of_all_votes_decide_and_a_tie_or_both_bad_is_a_vote_for_neither():
    # Two of three for A; two of four is no majority; one of two neither; both bad is none; B alone.
    of = consensus(
        study([[LEFT, LEFT, RIGHT], [LEFT, LEFT, TIE, RIGHT], [LEFT, TIE], [BOTH_BAD], [RIGHT]])
    )

    assert of.n_undecided == 3
    assert of.chosen.tolist() == [0, 5 + 4]  # an output is model * n_cases + case
    assert of.rejected.tolist() == [5, 4]
    assert of.n.tolist() == [3, 1]
    assert of.agreement.tolist() == pytest.approx([2 / 3, 1.0])
    assert np.isnan(of.strength).all()


def test_strength_is_the_mean_grade_of_the_chosen_and_margin_half_of_it_never_below_zero():
    # Grades of the chosen: 2 and 1, mean 1.5. Then 1, 1 and −2 against: mean 0.
    of = consensus(study([[RIGHT, RIGHT], [LEFT, LEFT, RIGHT]], strength=[[2, 1], [1, 1, 2]]))

    assert of.strength.tolist() == pytest.approx([1.5, 0.0])
    assert [margin_of(strength) for strength in (2.0, 1.5, 1.0, 0.0, -0.5)] == [1, 0.75, 0.5, 0, 0]


def test_adjudicated_is_what_a_lead_decided_and_the_majority_elsewhere():
    # Row numbers are 1 + model * 3 + case: case 0 is 1 and 4, case 1 is 2 and 5, case 2 is 3 and 6.
    votes = study([[LEFT, LEFT], [LEFT, RIGHT], [LEFT, LEFT]])
    decided = {(1, 4): Preference.RIGHT, (2, 5): Preference.TIE}

    for with_ties, chosen, is_adjudicated in (
        (False, [3, 2], [True, False]),
        (True, [3, 1, 2], [True, True, False]),
    ):
        of = consensus(votes, ConsensusRule.ADJUDICATED, with_ties=with_ties, adjudicated=decided)

        assert of.chosen.tolist() == chosen
        assert of.is_adjudicated.tolist() == is_adjudicated
        # Nobody said what was decided of case 0: 0 of 2; one of two said so of case 1, or none.
        assert of.agreement.tolist()[0] == 0.0
        assert of.n_undecided == (0 if with_ties else 1)
    assert consensus(votes, adjudicated=decided).chosen.tolist() == [0, 2]


def test_what_was_decided_does_not_hang_on_which_response_comes_first():
    votes = study([[LEFT, LEFT]])
    # The same with the higher row number first among the outputs, as by another name of a model.
    turned = replace(votes, outputs=replace(votes.outputs, id=votes.outputs.id[::-1].copy()))
    decided = {(1, 2): Preference.LEFT}  # the response with the row number 1 is better

    for each in (votes, turned):
        of = consensus(each, ConsensusRule.ADJUDICATED, adjudicated=decided)
        assert each.outputs.id[of.chosen].tolist() == [1]


def test_of_what_one_annotator_judged_twice_the_latest_counts():
    twice = collected(
        models=("A", "B"), n_cases=1, preferences=[(0, 0, 0, 1, LEFT), (0, 0, 1, 0, LEFT)]
    )
    of = consensus(twice)

    assert (of.chosen.tolist(), of.n.tolist()) == ([1], [1])


def test_without_comparisons_there_are_no_pairs():
    of = consensus(collected(models=("A", "B"), n_cases=2))

    assert (len(of.chosen), of.n_undecided) == (0, 0)


@given(st.lists(st.lists(st.sampled_from([LEFT, RIGHT, TIE, BOTH_BAD]), min_size=1), min_size=1))
def test_sides_and_order_of_votes_decide_nothing(votes):
    turned = {LEFT: RIGHT, RIGHT: LEFT}
    given = [
        (who, case, 1, 0, turned.get(preference, preference))
        for case, of_case in enumerate(votes)
        for who, preference in enumerate(of_case)
    ]
    other = collected(models=("A", "B"), n_cases=len(votes), preferences=given)
    before, after = consensus(study(votes)), consensus(other)

    assert after.chosen.tolist() == before.chosen.tolist()
    assert after.agreement.tolist() == before.agreement.tolist()


def test_a_line_has_messages_and_what_a_case_has_beside_them():
    steps = [{"role": "assistant", "content": "Done.", "latency_ms": 12}]
    case = {
        "id": "c1",
        "input": [{"role": "user", "content": "Hello?"}],
        "context": [{"id": "kb", "text": "Be brief."}],
        "tools": None,
        "category": None,
    }
    none = float("nan")
    chosen, rejected = {"model": "A", "content": "Yes."}, {"model": "B", "content": steps}
    line = preference_line(
        AgreedPair(
            case, "hash", "dev", chosen, rejected, Preference.LEFT, 2, 1.0, none, none, (1, 1, 2)
        )
    )

    assert line == {
        "prompt": [{"role": "user", "content": "Hello?"}],
        "chosen": [{"role": "assistant", "content": "Yes."}],
        "rejected": [{"role": "assistant", "content": "Done."}],
        "context": [{"id": "kb", "text": "Be brief."}],
        "n": 2,
        "agreement": 1.0,
        "case": "c1",
        "chosen_model": "A",
        "rejected_model": "B",
    }


def test_with_ties_a_tie_and_both_bad_are_answers_too():
    # Two of three: a tie; both bad by all; one each: no answer.
    of = consensus(study([[TIE, TIE, LEFT], [BOTH_BAD], [LEFT, TIE]]), with_ties=True)

    assert of.answer.tolist() == [TIE, BOTH_BAD]
    assert of.agreement.tolist() == pytest.approx([2 / 3, 1.0])
    assert of.n_undecided == 1


def test_by_dawid_skene_who_is_always_with_the_rest_outweighs_who_never_is():
    # Three agree on 40 cases and a fourth says the opposite. On the last one of the three and the
    # fourth are alone: by majority nothing, by reliability what the one says.
    votes = [[LEFT] * 3 + [RIGHT], [RIGHT] * 3 + [LEFT]] * 20
    given = [
        (who, case, 0, 1, preference)
        for case, of_case in enumerate(votes)
        for who, preference in enumerate(of_case)
    ]
    last = [(0, 40, 0, 1, LEFT), (3, 40, 0, 1, RIGHT)]
    made = collected(models=("A", "B"), n_cases=41, preferences=[*given, *last])

    assert consensus(made).n_undecided == 1
    of = consensus(made, ConsensusRule.DAWID_SKENE)
    assert (of.n_undecided, of.chosen[-1], of.n[-1], of.agreement[-1]) == (0, 40, 2, 0.5)
    assert of.confidence[-1] > 0.99


def test_without_a_rule_every_vote_is_an_answer_of_its_own():
    of = consensus(study([[LEFT, RIGHT, TIE]], strength=[[2, 1, 0]]), ConsensusRule.EVERY)

    assert of.chosen.tolist() == [0, 1]
    assert of.strength.tolist() == [2.0, 1.0]
    assert of.n.tolist() == [1, 1]
    assert of.n_undecided == 1

"""The demo study: its content holds together, its plan is balanced, its people disagree a bit."""

import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from itertools import combinations, pairwise

import krippendorff
import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.annotation.rubric import DEFAULT_RUBRIC
from evalkit.demo.simulate import (
    CRITERION_WEIGHTS,
    SIMULATED_ANNOTATORS,
    DemoPair,
    demo_pairs,
    demo_records,
    simulated_records,
)
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY

MODELS = ("Atlas", "Birch", "Cedar", "Dune")
CASES = tuple(f"case-{number:02d}" for number in range(36))


@pytest.fixture(scope="module")
def records():
    return list(demo_records())


def of_type(records, kind):
    return [record for record in records if record["type"] == kind]


def equal_latent(case_ids, models, quality=4.0):
    return [
        {"case": case, "model": model, "errors": [], "remark": "Fine."}
        | dict.fromkeys(CRITERION_WEIGHTS, quality)
        for case in case_ids
        for model in models
    ]


# The plan


def test_every_case_gets_two_disjoint_pairs_so_each_model_appears_once():
    pairs = demo_pairs(CASES, MODELS, undone=0)

    shown = defaultdict(set)
    for pair in pairs:
        shown[pair.case].add(frozenset((pair.left, pair.right)))
    assert set(shown) == set(CASES)
    for of_case in shown.values():
        assert len(of_case) == 2
        assert sorted(model for two in of_case for model in two) == list(MODELS)


def test_every_pairing_of_models_is_asked_for_equally_often():
    pairs = demo_pairs(CASES, MODELS, undone=0)

    pairings = Counter(frozenset((pair.left, pair.right)) for pair in pairs)
    # 36 cases x 2 pairs x 3 annotators over the 6 pairings of 4 models.
    assert pairings == {frozenset(two): 36 for two in combinations(MODELS, 2)}


@given(
    n_cases=st.integers(1, 30),
    n_models=st.integers(2, 7),
    overlap=st.integers(1, len(SIMULATED_ANNOTATORS)),
    seed=st.integers(0, 2**32 - 1),
)
def test_nobody_judges_the_same_pair_twice_and_sides_are_even(n_cases, n_models, overlap, seed):
    cases = [f"c{number}" for number in range(n_cases)]
    models = [f"m{number}" for number in range(n_models)]

    pairs = demo_pairs(cases, models, overlap=overlap, undone=0, seed=seed)

    judged = Counter((pair.case, frozenset((pair.left, pair.right))) for pair in pairs)
    by_person = {(pair.case, frozenset((pair.left, pair.right)), pair.annotator) for pair in pairs}
    assert set(judged.values()) == {overlap}
    assert len(judged) == n_cases * (n_models // 2)
    assert len(by_person) == len(pairs)
    assert len({pair.assignment for pair in pairs}) == len(pairs)
    left = Counter((pair.left, pair.right) for pair in pairs)
    for first, second in combinations(models, 2):
        assert abs(left[first, second] - left[second, first]) <= 1


def test_the_load_is_the_same_for_every_annotator_within_one_round_of_panels():
    load = Counter(pair.annotator for pair in demo_pairs(CASES, MODELS, undone=0))

    # 72 pairs = 7 rounds of the 10 panels of three, 6 each, and two panels more.
    assert set(load) == set(range(5))
    assert all(42 <= n <= 44 for n in load.values())


def test_some_of_the_plan_is_left_undone():
    planned = demo_pairs(CASES, MODELS, undone=0)
    done = demo_pairs(CASES, MODELS)

    assert set(done) < set(planned)
    assert len(done) == 216 * 3 // 4  # a quarter of 72 pairs times 3 annotators is left


def test_the_plan_depends_on_the_seed_alone():
    assert demo_pairs(CASES, MODELS, seed=7) == demo_pairs(CASES, MODELS, seed=7)
    assert demo_pairs(CASES, MODELS, seed=7) != demo_pairs(CASES, MODELS, seed=8)


@pytest.mark.parametrize(("models", "overlap"), [(("one",), 1), (MODELS, 6), (MODELS, 0)])
def test_a_plan_that_cannot_be_is_refused(models, overlap):
    with pytest.raises(RefusedError, match="two models or more and an overlap of 1 to 5"):
        demo_pairs(CASES, models, overlap=overlap)


# The simulated annotators


def test_what_is_said_of_a_presentation_does_not_depend_on_the_other_presentations():
    latent = equal_latent(CASES, MODELS)
    pairs = demo_pairs(CASES, MODELS)

    def verdicts(asked):
        found = of_type(simulated_records(latent, pairs=asked, seed=3), "comparison")
        return {record["assignment"]: record["preference"] for record in found}

    some = verdicts(pairs[::3])
    assert some == {key: value for key, value in verdicts(pairs).items() if key in some}


@pytest.mark.slow
def test_only_the_annotator_with_a_left_bias_prefers_the_left_of_two_equals_clearly():
    cases = [f"c{number}" for number in range(500)]
    latent = equal_latent(cases, ("x", "y"))
    left_share = {}
    for annotator, person in enumerate(SIMULATED_ANNOTATORS):
        pairs = [DemoPair(case, "x", "y", annotator, f"{annotator}-{case}") for case in cases]
        said = Counter(
            record["preference"]
            for record in of_type(simulated_records(latent, pairs=pairs), "comparison")
        )
        left_share[person.name] = said["left"] / (said["left"] + said["right"])

    biased = max(SIMULATED_ANNOTATORS, key=lambda person: person.left_bias)
    assert left_share[biased.name] > 0.65
    # Of 500 at least 170 are no tie, so that a standard error is 0.04 at most.
    unbiased = [person.name for person in SIMULATED_ANNOTATORS if person.left_bias == 0]
    assert all(abs(left_share[name] - 0.5) < 0.1 for name in unbiased)


def test_two_bad_responses_are_both_bad_and_two_equals_are_often_tied():
    def share(quality, preference):
        latent = equal_latent(CASES, MODELS, quality)
        found = of_type(
            simulated_records(latent, pairs=demo_pairs(CASES, MODELS), seed=1), "comparison"
        )
        return np.mean([record["preference"] == preference for record in found])

    assert share(1.5, "both_bad") > 0.85
    assert share(4.5, "both_bad") < 0.02
    assert share(4.5, "tie") > 0.25


def test_an_output_without_latent_quality_is_an_error():
    with pytest.raises(KeyError):
        list(simulated_records([], pairs=[DemoPair("c", "x", "y", 0, "a")]))


def test_active_time_is_plausible_and_the_careless_annotator_is_the_fastest(records):
    seconds = defaultdict(list)
    for record in of_type(records, "comparison"):
        seconds[record["annotator"]].append(record["seconds"])

    assert all(30 <= value <= 180 for values in seconds.values() for value in values)
    careless = max(SIMULATED_ANNOTATORS, key=lambda person: person.noise).name
    assert min(seconds, key=lambda name: np.median(seconds[name])) == careless


# The study as a whole


def test_the_demo_has_six_cases_in_each_of_six_categories_and_four_outputs_per_case(records):
    cases, outputs = of_type(records, "case"), of_type(records, "output")

    assert set(Counter(case["category"] for case in cases).values()) == {6}
    assert len({case["category"] for case in cases}) == 6
    assert len({case["id"] for case in cases}) == len(cases) == 36
    assert Counter((output["case"], output["model"]) for output in outputs) == {
        (case["id"], model): 1 for case in cases for model in MODELS
    }


def test_no_response_names_one_of_the_models(records):
    names = re.compile(r"\b(" + "|".join(MODELS) + r")\b", re.IGNORECASE)
    texts = [json.dumps(output["content"]) for output in of_type(records, "output")]
    texts += [json.dumps(case) for case in of_type(records, "case")]
    texts += [record["comment"] for record in records if "comment" in record]
    texts += [record["note"] for record in of_type(records, "error") if "note" in record]

    assert [text for text in texts if names.search(text)] == []


def test_every_tool_result_of_a_trajectory_answers_a_call(records):
    for record in of_type(records, "output"):
        steps = record["content"] if isinstance(record["content"], list) else []
        calls = [call["id"] for step in steps for call in step.get("tool_calls", [])]
        answered = [step["tool_call_id"] for step in steps if step["role"] == "tool"]

        assert calls == answered
        assert not steps or (steps[-1]["role"], "tool_calls" in steps[-1]) == ("assistant", False)


def test_cost_is_tokens_times_the_price_list_of_the_demo(records):
    # USD per million tokens in and out: the one list all demo outputs were priced by.
    prices = {"Atlas": (3, 15), "Birch": (0.25, 1.25), "Cedar": (1, 5), "Dune": (0.6, 2.4)}
    for record in of_type(records, "output"):
        price_in, price_out = prices[record["model"]]
        cost = record["input_tokens"] * price_in + record["output_tokens"] * price_out

        assert record["cost_usd"] == pytest.approx(cost / 1e6, abs=1e-6)
        assert record.get("time_to_first_token_ms", 0) <= record["latency_ms"]


def test_every_mark_names_a_tag_of_the_taxonomy_and_quotes_the_response_exactly(records):
    content = {(o["case"], o["model"]): o["content"] for o in of_type(records, "output")}
    tags = {tag.key for tag in DEFAULT_TAXONOMY}
    n_offsets = 0
    for mark in of_type(records, "error"):
        text = content[mark["case"], mark["model"]]
        assert mark["tag"] is None or mark["tag"] in tags
        if "start" in mark:
            n_offsets += 1
            assert text[mark["start"] : mark["end"]] == mark["quote"]
        elif "quote" in mark:
            assert mark["quote"] in text[-1]["content"]
    assert n_offsets > 50


def test_each_judgement_scores_both_responses_on_every_criterion_of_the_rubric(records):
    keys = {criterion.key for criterion in DEFAULT_RUBRIC}
    scores, looked = defaultdict(set), defaultdict(set)
    for score in of_type(records, "score"):
        assert score["value"] in {1, 2, 3, 4, 5}
        scores[score["assignment"]].add((score["model"], score["criterion"]))
    for mark in of_type(records, "error"):
        looked[mark["assignment"]].add(mark["model"])

    for comparison in of_type(records, "comparison"):
        two = {comparison["left"], comparison["right"]}
        assert scores[comparison["assignment"]] == {(model, key) for model in two for key in keys}
        assert looked[comparison["assignment"]] == two


def test_every_annotation_says_that_it_is_simulated(records):
    annotations = [record for record in records if "annotator" in record]

    assert annotations
    assert all(record["metadata"] == {"simulated": True} for record in annotations)
    assert all(record["annotator"].startswith("Simulated annotator ") for record in annotations)


def test_annotations_are_spread_over_two_weeks_and_nobody_does_two_at_once(records):
    busy = defaultdict(list)
    for record in of_type(records, "comparison"):
        ended = datetime.fromisoformat(record["created_at"])
        busy[record["annotator"]].append((ended, record["seconds"]))

    days = {ended.date() for ends in busy.values() for ended, _ in ends}
    assert (max(days) - min(days)).days == 11  # Monday to the Friday of the week after
    assert all(day.weekday() < 5 for day in days)
    for ends in busy.values():
        for (before, _), (ended, seconds) in pairwise(ends):
            assert (ended - before).total_seconds() > seconds


def test_the_same_seed_gives_the_same_study_and_another_seed_another(records):
    assert list(demo_records()) == records
    assert list(demo_records(seed=1)) != records


def test_annotators_agree_on_preferences_as_people_do(records):
    codes = {"tie": 2, "both_bad": 3}
    units = defaultdict(dict)
    for record in of_type(records, "comparison"):
        first, second = sorted((record["left"], record["right"]))
        said = record["preference"]
        value = codes[said] if said in codes else int(record[said] == second)
        units[record["case"], first, second][record["annotator"]] = value
    names = [person.name for person in SIMULATED_ANNOTATORS]
    reliability = [[unit.get(name, np.nan) for unit in units.values()] for name in names]

    alpha = krippendorff.alpha(reliability, level_of_measurement="nominal")

    assert 0.4 <= alpha <= 0.6  # what studies of preferences report of people


def test_the_careful_model_is_ahead_of_the_inventive_one(records):
    scores, wins = defaultdict(list), Counter()
    for score in of_type(records, "score"):
        scores[score["model"]].append(score["value"])
    for record in of_type(records, "comparison"):
        if {record["left"], record["right"]} == {"Atlas", "Dune"}:
            wins[record.get(record["preference"])] += 1

    assert np.mean(scores["Atlas"]) > np.mean(scores["Dune"]) + 1
    assert wins["Atlas"] > wins["Dune"] > 0

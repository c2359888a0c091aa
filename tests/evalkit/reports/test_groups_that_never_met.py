"""Groups of models that never met: each ranked in itself, and told so wherever rankings are."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from evalkit.html.document import About, html_report
from evalkit.reports.decision.document import decision_document
from evalkit.reports.decision.measures import available_measures
from evalkit.reports.decision.report import decision_report
from evalkit.reports.decision.sentences import open_sentences
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.sentences import group_verdicts
from evalkit.stats.counts import Comparisons
from evalkit.stats.groups import rank_groups
from evalkit.stats.ranking.ranking import rank_models
from tests.evalkit.collected_studies import LEFT, RIGHT, TIE, collected

CASES = Path(__file__).parents[2] / "cases"
WON = {"a_winner": LEFT, "b_winner": RIGHT, "tie": TIE}


MODELS = ("ash", "beech", "cedar", "dogwood", "elm")


def label_studio():
    """Read who met whom from an export of pairs, without the annotations that were cancelled."""
    found = []
    for case, task in enumerate(json.loads((CASES / "label_studio_pairs.json").read_text())):
        pair = [MODELS.index(task["data"][side]) for side in ("model_a", "model_b")]
        for annotation in task["annotations"]:
            if not annotation["was_cancelled"]:
                (result,) = annotation["result"]
                found.append((0, case, *pair, WON[result["value"]["choices"][0]]))
    return found


def study():
    """ash, beech and cedar met one another, and dogwood met elm."""
    pairs = [(0, 1), (1, 2), (0, 2), (3, 4)]
    preferences = [
        (0, case, *pairs[case % 4], RIGHT if case % 9 == 0 else LEFT) for case in range(48)
    ]
    return collected(models=MODELS, n_cases=48, preferences=preferences)


def comparisons(preferences, models):
    _, case, left, right, preference = np.array(preferences).T
    return Comparisons(case, left, right, preference, np.ones(len(case), dtype=np.int64), models)


def test_each_group_is_ranked_as_if_it_were_a_study_of_its_own():
    pairs = [(0, 1), (1, 2), (0, 2)]
    first = [(0, case, *pairs[case % 3], RIGHT if case % 7 == 0 else LEFT) for case in range(40)]
    second = [(0, case, 3, 4, RIGHT if case % 4 == 0 else LEFT) for case in range(40, 60)]

    groups = rank_groups(comparisons(first + second, MODELS))

    alone = (
        rank_models(comparisons(first, MODELS[:3])),
        rank_models(comparisons([(a, c, 0, 1, p) for a, c, _, _, p in second], MODELS[3:])),
    )
    assert [group.rows for group in groups] == [own.rows for own in alone]


def test_an_export_of_two_groups_gives_two_rankings():
    groups = rank_groups(comparisons(label_studio(), MODELS))

    assert [{row.model for row in group.rows} for group in groups] == [
        {"ash", "beech", "cedar"},
        {"dogwood", "elm"},
    ]
    assert sum(group.n_comparisons for group in groups) == 24


def test_models_that_are_linked_are_one_group_and_those_nobody_met_are_in_none():
    preferences = [(0, case, 0, 1, LEFT if case % 3 else RIGHT) for case in range(12)]

    (group,) = rank_groups(comparisons(preferences, ("a", "b", "c")))

    assert {row.model for row in group.rows} == {"a", "b"}


def test_every_report_says_that_groups_never_met_and_ranks_each():
    made = study()
    report, document = ranking_report(made), ranking_document(made)

    never = "never compared with each other"
    assert report.ranking is None
    assert never in report.reason
    assert [[row["model"] for row in group] for group in document["groups"]] == [
        ["ash", "beech", "cedar"],
        ["dogwood", "elm"],
    ]
    assert never in document["reason"]
    assert never in decision_document(made, quality="preference", baseline="ash")["verdict"]
    page = html_report(made, about=About(datetime(2026, 11, 29, tzinfo=UTC), "1", made.models))
    assert never in page
    assert len(re.findall(">1st[<,]", page)) >= 2


@pytest.mark.parametrize("n_cases", [12])
def test_a_study_that_comparisons_link_has_no_groups(n_cases):
    preferences = [(0, case, 0, 1, LEFT if case % 3 else RIGHT) for case in range(n_cases)]

    assert ranking_report(collected(preferences=preferences)).groups == ()


def test_a_decision_says_who_leads_in_each_group_and_nothing_across():
    found = study()
    measure = next(one for one in available_measures(found) if one.is_preference)
    said = open_sentences(decision_report(found, measure=measure, baseline="ash"))

    assert said[0].startswith("Among ash, beech and cedar: ash ")
    assert said[1].startswith("Among dogwood and elm: dogwood ")
    report = ranking_report(found)
    assert said[:2] == group_verdicts(report)
    assert "ash" not in said[1]

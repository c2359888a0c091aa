"""Categories that a log suggests, and what a sample covers, counted."""

import random
from dataclasses import replace
from functools import cache

import pytest

from evalkit.sampling.clusters import clusters_of, usual_clusters
from evalkit.sampling.document import sample_document
from evalkit.sampling.sample import pool_of
from evalkit.sampling.tables import cluster_table, distance_counts, distance_table, strata_table
from tests.evalkit.sampling.test_sample import log

TOPICS = {
    "refund": ["refund", "parcel", "returned", "money", "invoice", "bank"],
    "login": ["password", "locked", "account", "browser", "reset", "code"],
    "api": ["endpoint", "timeout", "python", "token", "request", "json"],
}


def log_of_topics(n=120):
    source = random.Random(4)
    rows = []
    for case, (name, words) in zip(log(n), list(TOPICS.items()) * n, strict=False):
        rest = case.text.split()[:3]
        text = " ".join([*source.choices(words, k=14), *rest])
        rows.append(replace(case, text=text, category=name))
    return rows


@cache
def pool_of_topics():
    """Give the lines of three topics, placed once for all that only read."""
    return pool_of(log_of_topics())


def test_groups_of_like_cases_are_the_topics_they_were_made_of():
    """Known truth: each case has fourteen words of one of three topics and three of none."""
    rows = log_of_topics()
    topic = {case.case_id: case.category for case in rows}
    groups = clusters_of(pool_of_topics(), 3)

    assert [len(group.case_ids) for group in groups] == [40, 40, 40]
    for group in groups:
        (name,) = {topic[case_id] for case_id in group.case_ids}
        assert set(group.words) <= set(TOPICS[name])
        assert set(group.typical) <= set(group.case_ids)


def test_the_order_of_lines_and_their_categories_change_no_group():
    rows = log_of_topics()
    shuffled = [replace(case, category="x") for case in rows]
    random.Random(1).shuffle(shuffled)

    assert clusters_of(pool_of_topics(), 4) == clusters_of(pool_of(shuffled), 4)


def test_no_word_of_a_single_case_names_a_group():
    rows = log_of_topics()
    rows[0] = replace(rows[0], text=f"{rows[0].text} Mustermann")
    groups = clusters_of(pool_of(rows), 3)

    assert all("mustermann" not in group.words for group in groups)


def test_named_groups_are_the_strata():
    pool = pool_of_topics()
    groups = clusters_of(pool, 3)
    names = {case_id: f"topic {group.number}" for group in groups for case_id in group.case_ids}
    sample = pool.called(names).sample(30, seed=1, by=None)

    assert {row.name.split(" · ")[0] for row in sample.strata} == {f"topic {n}" for n in (1, 2, 3)}
    shown = cluster_table([(group, f"topic {group.number}") for group in groups])
    assert [row[2].text for row in shown.rows] == ["40", "40", "40"]


def test_how_many_groups_are_suggested():
    # √(n / 2) = 4.5 and 10 and 71, from 4 to 12.
    assert [usual_clusters(n) for n in (2, 40, 200, 10_000)] == [4, 4, 10, 12]
    assert clusters_of(pool_of(log(1)), 4) == ()


def test_every_case_that_is_left_is_counted_once_by_its_distance():
    sample = pool_of(log(90)).sample(30, seed=1)
    counts = distance_counts(sample)

    assert sum(n for _, _, n in counts) == len(sample.coverage.distances) == 60
    for low, high, n in counts:
        end = high if high < 1 else 3
        assert n == sum(low <= distance < end for distance in sample.coverage.distances)
    assert sum(int(row[1].text) for row in distance_table(sample).rows) == 60


def test_table_and_document_say_the_same_of_a_stratum():
    sample = pool_of(log(90)).sample(30, seed=1)
    document = sample_document(sample)

    columns = strata_table(sample).columns
    for row, told in zip(strata_table(sample).rows, document["strata"], strict=True):
        cells = dict(zip(columns, (cell.text for cell in row), strict=True))
        assert (cells["Stratum"], cells["Cases"]) == (told["name"], str(told["n_cases"]))
        assert cells["In it"] == str(told["n"])
        drawn_from = told["n_cases"] - told["n_chosen"]
        assert told["chance"] == pytest.approx(told["n_drawn"] / drawn_from)

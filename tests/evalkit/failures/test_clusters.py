"""Groups of notes: known ones are found, none where there is none, and order moves nothing."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.cluster import HDBSCAN
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

from evalkit.failures.clusters.clusters import LEAST_NOTES, clusters_of_notes
from evalkit.failures.clusters.density import grouped_by_density
from evalkit.failures.clusters.grouping import GroupingMethod
from evalkit.failures.clusters.plane import on_a_plane
from evalkit.failures.clusters.stability import LEAST_STABLE, stability
from evalkit.failures.clusters.vectors import note_tokens, note_vectors
from tests.evalkit.planted_notes import planted


def labels(clustering):
    label = np.full(clustering.n_notes, -1)
    for cluster in clustering.clusters:
        label[list(cluster.places)] = cluster.number
    return label


@pytest.mark.parametrize(
    ("n", "n_topics", "share", "method"),
    [
        (200, 5, 0.5, GroupingMethod.MEANS),
        pytest.param(600, 12, 0.6, GroupingMethod.DENSITY, marks=pytest.mark.slow),
        pytest.param(800, 6, 0.35, GroupingMethod.MEANS, marks=pytest.mark.slow),
    ],
)
def test_planted_topics_are_found_by_the_method_that_holds(n, n_topics, share, method):
    notes, topics = planted(n, n_topics=n_topics, share=share)

    clustering = clusters_of_notes(notes)

    label = labels(clustering)
    grouped = label >= 0
    assert clustering.method == method
    # Simulated with known truth: of what is grouped nearly all is right, and most is grouped.
    assert adjusted_rand_score(topics[grouped], label[grouped]) >= 0.9
    assert grouped.mean() >= 0.75
    assert all(cluster.stability >= LEAST_STABLE for cluster in clustering.clusters)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))]
)
def test_where_notes_have_nothing_in_common_no_group_is_shown(seed):
    notes, _ = planted(200, n_topics=5, share=0.0, seed=seed)

    clustering = clusters_of_notes(notes)

    assert clustering.clusters == ()
    assert clustering.n_hidden > 0
    assert len(clustering.ungrouped) == 200


@pytest.mark.slow
def test_frequent_words_put_together_at_random_make_no_group_that_holds():
    # Words as frequent as in language (Zipf): the best of several methods looked as if it held.
    rng = np.random.default_rng(0)
    frequency = 1 / np.arange(1, 169)
    words = np.array([f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(168)])
    shown = 0
    for n in (40, 60, 60, 150, 150, 400, 400):
        notes = [
            " ".join(rng.choice(words, size=size, p=frequency / frequency.sum()))
            for size in rng.integers(4, 12, size=n)
        ]
        shown += len(clusters_of_notes(notes).clusters)
    assert shown == 0


@cache
def clustered_once():
    notes, _ = planted(120, n_topics=4, share=0.6)
    return notes, clusters_of_notes(notes)


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_in_whatever_order_notes_come_the_same_ones_are_together(random):
    notes, first = clustered_once()
    order = list(range(len(notes)))
    random.shuffle(order)

    second = clusters_of_notes([notes[at] for at in order])

    assert {frozenset(cluster.places) for cluster in first.clusters} == {
        frozenset(order[place] for place in cluster.places) for cluster in second.clusters
    }
    assert [(of.words, of.stability) for of in first.clusters] == [
        (of.words, of.stability) for of in second.clusters
    ]
    np.testing.assert_array_equal(first.places[order], second.places)


def test_a_note_said_a_hundred_times_in_the_same_words_weighs_once_and_counts_each_time():
    notes, once = clustered_once()
    again = clusters_of_notes([*notes, *[notes[0]] * 100])

    assert again.n_different == once.n_different
    assert [of.stability for of in again.clusters] != []
    assert sum(len(of.places) for of in again.clusters) == sum(
        len(of.places) + 100 * (0 in of.places) for of in once.clusters
    )
    assert again.clusters[0].places[0] == 0


def test_a_group_is_named_by_the_words_of_its_topic_and_shown_by_its_own_notes():
    notes, topics = planted(200, n_topics=5, share=0.5)

    for cluster in clusters_of_notes(notes).clusters:
        letter = {word.removeprefix("topic")[0] for word in cluster.words}
        of_topic = np.bincount(topics[list(cluster.places)]).argmax()
        assert letter == {chr(97 + of_topic)}
        assert len(cluster.typical) == 2
        assert {topics[place] for place in cluster.typical} == {of_topic}


@pytest.mark.parametrize("n", [0, 1, LEAST_NOTES - 1])
def test_too_few_notes_are_no_groups(n):
    notes, _ = planted(n, n_topics=2, share=0.9)

    clustering = clusters_of_notes(notes)

    assert (clustering.method, clustering.clusters) == (None, ())
    assert np.isnan(clustering.places).all()


def test_notes_without_words_are_in_no_group_and_on_no_map():
    notes, _ = planted(120, n_topics=4, share=0.6)

    clustering = clusters_of_notes([*notes, "", "👍", "2 + 2 = 5", "A"])

    assert clustering.clusters
    assert set(clustering.ungrouped) >= {120, 121, 122, 123}
    assert np.isnan(clustering.places[120:]).all()
    assert np.isfinite(clustering.places[:120]).all()


@pytest.mark.parametrize(
    "text", ["Это неверный источник данных", "出典が捏造されています", "مصدر غير موجود"]
)
def test_words_of_every_script_are_read(text):
    assert len(note_tokens(text)) >= 3


def test_terms_are_weighed_as_scikit_learn_weighs_them():
    # Cosines of what TfidfVectorizer makes are those of all directions of ours: with fewer notes
    # than directions nothing is lost.
    notes, _ = planted(40, n_topics=3, share=0.6)
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_df=0.5)
    expected = theirs.fit_transform(notes)

    vectors = note_vectors([note_tokens(note) for note in notes])

    np.testing.assert_allclose(vectors @ vectors.T, (expected @ expected.T).toarray(), atol=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_groups_by_density_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    blobs = [rng.normal(size=(n, 4)) * 0.6 + rng.normal(size=4) * 4 for n in (40, 25, 60)]
    points = np.concatenate([*blobs, rng.normal(size=(20, 4)) * 6])
    theirs = HDBSCAN(min_cluster_size=6, min_samples=1, algorithm="brute", copy=True)

    ours = grouped_by_density(points, least=6, neighbours=1)

    expected = theirs.fit_predict(points)
    assert adjusted_rand_score(expected, ours) == 1
    np.testing.assert_array_equal(ours < 0, expected < 0)


def test_a_group_that_is_always_found_again_holds_wholly_and_one_that_never_is_not_at_all():
    points = np.concatenate([np.zeros((50, 2)), np.ones((50, 2))])
    label = np.repeat([0, 1], 50)

    np.testing.assert_array_equal(
        stability(points, label, lambda rows: rows[:, 0].astype(int), seed=1), 1
    )
    # All in one group: of two equal halves each overlaps with the whole by about a half.
    whole = stability(points, label, lambda rows: np.zeros(len(rows), dtype=np.int64), seed=1)
    np.testing.assert_allclose(whole.sum(), 1.0)


def test_the_map_keeps_groups_apart_and_says_nothing_of_fewer_than_three():
    notes, _ = planted(200, n_topics=4, share=0.7)
    clustering = clusters_of_notes(notes)

    label = labels(clustering)
    middles = np.array([clustering.places[label == of].mean(axis=0) for of in (1, 2, 3, 4)])
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)[np.triu_indices(4, 1)]
    within = [
        np.linalg.norm(clustering.places[label == of] - middles[of - 1], axis=1).mean()
        for of in (1, 2, 3, 4)
    ]
    assert min(apart) > max(within)
    assert on_a_plane(np.eye(5), np.eye(5)[:2]).shape == (5, 2)

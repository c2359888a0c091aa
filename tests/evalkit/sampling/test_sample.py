"""A sample of a log: what decides, what adds up, and what estimates from it are worth."""

import hashlib
import math
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from evalkit.errors import RefusedError
from evalkit.sampling import duplicates
from evalkit.sampling.candidates import LoggedCase, Trait
from evalkit.sampling.drawing import most_different
from evalkit.sampling.duplicates import represented_by
from evalkit.sampling.grams import directions, gram_space, normal_text
from evalkit.sampling.language import UNCLEAR, language_of
from evalkit.sampling.sample import Pool, pool_of, sample_cases
from evalkit.sampling.sentences import sample_sentences
from evalkit.sampling.strata import ALL_OTHERS, allocated, stratified
from evalkit.stats.weighted import MeanKind, weighted_means
from evalkit.study.traffic import NO_TRAFFIC, case_weights

_LETTERS = random.Random(1)
_WORDS = ["".join(_LETTERS.choices("abcdefghiklmnoprstu", k=6)) for _ in range(600)]


def log(n, *, seed=1, words=12, categories=("billing", "code", "code", "code")):
    """Make n different lines, of which none nearly repeats another."""
    source = random.Random(seed)
    texts = [" ".join(source.choices(_WORDS, k=words)) for _ in range(n)]
    return [
        LoggedCase(
            case_id=number,
            key=f"line-{number}",
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
            length=len(text),
            category=source.choice(categories),
        )
        for number, text in enumerate(texts)
    ]


def test_the_order_of_lines_and_the_names_of_categories_change_nothing():
    lines = log(60)
    renamed = [
        replace(line, category={"billing": "zz", "code": "a"}[line.category]) for line in lines
    ]
    random.Random(2).shuffle(renamed)

    before, after = sample_cases(lines, 20, seed=3), sample_cases(renamed, 20, seed=3)

    assert [(case.case_id, case.is_drawn, case.probability) for case in before.chosen] == [
        (case.case_id, case.is_drawn, case.probability) for case in after.chosen
    ]
    assert before.coverage.distances == pytest.approx(after.coverage.distances)


def test_another_seed_draws_others_and_chooses_the_same():
    first, second = (sample_cases(log(60), 20, seed=seed) for seed in (1, 2))

    def ids(sample, *, is_drawn):
        return {case.case_id for case in sample.chosen if case.is_drawn is is_drawn}

    assert ids(first, is_drawn=False) == ids(second, is_drawn=False)
    assert ids(first, is_drawn=True) != ids(second, is_drawn=True)


def test_chances_of_a_stratum_stand_for_all_of_its_cases():
    """One over the chances, summed over a sample, is the size of what was sampled."""
    lines = log(150)
    sample = sample_cases(lines, 60, seed=1)

    for row in sample.strata:
        chances = [case.probability for case in sample.chosen if case.stratum == row.name]
        assert len(chances) == row.n_chosen + row.n_drawn
        assert sum(1 / chance for chance in chances) == pytest.approx(row.n_cases)
    assert sum(row.n_cases for row in sample.strata) == sample.n_cases == 150
    assert len({case.case_id for case in sample.chosen}) == 60


@pytest.mark.slow
def test_the_chance_of_a_drawn_case_is_how_often_seeds_draw_it():
    pool = pool_of(log(24, categories=("all",)))
    draws = [pool.sample(8, seed=seed).chosen for seed in range(600)]
    times = Counter(case.case_id for chosen in draws for case in chosen if case.is_drawn)
    chance = next(case.probability for case in draws[0] if case.is_drawn)

    # 4 of 8 are drawn, of the 20 that were not chosen: .2. Binomial: 5 standard deviations.
    assert chance == pytest.approx(4 / 20)
    spread = math.sqrt(600 * chance * (1 - chance))
    assert len(times) == 20
    assert all(abs(n - 600 * chance) < 5 * spread for n in times.values())


def test_at_least_the_share_asked_for_is_drawn_at_random():
    pool = pool_of(log(100))
    for share in (0.2, 0.5, 1.0):
        sample = pool.sample(50, seed=1, random_share=share)
        assert sum(case.is_drawn for case in sample.chosen) >= share * 50
    assert all(case.is_drawn for case in sample.chosen)
    with pytest.raises(RefusedError, match="From 20 to 100"):
        pool.sample(5, seed=1, random_share=0.1)


def test_more_cases_than_differ_are_refused_with_how_many_there_are():
    lines = log(5)
    twice = lines + [replace(line, case_id=line.case_id + 5, key=f"z{line.key}") for line in lines]

    with pytest.raises(RefusedError, match="there are 5 cases that do not repeat"):
        sample_cases(twice, 6, seed=1)


def test_what_repeats_to_the_letter_and_nearly_is_counted_and_left_out():
    lines = log(40, words=30)
    again = replace(lines[0], case_id=100, key="a")
    text = f"{lines[1].text}!"
    nearly = replace(lines[1], case_id=101, text=text, content_hash="0")
    apart = replace(nearly, case_id=102, content_hash="1", apart="another system")

    sample = sample_cases([*lines, again, nearly, apart], 41, seed=1)

    assert (sample.n_lines, sample.n_exact, sample.n_near) == (43, 1, 1)
    assert {101, 102} <= {case.case_id for case in sample.chosen}  # "0" comes before the other
    assert "1 repeat another one to the letter and 1 nearly" in sample_sentences(sample)[0]


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=30), st.floats(0, 1))
def test_an_allocation_adds_up_within_floor_and_size(sizes, share):
    n = len(sizes) + round(share * (sum(sizes) - len(sizes)))
    parts = allocated(sizes, n)

    assert sum(parts) == n
    floor = min(3, n // len(sizes))
    assert all(min(size, floor) <= part <= size for size, part in zip(sizes, parts, strict=True))
    for size, part in zip(sizes, parts, strict=True):
        assert all(
            part <= more + 1
            for more_size, more in zip(sizes, parts, strict=True)
            if more_size >= size
        )


def test_parts_are_as_the_square_roots_of_sizes():
    # √100 : √400 : √900 = 10 : 20 : 30 of 60.
    assert allocated([100, 400, 900], 60) == [10, 20, 30]
    # The first is taken whole; 1 : 2 of the other 57.
    assert allocated([3, 400, 1600], 60) == [3, 19, 38]


def test_strata_without_room_are_drawn_from_together_and_named():
    lines = log(200, categories=("big", "big", "big", "big", "mid", "mid", *"abcdefgh"))

    strata = stratified(Pool(tuple(lines), np.empty((0, 0)), 0, 0).traits, 9, by=[Trait.CATEGORY])

    assert [name for name, _ in strata.members if name != ALL_OTHERS] != []
    assert {name for name, _ in strata.members} == {"big", "mid", ALL_OTHERS}
    assert {name for name, _ in strata.pooled} == set("abcdefgh")
    assert sum(len(places) for _, places in strata.members) == 200
    sample = sample_cases(lines, 9, seed=1, by=[Trait.CATEGORY])
    assert any("8 strata" in sentence for sentence in sample_sentences(sample))


def test_a_trait_that_would_make_too_many_strata_is_left_out_and_named():
    lines = [replace(line, model=f"m{line.case_id % 40}") for line in log(200)]
    strata = stratified(Pool(tuple(lines), np.empty((0, 0)), 0, 0).traits, 60, by=None)

    assert strata.by == (Trait.CATEGORY,)
    assert strata.not_by == (Trait.MODEL,)


def test_cosines_are_those_of_scikit_learn():
    """An independent implementation; two grams that share a column of ours may move one a little.

    Of 3,300 grams in 4 million columns one or two do (n² / 2m).
    """
    texts = [normal_text(line.text) for line in log(40)] + [
        normal_text("Hi"),
        normal_text("天気は？"),
    ]
    grams = gram_space(texts).rows()
    theirs = TfidfVectorizer(analyzer="char", ngram_range=(4, 4), lowercase=False).fit_transform(
        texts
    )

    np.testing.assert_allclose((grams @ grams.T).toarray(), cosine_similarity(theirs), atol=0.02)


@pytest.mark.parametrize("most_compared", [20_000, 0], ids=["exact", "MinHash"])
def test_near_duplicates_are_those_that_comparing_all_with_all_finds(monkeypatch, most_compared):
    monkeypatch.setattr(duplicates, "MOST_COMPARED", most_compared)
    source = random.Random(5)
    texts = [line.text for line in log(80, words=40)]
    for text in texts[:40]:
        words = text.split()
        words[source.randrange(40)] = "another"
        texts.append(" ".join(words))
    source.shuffle(texts)
    texts = [normal_text(text) for text in texts]
    space = gram_space(texts)
    grams = space.rows()
    cosines = (grams @ grams.T).toarray()

    expected = list(range(len(texts)))
    for place in range(len(texts)):
        near = [
            other
            for other in range(place)
            if cosines[place, other] >= 0.9 and expected[other] == other
        ]
        expected[place] = min(near, default=place)

    assert represented_by(space, [""] * len(texts)) == expected
    assert sum(place != other for place, other in enumerate(expected)) > 30


def test_the_farthest_points_are_taken_in_turn():
    angles = np.array([0.0, 0.1, 0.2, 1.5, -1.0])
    points = np.column_stack([np.cos(angles), np.sin(angles)])

    # The middle points at about .15; farthest from .2 is 1.5 (1.3 away), then -1.0 (1.2 away).
    assert most_different(points, 3)[1:] == [3, 4]
    assert most_different(points, 0) == []


def test_directions_are_of_length_one_and_keep_what_is_alike_near():
    texts = [normal_text(line.text) for line in log(50)]
    points = directions(gram_space([*texts, texts[7]]), range(51))

    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0)
    assert points[7] @ points[50] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the weather in Paris?", "en"),
        ("Wie ist das Wetter und wann kommt der Zug?", "de"),
        ("Quel temps fait-il à Paris et dans le sud ?", "fr"),
        ("¿Qué tiempo hace en el sur y por qué?", "es"),
        ("Che tempo fa e come sono le strade di Roma?", "it"),
        ("Não sei o que é isso, como faço para ver?", "pt"),
        ("Hoe is het weer en wat kan ik doen?", "nl"),
        ("今日の天気は？", "ja"),
        ("今天天气怎么样", "zh"),
        ("오늘 날씨는 어때", "ko"),
        ("Какая погода?", "Cyrillic"),
        ("SELECT * FROM t", UNCLEAR),
        ("", UNCLEAR),
    ],
)
def test_a_language_is_told_by_its_script_or_its_grammar(text, language):
    assert language_of(text) == language


@pytest.mark.slow
def test_estimates_from_a_sample_cover_the_whole():
    """Known truth: 900 lines of which 5 to 80 per cent pass, by category; 300 draws of 90.

    Near 95 per cent of intervals hold the rate of all lines. They ignore that strata and a finite
    log make a draw surer, so they may hold it more often, and must not less: 300 draws at .95 lie
    above .917 with a chance of .995 (binomial).
    """
    lines = log(900, categories=("a", "b", "b", "c", "c", "c", "c"))
    pool = pool_of(lines)
    generator = np.random.default_rng(7)
    rate = {"a": 0.05, "b": 0.45, "c": 0.8}
    passes = {line.case_id: generator.random() < rate[line.category] for line in lines}
    truth = np.mean(list(passes.values()))

    covered, values = [], []
    for seed in range(300):
        chosen = pool.sample(90, seed=seed).chosen
        n = len(chosen)
        weights = case_weights(
            np.zeros(n, dtype=np.int64),
            ("",),
            traffic=NO_TRAFFIC,
            sampled=np.array([case.probability for case in chosen]),
        )
        (mean,) = weighted_means(
            np.zeros(n, dtype=np.int64),
            case=np.arange(n),
            value=np.array([float(passes[case.case_id]) for case in chosen]),
            n=np.ones(n, dtype=np.int64),
            weights=weights.of(np.arange(n)),
            n_groups=1,
            scale=MeanKind.SHARE,
        )
        values.append(mean.value)
        covered.append(mean.low <= truth <= mean.high)

    assert np.mean(covered) > 0.917
    assert np.mean(values) == pytest.approx(truth, abs=4 * np.std(values) / math.sqrt(300))

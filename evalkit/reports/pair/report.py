"""Two models next to each other: where they differ, on which cases, and what they take."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.reports.models.prices import Taken, taken_by
from evalkit.reports.pair.cases import CaseDifference, case_differences, direct
from evalkit.reports.pair.significance import SubjectDifferences, on_reach, turned
from evalkit.stats.counts import IntArray, Scores
from evalkit.stats.differences import PairedDifference, category_differences
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.study.collected import Collected, Tag, scores_of_criterion
from evalkit.study.looks import Looks, scores_of_looks, tagged
from evalkit.study.subjects import PREFERRED, Scaled

_TAKEN = ("cost_usd", "latency_ms", "output_tokens")


@dataclass(frozen=True, slots=True)
class SubjectDifference:
    """How far the two are apart on something, overall or in ``difference.category``."""

    subject: Scaled
    difference: PairedDifference


@dataclass(frozen=True, slots=True)
class TagDifference:
    """How much oftener looks found one error in the first model's responses than in the other's.

    The counts are cases on which only the one, only the other or both were given the tag by
    anybody, among the cases where both were looked at.
    """

    tag: Tag
    difference: PairedDifference
    n_only_model: int
    n_only_other: int
    n_both: int


@dataclass(frozen=True, slots=True)
class PairReport:
    """Everything about two models of a study.

    ``subjects`` are the criteria that have a mean, behind the preference, which is None.
    ``overall`` is adjusted by Holm over all pairs of models, ``by_category`` by
    Benjamini–Hochberg over all its cells, ``errors`` by Benjamini–Hochberg over the tags.
    """

    model: str
    other: str
    overall: tuple[SubjectDifference, ...]
    by_category: tuple[SubjectDifference, ...]
    errors: tuple[TagDifference, ...]
    taken: tuple[Taken, ...]
    cases: tuple[CaseDifference, ...]
    subjects: tuple[Scaled, ...]


def pair_report(
    collected: Collected, all_pairs: Sequence[SubjectDifferences], *, model: str, other: str
) -> PairReport:
    """Put two models next to each other.

    Parameters
    ----------
    collected : Collected
    all_pairs : sequence of SubjectDifferences
        From :func:`evalkit.reports.pair.significance.significance_report` of the same.
    model, other : str
        Two of ``collected.models``.

    Returns
    -------
    PairReport
        Differences are ``model`` minus ``other``. ``cases`` are those that were compared or
        scored for both, the most for ``model`` first.
    """
    subjects, scores = _subjects(collected, model=model, other=other)
    return PairReport(
        model=model,
        other=other,
        overall=tuple(
            SubjectDifference(tested.subject, turned(pair, model=model))
            for tested in all_pairs
            for pair in tested.pairs
            if {pair.model, pair.other} == {model, other}
        ),
        by_category=_by_category(collected, subjects, scores, model=model, other=other),
        errors=_errors(collected, model=model, other=other),
        taken=tuple(taken_by(collected, what, model=model, other=other) for what in _TAKEN),
        cases=case_differences(collected, subjects, scores, model=model, other=other),
        subjects=subjects,
    )


def _subjects(
    collected: Collected, *, model: str, other: str
) -> tuple[tuple[Scaled, ...], list[Scores]]:
    """Return what the two can be compared on, and the scores of each; the preference first."""
    scored = [place for place, criterion in enumerate(collected.criteria) if criterion.has_mean]
    criteria = tuple(collected.criteria[place] for place in scored)
    scores = [_preference_scores(collected, model=model, other=other)]
    scores += [scores_of_criterion(collected, place) for place in scored]
    return (PREFERRED, *criteria), scores


def _preference_scores(collected: Collected, *, model: str, other: str) -> Scores:
    """Return direct comparisons as scores whose difference is the share won minus lost.

    A comparison gives half its net to the one and takes it from the other.
    """
    preferences, outputs = collected.preferences, collected.outputs
    here = direct(collected, model=model, other=other)
    left, right = preferences.left[here], preferences.right[here]
    half = LEFT_SHARE[preferences.preference[here]] - 0.5
    output = np.concatenate([left, right])
    return Scores(
        case=outputs.case[output],
        model=outputs.model[output],
        category=outputs.category[output],
        value=np.concatenate([half, -half]),
        n=np.concatenate([preferences.n[here], preferences.n[here]]),
        models=collected.models,
        categories=collected.categories,
    )


def _by_category(
    collected: Collected,
    subjects: Sequence[Scaled],
    scores: Sequence[Scores],
    *,
    model: str,
    other: str,
) -> tuple[SubjectDifference, ...]:
    """Test every category on every subject as one family: the share of false finds is held."""
    n_categories = len(collected.categories)
    pooled = _pooled(collected, scores, [score.category for score in scores], n_categories)
    differences = category_differences(pooled, model=model, other=other)
    cells = []
    for place, pair in enumerate(differences):
        subject = subjects[place // n_categories]
        category = collected.categories[place % n_categories]
        named = PairedDifference(
            model, other, category, pair.estimate, pair.p_value, pair.p_family, pair.p_adjusted
        )
        cells.append(SubjectDifference(subject, on_reach(named, subject)))
    return tuple(cells)


def _pooled(
    collected: Collected, parts: Sequence[Scores], codes: Sequence[IntArray], n_codes: int
) -> Scores:
    """Put scores of several kinds into one table whose categories are (kind, code)."""
    return Scores(
        case=_joined([part.case for part in parts]),
        model=_joined([part.model for part in parts]),
        category=_joined([place * n_codes + code for place, code in enumerate(codes)]),
        value=np.concatenate([np.zeros(0), *(part.value for part in parts)]),
        n=_joined([part.n for part in parts]),
        models=collected.models,
        categories=tuple(str(place) for place in range(len(parts) * n_codes)),
    )


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)


def _errors(collected: Collected, *, model: str, other: str) -> tuple[TagDifference, ...]:
    """Test each tag, paired by case; with one look per response this is McNemar's exact test.

    Flipping the signs of 0/1 differences is the sign test on the discordant cases.
    """
    looks = tagged(collected)
    parts = [scores_of_looks(collected, look) for look in looks]
    codes = [np.zeros(len(part.n), dtype=np.int64) for part in parts]
    differences = category_differences(
        _pooled(collected, parts, codes, 1), model=model, other=other
    )
    first, second = collected.models.index(model), collected.models.index(other)
    rows = []
    for tag, looked, pair in zip(collected.tags, looks, differences, strict=True):
        has_first, looked_first = _cases_with(collected, looked, first)
        has_second, looked_second = _cases_with(collected, looked, second)
        both_looked = looked_first & looked_second
        rows.append(
            TagDifference(
                tag,
                PairedDifference(
                    model, other, None, pair.estimate, pair.p_value, pair.p_family, pair.p_adjusted
                ),
                n_only_model=len(both_looked & has_first - has_second),
                n_only_other=len(both_looked & has_second - has_first),
                n_both=len(has_first & has_second),
            )
        )
    return tuple(rows)


def _cases_with(collected: Collected, looks: Looks, model: int) -> tuple[set[int], set[int]]:
    """Return the cases whose response of a model was given the tag, and those looked at."""
    outputs = collected.outputs
    own = outputs.model[looks.output] == model
    case = outputs.case[looks.output]
    return set(case[own & looks.hit].tolist()), set(case[own].tolist())

"""What a sample is, in words: what was left out, what it covers, what it speaks of."""

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.sampling.sample import Sample
from evalkit.sampling.strata import ALL_OTHERS

#: A case this far from the nearest one in the sample shares almost nothing with it.
_FAR = 0.7


def sample_sentences(sample: Sample) -> tuple[str, ...]:
    """Say what was chosen from what, and what was left out."""
    told = [_from_what(sample), _how(sample), _strata(sample)]
    strata = sample.made_by
    if strata.not_by:
        names = joined([trait.value for trait in strata.not_by])
        told.append(
            f"Not by {names}: that would make more strata than {len(sample.chosen):,} cases have "
            "room for."
        )
    if strata.pooled:
        n = sum(size for _, size in strata.pooled)
        told.append(
            f"{_n_strata(len(strata.pooled))} with {counted(n, 'case')} had no "
            f"place of their own and are drawn from together, as “{ALL_OTHERS}”."
        )
    return (*told, _coverage(sample), _estimates(sample))


def _from_what(sample: Sample) -> str:
    repeats = f"{sample.n_exact:,} repeat another one to the letter and {sample.n_near:,} nearly"
    return (
        f"{counted(len(sample.chosen), 'case')} of {sample.n_cases:,} different ones: of "
        f"{counted(sample.n_lines, 'case')}, {repeats}."
    )


def _how(sample: Sample) -> str:
    n_drawn = sum(case.is_drawn for case in sample.chosen)
    return (
        f"{n_drawn:,} were drawn at random, {len(sample.chosen) - n_drawn:,} chosen because they "
        "differ most from one another."
    )


def _strata(sample: Sample) -> str:
    by = joined([trait.value for trait in sample.made_by.by]) or "nothing, for all are alike"
    return f"{_n_strata(len(sample.strata))}, by {by}."


def _coverage(sample: Sample) -> str:
    distances = sample.coverage.distances
    if not distances:
        return "Every different case is in the sample."
    n_far = sum(distance > _FAR for distance in distances)
    share = text.percent(n_far / len(distances))
    return (
        f"Of {len(distances):,} different cases that are not in it, {n_far:,} ({share}) are far "
        f"from any that is (cosine below {1 - _FAR:.1f})."
    )


def _estimates(sample: Sample) -> str:
    return (
        "Each case has its chance to be in the sample, and numbers weighted to production use it. "
        "They speak of the different cases: what was asked a hundred times counts once, unless "
        "shares of production are stated."
    )


def _n_strata(n: int) -> str:
    return f"{n:,} {'stratum' if n == 1 else 'strata'}"

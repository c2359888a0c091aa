"""What a sample is, in words: what was left out, what it covers, what it speaks of."""

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.sampling.sample import Sample
from evalkit.sampling.strata import ALL_OTHERS

#: A case this far from the nearest one in the sample shares almost nothing with it.
_FAR = 0.7
_WITHOUT = (
    "They come without chances into an eval set that is there, for these speak of this log alone."
)


def sample_sentences(sample: Sample, *, has_chances: bool = True) -> tuple[str, ...]:
    """Say what was chosen from what, and what was left out.

    ``has_chances`` says whether cases keep their chances, as they do in a version of their own.
    """
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
    speaks_of = _estimates(sample) if has_chances else _WITHOUT
    return (*told, _coverage(sample), speaks_of, *_swaps(sample))


def swap_sentences(before: Sample, after: Sample, *, has_chances: bool = True) -> tuple[str, ...]:
    """Say what the last swap of a sample did, and to the odds where these are stored."""
    swap = after.swaps[-1]
    out = next(case for case in before.chosen if case.case_id == swap.out)
    known = {case.case_id for case in before.chosen}
    into = next(case for case in after.chosen if case.case_id not in known)
    if not has_chances:
        by = "is what chance draws next" if swap.into is None else "was picked by hand"
        return (f"“{out.key}” is left out for good. “{into.key}” {by}.",)
    old = next(row for row in before.strata if row.name == out.stratum)
    new = next(row for row in after.strata if row.name == out.stratum)
    told = [
        f"“{out.key}” is left out for good: numbers weighted to production speak of the other "
        f"{counted(new.n_cases, 'case')} of “{out.stratum}”, and no longer of it.",
        f"“{into.key}” is what chance draws next."
        if swap.into is None
        else f"“{into.key}” was picked by hand: it is certain to be in, so it counts for itself "
        "alone.",
    ]
    if new.chance is not None and old.chance is not None and new.chance != old.chance:
        told.append(
            f"Of each of the {new.n_cases - new.n_chosen - new.n_picked:,} cases there that could "
            f"be drawn the chance is now {_chance(new.chance)}, which was {_chance(old.chance)}: "
            f"one that was drawn counts for {1 / new.chance:.1f} instead of {1 / old.chance:.1f}."
        )
    return tuple(told)


def _swaps(sample: Sample) -> tuple[str, ...]:
    n = len(sample.swaps)
    if not n:
        return ()
    return (
        f"A person took out {counted(n, 'case')}: numbers weighted to production speak of all "
        "others. They hold as long as cases were swapped for what they say, not for what models "
        "answered to them.",
    )


def _n_picked(sample: Sample) -> int:
    return sum(row.n_picked for row in sample.strata)


def _chance(chance: float) -> str:
    return text.small_percent(chance)


def _from_what(sample: Sample) -> str:
    repeats = f"{sample.n_exact:,} repeat another one to the letter and {sample.n_near:,} nearly"
    return (
        f"{counted(len(sample.chosen), 'case')} of {sample.n_cases:,} different ones: of "
        f"{counted(sample.n_lines, 'case')}, {repeats}."
    )


def _how(sample: Sample) -> str:
    n_drawn, n_picked = sum(row.n_drawn for row in sample.strata), _n_picked(sample)
    picked = f" {n_picked:,} a person picked." if n_picked else ""
    return (
        f"{n_drawn:,} were drawn at random, {len(sample.chosen) - n_drawn - n_picked:,} chosen "
        f"because they differ most from one another.{picked}"
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
    rest = counted(len(distances), "different case")
    return (
        f"Of the {rest} beside it {n_far:,} ({share}) {'is' if n_far == 1 else 'are'} far from any "
        f"that is in it (cosine below {1 - _FAR:.1f})."
    )


def _estimates(sample: Sample) -> str:
    return (
        "Each case has its chance to be in the sample, and numbers weighted to production use it. "
        "They speak of the different cases: what was asked a hundred times counts once, unless "
        "shares of production are stated."
    )


def _n_strata(n: int) -> str:
    return f"{n:,} {'stratum' if n == 1 else 'strata'}"

"""What a study has collected to the results people read: agreement, ranking, scores, models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.reporting.as_shown import NOT_AS_SHOWN, AsShown, agreement_as_shown
from evalkit.reporting.collected import (
    BoolArray,
    Collected,
    Criterion,
    Looks,
    Tag,
    acceptable,
    codings_of_criterion,
    codings_of_preferences,
    comparisons,
    scores_of_criterion,
    scores_of_looks,
    tagged,
)
from evalkit.reporting.judges import JudgeAgreement, judges_with_people, without_judges
from evalkit.stats import latency
from evalkit.stats.agreement import (
    Agreement,
    PairAgreement,
    krippendorff_alpha,
    pairwise_agreement,
    percent_agreement,
)
from evalkit.stats.counts import Codings, FloatArray
from evalkit.stats.groups import rank_groups
from evalkit.stats.intervals import Estimate, cut_off
from evalkit.stats.ranking import PairCounts, Ranking, pair_matrix, rank_models
from evalkit.stats.scores import DistributionRow, ScoreRow, distributions, mean_scores, shares
from evalkit.stats.weights import weights_of
from evalkit.stats.win_rates import PairWinRate, pairwise_win_rates
from evalkit.vocabulary import AnnotatorKind, Level

NO_ACCEPTABILITY = (
    "No response has been compared or looked at for what is unsafe yet, and nothing else says "
    "whether it is acceptable."
)
NOT_ASKED = (
    "Acceptability was not asked for in this study: nobody called both responses bad, and nobody "
    "looked for errors with a tag for what is unsafe."
)
NEVER_REFUSED = (
    "Nobody found both responses bad or tagged one as unsafe. Where annotators had no way to say "
    "so, this share means nothing."
)
OWN_ONLY = "All comparisons, {n:,}, are of a model with itself and rank nothing."
NO_LOOKS = "Nothing has been looked at for errors yet."
NO_MEAN = "A nominal criterion has no mean: its values have no order. See how often each was given."


@dataclass(frozen=True, slots=True)
class AgreementOf:
    """How far annotators agree on one thing; ``criterion`` is None for the preference."""

    criterion: Criterion | None
    level: Level
    alpha: Agreement
    percent: Agreement
    pairs: tuple[PairAgreement, ...]


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement on the preference, and on each criterion, and of each judge with people.

    Where people and judges annotated, alpha and percent agreement are those of people alone, or
    of all where they were pooled; pairs of annotators are of all. ``who`` is whose it is, and
    ``as_shown`` what the preference comes to by the sides that were seen.
    """

    preference: AgreementOf
    criteria: tuple[AgreementOf, ...]
    judges: tuple[JudgeAgreement, ...] = ()
    who: str = "Annotators"
    as_shown: AsShown = NOT_AS_SHOWN


@dataclass(frozen=True, slots=True)
class RankingReport:
    """Which model is ahead; ``ranking`` is None where that cannot be had, and ``reason`` says why.

    ``n_comparisons`` counts readable preferences; those between outputs of one model are in
    ``n_same_model`` and in no strength. Where models fall into groups that never met, ``groups``
    has a ranking of each, and there is none of all; else it is empty.
    """

    ranking: Ranking | None
    matrix: Mapping[str, Mapping[str, PairCounts]]
    models: tuple[str, ...]
    n_comparisons: int
    n_same_model: int
    n_unreadable: int
    reason: str | None
    groups: tuple[Ranking, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionScores:
    """The scores on one criterion; no means where ``reason`` says so."""

    criterion: Criterion
    means: tuple[ScoreRow, ...]
    distributions: tuple[DistributionRow, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ScoresReport:
    """Mean scores per criterion, and the share of acceptable responses, overall and by category.

    ``acceptable_note`` is what a reader of that share must know, if anything.
    """

    criteria: tuple[CriterionScores, ...]
    acceptable: tuple[ScoreRow, ...]
    acceptable_note: str | None


@dataclass(frozen=True, slots=True)
class TagRates:
    """How often one tag was given, per model, overall and by category."""

    tag: Tag
    rows: tuple[ScoreRow, ...]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What one model's responses are worth and what they take."""

    model: str
    n_responses: int
    acceptable: Estimate
    latency_median_ms: Estimate
    latency_p95_ms: Estimate
    cost_usd: Estimate
    cost_per_acceptable_usd: Estimate
    input_tokens: Estimate
    output_tokens: Estimate
    tags: tuple[tuple[Tag, Estimate], ...]


def agreement_report(collected: Collected, *, pooled: bool = False) -> AgreementReport:
    """Measure agreement on preferences (nominal) and on each criterion at its own level.

    Of what one annotator judged twice, the latest counts for alpha and percent agreement; between
    two annotators every time counts in part. With ``pooled`` judges count as
    annotators like people; without, they are only set beside them.
    """
    kinds = {one.kind for one in collected.annotators}
    people = collected if pooled else without_judges(collected)
    return AgreementReport(
        preference=_agreement_of(
            codings_of_preferences(people),
            codings_of_preferences(collected, every=True),
            None,
            Level.NOMINAL,
        ),
        criteria=tuple(
            _agreement_of(
                codings_of_criterion(people, place),
                codings_of_criterion(collected, place, every=True),
                criterion,
                criterion.level,
            )
            for place, criterion in enumerate(collected.criteria)
        ),
        judges=judges_with_people(collected) if len(kinds) > 1 else (),
        who=_whose(kinds, pooled=pooled),
        as_shown=agreement_as_shown(collected, pooled=pooled),
    )


def _whose(kinds: set[AnnotatorKind], *, pooled: bool) -> str:
    if len(kinds) > 1:
        return "People and judges" if pooled else "People"
    return "Judges" if AnnotatorKind.JUDGE in kinds else "Annotators"


def ranking_report(collected: Collected) -> RankingReport:
    """Rank the models by what was preferred, or say why they cannot be ranked."""
    given = comparisons(collected)
    same = given.left == given.right
    ranking, reason = None, None
    groups: tuple[Ranking, ...] = ()
    try:
        ranking = rank_models(given)
        reason = ranking.reason
    except UndefinedStatisticError as undefined:
        reason, groups = str(undefined), rank_groups(given)
        if same.any() and same.all():
            n = int(given.n.sum())
            reason = f"{OWN_ONLY.format(n=n)} Nothing has been compared with another model yet."
    return RankingReport(
        ranking=ranking,
        matrix=pair_matrix(given),
        models=collected.models,
        n_comparisons=int(given.n.sum()),
        n_same_model=int(given.n[same].sum()),
        n_unreadable=collected.n_unreadable,
        reason=reason,
        groups=groups,
    )


def scores_report(collected: Collected) -> ScoresReport:
    """Average the scores on each criterion, and count acceptable responses."""
    looks = acceptable(collected)
    return ScoresReport(
        criteria=tuple(criterion_scores(collected, criterion) for criterion in collected.criteria),
        acceptable=_named_rows(shares(scores_of_looks(collected, looks)), _unknown(collected)),
        acceptable_note=NEVER_REFUSED if len(looks.hit) and looks.hit.all() else None,
    )


def win_rates(collected: Collected) -> tuple[PairWinRate, ...]:
    """Return how often each model won against each other one."""
    return pairwise_win_rates(comparisons(collected))


def tags_report(collected: Collected) -> tuple[TagRates, ...]:
    """Count how often each tag was given, per look of an annotator at a response for errors."""
    return tuple(
        TagRates(tag, _named_rows(shares(scores_of_looks(collected, looks)), NO_LOOKS))
        for tag, looks in zip(collected.tags, tagged(collected), strict=True)
    )


def models_report(collected: Collected) -> tuple[ModelRow, ...]:
    """Return quality next to latency, cost and tokens, one row per model."""
    looks = acceptable(collected)
    accepted = _overall(_named_rows(shares(scores_of_looks(collected, looks)), _unknown(collected)))
    rates = [(rates.tag, _overall(rates.rows)) for rates in tags_report(collected)]
    return tuple(
        _model_row(
            collected,
            place,
            looks=looks,
            accepted=accepted[model],
            tags=tuple((tag, of_model[model]) for tag, of_model in rates),
        )
        for place, model in enumerate(collected.models)
    )


def _unknown(collected: Collected) -> str:
    """Say why nothing is known to be acceptable, where nothing is."""
    is_judged = len(collected.preferences.n) or len(collected.marks.output)
    return NOT_ASKED if is_judged and not collected.asks_acceptable else NO_ACCEPTABILITY


def _agreement_of(
    codings: Codings, paired: Codings, criterion: Criterion | None, level: Level
) -> AgreementOf:
    return AgreementOf(
        criterion=criterion,
        level=level,
        alpha=krippendorff_alpha(codings, level),
        percent=percent_agreement(codings),
        pairs=pairwise_agreement(paired, weights=weights_of(level)),
    )


def criterion_scores(collected: Collected, criterion: Criterion) -> CriterionScores:
    """Average the scores on one criterion, and count how often each value was given."""
    scores = scores_of_criterion(collected, collected.criteria.index(criterion))
    return CriterionScores(
        criterion=criterion,
        means=_on_scale(mean_scores(scores), criterion) if criterion.has_mean else (),
        distributions=distributions(scores),
        reason=None if criterion.has_mean else NO_MEAN,
    )


def _on_scale(rows: tuple[ScoreRow, ...], criterion: Criterion) -> tuple[ScoreRow, ...]:
    """End intervals where the scale ends: no mean lies beyond it."""
    ends = min(criterion.values), max(criterion.values)
    return tuple(replace(row, estimate=cut_off(row.estimate, ends)) for row in rows)


def _model_row(
    collected: Collected,
    place: int,
    *,
    looks: Looks,
    accepted: Estimate,
    tags: tuple[tuple[Tag, Estimate], ...],
) -> ModelRow:
    outputs = collected.outputs
    own = outputs.is_counted & (outputs.model == place)
    latency_ms = _known(outputs.latency_ms[own])
    tokens_in, tokens_out = _known(outputs.input_tokens[own]), _known(outputs.output_tokens[own])
    return ModelRow(
        model=collected.models[place],
        n_responses=int(own.sum()),
        acceptable=accepted,
        latency_median_ms=_recorded(latency.quantile(latency_ms, share=0.5), "latency"),
        latency_p95_ms=_recorded(latency.quantile(latency_ms, share=0.95), "latency"),
        cost_usd=_recorded(latency.mean(_known(outputs.cost_usd[own])), "cost"),
        cost_per_acceptable_usd=_cost_per_acceptable(collected, own, looks),
        input_tokens=_recorded(latency.mean(tokens_in), "number of tokens"),
        output_tokens=_recorded(latency.mean(tokens_out), "number of tokens"),
        tags=tags,
    )


def _known(values: FloatArray) -> FloatArray:
    return values[~np.isnan(values)]


def _recorded(one: Estimate, what: str) -> Estimate:
    """Say what was not recorded where nothing was."""
    return one if one.n else replace(one, reason=f"No {what} was recorded with these responses.")


def _cost_per_acceptable(collected: Collected, own: BoolArray, looks: Looks) -> Estimate:
    """Return the price of an acceptable response among those judged whose cost is known."""
    outputs = collected.outputs
    n_looks = np.bincount(looks.output, minlength=len(outputs.id))
    n_accepted = np.bincount(looks.output, weights=looks.hit, minlength=len(outputs.id))
    here = own & (n_looks > 0) & ~np.isnan(outputs.cost_usd)
    if not here.any():
        reason = None if len(looks.output) else _unknown(collected)
        return Estimate(None, None, None, 0, reason or "No judged response has a known cost.")
    return latency.cost_per_acceptable(
        case=outputs.case[here],
        cost=outputs.cost_usd[here],
        acceptable=n_accepted[here] / n_looks[here],
    )


def _overall(rows: tuple[ScoreRow, ...]) -> dict[str, Estimate]:
    return {row.model: row.estimate for row in rows if row.category is None}


def _named_rows(rows: tuple[ScoreRow, ...], reason: str) -> tuple[ScoreRow, ...]:
    """Say what was not collected where nothing was."""
    return tuple(
        row
        if row.estimate.n
        else ScoreRow(row.model, row.category, Estimate(None, None, None, 0, reason), 0)
        for row in rows
    )

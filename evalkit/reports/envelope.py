"""What every JSON document says of itself: what it is, when and of what it was made, its units."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from evalkit import __version__
from evalkit.reports.document import Document
from evalkit.study.collected import VersionMark

#: Goes up when a key of any document goes away or means something else.
SCHEMA_VERSION = 1

_SHARE = "share, 0 to 1"
_RANK = "rank, 1 is best"
_CHANCE = "probability, 0 to 1"
_AGREEMENT = "chance-corrected agreement, at most 1"
_LOG_ODDS = "log-odds"
_POINTS = "points of the scale"
_DOLLARS = "US dollars per response"
_RATIO = "multiple of the baseline"
_MEASURE = "share, 0 to 1, of preference and acceptable; points of the scale of a criterion; weight"
_MEASURED = "share, 0 to 1, of preference and errors; points of the scale of a criterion"
_MARGIN = "percentage points of a share; points of the scale of a criterion; weight of errors"

#: Of what is weighted to production.
_PRODUCTION = {
    "share": _SHARE,
    "as_collected": "as the number it is of",
    "weighted": "as the number it is of",
}
_RANKING = {
    "strength": _LOG_ODDS,
    "low": _LOG_ODDS,
    "high": _LOG_ODDS,
    "win_rate": _SHARE,
    "raw_win_rate": _SHARE,
    "best_rank": _RANK,
    "worst_rank": _RANK,
    "probability_best": _CHANCE,
    "wins": "count",
    "losses": "count",
    "ties": "count",
    "both_bad": "count",
    # With style held equal.
    "rank": _RANK,
    "raw_rank": _RANK,
    "raw_strength": _LOG_ODDS,
    "raw_low": _LOG_ODDS,
    "raw_high": _LOG_ODDS,
    "left_side": _LOG_ODDS,
    "effects": "log-odds for one standard deviation of a feature",
}
_STRENGTH = {
    "mean": "grades of preference, −2 to 2",
    "much_better": _SHARE,
    "much_worse": _SHARE,
    "unsure": _SHARE,
}
#: The unit of every number of a report by its key. ``value``, ``low`` and ``high`` have the unit
#: of the key they stand under, where that has one; ``n`` and keys that begin with ``n_`` count.
UNITS: dict[str, dict[str, str]] = {
    "acceptance": {
        "risk": _SHARE,
        "confidence": _CHANCE,
        "threshold": "share of a judge's verdicts on a unit that say the same, 0 to 1",
        "accepted": _SHARE,
        "wrong": _SHARE,
        "p_value": _CHANCE,
    },
    "agreement": {
        "alpha": _AGREEMENT,
        "cohen_kappa": _AGREEMENT,
        "weighted_cohen_kappa": _AGREEMENT,
        "fleiss_kappa": _AGREEMENT,
        "weighted_fleiss_kappa": _AGREEMENT,
        "gwet_ac": _AGREEMENT,
        "kappa": _AGREEMENT,
        "by_category": _AGREEMENT,
        "percent_agreement": _SHARE,
        "confirmed": _SHARE,
        "marked_words": _SHARE,
        "share": _SHARE,
        "mean_of_orders": _SHARE,
        "both_must_agree": _SHARE,
        "where_both_agree": _SHARE,
        "positional_agreement": _SHARE,
        "primacy": "share of the pairs on which both verdicts differ, 0 to 1",
        "position_bias": "difference of shares, -1 to 1",
    },
    "annotators": {
        "kappa": _AGREEMENT,
        "kappa_as_shown": _AGREEMENT,
        "percent_agreement": _SHARE,
        "left_rate": _SHARE,
        "first_rate": _SHARE,
        "both_orders": _SHARE,
        "p_value": _CHANCE,
        "median_seconds": "seconds",
        "longest_run": "annotations in a row",
        "quality": _CHANCE,
        "knows": _CHANCE,
        **_RANKING,
        "agreement": _AGREEMENT,
        "value": _MEASURE,
    },
    "checks": {
        "pass_rate": _SHARE,
        "accuracy": _SHARE,
        "kappa": _AGREEMENT,
        "false_pass": "share of what people fail, 0 to 1",
        "false_fail": "share of what people pass, 0 to 1",
    },
    "clusters": {
        "share": _SHARE,
        "models": _SHARE,
        "q": _CHANCE,
        "stability": "mean overlap of a group with its like among notes drawn anew, 0 to 1",
    },
    "correction": {
        "people": _MEASURED,
        "corrected": _MEASURED,
        "labels_saved": "labels",
        "judge_weight": "share of the judge, 0 to 1",
        "strength": _LOG_ODDS,
        "strength_of_people": _LOG_ODDS,
        "strength_weight": "share of the judge, 0 to 1",
    },
    "coverage": {
        "distance": "one minus cosine, 0 to 2",
        "expected": _SHARE,
        "far": _SHARE,
        "p_far": _CHANCE,
        "log": _SHARE,
        "eval_set": _SHARE,
        "difference": "difference of shares, -1 to 1",
        "p": _CHANCE,
        "p_adjusted": _CHANCE,
        "cases": _SHARE,
        "lines": _SHARE,
        "alike": "mean cosine to the middle, 0 to 1",
    },
    "decision": _PRODUCTION
    | {
        "raw": _SHARE,
        "value": _MEASURE,
        "difference": _MEASURE,
        "strength_difference": _LOG_ODDS,
        "p_adjusted": _CHANCE,
        "cost_usd": _DOLLARS,
        "cost_per_acceptable_usd": "US dollars per acceptable response",
        "latency_median_ms": "milliseconds",
        "times_the_baseline": _RATIO,
        "most_cost": "US dollars for 1,000 responses",
        "most_latency": "seconds",
        "margin": _MARGIN,
        "behind": _MARGIN,
        "cost_ratio": "multiple of the first model",
    },
    "differences": {
        "differ": _SHARE,
        "certainty": "share of a judge's verdicts on a unit that say the same, 0 to 1",
        "unanimity": "share of people on a unit who say what most say, 0 to 1",
        "distance": "share of the scale, 0 to 1",
        "weight": "certainty times unanimity times distance, 0 to 1",
    },
    "drift": {
        "flips": _SHARE,
        "floor": _SHARE,
        "right": _SHARE,
        "power": _CHANCE,
        "p_value": _CHANCE,
        "p_exact": _CHANCE,
        "p_mid": _CHANCE,
        "cost_usd": "US dollars",
        "only_first": "count",
        "only_second": "count",
    },
    "errors": {
        "tags": _SHARE,
        "saturation": _SHARE,
        "suggestions": "share, 0 to 1; of a difference -1 to 1",
        "penalties": "weight of the errors in a response",
    },
    "failures": {
        "rate": _SHARE,
        "rates": _SHARE,
        "weight": "weight of the errors in a look that found any",
        "share": _SHARE,
        "cost": "weight of its errors per response of production",
        "before": _SHARE,
        "after": _SHARE,
        "difference": "difference of shares of cases, -1 to 1",
        "p": _CHANCE,
        "q": _CHANCE,
    },
    "judges": {
        "alpha": _AGREEMENT,
        "kappa": _AGREEMENT,
        "kappa_of_people": _AGREEMENT,
        "ratio": "multiple of people's own kappa",
        "close_from": "multiple of people's own kappa",
        "margin": _SHARE,
        "same": _SHARE,
        "same_of_people": _SHARE,
        "winning_rate": "share of the people tested, 0 to 1",
        "advantage": _SHARE,
        "p_value": _CHANCE,
        "recall": _SHARE,
        "precision": _SHARE,
        "specificity": _SHARE,
        "no_precision": _SHARE,
        "accuracy": _SHARE,
        "macro_f1": "mean of F1 over answers, 0 to 1",
        "halves": "correlation of two halves of the people, -1 to 1",
        "together": "reliability of all people of a unit, 0 to 1",
        "calibration_error": _SHARE,
        "surer_than_right": "difference of shares, -1 to 1",
        "brier": "mean square of a difference of shares, 0 to 1",
        "curve": _SHARE,
        "distances": "total variation of label distributions, 0 to 1",
        "confusion": "units",
        "percent_agreement": _SHARE,
        "mean_of_orders": _SHARE,
        "both_must_agree": _SHARE,
        "where_both_agree": _SHARE,
        "positional_agreement": _SHARE,
        "primacy": "share of the pairs on which both verdicts differ, 0 to 1",
        "position_bias": "difference of shares, -1 to 1",
    },
    "models": {
        "acceptable": _SHARE,
        "latency_ms": "milliseconds",
        "cost_usd": _DOLLARS,
        "cost_per_acceptable_usd": "US dollars per acceptable response",
        "input_tokens": "tokens per response",
        "output_tokens": "tokens per response",
        "reasoning_tokens": "tokens per response",
        "tags": "share of looks, 0 to 1",
    },
    "power": {
        "pairs": _LOG_ODDS,
        "score_pairs": _POINTS,
        "value": _MEASURE,
        "half_width": _MEASURE,
        "power": _CHANCE,
        "comparisons_per_annotator": "comparisons",
        "per_case_now": "annotations per case",
        "per_case_needed": "annotations per case",
        "intraclass": "share of the variance that lies between cases, 0 to 1",
        "doubled": "half-width, in the unit of value",
    },
    "ranking": _RANKING | _STRENGTH | _PRODUCTION,
    "regression": {
        "difference": "share of the cases, −1 to 1",
        "low": "share of the cases, −1 to 1",
        "high": "share of the cases, −1 to 1",
        "p": _CHANCE,
        "p_adjusted": _CHANCE,
        "significance_level": _CHANCE,
        "level": _POINTS,
        "share": _SHARE,
        "broke": "count",
        "repaired": "count",
    },
    "retrieval": {"recall": _SHARE, "precision": _SHARE, "acceptable": _SHARE, "k": "passages"},
    "scores": _PRODUCTION
    | {
        "scale": _POINTS,
        "range": _POINTS,
        "at": _SHARE,
        "alpha": _AGREEMENT,
        "k": "trials",
        "means": "points of the scale; under checklists and penalties, their unit",
        "values": _POINTS,
        "counts": "count",
        "acceptable": _SHARE,
        "checklists": _SHARE,
        "all_pass": _SHARE,
        "any_pass": _SHARE,
        "weights": "weight of an error",
        "penalties": "weight of the errors of a response",
        "at_least": _SHARE,
        "level": _POINTS,
    },
    "pair": {
        **_STRENGTH,
        "overall": "preference: share won minus share lost, −1 to 1; criteria: points of the scale",
        "by_category": "as overall",
        "daily": _SHARE,
        "by_criterion": _SHARE,
        "errors": "share of looks, −1 to 1",
        "taken": "US dollars, milliseconds, tokens; ratios as multiples of the other's",
        "p": _CHANCE,
        "p_max_t": _CHANCE,
        "p_adjusted": _CHANCE,
        "level": _CHANCE,
    },
    "significance": {
        "preference": "share won minus share lost, −1 to 1",
        "criteria": _POINTS,
        "p": _CHANCE,
        "p_max_t": _CHANCE,
        "p_adjusted": _CHANCE,
        "level": _CHANCE,
    },
}

_SCORES = "shares by Wilson's score at the effective number, means by Student's t within the scale"
_STRENGTHS = "strengths by sandwich errors with Student's t"
#: How the intervals of a report were found; method.md has every one.
INTERVAL_METHODS = {
    "acceptance": "95 %, clustered by case: shares by Wilson's score",
    "agreement": "95 %, clustered by case: coefficients by jackknife over cases, shares by "
    "Wilson's score",
    "annotators": "95 %, clustered by case: κ, quality and knows by jackknife over cases, shares "
    f"by Wilson's score, times between order statistics; without: {_SCORES}, {_STRENGTHS}",
    "checks": "95 %, clustered by case: κ by jackknife over cases, shares by Wilson's score",
    "clusters": "95 %, clustered by case: shares by Wilson's score",
    "correction": "95 %, clustered by case, within the scale, by the method each row names",
    "coverage": "95 %: shares by Wilson's score at Kish's effective number of different lines and "
    "of weighted cases, differences by Newcombe's",
    "decision": f"95 %, clustered by case: {_SCORES}; differences paired by case with Student's t, "
    f"{_STRENGTHS}; latencies between order statistics; multiples on the logarithm",
    "differences": "95 %, clustered by case: shares by Wilson's score",
    "drift": "95 %: shares by Wilson's score",
    "errors": f"95 %, clustered by case: {_SCORES}; weights of errors as amounts; kinds not "
    "marked yet by Esty's variance, each kind once per case",
    "failures": "95 %: rates by Wilson's score and costs as amounts, clustered by case; "
    "differences paired by case, Bonett and Price's",
    "judges": "95 %, clustered by case: coefficients and their ratio by jackknife over cases, "
    "shares by Wilson's score; the stand-in test by Student's t",
    "models": "95 %: latencies between order statistics of responses, costs and tokens of "
    "responses as amounts, shares by Wilson's score at the effective number, clustered by case",
    "power": f"95 %, clustered by case: {_SCORES}, {_STRENGTHS}",
    "ranking": f"95 %, clustered by case: {_SCORES}, {_STRENGTHS}",
    "regression": "95 %, paired by case: Bonett and Price's for paired shares",
    "retrieval": "95 %, clustered by case: shares by Wilson's score",
    "scores": f"95 %, clustered by case: {_SCORES}; weights of errors as amounts",
    "pair": "95 %, paired by case, by Student's t; ratios on the logarithm",
    "significance": "95 %, paired by case: low and high by Student's t, bootstrap_low and "
    "bootstrap_high by resampling cases",
}


def enveloped(
    report: str, body: Document, *, cases_of: Sequence[VersionMark], created_at: datetime
) -> Document:
    """Return a report's document with what it says of itself before it.

    Parameters
    ----------
    report : str
        A key of ``UNITS``.
    body : Document
        With ``study`` or ``studies``, and ``filters``.
    cases_of : sequence of VersionMark
        The versions of eval sets it is about.
    created_at : datetime
        With its time zone.
    """
    return {
        "report": report,
        "schema_version": SCHEMA_VERSION,
        "evalkit_version": __version__,
        "created_at": created_at.isoformat(timespec="seconds"),
        "eval_sets": [asdict(mark) for mark in cases_of],
        "units": UNITS[report],
        "interval_method": INTERVAL_METHODS[report],
        **body,
    }

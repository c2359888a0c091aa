"""Every public statistic has a test of what must not change it, or a reason why it needs none."""

import ast
import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path

import evalkit.stats

HERE = Path(__file__).parent

#: Functions without such a test, and why.
EXEMPT = {
    "all_of": "a formula of numbers, case by case; pass^k through trials_report",
    "amount_estimate": "the interval of clustered_means, through mean_amounts",
    "any_of": "a formula of numbers, case by case; best of n through trials_report",
    "arm_difference": "order of people and of groups, in tests/evalkit/stats/test_arms.py",
    "arm_mean": "order of people, in tests/evalkit/stats/test_arms.py",
    "arm_p_value": "order of people and of groups, in tests/evalkit/stats/test_arms.py",
    "average_ranks": "through compare_boards",
    "benjamini_hochberg": "takes p values, whose order is that of what comes back",
    "binomial_quantile": "a formula of numbers",
    "binomial_up_to": "a formula of numbers",
    "both_ways": "through every coefficient of preferences",
    "bounded_ends": "a formula of numbers",
    "bounded_interval": "a formula of numbers",
    "between_shares": "a formula of numbers",
    "case_differences": "through score_differences",
    "chance_of_far": "a formula of numbers, in tests/evalkit/stats/test_coverage.py",
    "cases_for_difference": "a formula of numbers",
    "cases_for_interval": "a formula of numbers",
    "cases_for_mcnemar": "a formula of numbers",
    "clustered_means": "through every mean and share",
    "compact_codes": "numbers codes",
    "comparisons_for_pair": "a formula of numbers",
    "anytime_mean": "takes values in the order in which they came, which it is about",
    "confidence_sequence": "takes values in the order in which they came, which it is about",
    "cut_off": "a formula of numbers",
    "degrees_of_sums": "a formula of numbers",
    "spread_of_sums": "a formula of numbers",
    "drift": "renaming answers, turning looks and order, in tests/evalkit/stats/test_drift.py",
    "power_to_notice": "a formula of numbers",
    "effective_degrees": "through every interval",
    "evened": "a formula of weights, in any order",
    "far_limit": "through coverage_report, in tests/evalkit/reports/test_coverage.py",
    "fit_dawid_skene": "through dawid_skene",
    "fit_mace": "through mace",
    "fit_one_coin": "through one_coin",
    "fits_table": "says whether a table fits",
    "holm": "takes p values, whose order is that of what comes back",
    "jackknife_errors": "through every coefficient of agreement",
    "joint_codes": "numbers codes",
    "least_credit": "through lowest_kappa",
    "labels_needed": "a formula of numbers",
    "least_labels": "a formula of numbers",
    "look_level": "a formula of numbers",
    "least_equal": "through krippendorff_alpha",
    "lowest_kappa": "through every kappa",
    "mcnemar": "takes two counts",
    "mean_estimate": "the interval of clustered_means",
    "means_of_cells": "through every mean of scores",
    "more_labels": "a formula of numbers",
    "normal_quantile": "a formula of numbers",
    "number_cells": "numbers codes",
    "numbered": "numbers codes",
    "opposed": "through krippendorff_alpha and every weighted kappa",
    "refitted": "through the intervals of annotators_report",
    "share_estimate": "the interval of clustered_means",
    "share_estimates": "the interval of clustered_means",
    "share_p": "a formula of numbers",
    "sign_test": "takes two counts",
    "strengths_of_counts": "through rules_report, in tests/evalkit/reports/test_rules.py",
    "strengths_with_side_equal": "through rules_report, as above",
    "sum_by": "sums columns",
    "sum_rows": "sums columns",
    "sums_of_alike": "sums columns",
    "shares_of_sums": "of sums, what shares_of_units gives of values",
    "t_interval": "a formula of numbers",
    "t_quantile": "a formula of numbers",
    "tag_codings": "codes what was marked, and no number",
    "value_name": "writes one value as its scale does",
    "weight_matrix": "through every weighted kappa",
    "weights_of": "names weights",
    "wilson_ends": "a formula of numbers",
    "wilson_interval": "a formula of numbers",
    "without_both_bad": "leaves out counts",
    "without_preferences": "leaves out counts",
    "without_ties": "leaves out counts",
    # Columns in, columns out: what the statistics count with.
}
#: Parts of the ranking: fit and rank_models call them, and their tests hold for all.
PARTS = {
    "moments": "through krippendorff_alpha, percent_agreement and every kappa",
    "couples": "through every kappa",
    "bradley_terry": "through fit and rank_models",
    "profile": "through rank_models",
    "separation": "through rank_models",
}
#: Through another statistic that has the test.
THROUGH = {
    "beside_people": "beside",
    "values_by_part": "value_rows",
    "stand_in_by_part": "alternative_test",
    "right_by_part": "right_by_rule",
    "positions_by_part": "positions",
    "majority_by_part": "against_majority",
    "kappas_by_part": "right_by_rule",
    "distances_by_part": "distances",
    "confusion_by_part": "confusion",
    "ceilings_by_part": "ceiling",
    "cases_of_kinds": "ceiling",
    "cases_of": "ceiling",
    "in_place": "alternative_test",
    "kappa_with_people": "right_by_rule",
    "means_of_columns": "value_rows",
    "people_and_others": "alternative_test",
    "peoples_answers": "beside",
    "shares_of_units": "ceiling",
    "signed_estimate": "distances",
    "stand_in_test": "alternative_test",
    "thresholds": "accept_verdicts",
    "average_win_rates": "rank_models",
    "bootstrap_difference": "mean_difference; it draws at random, by the order of cases",
    "null_of": "exchanged",
    "alike": "exchanged",
    "contents_of": "exchanged",
    "null_of_singles": "exchanged",
    "contents_of_strata": "exchanged",
    "grains_of": "exchanged",
    "often_met": "exchanged",
    "pair_matrix": "rank_models",
    "rank_range": "rank_models",
    "share_difference": "changes",
    "share_by_error_rates": "corrected_mean",
    "sign_flip": "mean_difference; it draws at random, by the order of cases",
    "style_difference": "control_style",
}


@cache
def public_functions():
    """Give every public function that a module of the statistics defines, with the module."""
    functions = []
    for module in pkgutil.walk_packages(evalkit.stats.__path__, "evalkit.stats."):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                functions.append((module.name.rpartition(".")[2], name))
    return functions


@cache
def names_in_tests():
    """Return every name that a test of invariance uses."""
    names = set()
    for file in HERE.glob("test_invariance*.py"):
        if file != Path(__file__):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names


def test_every_public_statistic_is_tested_for_what_must_not_change_it_or_says_why_not():
    reasons = EXEMPT.keys() | THROUGH.keys()
    known = reasons | names_in_tests()
    missing = [
        f"{module}.{name}"
        for module, name in public_functions()
        if name not in known and module not in PARTS
    ]

    assert missing == [], "use it in a test of invariance, or say here why it needs none"


def test_reasons_are_given_for_functions_that_exist_and_have_no_test():
    functions = {name for _, name in public_functions()}
    reasons = EXEMPT.keys() | THROUGH.keys()

    assert reasons <= functions
    assert not reasons & names_in_tests()

"""The commonest and the worst errors, and what of them is not known yet, in sentences."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.saturation import Saturation


def commonest_errors(rates: Sequence[TagRates], models: Sequence[str]) -> list[str]:
    """Say for each model which error was found most often, and how often."""
    sentences = []
    for model in models:
        rated = [
            (row.estimate, rate.tag.name)
            for rate in rates
            for row in rate.rows
            if row.model == model and row.category is None and row.estimate.value
        ]
        if rated:
            most, name = max(rated, key=lambda pair: pair[0].value or 0)
            share = text.estimate(most, text.percent)
            sentences.append(f"{model}: {text.inside(name)} in {share} of looks, n = {most.n:,}.")
    return sentences


def worst_error(rates: Sequence[TagRates]) -> str:
    """Say which error was found most often in whose responses, and how often; or nothing."""
    known = [
        (row.estimate, rate.tag.name, row.model)
        for rate in rates
        for row in rate.rows
        if row.category is None and row.estimate.value
    ]
    if not known:
        return ""
    most, name, model = max(known, key=lambda entry: entry[0].value or 0.0)
    share = text.estimate(most, text.percent)
    return (
        f"The commonest error is {text.inside(name)} in {model}: {share} of looks, n = {most.n:,}."
    )


def saturation_sentences(saturation: Saturation) -> list[str]:
    """Say how much of what fails is of a kind nobody marked yet; nothing where nothing failed."""
    unseen = saturation.unseen
    if unseen.value is None:
        return []
    share = text.estimate(unseen, text.percent)
    return [
        f"About {share} of failures that a further case shows are of a kind nobody has marked yet, "
        f"n = {unseen.n:,} failures of {saturation.n_kinds:,} kinds, each once per case.",
        f"Kinds that were new among the last {saturation.n_last:,} failures: {saturation.n_new:,}.",
    ]

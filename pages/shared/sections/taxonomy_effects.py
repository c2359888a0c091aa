"""What a change of a taxonomy would do, as it is shown before it is made."""

from collections.abc import Sequence

import pandas as pd

from evalkit import text
from evalkit.failures.changes import TaxonomyChange
from evalkit.failures.words import change_in_words
from evalkit.phrases import capital, counted
from evalkit.reports.errors.report import TagRates
from pages.shared.display import exhibits
from pages.shared.taxonomy_changes import Effects, StudyEffect


def show(change: TaxonomyChange, effects: Effects) -> None:
    """Say how many marks and responses of which studies a change touches, with rates as then."""
    exhibits.say(f"{capital(change_in_words(change).replace('`', ''))}.", style="lead")
    if not effects.touched:
        exhibits.say("No mark that was made so far is touched.")
        return
    exhibits.say(
        *(
            f"{study.study}: {counted(study.n_marks, 'mark')} of "
            f"{counted(study.n_responses, 'response')}."
            for study in effects.touched
        ),
        "On Failures, Agreement and Annotators, in reports and in what errors weigh they are "
        "counted so from then on. Preferences, scores and what is acceptable stay as they are.",
    )
    if change.parts:
        exhibits.say("Which part a mark is of cannot be told: each waits to be coded anew.")
    for number, effect in enumerate(effects.rates):
        name = effects.touched[number].study
        exhibits.say(f"{name}: how often each was found, of looks at a response, 95 % intervals.")
        exhibits.inline_table(_frame(effect), key=f"taxonomy-effects-{number}", left=["Model"])
    if more := len(effects.touched) - len(effects.rates):
        exhibits.say(f"Studies whose rates change likewise: {more} more.")


def _frame(effect: StudyEffect) -> pd.DataFrame:
    columns: dict[str, Sequence[str]] = {"Model": effect.models}
    columns |= {f"{rate.tag.key}, now": _cells(rate, effect.models) for rate in effect.before}
    columns |= {f"{rate.tag.key}, then": _cells(rate, effect.models) for rate in effect.after}
    return pd.DataFrame(columns)


def _cells(rate: TagRates, models: Sequence[str]) -> list[str]:
    """Give the rate of each model with its interval and n."""
    found_in = {row.model: row.estimate for row in rate.rows if row.category is None}
    return [
        f"{text.estimate(found_in[model], text.percent)}, n = {found_in[model].n:,}"
        if model in found_in
        else text.MISSING
        for model in models
    ]

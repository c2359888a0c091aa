"""What a change of a taxonomy would do to results, before it is made."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.columns import now
from db.engine import read_session
from db.queries import results
from db.queries.results.tags import PlannedChange
from db.queries.taxonomies import StudyTouch, touched_by
from evalkit import text
from evalkit.failures.changes import TaxonomyChange, read_through
from evalkit.failures.words import change_in_words
from evalkit.phrases import capital, counted
from evalkit.reports.errors.report import TagRates, tags_report
from pages.shared.display import exhibits

#: Rates are shown of so many studies; of all it is said how much is touched.
_MOST_STUDIES = 3


def show(name: str, change: TaxonomyChange) -> None:
    """Say how many marks and responses of which studies a change touches, with rates as then."""
    with read_session() as session:
        touched = touched_by(session, name, change)
    exhibits.say(f"{capital(change_in_words(change).replace('`', ''))}.", style="lead")
    if not touched:
        exhibits.say("No mark that was made so far is touched.")
        return
    exhibits.say(
        *(
            f"{study.study}: {counted(study.n_marks, 'mark')} of "
            f"{counted(study.n_responses, 'response')}."
            for study in touched
        ),
        "On Failures, Agreement and Annotators, in reports and in what errors weigh they are "
        "counted so from then on. Preferences, scores and what is acceptable stay as they are.",
    )
    if change.parts:
        exhibits.say("Which part a mark is of cannot be told: each waits to be coded anew.")
    for place, study in enumerate(touched[:_MOST_STUDIES]):
        _show_rates(name, change, study, place=place)
    if len(touched) > _MOST_STUDIES:
        exhibits.say(f"Rates of {len(touched) - _MOST_STUDIES} more studies change likewise.")


def _show_rates(name: str, change: TaxonomyChange, touched: StudyTouch, *, place: int) -> None:
    """Show how often the tags in question were found in each model, now and then."""
    with read_session() as session:
        study = results.result_study(session, name=touched.study)
        planned = results.result_study(
            session, name=touched.study, planned=PlannedChange(name, change, now())
        )
        before = tags_report(results.collect(session, study))
        after = tags_report(results.collect(session, planned))
    keys = [rate.tag.key for rate in before]
    of_before = {
        key
        for key in keys
        if read_through(key, (change,)).key != key or key in (*change.tags, change.target)
    }
    of_after = {read_through(key, (change,)).key for key in of_before}
    columns = {f"{rate.tag.key}, now": rate for rate in before if rate.tag.key in of_before} | {
        f"{rate.tag.key}, then": rate for rate in after if rate.tag.key in of_after
    }
    st.caption("How often each was found, of looks at a response, with 95 % intervals")
    exhibits.inline_table(
        _frame(columns, study.models), key=f"taxonomy-effects-{place}", left=["Model"]
    )


def _frame(columns: dict[str, TagRates], models: Sequence[str]) -> pd.DataFrame:
    rows = {
        title: {row.model: row.estimate for row in rate.rows if row.category is None}
        for title, rate in columns.items()
    }
    return pd.DataFrame(
        {
            "Model": list(models),
            **{
                title: [
                    f"{text.estimate(of[model], text.percent)}, n = {of[model].n:,}"
                    if model in of
                    else text.MISSING
                    for model in models
                ]
                for title, of in rows.items()
            },
        }
    )

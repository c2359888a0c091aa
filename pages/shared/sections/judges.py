"""The sections of the judges page."""

from collections.abc import Sequence

import streamlit as st

from db.queries.results import judge_costs, sure_answers
from evalkit.reports.judges import tables
from evalkit.reports.judges.biases import bias_sentence, bias_table, kinship_sentences
from evalkit.reports.judges.categories import categories_table, category_rows
from evalkit.reports.judges.costs import cost_table, judge_cost_rows
from evalkit.reports.judges.orders import (
    orders_sentence,
    positions_table,
    rules_picture,
    rules_table,
)
from evalkit.reports.judges.people import distances_sentence, distances_table, people_table
from evalkit.reports.judges.report import JudgeRow, JudgesReport
from evalkit.reports.judges.sentences import (
    grounds_in_words,
    stand_in_words,
    subjects_of,
    worth,
)
from evalkit.reports.judges.sure import (
    bins_table,
    sure_picture,
    sure_report,
    sure_sentence,
    sure_table,
)
from evalkit.reports.judges.tags import tag_rows, tags_table
from evalkit.study.subjects import Subject, subject_asked, subject_key, subject_title
from pages.shared import collecting
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page


def show_ground(report: JudgesReport) -> None:
    """Say, before any judge is shown, whether people agree well enough to measure one against."""
    for sentence in grounds_in_words(report.grounds):
        exhibits.say(sentence, style="lead")
    people = people_table(report)
    blocks.fold(people, key="judges-people", label=people.title)


def show_costs(kept: Kept) -> None:
    """Show what a label of each judge takes, where their records say so."""
    if costs := judge_cost_rows(kept.read(judge_costs)):
        blocks.fold(cost_table(costs), key="judge-costs", label="What a label of a judge takes")


def subject_picker(report: JudgesReport) -> Subject:
    """Let what was judged be chosen, where there is more than one thing."""
    judged = {subject_key(subject): subject for subject in subjects_of(report)}
    keys = list(judged)
    if len(keys) == 1:
        return judged[keys[0]]
    key = choices.choice("on", keys, key="judges-on", default=keys[0])
    picked = st.selectbox(
        "On",
        keys,
        key="judges-on",
        format_func=lambda each: subject_title(judged[each]),
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("on", picked)
    return judged[picked or key]


def show_judges(report: JudgesReport, subject: Subject, page: Page) -> None:
    """Draw each judge's share of people's own agreement on one thing, and the table of all."""
    picture, *rest = tables.ratios(report, subject)
    blocks.titled(picture, page, key="ratios")
    blocks.show(*rest, page=page, key="ratios-more")
    every = tables.judges_table(report)
    blocks.fold(every, key="judges-table", label="Every judge on everything")


def show_parts(kept: Kept) -> None:
    """Show every judge in each category, and on each error tag, folded."""
    for key, part in (
        ("judges-by-category", categories_table(kept.of_main(category_rows))),
        ("judges-tags", tags_table(kept.of(tag_rows))),
    ):
        blocks.fold(part, key=key, label=part.title)


def row_picker(rows: Sequence[JudgeRow]) -> JudgeRow:
    """Let one judge be chosen."""
    by_name = {row.judge: row for row in rows}
    names = list(by_name)
    choices.choice("judge", names, key="judge", default=names[0])
    picked = st.selectbox("Judge", names, key="judge", width=exhibits.PICKER_WIDTH)
    addresses.remember("judge", picked)
    return by_name[picked or names[0]]


def show_judge(row: JudgeRow, report: JudgesReport, page: Page) -> None:
    """Say of one judge what can be concluded, and where it says what people say."""
    exhibits.say(worth(row, subject_asked(row.subject)), style="lead")
    exhibits.say(f"In the place of a person: {stand_in_words(row.test)}")
    confusion = tables.confusion_table(row)
    if confusion:
        exhibits.heading(confusion.title)
        blocks.show(confusion, page=page, key="confusion")
    values = tables.values_table(report, row.subject)
    blocks.fold(values, key="judges-values", label=values.title)
    exhibits.say(distances_sentence(row), style="lead")
    apart = distances_table(report)
    blocks.fold(apart, key="judges-distances", label=apart.title)
    show_orders(row, report, page)


def show_orders(row: JudgeRow, report: JudgesReport, page: Page) -> None:
    """Say how often one judge is right by which rule about orders, with all judges' folded."""
    exhibits.say(orders_sentence(row), style="lead")
    blocks.titled(rules_picture(row), page, key="judges-rules")
    judges = report.on(row.subject)
    for key, orders in (
        ("judges-in-both-orders", rules_table(judges)),
        ("judges-positions", positions_table(judges)),
    ):
        blocks.fold(orders, key=key, label=orders.title)


def show_sure(kept: Kept, row: JudgeRow, page: Page) -> None:
    """Say whether one judge is right as often as it is sure, where it said how sure it was."""
    rows = kept.of(sure_report, kept.read(sure_answers))
    for each in rows:
        if (each.judge, each.subject) == (row.judge, row.subject):
            exhibits.say(sure_sentence(each), style="lead")
            blocks.titled(sure_picture(each), page, key="judges-sure")
    for key, numbers in (
        ("judges-how-sure", sure_table(rows)),
        ("judges-curves", bins_table(rows)),
    ):
        blocks.fold(numbers, key=key, label=numbers.title)


def show_biases(kept: Kept, judge: str, page: Page) -> None:
    """Say what one judge of pairs leans to beyond people, with the numbers of all judges."""
    biases = kept.of(collecting.biases)
    exhibits.say(bias_sentence(biases, judge), style="lead")
    for sentence in kinship_sentences(biases):
        exhibits.say(sentence)
    blocks.fold(bias_table(biases), key="judges-biases", label="What every judge leans to")


def show_nothing() -> None:
    """Say how verdicts come in, where there are none, and lead there."""
    exhibits.say(
        "Verdicts are records of annotators of kind “judge”. Let a model judge, or import them, "
        "and they stand here beside what people said of the same responses."
    )
    st.page_link("library/judge.py", label="Let a model judge", icon=":material/gavel:")
    st.page_link("library/import_records.py", label="Import verdicts", icon=":material/upload:")


def show_links(address: State) -> None:
    """Lead to how far people agree, and to the cases on which annotators differ most."""
    places = {"Agreement": "agreement", "Annotators": "annotators"}
    links.line(
        "How far people agree, and the cases on which they and judges differ most",
        {title: link(page, address) for title, page in places.items()},
    )

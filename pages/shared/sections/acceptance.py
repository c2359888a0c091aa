"""The sections of the page about verdicts taken without a person."""

import math
from collections.abc import Callable, Sequence

import streamlit as st

from db.queries.results import ResultStudy, judge_costs
from evalkit.phrases import counted
from evalkit.reports.acceptance import tables
from evalkit.reports.acceptance.audit import AuditRow
from evalkit.reports.acceptance.report import (
    CONFIDENCE,
    RISK,
    AcceptanceReport,
    AcceptanceRow,
    Promise,
    Refusal,
)
from evalkit.reports.acceptance.sentences import (
    audit_in_words,
    judged_subjects,
    look_price,
    row_in_words,
)
from evalkit.reports.acceptance.worth import worth_report
from evalkit.reports.acceptance.worth_blocks import advice_in_words, worth_table
from evalkit.reports.blocks import Target
from evalkit.reports.judges.costs import judge_cost_rows
from evalkit.reports.judges.report import judges_report
from evalkit.study.accepted import Look
from evalkit.study.subjects import subject_key, subject_title
from evalkit.vocabulary import AcceptanceState
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page
from pages.shared.labels import literal
from pages.shared.sections.correction import corrected

#: Percent that can be asked for: a risk of half is a coin's, and surer than all but 1 of 1,000
#: takes more labels than anybody gives.
_RISKS, _CONFIDENCES = (0.1, 50.0), (50.0, 99.9)


def ask_promise() -> Promise:
    """Let the risk and how sure it has to be be chosen; the address remembers both."""
    places = st.columns(2, width=2 * exhibits.PICKER_WIDTH)
    with places[0]:
        risk = _percentage("risk", "Wrong of the accepted, at most (%)", RISK, _RISKS)
    with places[1]:
        sure = _percentage("sure", "With probability at least (%)", CONFIDENCE, _CONFIDENCES)
    return Promise(risk, sure)


def _percentage(says: str, label: str, usual: float, ends: tuple[float, float]) -> float:
    key = f"acceptance-{says}"
    addresses.take(says, key=key, read=lambda values: _read(values, usual, ends))
    if key not in st.session_state:
        st.session_state[key] = 100 * usual
    number = st.number_input(
        label, min_value=ends[0], max_value=ends[1], key=key, format="%.6g", step=1.0
    )
    addresses.remember(says, None if number == 100 * usual else f"{number:.6g}")
    return float(number) / 100


def _read(values: list[str], usual: float, ends: tuple[float, float]) -> float:
    """Read a percentage from the address, or the usual one where it is none to be had."""
    try:
        number = float(values[0]) if values else math.nan
    except ValueError:
        number = math.nan
    return number if ends[0] <= number <= ends[1] else 100 * usual


def show_rows(report: AcceptanceReport) -> None:
    """Say of every judge on everything what may be accepted, or what is missing."""
    # Of one alone it stands below, where it is chosen.
    for row in report.rows[:_MOST_SAID] if len(report.rows) > 1 else ():
        exhibits.say(row_in_words(row, report.promise), style="lead")
    every = tables.acceptance_table(report)
    blocks.fold(every, key="acceptance-table", label="Every judge on everything")


#: More judges and things judged than this are read in the table.
_MOST_SAID = 6


def row_picker(report: AcceptanceReport) -> AcceptanceRow:
    """Let one judge on one thing be chosen."""
    subjects = {subject_key(subject): subject for subject in judged_subjects(report)}
    keys = list(subjects)
    best = _first_to_read(report)
    places = st.columns(2, width=2 * exhibits.PICKER_WIDTH)
    with places[0]:
        choices.choice("on", keys, key="acceptance-on", default=subject_key(best.subject))
        key = st.selectbox(
            "On",
            keys,
            key="acceptance-on",
            format_func=lambda each: subject_title(subjects[each]),
        )
    addresses.remember("on", key)
    rows = {row.judge: row for row in report.on(subjects[key or keys[0]])}
    names = list(rows)
    first = best.judge if best.judge in rows else names[0]
    with places[1]:
        choices.choice("judge", names, key="acceptance-judge", default=first)
        judge = st.selectbox("Judge", names, key="acceptance-judge")
    addresses.remember("judge", judge)
    return rows[judge or names[0]]


def _first_to_read(report: AcceptanceReport) -> AcceptanceRow:
    """Return what may be accepted, else what a look would tell of, else what comes first."""

    def rank(row: AcceptanceRow) -> int:
        return 0 if row.is_accepted else 1 if row.refusal is Refusal.NOT_LOOKED else 2

    return min(report.rows, key=rank)


def show_row(row: AcceptanceRow, promise: Promise, address: Callable[[Target], str]) -> None:
    """Show the curve of one judge on the dev split, and the tests on the test split."""
    exhibits.say(row_in_words(row, promise), style="lead")
    page = Page({}, address)
    for picture in tables.curve_blocks(row, promise):
        blocks.titled(picture, page, key="curve")
    curve, tried = tables.curve_table([row]), tables.tried_table(row)
    blocks.fold(curve, key="acceptance-curve", label=curve.title)
    blocks.fold(tried, key="acceptance-tried", label=tried.title)


def asks_to_look(row: AcceptanceRow) -> bool:
    """Offer a look at the certification labels, where they have not been looked at as they are."""
    if row.refusal is not Refusal.NOT_LOOKED:
        return False
    exhibits.say(
        "A look spends part of the chance of error, for good: the more labels there are by then, "
        "the more it is worth."
    )
    return st.button(f"Look at the test split ({look_price(row)})", key="acceptance-look")


def asks_to_accept(row: AcceptanceRow, watched: Sequence[AuditRow]) -> float | None:
    """Offer to accept what may be; give the share of cases that goes back to people, once asked."""
    own = row.judge_name, subject_key(row.subject)
    stands = any(
        (each.accepted.judge, each.accepted.subject) == own
        and each.accepted.state == AcceptanceState.OPEN
        for each in watched
    )
    if not row.is_accepted or not row.n_taken or stands:
        return None
    share = st.number_input(
        "Cases that go back to people (%)",
        min_value=1.0,
        max_value=100.0,
        value=10.0,
        step=1.0,
        key="acceptance-share",
        width=exhibits.PICKER_WIDTH,
    )
    is_asked = st.button(
        f"Accept {counted(row.n_taken, 'verdict')}", key="acceptance-accept", type="primary"
    )
    return float(share) / 100 if is_asked else None


def show_accepted(watched: Sequence[AuditRow], ledger: Sequence[Look]) -> None:
    """Show what was accepted and how people read it since, and every look that was spent."""
    if watched:
        st.header("What was accepted", divider=False)
        for row in watched:
            exhibits.say(audit_in_words(row), style="lead")
        audit = tables.audit_table(watched)
        blocks.fold(audit, key="acceptance-audit", label=audit.title)
    ledger_table = tables.look_table(ledger)
    blocks.fold(ledger_table, key="acceptance-looks", label=ledger_table.title)


def show_worth(kept: Kept, report: AcceptanceReport, others: Sequence[ResultStudy]) -> None:
    """Say of every judge whether it is worth it, and on what that rests."""
    cards = kept.of_main(
        worth_report,
        kept.of_main(judges_report),
        report,
        corrected(kept, others),
        judge_cost_rows(kept.read(judge_costs)),
    )
    if not cards:
        return
    st.header("Worth it?", divider=False)
    for card in cards[:_MOST_SAID]:
        exhibits.say(advice_in_words(card), style="lead")
    every = worth_table(cards)
    blocks.fold(every, key="acceptance-worth", label=every.title)


def asks_to_stop(watched: Sequence[AuditRow]) -> int | None:
    """Offer to stop what still stands; give the id of what shall be stopped."""
    for row in watched:
        number = row.accepted.acceptance_id
        if row.accepted.state == AcceptanceState.OPEN and st.button(
            f"Stop accepting verdicts of {literal(row.accepted.judge)}",
            key=f"acceptance-stop-{number}",
        ):
            return number
    return None


def show_nothing(address: State) -> None:
    """Say how verdicts come in, where there are none."""
    exhibits.say(
        "Verdicts are records of annotators of kind “judge”. Let a model judge, or import them."
    )
    st.page_link("library/judge.py", label="Let a model judge", icon=":material/gavel:")
    st.page_link("library/import_records.py", label="Import verdicts", icon=":material/upload:")
    show_links(address)


def show_links(address: State) -> None:
    """Lead to what judges are worth, and to how far people agree."""
    places = {"Judges": "judges", "Agreement": "agreement"}
    links.line(
        "How near judges are to people, and people to each other",
        {title: link(page, address) for title, page in places.items()},
    )

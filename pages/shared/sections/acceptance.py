"""The sections of the page about verdicts taken without a person."""

import math
from collections.abc import Callable

import streamlit as st

from evalkit.reports.acceptance import tables
from evalkit.reports.acceptance.report import (
    CONFIDENCE,
    RISK,
    AcceptanceReport,
    AcceptanceRow,
    Promise,
)
from evalkit.reports.acceptance.sentences import judged_subjects, row_in_words
from evalkit.reports.blocks import Target
from evalkit.study.subjects import subject_key, subject_title
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page

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
    for row in report.rows[:_MOST_SAID]:
        exhibits.say(row_in_words(row, report.promise), style="lead")
    every = tables.acceptance_table(report)
    blocks.fold(every, key="acceptance-table", label="Every judge on everything")


#: More judges and things judged than this are read in the table.
_MOST_SAID = 6


def row_picker(report: AcceptanceReport) -> AcceptanceRow:
    """Let one judge on one thing be chosen."""
    subjects = {subject_key(subject): subject for subject in judged_subjects(report)}
    keys = list(subjects)
    places = st.columns(2, width=2 * exhibits.PICKER_WIDTH)
    with places[0]:
        choices.choice("on", keys, key="acceptance-on", default=keys[0])
        key = st.selectbox(
            "On",
            keys,
            key="acceptance-on",
            format_func=lambda each: subject_title(subjects[each]),
        )
    addresses.remember("on", key)
    rows = {row.judge: row for row in report.on(subjects[key or keys[0]])}
    names = list(rows)
    with places[1]:
        choices.choice("judge", names, key="acceptance-judge", default=names[0])
        judge = st.selectbox("Judge", names, key="acceptance-judge")
    addresses.remember("judge", judge)
    return rows[judge or names[0]]


def show_row(row: AcceptanceRow, promise: Promise, address: Callable[[Target], str]) -> None:
    """Show the curve of one judge on the dev split, and the tests on the test split."""
    exhibits.say(row_in_words(row, promise), style="lead")
    blocks.show(*tables.curve_blocks(row, promise), page=Page({}, address), key="curve")
    curve, tried = tables.curve_table([row]), tables.tried_table(row)
    blocks.fold(curve, key="acceptance-curve", label=curve.title)
    blocks.fold(tried, key="acceptance-tried", label=tried.title)
    exhibits.say(tried.note if tried else "")


def show_links(address: State) -> None:
    """Lead to what judges are worth, and to how far people agree."""
    places = {"Judges": "judges", "Agreement": "agreement"}
    links.line(
        "How near judges are to people, and people to each other",
        {title: link(page, address) for title, page in places.items()},
    )

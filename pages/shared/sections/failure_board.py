"""The parts of the failure board: what it is narrowed to, one failure, tags over versions."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.tags_now import TagNow
from evalkit.failures.life import FailureChanged
from evalkit.phrases import capital
from evalkit.reports.blocks import Block, Words
from evalkit.reports.failures import tables
from evalkit.reports.failures.document import change_entry
from evalkit.reports.failures.fix import FailureStanding
from evalkit.reports.failures.looks import SetLooks
from evalkit.reports.failures.report import BoardReport, FailureRow, narrowed
from evalkit.reports.failures.versions import (
    ModelVersion,
    VersionsReport,
    chosen_versions,
    read_first,
    versions_followed,
    versions_report,
)
from pages.shared import labels
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State
from pages.shared.display import blocks, exhibits, lists
from pages.shared.display.blocks import Page
from pages.shared.sections.failures import PickedCell

_VIEWS = {"failures": "Known failures", "versions": "By tag and version"}
_NOBODY = "Nobody"
# Pixels of a title, so that a phone has room for what a failure costs; all of it stands beneath.
_TITLE_WIDTH = 210


def judges_toggle(room: DeltaGenerator) -> bool:
    """Ask whether judges' marks count beside people's; the address remembers it."""
    key = "board-judges"
    choices.flag("judges", key=key)
    is_in = room.toggle("Judges count, too", key=key, help="Where they are admitted on errors.")
    addresses.remember("judges", "1" if is_in else None)
    return is_in


def view_picker() -> str:
    """Ask what to look at: failures that are followed, or tags over versions."""
    key, first = "board-view", next(iter(_VIEWS))
    chosen = choices.choice("view", list(_VIEWS), key=key, default=first)
    st.segmented_control(
        "Look at",
        list(_VIEWS),
        format_func=lambda name: _VIEWS[name],
        required=True,
        key=key,
        label_visibility="collapsed",
    )
    addresses.remember("view", None if chosen == first else chosen)
    return chosen


def filtered(report: BoardReport) -> BoardReport:
    """Ask which failures to show, by how they stand and who sees to them."""
    standings = [of for of in FailureStanding if any(row.standing is of for row in report.rows)]
    owners = sorted({row.failure.owner for row in report.rows})
    if len(standings) < 2 and len(owners) < 2:
        return report
    left, right = st.columns(2)
    names = [each.name.lower() for each in standings]
    choices.several("state", names, key="board-state")
    chosen = left.multiselect(
        "State",
        names,
        format_func=lambda name: capital(FailureStanding[name.upper()].value),
        placeholder="Every state",
        key="board-state",
    )
    addresses.remember("state", chosen)
    choices.several("owner", owners, key="board-owner")
    whose = right.multiselect(
        "Owner",
        owners,
        format_func=lambda name: name or _NOBODY,
        placeholder="Everybody",
        key="board-owner",
    )
    addresses.remember("owner", whose)
    return narrowed(
        report, standings=[FailureStanding[name.upper()] for name in chosen], owners=whose
    )


def show(*of: Block, page: Page, key: str) -> None:
    """Show blocks; warnings stand out."""
    for number, block in enumerate(of):
        if isinstance(block, Words) and block.style == "warning":
            st.error(labels.literal(block.text), icon=":material/notification_important:")
        else:
            blocks.show(block, page=page, key=f"{key}-{number}")


def failure_picker(report: BoardReport) -> FailureRow | None:
    """List the failures, the most costly first; give the chosen one."""
    table = tables.board(report)
    if not table:
        return None
    rows = [str(row.failure.failure_id) for row in report.rows]
    words = [[" ".join(cell.lines) for cell in row] for row in table.rows]
    frame = pd.DataFrame(words, columns=list(table.columns))
    place = lists.picker(
        frame.iloc[lists.shown_of(rows, "failure")],
        rows,
        name="failure",
        key="board-failures",
        everything=lambda: blocks.numbers(table),
        right=[name for name in frame.columns[1:] if name not in table.left],
        most_first=_TITLE_WIDTH,
    )
    exhibits.say(table.note)
    return report.rows[place]


def show_failure(
    row: FailureRow,
    looks: SetLooks,
    page: Page,
    history: Sequence[FailureChanged],
    state: State,
) -> None:
    """Show one failure: how it stands, whether its fix holds, its rate by version, its history."""
    show(*tables.about(row), page=page, key="one-failure")
    to = {"set": state["set"]} if "set" in state else {}
    links.line(
        "Its cases:",
        {case.key: links.link("eval-sets", {**to, "case": case.key}) for case in row.failure.cases},
        rest="in the table of the eval set",
    )
    versions = versions_followed(row.failure, looks)
    report = versions_report(looks, versions, [looks.tags_of(row.failure)])
    for line in report.timelines:
        blocks.titled(tables.timeline(line, versions), page, key="failure-timeline")
        table = tables.changes(report, most=None)
        blocks.fold(table, key="failure-changes", label=table.title)
    if not report.timelines:
        exhibits.say(report.reason or "")
    with st.expander("History", icon=":material/history:"):
        for each in history:
            exhibits.say(each.sentence)


def version_picker(versions: Sequence[ModelVersion]) -> tuple[ModelVersion, ...]:
    """Ask which versions to read, in the order in which they are chosen."""
    names = [version.name for version in versions]
    key = "board-versions"
    choices.several("version", names, key=key)
    chosen = st.multiselect(
        "Versions, in the order in which they are read",
        names,
        placeholder="The versions of one model, by their time",
        key=key,
        help="Only cases that were looked at for errors in each of them count.",
    )
    addresses.remember("version", chosen)
    return chosen_versions(versions, chosen) if chosen else read_first(versions)


def show_versions(report: VersionsReport, page: Page) -> None:
    """Show how often each tag was found in each version, and what changed, the surest first."""
    blocks.show(*tables.versions_opening(report), page=page, key="versions")
    if not report.timelines:
        return
    blocks.show(tables.timelines(report), page=page, key="timelines")
    by_tag = {f"{line.taxonomy}/{line.tag}": line for line in report.timelines}
    key = "board-line"
    place = choices.choice("line", list(by_tag), key=key, default=next(iter(by_tag)))
    st.selectbox("Timeline of", list(by_tag), format_func=lambda each: by_tag[each].name, key=key)
    addresses.remember("line", place)
    blocks.titled(tables.timeline(by_tag[place], report.versions), page, key="timeline")
    table = tables.changes(report)
    blocks.fold(
        table,
        key="changes",
        label=table.title,
        more=lambda: pd.json_normalize([change_entry(each) for each in report.changes], sep="_"),
    )


def follow_link(set_id: int, tag: TagNow, cell: PickedCell) -> None:
    """Offer to follow what a cell counts as a failure, with its tag, model and category.

    Not for cases of a language, length, source or version: no failure is narrowed to these.
    """
    if cell["cases"] is not None:
        return
    asked: Mapping[str, object] = {"model": cell["model"], "in": cell["category"]}
    # Others may have its key: that of another taxonomy, and what it was before it was split.
    asked = {"of": tag.taxonomy, "split": tag.split_in, **asked}
    more = {name: str(value) for name, value in asked.items() if value is not None}
    st.page_link(
        "results/failure_board.py",
        label="Follow this failure",
        icon=":material/flag:",
        help="Keep its cases, say who sees to it, and learn whether a fix holds.",
        query_params={"set": str(set_id), "start": tag.key, **more},
    )

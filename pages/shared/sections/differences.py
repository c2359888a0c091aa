"""The parts of the page about cases on which a judge and people differ."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from db.anchors import check_later
from evalkit.errors import RefusedError
from evalkit.judging.anchors import MOST_ANCHORS, N_LOOKS
from evalkit.phrases import counted
from evalkit.reports.blocks import Table
from evalkit.reports.differences.report import Differences, differences
from evalkit.reports.differences.tables import differences_table, judges_table
from evalkit.reports.drift.report import DriftReport
from evalkit.reports.drift.sentences import HOW, drift_verdict, row_in_words
from evalkit.reports.drift.tables import drift_table
from evalkit.study.collected import Collected
from evalkit.study.splits import Splits
from evalkit.study.subjects import PREFERRED, Subject, subject_key, subject_title
from evalkit.study.verdicts import NO_OUTPUT
from pages.shared import collecting, labels
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits, lists
from pages.shared.library import anchors

#: More checks than these, and those at which a judge moved, are read in the table.
_MOST_CHECKS = 5


class PickedDifferences(NamedTuple):
    """Whose differences are looked at, on what, and only where people agree, or everywhere."""

    who: tuple[str, Subject]
    is_agreed: bool


def picker(judged: Mapping[str, Sequence[Subject]]) -> PickedDifferences:
    """Let a judge, and something it judged, be chosen; the address remembers both."""
    places = st.columns(2, width=2 * exhibits.PICKER_WIDTH)
    judges = list(judged)
    choices.choice("judge", judges, key="differences-judge", default=judges[0])
    judge = places[0].selectbox("Judge", judges, key="differences-judge") or judges[0]
    addresses.remember("judge", judge)
    subjects = {subject_key(subject): subject for subject in judged[judge]}
    keys = list(subjects)
    choices.choice("on", keys, key="differences-on", default=keys[0])
    on = places[1].selectbox(
        "On", keys, key="differences-on", format_func=lambda each: subject_title(subjects[each])
    )
    addresses.remember("on", on)
    choices.flag("agreed", key="differences-agreed")
    is_agreed = st.toggle("Only where people agree with one another", key="differences-agreed")
    addresses.remember("agreed", "1" if is_agreed else None)
    return PickedDifferences((judge, subjects[on or keys[0]]), is_agreed)


def case_picker(of: Differences, collected: Collected) -> int | None:
    """List the cases, worst first; give the place of the chosen one, None where there is none."""
    if not of.n:
        return None
    names = _names(of, collected)
    places = lists.shown_of(names, "shown")
    unit = "pair" if of.subject == PREFERRED else "response"
    exhibits.say(f"{counted(of.n, unit)}, the worst first.")
    return lists.picker(
        blocks.numbers(_table(of, collected, places)),
        names,
        name="shown",
        key=f"differences-{labels.digest(of.judge, subject_key(of.subject), of.is_agreed)}",
        everything=lambda: blocks.numbers(_table(of, collected, range(of.n))),
        right=("People agree", "Judge is sure", "Apart", "Weight"),
    )


def _table(of: Differences, collected: Collected, places: Sequence[int]) -> Table:
    keys = collecting.case_keys({int(of.case[place]) for place in places})
    return differences_table(collected, of, places, keys)


def _names(of: Differences, collected: Collected) -> list[str]:
    """Give what the address says of each row: the row numbers of its responses."""
    ids = collected.outputs.id
    first = ids[of.first].tolist()
    if of.subject != PREFERRED:
        return [str(output_id) for output_id in first]
    second = ids[of.second].tolist()
    return [f"{left}-{right}" for left, right in zip(first, second, strict=True)]


def output_ids(of: Differences, collected: Collected, place: int) -> list[int]:
    """Give the row numbers of the responses of one row, in the order of their models."""
    outputs = [int(of.first[place]), int(of.second[place])]
    return [int(collected.outputs.id[output]) for output in outputs if output != NO_OUTPUT]


def show_judges(
    kept: Kept, parts: Splits, judged: Mapping[str, Sequence[Subject]], of: Differences
) -> None:
    """Fold how often each judge differs from people on the same thing."""
    every = [
        kept.of(differences, parts, judge, of.subject, is_agreed=of.is_agreed)
        for judge, subjects in judged.items()
        if of.subject in subjects
    ]
    table = judges_table(every)
    blocks.fold(table, key="differences-judges", label=table.title)


def show_foot(
    checks: DriftReport,
    askable: Mapping[str, int],
    address: State,
    study_id: int,
    *,
    actor_id: int,
) -> None:
    """Say whether judges still are who they were, and lead on: whatever differs, or nothing."""
    if checks.rows or askable:
        st.header("Drift", divider=False)
        _show_drift(checks)
        _ask_anchors(askable, study_id=study_id, actor_id=actor_id)
    _show_links(address)


def _show_drift(report: DriftReport) -> None:
    """Say whether judges of the study moved, where anchors were asked about."""
    exhibits.say(drift_verdict(report), style="lead")
    if not report.rows:
        return
    for row in report.newest(_MOST_CHECKS):
        exhibits.say(row_in_words(row))
    table = drift_table(report)
    blocks.fold(table, key="drift", label=table.title)
    exhibits.say(HOW)


def _ask_anchors(askable: Mapping[str, int], *, study_id: int, actor_id: int) -> None:
    """Let a judge be asked about the frozen anchors, and say how far that is."""
    if not askable:
        return
    left, right = st.columns(2, width=2 * exhibits.PICKER_WIDTH, vertical_alignment="bottom")
    judge = left.selectbox("Judge to look at", list(askable), key="anchors-judge")
    asked = right.button("Ask about the anchors now", icon=":material/anchor:", width="stretch")
    st.caption(
        f"Up to {2 * N_LOOKS * MOST_ANCHORS} requests, as the judge was asked before, at its "
        "price. They go on when this page is closed."
    )
    if asked and judge is not None:
        try:
            check_later(askable[judge], actor_id=actor_id)
        except RefusedError as refused:
            st.error(labels.literal(str(refused)))
    anchors.show(study_id)


def show_nothing() -> None:
    """Say how verdicts come in, where there are none, and lead there."""
    exhibits.say(
        "Verdicts are records of annotators of kind “judge”. Let a model judge, or import them, "
        "and the cases stand here on which it says something else than people."
    )
    st.page_link("library/judge.py", label="Let a model judge", icon=":material/gavel:")
    st.page_link("library/import_records.py", label="Import verdicts", icon=":material/upload:")


def _show_links(address: State) -> None:
    """Lead to how near judges are to people, and to what people differ on."""
    places = {"Judges": "judges", "Annotators": "annotators"}
    links.line(
        "How near judges are to people, and what people differ on",
        {title: link(page, address) for title, page in places.items()},
    )

"""Parts of the page of a new log: the eval set beside it, what drifted, and what to choose."""

from collections.abc import Sequence

import streamlit as st

from db.commands.traffic import state_traffic
from db.queries.library import EvalSetSummary
from evalkit.phrases import counted
from evalkit.reports.coverage import sentences, tables
from evalkit.reports.coverage.report import CoverageReport
from evalkit.reports.shown_models import ShownModels
from evalkit.sampling.sample import Pool
from pages.shared.address import addresses, choices
from pages.shared.display import blocks, exhibits
from pages.shared.sections.sampling import SamplePlan

_NEW = ""
_USUAL_N, _USUAL_MORE, _MOST_N = 200, 20, 5_000
_PAGE = blocks.Page({}, lambda target: target.view, ShownModels((), (), ()))


def eval_set_beside(eval_sets: Sequence[EvalSetSummary]) -> EvalSetSummary | None:
    """Ask which eval set the log is set beside; None where it makes one of its own."""
    by_id = {_NEW: None} | {str(each.eval_set_id): each for each in eval_sets}
    usual = next((key for key in by_id if key), _NEW)
    choices.choice("set", list(by_id), key="new-log-set", default=usual)

    def named(key: str) -> str:
        each = by_id[key]
        return each.name if each else "A new eval set of this log"

    key = st.selectbox("Eval set", list(by_id), format_func=named, key="new-log-set")
    addresses.remember("set", key)
    return by_id[key]


def show_coverage(report: CoverageReport, *, actor_id: int) -> None:
    """Show what drifted, and a button that states the log's shares of production."""
    blocks.show(*tables.opening(report), page=_PAGE, key="coverage")
    st.subheader("What no case is like")
    if report.groups:
        blocks.show(tables.group_table(report), page=_PAGE, key="groups")
        exhibits.say(*sentences.feeding(report))
    else:
        exhibits.say("Every line is like some case.")
    blocks.fold(tables.distance_table(report), key="distances", label="Distances")
    st.subheader("What is asked")
    blocks.show(tables.mix_table(report), page=_PAGE, key="mix")
    if report.log_traffic and st.button(
        "State these as what production is asked",
        icon=":material/balance:",
        help="Of the lines that are like some case. In place of shares stated before; numbers "
        "weighted to production use them at once.",
    ):
        state_traffic(report.mark.eval_set, report.log_traffic, actor_id=actor_id)
        st.success(sentences.stated(report))


def chosen_from(report: CoverageReport | None) -> bool:
    """Ask whether only lines that are unlike any case are chosen from."""
    if report is None or not report.far_ids:
        return False
    n = counted(len(report.far_ids), "line")
    ways = (f"The {n} that no case is like", "All lines")
    return st.radio("Choose from", ways, key="new-log-from", horizontal=True) == ways[0]


def log_plan(pool: Pool, eval_set: EvalSetSummary | None) -> SamplePlan:
    """Ask how many cases to choose, and how; they are for an eval set that is there, or a new one.

    What is planned is of these lines: another log is another plan.
    """
    left, middle, right = st.columns(3)
    key = "new-log-more" if eval_set else "new-log-all"
    usual = max(1, min(_USUAL_MORE if eval_set else _USUAL_N, len(pool.cases)))
    n = left.number_input("Cases to choose", 1, _MOST_N, usual, key=key)
    share = middle.number_input("Drawn at random, per cent", 20, 100, 50, 5, key="new-log-random")
    seed = right.number_input("Seed", 0, 2**31 - 1, 1, key="new-log-seed")
    lines = hash(tuple((case.key, case.content_hash) for case in pool.cases))
    name = eval_set.name if eval_set else _NEW
    return SamplePlan(name, 0, (lines,), int(n), int(seed), share / 100, None)

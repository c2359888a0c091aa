"""The checks of an eval set as a list, what running them comes to, and what one found."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd
import streamlit as st

from db.checking import CheckRun
from db.queries.checks import CheckSummary, FindingRow
from evalkit.checks.sentences import quarantined_sentence, run_sentence, settings_in_words
from evalkit.checks.table import kind_called
from evalkit.vocabulary import CheckResult
from pages.shared.display import exhibits, lists

_MESSAGES = "check-messages"
_RESULTS = {
    "Fail": (CheckResult.FAIL,),
    "Undefined": (CheckResult.UNDEFINED,),
    "Pass": (CheckResult.PASS,),
    "All": tuple(CheckResult),
}
_COLUMNS = ("Check", "Kind", "Pass", "Fail", "Undefined", "Stands beside", "Cases", "Revision")


def check_picker(checks: Sequence[CheckSummary], *, key: str) -> CheckSummary | None:
    """List the checks with what they found; give the one chosen, None where there is none."""
    if not checks:
        st.info("There is no check of this eval set yet. Write the first one below.")
        return None
    names = [str(check.check_id) for check in checks]
    table = _table(checks)
    place = lists.picker(
        table.iloc[lists.shown_of(names, "check")],
        names,
        name="check",
        key=f"checks-of-{key}",
        everything=lambda: table,
    )
    exhibits.say(quarantined_sentence(max(check.n_quarantined for check in checks)))
    return checks[place]


def _table(checks: Sequence[CheckSummary]) -> pd.DataFrame:
    rows = [
        (
            f"{check.name} (retired)" if check.is_retired else check.name,
            kind_called(check.kind).title,
            *(f"{n:,}" for n in (check.n_pass, check.n_fail, check.n_undefined)),
            check.answers.words if check.answers else "",
            check.case_key or "all",
            f"{check.number:,}",
        )
        for check in checks
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def is_run_asked(n_checks: int) -> bool:
    """Tell whether the checks are to be run."""
    label = "Run the check" if n_checks == 1 else f"Run all {n_checks:,} checks"
    return st.button(label, type="primary", icon=":material/play_arrow:", key="run-checks")


def bars(
    checks: Sequence[CheckSummary],
) -> Iterator[tuple[CheckSummary, Callable[[int, int], None]]]:
    """Give each check with what shows how far it is."""
    place = st.empty()
    for check in checks:

        def show(done: int, of: int) -> None:
            place.progress(done / max(of, 1), f"{done:,} of {of:,} responses")

        yield check, show
    place.empty()


def tell(*sentences: str) -> None:
    """Say something once the page has run again, and let it."""
    st.session_state[_MESSAGES] = sentences
    st.rerun()


def tell_runs(runs: Sequence[CheckRun]) -> None:
    """Say what running checks came to."""
    tell(*map(run_sentence, runs))


def show_messages() -> None:
    """Say what was kept for this run."""
    if sentences := st.session_state.pop(_MESSAGES, ()):
        with st.container(border=True):
            for sentence in sentences:
                exhibits.say(sentence)


def results(check: CheckSummary) -> tuple[CheckResult, ...]:
    """Name a check, say what it asks for, and ask which findings to list."""
    kind = kind_called(check.kind)
    exhibits.heading(check.name)
    exhibits.say(f"{kind.title}.", f"{settings_in_words(kind, dict(check.settings))}.")
    if not check.n_checked:
        return ()
    label = st.segmented_control(
        "Responses that", list(_RESULTS), default="Fail", required=True, key="check-results"
    )
    return _RESULTS[label or "Fail"]


def show_findings(check: CheckSummary, rows: Sequence[FindingRow]) -> None:
    """List what a check found."""
    if not check.n_checked + check.n_quarantined:
        exhibits.say("This revision has looked at no response yet.")
        return
    if not rows:
        exhibits.say("There is no such response.")
        return
    frame = pd.DataFrame(
        [
            (
                row.case,
                row.model,
                row.run,
                row.result.value,
                "" if row.value is None else f"{row.value:.4g}",
                row.detail,
            )
            for row in rows
        ],
        columns=["Case", "Model", "Run", "Result", "Value", "Why"],
    )
    exhibits.inline_table(frame, key="check-findings", left=("Model", "Run", "Result", "Why"))

"""What stands between the cases: what one has done in a study, and where there is more to do."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.columns import now
from db.commands.annotation import UNDO_WITHIN, discard_edit, take_back, withdraw
from db.commands.questions import note_answers_read
from db.engine import read_session
from db.queries.annotation.progress import Edit, LastSubmission, Progress, Skipped, last_submission
from db.queries.annotation.questions import NewAnswer
from evalkit.annotation.assignment.tasks import UNIT_NAMES
from evalkit.errors import RefusedError
from pages.shared import labels

_COMPARE = "annotate/compare.py"
_UNDO = "undo-last"
#: Streamlit marks links to the page they stand on; here they lead to a case all the same.
_STYLE = """<style>
.stPageLink a:not(:hover) { background-color: transparent; }
.stPageLink a p { font-weight: 400; }
/* The screen of the last case would cover this until the page has run to its end. */
[data-stale="true"] .ek-host { display: none; }
</style>"""


def next_first(studies: Sequence[Progress]) -> list[Progress]:
    """Put the study to go on with first: one that was begun, else one with something left."""
    return sorted(studies, key=lambda study: (not study.n_left, not study.n_done + study.n_begun))


def to_go(progress: Progress, seconds_left: float | None) -> str:
    """Say how far somebody is, and about how long the rest takes where that can be told.

    Where a study mixes kinds of task, of how many of each kind that is.
    """
    if not progress.n_left:
        return f"{progress.n_done:,} done"
    words = f"{progress.n_done:,} done, about {progress.n_left:,} to go"
    left = {UNIT_NAMES[kind]: n for kind, n in progress.left_of_kind.items() if n}
    if len(left) > 1:
        kinds = (f"{n:,} {unit}{'s' if n > 1 else ''}" for unit, n in left.items())
        words = f"{words} ({', '.join(kinds)})"
    return words if seconds_left is None else f"{words}: {time_in_words(seconds_left)}"


def time_in_words(seconds: float) -> str:
    """Say a time as roughly as it can be told: minutes, quarters of an hour, hours."""
    minutes = seconds / 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 59.5:
        return f"about {minutes:.0f} min"
    quarters = round(minutes / 15)
    return f"about {quarters / 4:g} h" if quarters < 40 else f"about {minutes / 60:,.0f} h"


def finished(
    progress: Progress, skipped: Sequence[Skipped], *, seconds_spent: float, annotator_id: int
) -> DeltaGenerator:
    """Sum up a study in which nothing is left for somebody: submitted, skipped, changed since.

    Returns the place for what is added at last (`own_agreement`).
    """
    st.html(_STYLE)
    if not progress.n_done and not skipped:
        st.subheader("There is nothing for you in this study")
        st.text("Its cases are taken by others, or it has none that can be judged.")
        return st.empty()
    st.subheader("Nothing is left for you in this study")
    took = f" in {time_in_words(seconds_spent)}" if seconds_spent else ""
    done = f"you submitted {_cases(progress.n_done)}{took}. Thank you."
    st.text(f"{progress.study_name}: {done}")
    agreement = st.empty()
    undo_last(progress.study_id, annotator_id=annotator_id)
    if progress.last_id is not None:
        link(progress.study_id, progress.last_id, "Look back at the last one", "history")
    edits(progress, annotator_id=annotator_id)
    if skipped:
        st.text(f"You skipped {_cases(len(skipped))}, for others to judge.")
    for case in skipped:
        about, way = st.columns([3, 1], vertical_alignment="center", width=840)
        about.text(case.reason)
        with way:
            undo_skip(case, annotator_id=annotator_id)
    return agreement


def undo_last(study_id: int, *, annotator_id: int) -> None:
    """Offer to undo the last submission of a study, as long as its screen would."""
    with read_session() as session:
        last = last_submission(session, study_id, annotator_id=annotator_id, within=UNDO_WITHIN)
    if last is not None:
        again = max((last.until - now()).total_seconds(), 1)  # by then it is offered no more
        st.fragment(_undo, run_every=again)(last, annotator_id=annotator_id)


def _undo(last: LastSubmission, *, annotator_id: int) -> None:
    """Offer it until it is too late; who presses at the last moment is told so."""
    if last.until <= now() and not st.session_state.get(_UNDO):
        return
    pressed = st.button("Undo the last one", key=_UNDO, icon=":material/undo:", shortcut="Ctrl+Z")
    if pressed and _is_done(withdraw, last, annotator_id):
        st.rerun()


def new_answers(answers: Sequence[NewAnswer], *, annotator_id: int) -> None:
    """Say what the lead answered, until it is read."""
    for answer in answers:
        with st.container(border=True, width=840, key=f"answer-{answer.question_id}"):
            st.markdown("**The lead answered your question**")
            st.caption(labels.literal(f"{answer.study}: {answer.words}"))
            st.text(answer.answer)
            reading, way = st.columns([1, 3], vertical_alignment="center")
            reading.button(
                "Mark as read",
                key=f"read-{answer.question_id}",
                on_click=note_answers_read,
                args=({answer.question_id: answer.answered_at},),
                kwargs={"annotator_id": annotator_id},
            )
            with way:
                link(answer.study_id, answer.assignment_id, "Open the case", "article")


def own_agreement(place: DeltaGenerator, progress: Progress, *, annotator_id: int) -> None:
    """Say how often somebody chose as others did, where the study allows it and they are done.

    To be called last: statistics load only here, which takes a moment the first time.
    """
    if not progress.tells_agreement or progress.n_left:
        return
    from db.commands.agreement import tell_agreement
    from evalkit.reports.annotators.own import own_agreement_sentence

    agreement = tell_agreement(progress.study_id, annotator_id=annotator_id)
    place.text(own_agreement_sentence(agreement))


def undo_skip(case: Skipped, *, annotator_id: int) -> None:
    """Offer a skipped case to the one who skipped it."""
    st.button(
        "Take it back",
        key=f"take-back-{case.assignment_id}",
        on_click=_try,
        args=(take_back, case, annotator_id),
    )


def next_study(studies: Sequence[Progress], *, after: int) -> None:
    """Lead on to an open study that has something left."""
    for study in studies:
        if study.n_left and study.study_id != after:
            if st.button("Go on with the next study", key="next-study", type="primary"):
                st.switch_page(_COMPARE, query_params={"study": str(study.study_id)})
            st.text(f"{study.study_name}, about {_cases(study.n_left)} to go")
            return


def edits(progress: Progress, *, annotator_id: int) -> None:
    """Name what was changed after it was submitted, and not submitted again."""
    for edit in progress.edits:
        about, discarding = st.columns([3, 1], vertical_alignment="center", width=840)
        with about:
            link(progress.study_id, edit.assignment_id, "Edit not submitted", "edit_note")
        discarding.button(
            "Discard edit",
            key=f"discard-{edit.assignment_id}",
            on_click=_try,
            args=(discard_edit, edit, annotator_id),
        )


def link(study_id: int, assignment_id: int, label: str, icon: str) -> None:
    """Lead to one of somebody's cases."""
    st.page_link(
        _COMPARE,
        label=label,
        icon=f":material/{icon}:",
        query_params={"study": str(study_id), "assignment": str(assignment_id)},
    )


def _try(act: Callable[..., None], case: Edit | Skipped, annotator_id: int) -> None:
    _is_done(act, case, annotator_id)


def _is_done(
    act: Callable[..., None], case: Edit | Skipped | LastSubmission, annotator_id: int
) -> bool:
    """Do what a button asks for; the case may be gone, or another, since it was drawn."""
    try:
        act(assignment_id=case.assignment_id, annotator_id=annotator_id, opening=case.opening)
    except RefusedError as refused:
        st.info(labels.literal(str(refused)))
        return False
    return True


def _cases(n: int) -> str:
    return "1 case" if n == 1 else f"{n:,} cases"

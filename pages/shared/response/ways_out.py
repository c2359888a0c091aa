"""What is made of a list of responses or of those that were ticked: a panel beneath a response."""

import json
from collections.abc import Callable
from functools import partial

import streamlit as st

from db.commands import selections
from db.engine import read_session
from db.queries.newer_taxonomy import NewerTaxonomy, newer_taxonomy
from db.queries.results import ResultFilters, ResultStudy
from db.queries.selection import newest_of, selection_of, study_of
from db.queries.selection_files import judge_start, selection_csv
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.selection import (
    Selection,
    judge_words,
    study_words,
    version_words,
    watch_words,
)
from evalkit.failures.words import versions_differ
from evalkit.phrases import counted
from evalkit.vocabulary import TaskKind
from pages.shared import downloads, labels
from pages.shared.address import links
from pages.shared.display import exhibits
from pages.shared.response.chosen import ReadList

TICK_KEY = "T"
_ALL, _TICKED = "all", "ticked"
_WAYS = {
    "csv": "Table",
    "study": "New study",
    "version": "Version of the eval set",
    "watch": "Watched cases",
    "judge": "Judge for this error",
}
_ASKED = {
    TaskKind.PAIR: "pair by pair",
    TaskKind.SINGLE: "response by response",
    TaskKind.RANK: "ranked",
}


def show_ticks(study: ResultStudy, output_id: int) -> None:
    """Offer to tick the response that is read, by button and key; say how many are."""
    ticked = _ticked(study)
    is_in = output_id in ticked
    with st.container(horizontal=True, vertical_alignment="center", key="ticks"):
        st.button(
            "Untick" if is_in else "Tick",
            key="ticks-one",
            icon=":material/check_box:" if is_in else ":material/check_box_outline_blank:",
            shortcut=TICK_KEY,
            on_click=_tick,
            args=(study, output_id),
        )
        if ticked:
            exhibits.say(f"{counted(len(ticked), 'response')} ticked.")
            st.button("Untick all", key="ticks-none", type="tertiary", on_click=ticked.clear)


def show(study: ResultStudy, chosen: ResultFilters, read: ReadList, *, actor_id: int) -> None:
    """Fold what can be made of the list and of what is ticked; say first what it will be."""
    ticked = _ticked(study)
    with st.expander("Make something of these responses", icon=":material/output:"):
        left, right = st.columns([2, 5])
        with left:
            of = _of_picker(len(read.output_ids), len(ticked))
        with right:
            way = _way_picker(has_tag=read.tag_id is not None)
        output_ids = tuple(ticked) if of == _TICKED else read.output_ids
        try:
            with read_session() as session:
                selection = selection_of(session, output_ids)
            exhibits.say(f"{selection.in_words()}.", style="lead")
            _show_way(way, study, chosen, read, selection, actor_id)
        except (RefusedError, NotFoundError) as refused:
            st.error(labels.literal(str(refused)))
        if done := st.session_state.pop(_done_of(study), None):
            st.success(labels.literal(done[0]))
            links.line("Go to", done[1])


def _show_way(
    way: str,
    study: ResultStudy,
    chosen: ResultFilters,
    read: ReadList,
    selection: Selection,
    actor_id: int,
) -> None:
    if way == "csv":
        _csv(study, chosen, selection)
    elif way == "judge" and read.tag_id is not None:
        _judge(study, chosen, selection, read.tag_id)
    else:
        {"study": _study, "version": _version, "watch": _watch}[way](study, selection, actor_id)


def _csv(study: ResultStudy, chosen: ResultFilters, selection: Selection) -> None:
    exhibits.say(
        "A row for each error, note and comment, with input, response, words, note and severity. "
        "Cells that a spreadsheet would run as a formula begin with an apostrophe."
    )

    def make() -> bytes:
        with read_session() as session:
            return selection_csv(session, study, selection, filters=chosen)

    downloads.button("Download the table", make, file_name="responses.csv", kind="secondary")


def _judge(study: ResultStudy, chosen: ResultFilters, selection: Selection, tag_id: int) -> None:
    (tag,) = (each for each in study.tags if each.tag_id == tag_id)
    with read_session() as session:
        start = judge_start(session, study, selection, tag_id=tag_id, filters=chosen)
    exhibits.say(
        judge_words(selection, tag.name, n_examples=start.n_examples),
        "Names of models are masked, as for annotators.",
    )
    content = json.dumps(start.request, ensure_ascii=False, indent=2).encode()
    downloads.button(
        "Download the request", lambda: content, file_name="judge.json", kind="secondary"
    )


def _study(study: ResultStudy, selection: Selection, actor_id: int) -> None:
    with read_session() as session:
        planned = study_of(session, selection, study.study_id)
        newer = newer_taxonomy(session, study.study_id) if "tags" in planned.task.collects else None
    kind = _ASKED[planned.task.kind]
    exhibits.say(study_words(selection, planned.source, n_responses=planned.n_responses, kind=kind))
    name = st.text_input("Name of the study", key=f"ways-study-{study.study_id}")
    start = partial(
        selections.start_study,
        selection.output_ids,
        like=study.study_id,
        name=name,
        taxonomy_version=None if newer is None else _version_picker(newer, planned.source),
        actor_id=actor_id,
    )

    def told() -> tuple[str, dict[str, str]]:
        made = start()
        words = "Started" if made.is_new else "It is there already, made of the same responses:"
        return f"{words} “{name.strip()}”.", {"its results": f"overview?study={made.number}"}

    _button("Start the study", study, told)


def _version_picker(newer: NewerTaxonomy, source: str) -> int | None:
    """Offer to ask for the newest version of the taxonomy; say what that one changes."""
    is_newest = st.checkbox(
        labels.literal(f"Ask for version {newer.newest} of “{newer.name}”"),
        key=f"ways-newest-{labels.digest(newer.name, newer.newest)}",
    )
    changed = versions_differ(
        newer.before, newer.after, newer.changes, is_weighed_anew=newer.is_weighed_anew
    )
    exhibits.say(
        f"“{source}” asks for version {newer.asked}, and goes on with it.",
        f"What version {newer.newest} changes: {changed}",
    )
    return newer.newest if is_newest else None


def _version(study: ResultStudy, selection: Selection, actor_id: int) -> None:
    with read_session() as session:
        number, n_before = newest_of(session, selection.eval_set)
    exhibits.say(version_words(selection, n_before=n_before, number=number))
    note = st.text_input("What the version is for", key=f"ways-version-{study.study_id}")

    def told() -> tuple[str, dict[str, str]]:
        made = selections.make_version(selection.output_ids, note=note, actor_id=actor_id)
        are = "is made" if made.is_new else "holds just these cases already"
        return f"Version {made.number} of “{selection.eval_set}” {are}.", {"Eval sets": "eval-sets"}

    _button("Make the version", study, told)


def _watch(study: ResultStudy, selection: Selection, actor_id: int) -> None:
    exhibits.say(watch_words(selection))
    why = st.text_input("Why they are watched", key=f"ways-watch-{study.study_id}")

    def told() -> tuple[str, dict[str, str]]:
        n = selections.watch_cases(selection.output_ids, why=why, actor_id=actor_id)
        return f"{counted(n, 'case')} watched from here on.", {"Regression": "regression"}

    _button("Watch them", study, told)


def _button(label: str, study: ResultStudy, told: Callable[[], tuple[str, dict[str, str]]]) -> None:
    """Offer to do it, and leave what is told of it to be shown."""
    if st.button(label, key=f"ways-do-{study.study_id}", type="primary"):
        st.session_state[_done_of(study)] = told()


def _of_picker(n_listed: int, n_ticked: int) -> str:
    names = {_ALL: f"All {n_listed:,} of the list", _TICKED: f"{n_ticked:,} ticked"}
    options = [_ALL, _TICKED] if n_ticked else [_ALL]
    if st.session_state.get("ways-of") not in options:
        st.session_state["ways-of"] = options[-1]
    st.segmented_control(
        "Of", options, format_func=lambda of: names[of], required=True, key="ways-of"
    )
    return str(st.session_state["ways-of"])


def _way_picker(*, has_tag: bool) -> str:
    options = [way for way in _WAYS if has_tag or way != "judge"]
    if st.session_state.get("ways-way") not in options:
        st.session_state["ways-way"] = options[0]
    st.segmented_control(
        "Make", options, format_func=lambda way: _WAYS[way], required=True, key="ways-way"
    )
    return str(st.session_state["ways-way"])


def _ticked(study: ResultStudy) -> dict[int, None]:
    """Return the ticked responses of a study, in the order in which they were ticked."""
    ticked: dict[int, None] = st.session_state.setdefault(f"ticked-{study.study_id}", {})
    return ticked


def _tick(study: ResultStudy, output_id: int) -> None:
    ticked = _ticked(study)
    if output_id in ticked:
        del ticked[output_id]
    else:
        ticked[output_id] = None
    # Whoever ticks means these from then on; all of the list is a press away.
    st.session_state["ways-of"] = _TICKED if ticked else _ALL


def _done_of(study: ResultStudy) -> str:
    return f"ways-done-{study.study_id}"

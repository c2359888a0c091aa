"""What is written on the page of rubrics: rubrics of criteria, and taxonomies of error tags."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.commands.definition_drafts import (
    OvertakenDraftError,
    drop_definition_draft,
    keep_definition_draft,
)
from db.commands.rubrics import save_rubric, save_taxonomy
from db.queries.definitions import (
    NewestDefinition,
    StudyUse,
    WrittenDefinition,
    newest_rubric,
    newest_taxonomy,
    studies_of_rubric,
    studies_of_taxonomy,
)
from db.queries.library import EvalSetSummary
from evalkit.annotation.definitions import DefinitionError, check_rubric, check_taxonomy
from evalkit.annotation.planning import StudyPlan
from evalkit.annotation.rubric import DEFAULT_RUBRIC_NAME
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME
from evalkit.phrases import some
from evalkit.vocabulary import TaskKind
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.library import criterion_form, entries, preview, severity_form, tag_form
from pages.shared.library.entries import EditedList, ListEntry

_A_NEW_ONE = "A new one"


@dataclass(frozen=True, slots=True)
class Editor:
    """One kind of definition: how it is read, asked for, checked and saved.

    ``part`` is what it is made of, with its article, ``title`` the field of a part by which
    people know it, ``collects`` what annotators give by it, and ``names`` how `definition_names`
    calls all of it. ``more`` is what is written beside the parts, as `check` and `save` take it.
    """

    noun: str
    part: str
    title: str
    collects: str
    ready: str
    studies: Callable[..., list[StudyUse]]
    names: str
    newest: Callable[..., NewestDefinition[Any] | None]
    check: Callable[..., None]
    save: Callable[..., int]
    blank: Callable[[EditedList], dict[str, Any]]
    opened: Callable[[NewestDefinition[Any] | None], EditedList]
    made: Callable[[EditedList], tuple[Any, ...]]
    show: Callable[[ListEntry, EditedList], None]
    more: Callable[[EditedList], dict[str, Any]]
    show_more: Callable[..., None]


EDITORS = {
    "Rubrics": Editor(
        noun="rubric",
        part="a criterion",
        title="question",
        collects="scores",
        ready=DEFAULT_RUBRIC_NAME,
        studies=studies_of_rubric,
        names="rubrics",
        newest=newest_rubric,
        check=check_rubric,
        save=save_rubric,
        blank=lambda _: criterion_form.blank(),
        opened=criterion_form.opened,
        made=criterion_form.made,
        show=lambda entry, _: criterion_form.show(entry),
        more=lambda _: {},
        show_more=lambda _, **__: None,
    ),
    "Error tags": Editor(
        noun="taxonomy",
        part="an error tag",
        title="name",
        collects="tags",
        ready=DEFAULT_TAXONOMY_NAME,
        studies=studies_of_taxonomy,
        names="taxonomies",
        newest=newest_taxonomy,
        check=check_taxonomy,
        save=save_taxonomy,
        blank=tag_form.blank,
        opened=tag_form.opened,
        made=tag_form.made,
        show=tag_form.show,
        more=lambda written: {"severities": severity_form.made(written)},
        show_more=severity_form.show,
    ),
}


def kind_picker() -> Editor:
    """Ask what is written: rubrics or taxonomies."""
    kinds, key = list(EDITORS), "definitions-kind"
    kind = choices.choice("write", kinds, key=key, default=kinds[0])
    st.segmented_control("Write", kinds, required=True, key=key, label_visibility="collapsed")
    addresses.remember("write", kind)
    return EDITORS[kind]


def name_picker(editor: Editor, names: Sequence[str]) -> str:
    """Ask which one is opened; empty for a new one."""
    key = _opened(editor)
    options = [editor.ready, *(name for name in names if name != editor.ready), ""]
    if (saved := st.session_state.pop(key + "-saved", None)) is not None:
        st.session_state[key] = saved
    choices.choice("name", options, key=key, default=editor.ready)
    name = st.selectbox(
        editor.noun.capitalize(), options, format_func=lambda name: name or _A_NEW_ONE, key=key
    )
    addresses.remember("name", name)
    return name


def edited(
    editor: Editor, newest: NewestDefinition[Any] | None, draft: WrittenDefinition | None
) -> EditedList:
    """Return what is written of a definition, here or as a draft, else its newest version."""
    name = "" if newest is None else newest.name
    key = _key(editor, name)
    if draft is not None:
        st.session_state.setdefault(f"{key}-name", draft.content["under"])
    is_here = key in st.session_state
    written = entries.opened(key, lambda: _opened_anew(editor, newest, draft))
    if not is_here:
        st.session_state[f"{key}-seen"] = 0 if draft is None else draft.number
        if draft is not None:
            under = {"under": draft.content["under"]}
            st.session_state[f"{key}-kept"] = written.as_json() | under
    return written


def _opened_anew(
    editor: Editor, newest: NewestDefinition[Any] | None, draft: WrittenDefinition | None
) -> EditedList:
    return editor.opened(newest) if draft is None else entries.read(draft.content)


def keep(
    editor: Editor,
    under: str,
    written: EditedList,
    draft: WrittenDefinition | None,
    *,
    name: str,
    is_unsaved: bool,
    author_id: int,
) -> bool:
    """Keep what is written as a draft where it has changed; forget the draft of what is as it was.

    Of what was written in another tab since this one saw ``draft``, nothing is touched, and the
    answer is False: what stands here is kept nowhere else.
    """
    key = _key(editor, name)
    content = written.as_json() | {"under": under} if is_unsaved else None
    number, seen = 0 if draft is None else draft.number, st.session_state[f"{key}-seen"]
    if number > seen:
        return False
    is_stored = content is None if number == 0 else number == seen
    if is_stored and st.session_state.get(f"{key}-kept") == content:
        return True
    try:
        if content is None:
            drop_definition_draft(author_id, editor.noun, name, opened=seen)
        else:
            st.session_state[f"{key}-seen"] = keep_definition_draft(
                author_id, editor.noun, name, content, opened=seen
            )
    except OvertakenDraftError:
        st.rerun()  # by now it is seen
    st.session_state[f"{key}-kept"] = content
    return True


def tell_of_other(editor: Editor, name: str, draft: WrittenDefinition, *, is_unsaved: bool) -> None:
    """Say that another tab has written since, and let one of the two be chosen."""
    key = _key(editor, name)
    here = " What stands here is on this page alone." if is_unsaved else ""
    st.warning(
        f"You have written on this {editor.noun} in another tab or browser since you opened it "
        f"here. What is kept as your draft is what you wrote there.{here}"
    )
    with st.container(horizontal=True):
        st.button("Open what is written there", on_click=_leave, args=(key,), key=f"{key}-there")
        if is_unsaved:
            st.button(
                "Keep what stands here instead",
                on_click=_have_seen,
                args=(key, draft.number),
                key=f"{key}-here",
            )


def _have_seen(key: str, number: int) -> None:
    """Let what stands here be kept in the place of a draft that its author has been told of."""
    st.session_state[f"{key}-seen"] = number
    st.session_state.pop(f"{key}-kept", None)


def _leave(key: str) -> None:
    """Leave what stands here: the page opens what is stored."""
    for part in ("", "-name", "-kept", "-seen"):
        st.session_state.pop(key + part, None)


def is_unsaved(editor: Editor, newest: NewestDefinition[Any] | None, written: EditedList) -> bool:
    """Tell whether more is written than what was opened."""
    before = editor.opened(newest)
    return (editor.made(written), editor.more(written)) != (
        editor.made(before),
        editor.more(before),
    )


def forget(editor: Editor, name: str, *, author_id: int, saved: str | None = None) -> None:
    """Leave what was written of a definition here, and open what was ``saved``.

    The draft of it goes too, unless another tab has written it since.
    """
    key = _key(editor, name)
    with suppress(OvertakenDraftError):
        seen = st.session_state[f"{key}-seen"]
        drop_definition_draft(author_id, editor.noun, name, opened=seen)
    _leave(key)
    if saved is not None:
        st.session_state[_opened(editor) + "-saved"] = saved


def _opened(editor: Editor) -> str:
    return "definitions-open-" + editor.noun


def _key(editor: Editor, name: str) -> str:
    return f"definition-{labels.digest(editor.noun, name)}"


def ask(editor: Editor, name: str, written: EditedList) -> str:
    """Show the list and the form of the part that is chosen; give the name to save it under."""
    key = _key(editor, name)
    beside, form = st.columns([2, 5], gap="medium")
    with beside:
        entries.list_of(
            written,
            what=editor.part,
            title=editor.title,
            blank=lambda: editor.blank(written),
            key=key,
        )
    with form, st.container(border=True):
        if written.entry is None:
            st.caption("There is nothing yet. Add one on the left.")
        else:
            editor.show(written.entry, written)
    editor.show_more(written, key=key)
    st.session_state.setdefault(f"{key}-name", name)
    under = st.text_input(
        "Save as",
        placeholder="Support answers",
        help=f"Under another name it is a {editor.noun} of its own.",
        width=480,
        key=f"{key}-name",
    )
    return under.strip()


def show_preview(
    editor: Editor, written: EditedList, eval_sets: Sequence[EvalSetSummary], *, viewer_id: int
) -> None:
    """Draw the screen of annotators with what is written, or say what is missing for it."""
    answered = next((each for each in eval_sets if each.models and each.n_cases), None)
    if answered is None or not st.toggle(
        "Show what annotators will see", value=True, key="definitions-preview"
    ):
        return
    parts, more = editor.made(written), editor.more(written)
    try:
        editor.check("any", parts, **more)
    except DefinitionError as refused:
        st.caption(labels.literal(" ".join(refused.problems)))
        return
    models = answered.models[:2]
    plan = StudyPlan(
        name="",
        eval_set=answered.name,
        models=models,
        kind=TaskKind.PAIR if len(models) > 1 else TaskKind.SINGLE,
        collects=frozenset({editor.collects}),
    )
    if editor.collects == "scores":
        preview.show(plan, viewer_id=viewer_id, criteria=parts)
    else:
        preview.show(plan, viewer_id=viewer_id, tags=parts, **more)


def save(editor: Editor, name: str, under: str, written: EditedList, *, actor_id: int) -> None:
    """Save what is written as a new version and open it, or say what is wrong with it."""
    opened = written.opened if under == name else None
    parts, more = editor.made(written), editor.more(written)
    if editor.collects == "tags" and under != name:
        more["copied_from"] = name
    try:
        version = editor.save(under, parts, opened=opened, actor_id=actor_id, **more)
    except RefusedError as refused:
        problems = refused.problems if isinstance(refused, DefinitionError) else [str(refused)]
        for problem in problems:
            st.error(labels.literal(problem))
        return
    forget(editor, name, author_id=actor_id, saved=under)
    st.session_state["definition-message"] = (
        f"“{under}” is saved as version {version}. New studies use it; those that have begun keep "
        "the version they began with."
    )
    st.rerun()


def used_sentence(uses: Sequence[StudyUse]) -> str:
    """Say which studies use a definition, and in which versions."""
    if not uses:
        return "No study uses it yet."
    studies = some([f"{use.study} (version {use.version})" for use in uses])
    return f"Used by {studies}. They keep their version, and so does all that was annotated."

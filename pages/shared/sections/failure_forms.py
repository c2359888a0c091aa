"""What a lead does to known failures: start one, say how it stands, who sees to it, its cases."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from db.columns import new_token
from db.commands.failures import (
    MAX_TITLE,
    NewFailure,
    change_cases,
    change_state,
    give_to,
    note_failure,
    start_failure,
)
from db.queries.failures import StartChoices
from db.queries.tags_now import TagNow
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.life import MEANINGS, Failure
from evalkit.phrases import capital
from evalkit.reports.by_model import category_name
from evalkit.reports.failures.looks import SetLooks
from evalkit.reports.failures.report import FailureRow, ShowingCase, showing_cases
from evalkit.vocabulary import FailureState
from pages.shared import labels
from pages.shared.address import addresses
from pages.shared.display import exhibits

_DONE = "failure-done"
_EVERY, _NONE = "every", 0
#: So many of the cases that show it are taken at first.
_MOST_FIRST = 50


def show_done() -> None:
    """Say what was done just now."""
    with st.container():
        if done := st.session_state.pop(_DONE, None):
            st.success(labels.literal(done))


def start_form(
    set_id: int,
    choices: StartChoices,
    looks: SetLooks,
    *,
    actor_id: int,
    is_first: bool = False,
) -> None:
    """Ask what a failure is: its tag and scope, then its title, owner and cases."""
    asked = st.query_params.get("start")
    is_led_here = asked is not None
    with st.expander("Follow a failure", icon=":material/flag:", expanded=is_first or is_led_here):
        if not choices.tags:
            exhibits.say("No study of this eval set asks for error tags yet. Start one that does.")
            return
        draft, tag_version = _scope(set_id, choices, looks)
        showing = showing_cases(draft, looks)
        with st.form(f"start-failure-{set_id}", border=False):
            _start(set_id, choices, draft, tag_version, showing, actor_id=actor_id)
    if is_led_here:
        for name in ("start", "of", "split", "model", "in"):
            addresses.remember(name, st.query_params.get_all(name))


def _scope(set_id: int, choices: StartChoices, looks: SetLooks) -> tuple[Failure, int]:
    """Ask for a tag, a model and a category; what the address says comes first.

    With what would be followed comes the version of the taxonomy that has its tag.
    """
    params = st.query_params
    left, middle, right = st.columns(3)
    tags = list(choices.tags)
    several = len({tag.taxonomy for tag in tags}) > 1
    place = left.selectbox(
        "Tag",
        range(len(tags)),
        index=_asked_tag(tags),
        format_func=lambda at: f"{tags[at].called}{f' ({tags[at].taxonomy})' if several else ''}",
        key=f"start-tag-{set_id}",
    )
    models = [_EVERY, *choices.models.values()]
    model = middle.selectbox(
        "Model",
        range(len(models)),
        index=models.index(params["model"]) if params.get("model") in models[1:] else 0,
        format_func=lambda at: models[at] if at else "Every model",
        key=f"start-model-{set_id}",
    )
    names = [None, *looks.categories]
    category = right.selectbox(
        "Category",
        range(len(names)),
        index=names.index(params["in"]) if params.get("in") in names[1:] else 0,
        format_func=lambda at: category_name(names[at]),
        key=f"start-category-{set_id}",
    )
    tag = tags[place]
    draft = Failure(
        failure_id=_NONE,
        title="",
        taxonomy=tag.taxonomy,
        tag=tag.key,
        tag_name=tag.called,
        model=models[model] if model else None,
        category=names[category],
        owner="",
        state=FailureState.OPEN,
        split_in=tag.split_in,
    )
    return draft, tag.version


def _asked_tag(tags: Sequence[TagNow]) -> int:
    """Return the place of the tag that the address asks for, of its taxonomy where it names one."""
    key, of, split = (st.query_params.get(name, "") for name in ("start", "of", "split"))

    def is_asked(tag: TagNow) -> bool:
        return tag.key == key and str(tag.split_in or "") == split and of in ("", tag.taxonomy)

    return next((place for place, tag in enumerate(tags) if is_asked(tag)), 0)


def _start(
    set_id: int,
    choices: StartChoices,
    draft: Failure,
    tag_version: int,
    showing: Sequence[ShowingCase],
    *,
    actor_id: int,
) -> None:
    title = st.text_input(
        "Title: what goes wrong, in a few words",
        key=f"start-title-{set_id}",
        max_chars=MAX_TITLE,
        placeholder="Refuses refunds after the deadline",
    )
    number = labels.digest(draft.taxonomy, draft.tag, draft.model, draft.category)
    cases = _case_picker("Cases that show it", showing, f"start-cases-{set_id}-", number)
    left, right = st.columns(2)
    with left:
        owner_id = _owner_picker(choices.owners, key=f"start-owner-{set_id}", first=actor_id)
    reason = right.text_input("What is known of it", key=f"start-reason-{set_id}")
    turn = f"start-token-{set_id}"
    token = st.session_state.setdefault(turn, new_token())
    if not st.form_submit_button("Follow it", type="primary"):
        return
    model_id = next((of for of, name in choices.models.items() if name == draft.model), None)
    new = NewFailure(
        eval_set_id=set_id,
        title=title,
        taxonomy=draft.taxonomy,
        tag=draft.tag,
        tag_version=tag_version,
        model_id=model_id if draft.model is not None else None,
        category=draft.category,
        owner_id=owner_id,
        case_hashes=tuple(cases),
        reason=reason,
    )

    def start() -> None:
        failure_id = start_failure(new, key=token, actor_id=actor_id)
        del st.session_state[turn]
        addresses.say_own("failure", str(failure_id))
        for name in ("start", "of", "split", "model", "in"):
            st.query_params.pop(name, None)

    _do(start, f"“{title.strip()}” is followed from here on.")


def _case_picker(
    label: str, showing: Sequence[ShowingCase], key: str, number: str, *, is_new: bool = True
) -> list[str]:
    """Ask for cases among those in which it was found; give their contents."""
    of = {case.case_hash: case for case in showing}
    return st.multiselect(
        label,
        list(of),
        default=list(of)[:_MOST_FIRST] if is_new else [],
        format_func=lambda each: (
            f"{of[each].key} ({of[each].n_hits:,} of {of[each].n_looks:,} looks)"
        ),
        placeholder="None yet" if showing else _nothing_to_choose(is_new),
        key=f"{key}{number}",
    )


def _nothing_to_choose(is_new: bool) -> str:
    return "Nobody found it in this scope" if is_new else "Every case that shows it is in the set"


def _owner_picker(owners: Mapping[int, str], *, key: str, first: int | None) -> int | None:
    numbers = [_NONE, *owners]
    chosen = st.selectbox(
        "Owner",
        numbers,
        index=numbers.index(first) if first in numbers else 0,
        format_func=lambda number: owners.get(number, "Nobody"),
        key=key,
    )
    return chosen or None


def change_forms(row: FailureRow, choices: StartChoices, looks: SetLooks, *, actor_id: int) -> None:
    """Fold the ways to change a failure: its state, owner, cases, and a note."""
    with st.expander("Change state, owner, cases; add a note", icon=":material/edit:"):
        left, right = st.columns(2, gap="large")
        with left:
            _state_form(row.failure, choices, actor_id)
        with right:
            _owner_form(row.failure, choices, actor_id)
            _note_form(row.failure, actor_id)
        _cases_form(row.failure, looks, actor_id)


def _state_form(failure: Failure, choices: StartChoices, actor_id: int) -> None:
    key = f"failure-state-{failure.failure_id}"
    with st.form(f"{key}-form", border=False):
        every = list(FailureState)
        number = every.index(failure.state)
        # What comes after this state is asked for first.
        states = [*every[number + 1 :], *every[:number]]
        if failure.state == FailureState.FIXED:
            states.append(FailureState.FIXED)  # in another run
        state = st.selectbox(
            "State",
            states,
            # Nothing but its name: what is typed is looked for in all of what stands here.
            format_func=capital,
            help=" ".join(f"{capital(each)}: {meaning}." for each, meaning in MEANINGS.items()),
            key=f"{key}-{number}",
        )
        run_id = st.selectbox(
            "Fixed in",
            _own_runs_first(failure, choices),
            format_func=lambda number: choices.runs[number],
            key=f"{key}-run",
            help="Counts where the state is fixed. What is judged of it from then on tells.",
        )
        reason = st.text_input("Reason", key=f"{key}-reason", placeholder="A new prompt")
        if st.form_submit_button("Change the state"):
            _do(
                lambda: change_state(
                    failure.failure_id,
                    state,
                    reason=reason,
                    run_id=run_id if state == FailureState.FIXED else None,
                    actor_id=actor_id,
                ),
                f"“{failure.title}” is {state} from here on.",
            )


def _own_runs_first(failure: Failure, choices: StartChoices) -> list[int]:
    """Give the runs a failure can be fixed in: of its model first, the newest of each first."""
    own = f"{failure.model}, run "
    return sorted(choices.runs, key=lambda number: not choices.runs[number].startswith(own))


def _owner_form(failure: Failure, choices: StartChoices, actor_id: int) -> None:
    key = f"failure-owner-{failure.failure_id}"
    with st.form(f"{key}-form", border=False):
        by_name = {name: number for number, name in choices.owners.items()}
        owner_id = _owner_picker(choices.owners, key=key, first=by_name.get(failure.owner))
        if st.form_submit_button("Change the owner"):
            _do(
                lambda: give_to(failure.failure_id, owner_id, actor_id=actor_id),
                f"{choices.owners.get(owner_id or _NONE, 'Nobody')} sees to “{failure.title}”.",
            )


def _note_form(failure: Failure, actor_id: int) -> None:
    key = f"failure-note-{failure.failure_id}"
    with st.form(f"{key}-form", border=False, clear_on_submit=True):
        note = st.text_input("Note for the history", key=key)
        if st.form_submit_button("Add the note"):
            _do(
                lambda: note_failure(failure.failure_id, note, actor_id=actor_id),
                "The note is in the history.",
            )


def _cases_form(failure: Failure, looks: SetLooks, actor_id: int) -> None:
    key = f"failure-cases-{failure.failure_id}"
    there = {case.case_hash: case.key for case in failure.cases}
    more = [case for case in showing_cases(failure, looks) if case.case_hash not in there]
    with st.form(f"{key}-form", border=False):
        left, right = st.columns(2, gap="large")
        with left:
            add = _case_picker("Add cases", more, f"{key}-add-", str(len(there)), is_new=False)
        take_out = right.multiselect(
            "Take cases out",
            list(there),
            format_func=lambda each: there[each],
            placeholder="None",
            key=f"{key}-out-{len(there)}",
        )
        reason = st.text_input("Why", key=f"{key}-reason", placeholder="This is something else")
        if st.form_submit_button("Change the cases"):
            _do(
                lambda: change_cases(
                    failure.failure_id,
                    add=add,
                    take_out=take_out,
                    reason=reason,
                    actor_id=actor_id,
                ),
                f"The cases of “{failure.title}” are changed.",
            )


def _do(change: Callable[[], object], done: str) -> None:
    """Make a change and load anew, or say why it was refused."""
    try:
        change()
    except (RefusedError, NotFoundError) as refused:
        st.error(labels.literal(f"Nothing was changed. {refused}"))
        return
    st.session_state[_DONE] = done
    st.rerun()

"""The forms of a check: a new one of any kind, and other settings of one that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.queries.assertions import WaitingAssertion
from db.queries.checks import CheckSummary
from evalkit.checks.answers import Answers, read_answers
from evalkit.checks.kind import CheckKind, CheckSetting, SettingForm
from evalkit.checks.table import KINDS, kind_called
from evalkit.phrases import counted
from pages.shared import labels
from pages.shared.display import exhibits

_ANSWERS_HELP = (
    "acceptable; a criterion with the least that passes, like helpfulness>=4; or a tag that what "
    "fails would have, like tag:wrong-number. Then its agreement with people is reported."
)


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """What a form says of a check."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    case_key: str | None
    answers: Answers | None
    of_annotation: int | None = None

    @property
    def of(self) -> dict[str, Any]:
        """Return what it is about, as `add_check` takes it."""
        names = ("case_key", "answers", "of_annotation")
        return {name: getattr(self, name) for name in names}


def waiting(assertions: Sequence[WaitingAssertion]) -> WaitingAssertion | None:
    """List what annotators wrote must hold; give the one a check is to be made of, if any is."""
    if not assertions:
        return None
    st.subheader("What annotators say must hold")
    exhibits.say(
        f"{counted(len(assertions), 'assertion')} on cases that nobody has decided on yet. A check "
        "of one is tested on every response to its case."
    )
    by_id = {each.annotation_id: each for each in assertions}
    chosen = st.selectbox(
        "Assertion",
        list(by_id),
        format_func=lambda each: f"{by_id[each].case_key}: {by_id[each].words}",
        index=None,
        placeholder="Choose one to make a check of, or to leave",
        key="asserted",
    )
    if chosen not in by_id:
        return None
    of = by_id[chosen]
    st.text(f"“{of.words}” on case {of.case_key}, by {of.annotator} in {of.study}")
    return of


def is_leaving_asked() -> bool:
    """Tell whether no check is to be made of the assertion that was chosen."""
    return st.button("Make no check of it", key="leave-asserted", icon=":material/close:")


def new_check(*, is_first: bool, of: WaitingAssertion | None = None) -> CheckDraft | None:
    """Show the form of a new check, perhaps of an assertion; give what it says once it is sent.

    Raises RefusedError for what people are not asked.
    """
    case = of.case_key if of else st.query_params.get("for-case", "")
    of_id = of.annotation_id if of else 0
    with st.expander("New check", icon=":material/add:", expanded=is_first or bool(case)):
        titles = {kind.key: kind.title for kind in KINDS}
        key = st.selectbox(
            "Kind", list(titles), format_func=titles.__getitem__, key="check-kind", width=620
        )
        kind = kind_called(key)
        exhibits.say(kind.about, kind.limits)
        with st.form("check-form", border=False):
            left, right = st.columns(2)
            name = left.text_input(
                "Name",
                of.words[:200] if of else "",
                placeholder="Names the 30-day limit",
                key=f"check-name-{of_id}",
            )
            case_key = right.text_input(
                "Only for the case",
                case,
                placeholder="All cases",
                key=f"check-case-{of_id}",
                help="The id of a case: the check is then an assertion on this case alone.",
            )
            settings = _fields(kind, {}, key=f"check-{labels.digest(kind.key)}")
            answers = st.text_input("Stands beside", help=_ANSWERS_HELP, key="check-answers")
            if not st.form_submit_button("Add", type="primary"):
                return None
    return CheckDraft(
        name,
        key,
        settings,
        case_key.strip() or None,
        read_answers(answers),
        of.annotation_id if of else None,
    )


def revision(check: CheckSummary) -> CheckDraft | None:
    """Show the settings of a check; give what they are to be once that is asked for.

    Raises RefusedError for what people are not asked.
    """
    kind = kind_called(check.kind)
    key = f"revise-{check.revision_id}"
    with (
        st.expander(f"Settings (revision {check.number})", icon=":material/tune:"),
        st.form(f"{key}-form", border=False),
    ):
        exhibits.say(kind.limits, "Other settings make a new revision; what this one found stays.")
        settings = _fields(kind, check.settings, key=key)
        written = check.answers.words if check.answers else ""
        answers = st.text_input(
            "Stands beside", written, help=_ANSWERS_HELP, key=f"answers-{check.check_id}"
        )
        if not st.form_submit_button("Save"):
            return None
    return CheckDraft(check.name, check.kind, settings, check.case_key, read_answers(answers))


def is_retirement_asked(check: CheckSummary) -> bool:
    """Tell whether a check is to be retired, or taken back."""
    label = "Use it again" if check.is_retired else "Retire this check"
    return st.button(label, key=f"retire-{check.check_id}", icon=":material/archive:")


def _fields(kind: CheckKind, settings: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Show a field for each setting, two beside each other where they are short."""
    places = st.columns(2)
    n_short, values = 0, {}
    for place, setting in enumerate(kind.settings):
        is_long = setting.form in (SettingForm.TEXT, SettingForm.LINES)
        column = st.container() if is_long else places[n_short % 2]
        n_short += not is_long
        value = settings.get(setting.key, setting.default)
        with column:
            values[setting.key] = _field(setting, value, f"{key}-{place}")
    return values


def _field(setting: CheckSetting, value: Any, key: str) -> Any:
    about = setting.about or None
    if setting.form is SettingForm.CHOICE:
        choices = dict(setting.choices or {})
        names = list(choices)
        return st.selectbox(
            setting.label,
            names,
            index=names.index(value),
            format_func=choices.__getitem__,
            help=about,
            key=key,
        )
    if setting.form is SettingForm.FLAG:
        return st.toggle(setting.label, bool(value), help=about, key=key)
    if setting.form in (SettingForm.NUMBER, SettingForm.WHOLE):
        written = "" if value is None else f"{value:g}"
        return st.text_input(setting.label, written, help=about, key=key)
    if setting.form is SettingForm.LINE:
        return st.text_input(setting.label, value or "", help=about, key=key)
    text = "\n".join(value) if isinstance(value, list | tuple) else value or ""
    return st.text_area(setting.label, text, height=120, help=about, key=key)

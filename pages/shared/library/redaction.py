"""What an import would replace, highlighted where it stands, for a lead to confirm or let through.

Nothing of it is stored: what was found is held by the session that shows it, while it shows it.
"""

import streamlit as st

from db.commands.records import Choices, ImportReport
from evalkit.errors import RefusedError
from evalkit.formats.read.table import RAW_LOGS
from evalkit.phrases import counted
from evalkit.redaction.kinds import NOUNS, FindingKind
from evalkit.redaction.lists import OwnList, read_list
from evalkit.redaction.presidio import is_installed, name_finder
from evalkit.redaction.redaction import Redaction, RedactionFinding, RedactionRules
from pages.shared import labels

#: So many things of a kind are shown; of the others their number.
_MOST_SHOWN = 30
_CONTEXT = 44

_SWITCH = "import-redact"
_SWITCH_NEXT = "import-redact-next"
_THINGS = "import-redact-things"
_DECIDED = "import-redact-decided"


def redaction_choice() -> Redaction | None:
    """Ask whether an import is redacted and by which lists; return what does it, as was ticked."""
    if st.session_state.pop(_SWITCH_NEXT, False):
        st.session_state[_SWITCH] = True
    redacts = st.checkbox(
        "Replace personal data and secrets by placeholders before anything is stored",
        help="E-mail addresses, phone and card numbers, keys and the like. What is replaced shows "
        "below, before anything is stored. It cannot be turned back.",
        key=_SWITCH,
    )
    if not redacts:
        return None
    with st.expander("Lists of your own"):
        left, right = st.columns(2)
        allowed = left.text_area(
            "Let through",
            placeholder="support@example.org",
            help="A line each: words, or a pattern between slashes.",
            key="import-allow",
        )
        denied = right.text_area(
            "Always replace",
            placeholder="Project Falcon",
            help="A line each: words, or a pattern between slashes.",
            key="import-deny",
        )
    try:
        allow, deny = _list(allowed, "Let through"), _list(denied, "Always replace")
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        st.stop()
    kinds = [
        kind
        for number, kind in enumerate(FindingKind)
        if st.session_state.get(f"import-redact-kind-{number}", True)
    ]
    things: dict[str, tuple[FindingKind, str]] = st.session_state.get(_THINGS, {})
    through = [thing for key, thing in things.items() if st.session_state.get(key)]
    more = (name_finder(),) if is_installed() else ()
    rules = RedactionRules(
        kinds=frozenset(kinds), allow=allow, deny=deny, let_through=frozenset(through), more=more
    )
    return Redaction(rules, n_findings=_MOST_SHOWN)


def counted_anew(choices: Choices) -> Choices:
    """Return choices that redact by the same rules, with nothing counted yet."""
    redaction = choices.get("redaction")
    anew = None if redaction is None else Redaction(redaction.rules)
    return choices | Choices(redaction=anew)


def show_redaction(redaction: Redaction | None, preview: ImportReport, *, n_imported: int) -> None:
    """Show all that would be replaced, kind by kind, each with a box to let it through."""
    if redaction is None or preview.redaction is None:
        _offer_for_logs(preview, n_imported)
        return
    st.markdown("##### What would be replaced")
    for sentence in preview.redaction.sentences:
        st.text(sentence)
    findings = redaction.findings
    things = {_key(finding): (finding.kind, finding.value) for finding in findings}
    st.session_state[_THINGS] = st.session_state.get(_THINGS, {}) | things
    for number, kind in enumerate(FindingKind):
        of_kind = [finding for finding in findings if finding.kind == kind]
        if of_kind:
            _show_kind(redaction, number, kind, of_kind)


def _offer_for_logs(preview: ImportReport, n_imported: int) -> None:
    """Turn redaction on where files are raw logs, once, before a lead has said anything of it."""
    formats = {each.format for each in preview.reading.files} if preview.reading else set()
    if formats & RAW_LOGS and st.session_state.get(_DECIDED) != n_imported:
        st.session_state[_DECIDED] = n_imported
        st.session_state[_SWITCH_NEXT] = True
        st.rerun()


def _show_kind(
    redaction: Redaction, number: int, kind: FindingKind, findings: list[RedactionFinding]
) -> None:
    n_values, n_places = redaction.n_values.get(kind, 0), redaction.n_replaced.get(kind, 0)
    singular, plural = NOUNS[kind]
    what = f"{n_values:,} {singular if n_values == 1 else plural} at {counted(n_places, 'place')}"
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.checkbox(
        labels.literal(what if n_values else f"{plural[:1].upper()}{plural[1:]}: let through"),
        value=True,
        key=f"import-redact-kind-{number}",
        help="Without this tick things of this kind are stored as they are.",
    )
    with right.expander("In context; tick what is to be let through"):
        for finding in findings:
            st.checkbox(_in_context(finding), key=_key(finding))
        if n_values > len(findings):
            st.caption(f"{n_values - len(findings):,} more are replaced and not shown here.")


def _in_context(finding: RedactionFinding) -> str:
    """Return what was found, highlighted in what stands around it, and what becomes of it."""
    before, after = finding.before[-_CONTEXT:], finding.after[:_CONTEXT]
    whole = " ".join(
        filter(
            None,
            [
                _unlinked(before),
                f":orange-background[{_unlinked(finding.written)}]",
                _unlinked(after),
            ],
        )
    )
    times = "" if finding.n == 1 else f", {finding.n:,} times"
    becomes = f"becomes {finding.placeholder}" if finding.placeholder else "is let through"
    return f"{whole} ({labels.literal(becomes + times)})"


def _unlinked(text: str) -> str:
    """Return a text as it is, of whose addresses Streamlit makes no links."""
    return labels.literal(text.replace("@", "@\N{WORD JOINER}"))


def _key(finding: RedactionFinding) -> str:
    return f"import-through-{labels.digest(finding.kind, finding.value)}"


def _list(text: str, name: str) -> OwnList:
    return read_list(text, name=name)

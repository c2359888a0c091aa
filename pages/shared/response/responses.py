"""A case with responses to it, their makers and everybody's answers, wherever a lead meets one."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from db.queries.responses.responses import CaseText, Response
from db.queries.responses.side_by_side import SideBySide
from db.queries.results.criteria import ResultCriterion
from evalkit import text
from evalkit.evalset.life import NO_NOTE
from evalkit.phrases import capital
from evalkit.rendering.hands import Hand
from evalkit.rendering.highlights import Highlight, painted, render_marked
from evalkit.rendering.markdown import (
    TEXT_ELSEWHERE,
    render_note,
    render_response,
    render_text,
)
from evalkit.rendering.messages import (
    numbered_steps,
    render_context,
    render_messages,
    render_reasoning,
    render_tools,
)
from evalkit.reports.by_model import category_name
from pages.shared.components.viewer import Pane, viewer
from pages.shared.display import exhibits
from pages.shared.response import answers
from pages.shared.response.marked import MarkedWords, marked_words

_CASE_HEIGHT, _HEIGHT = 220, 480
_CRITERIA = {"pass_if": "Passes if", "fail_if": "Fails if"}


def show(read: SideBySide | None) -> None:
    """Show a case, responses to it side by side, and what was said of them."""
    if read is None:
        st.info("This case is gone.")
        return
    marked = marked_words(read)
    is_painted = not marked.by_output or st.toggle(
        "Show the words that were marked", value=True, key="answers-marked", persist_state="session"
    )
    of_case = case_panes(read.case, read.criteria)
    panes = [
        response_pane(
            each,
            read.headings[each.output_id],
            marked.by_output.get(each.output_id, ()) if is_painted else (),
        )
        for each in read.responses
    ]
    case_id = read.case.case_id
    hands = _hands(marked) if is_painted else []
    if len(panes) == 1:
        beside = [replace(pane, is_beside=True) for pane in of_case]
        viewer([*beside, *panes], key=f"response-{case_id}", height=_HEIGHT, hands=hands)
    else:
        viewer(of_case, key=f"case-{case_id}", height=_CASE_HEIGHT)
        viewer(panes, key=f"responses-{case_id}", height=_HEIGHT, hands=hands)
    if not panes:
        exhibits.say("No model has answered this case.", style="lead")
    elif not read.answers:
        exhibits.say("Nobody whose work counts here has judged these responses.", style="lead")
    else:
        answers.show(read, marked)


def _hands(marked: MarkedWords) -> list[tuple[Hand, int]]:
    """Give those who marked words that are painted, with how many, by name."""
    painted_by = [mark.hand for marks in marked.by_output.values() for mark in marks if mark.hand]
    n_of = Counter(hand.key for hand in painted_by)
    hands = sorted(marked.hands.values(), key=lambda hand: (hand.name.casefold(), hand.key))
    return [(hand, n_of[hand.key]) for hand in hands if n_of[hand.key]]


def case_panes(case: CaseText, criteria: Sequence[ResultCriterion] = ()) -> list[Pane]:
    """Give the case itself, and what a response to it is judged by: criteria, reference, why."""
    asked = render_messages(case.messages) or render_note(TEXT_ELSEWHERE)
    asked += render_context(case.context)
    about = ", ".join(filter(None, (category_name(case.category), case.source, case.standing)))
    panes = [Pane(f"Case {case.key}", asked + render_tools(case.tools), about)]
    beside = [
        _titled("Reference", _written(case.reference)),
        _titled("Checklist", "\n".join(f"- {question}" for question in case.checklist)),
        _titled("Why it exists", case.note or NO_NOTE),
        _titled("Criteria", "\n".join(map(_criterion, criteria))),
    ]
    panes.append(Pane("For those who judge", "".join(beside)))
    return panes


def response_pane(response: Response, heading: str, marks: Sequence[Highlight]) -> Pane:
    """Give one response as a pane, with the words painted that were marked in it."""
    return Pane(heading, _response_html(response, marks), _took(response))


def _response_html(response: Response, marks: Sequence[Highlight]) -> str:
    """Say how the response failed, if it did, and what was thought, above whatever came of it."""
    above = render_response("", error=response.error) if response.error else ""
    above += render_reasoning(response.reasoning or "")
    if response.is_elsewhere:
        return above + render_note(TEXT_ELSEWHERE)
    if response.steps:
        steps = painted(render_messages(response.steps, time=text.seconds), marks)
        return above + numbered_steps(steps)
    if marks:
        return above + render_marked(response.content, marks)
    return above + (
        render_text(response.content) if response.error else render_response(response.content)
    )


def _took(response: Response) -> str:
    took = [
        text.seconds(response.latency_ms) if response.latency_ms is not None else "",
        _tokens(response),
        text.dollars(response.cost_usd) if response.cost_usd is not None else "",
    ]
    return ", ".join(filter(None, took))


def _tokens(response: Response) -> str:
    if response.output_tokens is None:
        return ""
    thought = response.reasoning_tokens
    return f"{response.output_tokens:,} tokens" + (
        f" ({thought:,} of reasoning)" if thought is not None else ""
    )


def _criterion(criterion: ResultCriterion) -> str:
    """Say a criterion in a line: what is asked, and what the ends of its scale mean."""
    ends = criterion.scale[:1] + criterion.scale[1:][-1:]
    scale = " … ".join(f"{value:g} {label}".strip() for value, label in ends)
    name = capital(criterion.key.replace("_", " "))
    return f"- {name}: {criterion.question}" + (f" ({scale})" if scale else "")


def _titled(title: str, words: str | None) -> str:
    return render_text(f"**{title}**\n\n{words}") if words else ""


def _written(reference: Any) -> str | None:
    if isinstance(reference, dict):
        return "\n\n".join(f"{_CRITERIA.get(key, key)}: {each}" for key, each in reference.items())
    if reference is None or isinstance(reference, str):
        return reference
    return f"```json\n{json.dumps(reference, ensure_ascii=False, indent=2)}\n```"

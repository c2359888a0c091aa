"""A case with responses to it, their makers and everybody's answers, wherever a lead meets one."""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from db.queries.responses.responses import CaseText, Response
from db.queries.responses.side_by_side import SideBySide
from evalkit import text
from evalkit.evalset.life import NO_NOTE
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
from pages.shared.response.marked import marked_words

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
    of_case = case_panes(read.case)
    panes = [
        response_pane(
            each,
            read.headings[each.output_id],
            marked.by_output.get(each.output_id, ()) if is_painted else (),
        )
        for each in read.responses
    ]
    case_id = read.case.case_id
    if len(panes) == 1:
        viewer([of_case[0], *panes, *of_case[1:]], key=f"response-{case_id}", height=_HEIGHT)
    else:
        viewer(of_case, key=f"case-{case_id}", height=_CASE_HEIGHT)
        viewer(panes, key=f"responses-{case_id}", height=_HEIGHT)
    if not panes:
        exhibits.say("No model has answered this case.", style="lead")
    elif not read.answers:
        exhibits.say("Nobody whose work counts here has judged these responses.", style="lead")
    else:
        answers.show(read, marked.numbers)


def case_panes(case: CaseText) -> list[Pane]:
    """Give the case itself, and what it is judged by where that is known."""
    asked = render_messages(case.messages) or render_note(TEXT_ELSEWHERE)
    asked += render_context(case.context)
    about = ", ".join(filter(None, (category_name(case.category), case.source, case.standing)))
    panes = [Pane(f"Case {case.key}", asked + render_tools(case.tools), about)]
    beside = [
        _titled("Reference", _written(case.reference)),
        _titled("Why it exists", case.note or NO_NOTE),
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


def _titled(title: str, words: str | None) -> str:
    return render_text(f"**{title}**\n\n{words}") if words else ""


def _written(reference: Any) -> str | None:
    if isinstance(reference, dict):
        return "\n\n".join(f"{_CRITERIA.get(key, key)}: {each}" for key, each in reference.items())
    if reference is None or isinstance(reference, str):
        return reference
    return f"```json\n{json.dumps(reference, ensure_ascii=False, indent=2)}\n```"

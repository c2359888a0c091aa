"""Responses next to each other with everybody's answers beneath, unblinded; for leads."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from db.queries.responses.answers import Answer, CaseText, GivenMark, Response
from db.queries.responses.side_by_side import SideBySide
from evalkit import text
from evalkit.rendering.markdown import escape, render_response, render_text
from evalkit.rendering.messages import render_context, render_messages
from evalkit.vocabulary import Preference
from pages.shared.components.viewer import Pane, viewer
from pages.shared.display import exhibits
from pages.shared.sections.failures import marked_html
from pages.shared.sections.tables import annotator_name, category_name

_VERDICTS = {Preference.TIE: "Tie", Preference.BOTH_BAD: "Both bad"}
_HEIGHT = 460


def show(
    case: CaseText,
    responses: Sequence[Response],
    headings: Mapping[int, str],
    answers: Sequence[Answer],
    *,
    key: str,
    titles: Mapping[int, str] | None = None,
) -> None:
    """Show a case, its responses side by side, and what was said of them.

    ``headings`` names the maker of every response, also of those answers compare these with;
    ``titles`` stand over the panes where these say more.
    """
    about = category_name(case.category)
    panes = [Pane(f"Case {case.key}", _case_html(case), about)]
    viewer(panes, key=f"{key}-case", height=220)
    marks = [mark for answer in answers for mark in answer.marks]
    if any(mark.start is not None for mark in marks) and not st.toggle(
        "Show the words that were marked", value=True, key="answers-marked", persist_state="session"
    ):
        marks = []
    viewer(
        [response_pane(one, (titles or headings)[one.output_id], marks) for one in responses],
        key=f"{key}-responses",
        height=_HEIGHT,
    )
    if not answers:
        exhibits.say("Nobody whose work counts here has judged these responses.", style="lead")
        return
    ids = [one.output_id for one in responses]
    exhibits.inline_table(
        answer_table(answers, ids, headings), key=f"{key}-answers", left=("Compared", "Prefers")
    )
    if len(ids) > 1:
        order = ", then ".join(headings[output_id] for output_id in ids)
        exhibits.say(f"Scores and errors: {order}.")
    said = said_html(answers, headings)
    if said:
        viewer([Pane("What annotators wrote", said)], key=f"{key}-said")


def show_side_by_side(shown: SideBySide) -> None:
    """Show the responses to one case next to each other, and what was said of them."""
    if shown.responses:
        case = shown.responses[0].case
        key = "-".join(str(one.output_id) for one in shown.responses)
        show(case, shown.responses, shown.headings, shown.answers, key=f"side-{key}")


def response_pane(response: Response, heading: str, marks: Sequence[GivenMark]) -> Pane:
    """Give one response as a pane: as it reads, or as it is where words in it were marked."""
    took = [
        text.seconds(response.latency_ms) if response.latency_ms is not None else "",
        f"{response.output_tokens:,} tokens" if response.output_tokens is not None else "",
        text.dollars(response.cost_usd) if response.cost_usd is not None else "",
    ]
    own = [mark for mark in marks if mark.output_id == response.output_id]
    return Pane(heading, _response_html(response, own), ", ".join(filter(None, took)))


def answer_table(
    answers: Sequence[Answer], output_ids: Sequence[int], headings: Mapping[int, str]
) -> pd.DataFrame:
    """Give one row per answer: who, what was compared, what is better, scores and errors."""
    criteria = dict.fromkeys(score.criterion for one in answers for score in one.scores)
    columns = {
        "By": [_by(one) for one in answers],
        "Compared": [
            " with ".join(_name(shown, headings) for shown in one.shown) for one in answers
        ],
        "Prefers": [_preference(one, headings) for one in answers],
    }
    for key in criteria:
        name = key.replace("_", " ")
        columns[name[:1].upper() + name[1:]] = [_scores(one, key, output_ids) for one in answers]
    if any(one.marks for one in answers):
        columns["Errors"] = [_n_errors(one, output_ids) for one in answers]
    return pd.DataFrame(columns)


def said_html(answers: Sequence[Answer], headings: Mapping[int, str]) -> str:
    """Give the errors each annotator marked and the comments, escaped, a paragraph each."""
    paragraphs = []
    for one in answers:
        lines = [_mark_line(mark, headings) for mark in one.marks if mark.tag]
        lines += [one.comment] if one.comment else []
        if lines:
            body = "<br>".join(escape(line) for line in lines)
            paragraphs.append(f'<p dir="auto"><strong>{escape(_by(one))}</strong><br>{body}</p>')
    return "".join(paragraphs)


def _case_html(case: CaseText) -> str:
    asked = render_messages(case.messages) + render_context(case.context)
    if isinstance(case.reference, str) and case.reference:
        asked += render_text(f"**Reference**\n\n{case.reference}")
    return asked


def _response_html(response: Response, marks: Sequence[GivenMark]) -> str:
    if response.steps:
        return render_messages(response.steps)
    spans = [
        (mark.start, mark.end, mark.tag or "")
        for mark in marks
        if mark.start is not None and mark.end is not None and mark.start < mark.end
    ]
    if spans and not response.error:
        return marked_html(response.content, spans)
    return render_response(response.content, error=response.error)


def _by(one: Answer) -> str:
    return annotator_name(one.annotator, is_simulated=one.is_simulated, is_judge=one.is_judge)


def _name(output_id: int, headings: Mapping[int, str]) -> str:
    return headings.get(output_id, "another response")


def _compared(one: Answer, headings: Mapping[int, str]) -> str:
    return " with ".join(_name(output_id, headings) for output_id in one.shown)


def _preference(one: Answer, headings: Mapping[int, str]) -> str:
    if one.is_unreadable:
        return "Unreadable"
    if one.preferred is not None:
        return _name(one.preferred, headings)
    return _VERDICTS[one.preference] if one.preference else text.MISSING


def _scores(one: Answer, criterion: str, output_ids: Sequence[int]) -> str:
    given = {score.output_id: score.value for score in one.scores if score.criterion == criterion}
    if not given:
        return text.MISSING
    return " : ".join(f"{given[key]:g}" if key in given else text.MISSING for key in output_ids)


def _n_errors(one: Answer, output_ids: Sequence[int]) -> str:
    looked = {mark.output_id for mark in one.marks}
    counts = [
        str(sum(1 for mark in one.marks if mark.output_id == key and mark.tag))
        if key in looked
        else text.MISSING
        for key in output_ids
    ]
    return " : ".join(counts) if looked else text.MISSING


def _mark_line(mark: GivenMark, headings: Mapping[int, str]) -> str:
    severity = f" ({mark.severity})" if mark.severity else ""
    quote = f" in “{mark.quote}”" if mark.quote else ""
    note = f": {mark.note}" if mark.note else ""
    return f"{_name(mark.output_id, headings)}: {mark.tag}{severity}{quote}{note}"

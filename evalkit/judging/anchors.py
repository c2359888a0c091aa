"""Anchors: frozen cases on which a judge is asked again, and its answers thing by thing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from evalkit.annotation.draft import NOTHING
from evalkit.annotation.task import ComparisonTask
from evalkit.judging.pair import PairQuestion
from evalkit.judging.response import ResponseQuestion
from evalkit.judging.wording import JudgeVerdict

#: So many cases at most are frozen as anchors, and each is asked about so often in every check.
MOST_ANCHORS, N_LOOKS = 40, 2
#: Stands for an answer that nobody could read.
UNREADABLE = "unreadable"
#: What the answer about a pair is called.
PREFERENCE = "preference"
_SIDE = "left"


def anchor_number(case_hash: str) -> str:
    """Return by what cases are put in the order in which they become anchors."""
    return hashlib.sha256(f"evalkit anchors\n{case_hash}".encode()).hexdigest()


def content_hash(task: ComparisonTask) -> str:
    """Return the SHA-256 of all a judge is shown of an anchor."""
    document = {
        "messages": [dict(message) for message in task.messages],
        "context": [dict(passage) for passage in task.context],
        "responses": {side: asdict(of) for side, of in task.responses.items()},
        "checklist": [asdict(item) for item in task.checklist],
    }
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def answers_by_field(
    verdict: JudgeVerdict, asked: PairQuestion | ResponseQuestion
) -> Mapping[str, str]:
    """Return what a judge said as one word for each thing it was asked.

    The preference; each criterion; each kind of error, whether it was marked.
    """
    draft = verdict.content
    if isinstance(asked, PairQuestion):
        word = draft.preference.value if draft and draft.preference else UNREADABLE
        return {PREFERENCE: word}
    fields = [*(each.key for each in asked.criteria), *(f"error:{tag.key}" for tag in asked.tags)]
    if draft is None:
        return dict.fromkeys(fields, UNREADABLE)
    response = draft.responses.get(_SIDE, NOTHING)
    marked = {*response.tags, *(mark.tag for mark in response.marks)}
    scores = {each.key: _score(response.scores.get(each.key)) for each in asked.criteria}
    errors = {f"error:{tag.key}": str(tag.key in marked) for tag in asked.tags}
    return scores | errors


def _score(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"

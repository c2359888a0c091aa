"""A judge asked about one response: its scores on the rubric, the errors in it, or both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from evalkit.annotation.draft import NOTHING, Draft, parse_draft
from evalkit.annotation.form import Form, checked_draft
from evalkit.annotation.task import BlindedResponse, TaskCriterion, TaskItem, TaskTag
from evalkit.errors import RefusedError
from evalkit.judging.wording import JudgeAnswer, JudgeVerdict, read_answer, strict_object, template
from evalkit.vocabulary import CheckValue, JudgeTask

#: A response that stands alone is on the left, as for people.
_SIDE = "left"


@dataclass(frozen=True, slots=True)
class ResponseQuestion:
    """What a study asks of one response, as a judge is asked it.

    ``criteria`` are those with a scale, ``tags`` the kinds of errors; what is not asked for is
    empty. The checklist is of the case, and asked with the scores.
    """

    #: Another wording is another file, and so another judge.
    prompt: ClassVar[str] = "response-1"

    guidelines: str
    criteria: tuple[TaskCriterion, ...] = ()
    tags: tuple[TaskTag, ...] = ()

    @property
    def task(self) -> JudgeTask:
        """Return what it asks for."""
        if self.criteria and self.tags:
            return JudgeTask.RESPONSE
        return JudgeTask.SCORES if self.criteria else JudgeTask.ERRORS

    def form(self, checklist: tuple[TaskItem, ...] = ()) -> Form:
        """Return it as what an annotator would have to fill in."""
        asked = {"scores": bool(self.criteria), "tags": bool(self.tags)}
        return Form(
            criteria=self.criteria,
            tags=self.tags,
            collect=frozenset(what for what, is_asked in asked.items() if is_asked),
            sides=(_SIDE,),
            checklist=checklist if self.criteria else (),
        )

    def words(self, checklist: tuple[TaskItem, ...] = ()) -> str:
        """Return what the judge is told."""
        form = self.form(checklist)
        return template(self.prompt).render(
            guidelines=self.guidelines,
            criteria=form.criteria,
            checklist=form.checklist,
            tags=form.tags,
            shape=_shape(form),
        )

    def properties(self, checklist: tuple[TaskItem, ...] = ()) -> dict[str, Any]:
        """Return the fields of the verdict as a JSON schema has them."""
        form = self.form(checklist)
        fields: dict[str, Any] = {}
        if form.criteria:
            scores = {criterion.key: _value(criterion) for criterion in form.criteria}
            fields["scores"] = strict_object(scores)
        if form.checklist:
            values = {"type": "string", "enum": [value.value for value in CheckValue]}
            fields["checks"] = strict_object({item.key: values for item in form.checklist})
        if form.tags:
            keys = (severity.key for tag in form.tags for severity in tag.severities)
            severities = list(dict.fromkeys(keys))
            error = {
                "tag": {"type": "string", "enum": [tag.key for tag in form.tags]},
                "quote": {"type": ["string", "null"]},
            }
            if severities:
                error["severity"] = {"type": ["string", "null"], "enum": [*severities, None]}
            fields["errors"] = {"type": "array", "items": strict_object(error)}
        return fields

    def called(self, responses: Mapping[str, BlindedResponse]) -> dict[str, BlindedResponse]:
        """Return the response by what the judge knows it as."""
        return {"response": responses[_SIDE]}

    def read(self, text: str, checklist: tuple[TaskItem, ...] = ()) -> JudgeVerdict:
        """Read a judge's answer by the rules that hold for people.

        It is unreadable as a whole where anything required is missing, a value is off its scale,
        or a criterion, a tag or a severity is not the study's: what is left of a broken answer is
        not what the judge meant.
        """
        answer = read_answer(text)
        try:
            return JudgeVerdict(self._draft(answer, self.form(checklist)), answer.rationale)
        except RefusedError:
            return JudgeVerdict(None, answer.rationale)

    def answer(self, draft: Draft, rationale: str, checklist: tuple[TaskItem, ...] = ()) -> str:
        """Return what a judge would say that answers so."""
        form, response = self.form(checklist), draft.responses.get(_SIDE, NOTHING)
        fields: dict[str, Any] = {"rationale": rationale}
        if form.criteria:
            keys = [criterion.key for criterion in form.criteria]
            fields["scores"] = {key: response.scores.get(key) for key in keys}
        if form.checklist:
            fields["checks"] = {key: value.value for key, value in response.checks.items()}
        if form.tags:
            fields["errors"] = [
                *({"tag": tag, "quote": None, **_grade(of)} for tag, of in response.tags.items()),
                *(
                    {"tag": mark.tag, "quote": mark.quote, **_grade(mark.severity)}
                    for mark in response.marks
                ),
            ]
        return json.dumps(fields, ensure_ascii=False)

    def _draft(self, answer: JudgeAnswer, form: Form) -> Draft:
        fields = answer.fields or {}
        if form.tags and not isinstance(fields.get("errors"), list):
            raise RefusedError("Whether there are errors is not said.")
        scores = fields.get("scores") if form.criteria else None
        checks = fields.get("checks") if form.checklist else None
        tags, marks = _errors(fields.get("errors") if form.tags else None, form)
        draft = {
            "scores": {_SIDE: _numbers(scores)},
            "checks": {_SIDE: checks},
            "tags": {_SIDE: tags},
            "marks": {_SIDE: marks},
        }
        return checked_draft(parse_draft(draft), form)


def _grade(severity: str | None) -> dict[str, str]:
    return {} if severity is None else {"severity": severity}


def _value(criterion: TaskCriterion) -> dict[str, Any]:
    """Return the schema of a score; a criterion that need not be answered may be null."""
    empty = [] if criterion.required else ["null"]
    if criterion.range is not None:
        ends = {"minimum": criterion.range.min, "maximum": criterion.range.max}
        return {"type": ["number", *empty], **ends}
    values = [level.value for level in criterion.levels]
    return {"type": ["number", *empty], "enum": [*values, *([None] if empty else [])]}


def _shape(form: Form) -> str:
    """Return the form of the answer as an example says it."""
    shape: dict[str, Any] = {"rationale": "your reasons"}
    if form.criteria:
        shape["scores"] = {criterion.key: "…" for criterion in form.criteria}
    if form.checklist:
        shape["checks"] = {item.key: "yes | no | na" for item in form.checklist}
    if form.tags:
        has_severities = any(tag.severities for tag in form.tags)
        severity = {"severity": "…"} if has_severities else {}
        shape["errors"] = [{"tag": "…", "quote": "…", **severity}]
    return json.dumps(shape, ensure_ascii=False)


def _numbers(scores: object) -> object:
    """Read numbers that stand in quotes; whatever else it is, is refused later."""
    if not isinstance(scores, dict):
        return scores
    return {key: _number(value) for key, value in scores.items()}


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _errors(errors: object, form: Form) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return errors of the whole response by tag, and those with their words.

    A kind of error that has no severities needs none; the same error twice is one.
    """
    graded = {
        tag.key: {severity.key.lower(): severity.key for severity in tag.severities}
        for tag in form.tags
    }
    tags: dict[str, Any] = {}
    marks: list[dict[str, Any]] = []
    for error in errors if isinstance(errors, list) else ():
        if not isinstance(error, dict):
            raise RefusedError("An error is not in the form that was asked for.")
        tag, quote = str(error.get("tag")).strip(), error.get("quote")
        severity = error.get("severity") if graded.get(tag) else None
        if isinstance(severity, str):
            severity = graded[tag].get(severity.strip().lower(), severity)
        mark = {"tag": tag, "severity": severity, "quote": quote}
        if not (isinstance(quote, str) and quote.strip()):
            tags.setdefault(tag, severity)
        elif mark not in marks:
            marks.append(mark)
    return tags, marks

"""What an annotator enters: read from the browser's JSON, and checked against what is asked."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from evalkit.annotation.marks import MAX_MARKS, MarkedError, checked_place
from evalkit.annotation.task import TaskCriterion, TaskItem, TaskTag
from evalkit.errors import RefusedError
from evalkit.records.checks import MAX_NAME_LENGTH
from evalkit.vocabulary import DECIDED, Certainty, CheckValue, Preference, Severity, Strength

#: The longest comment, in characters.
MAX_COMMENT = 10_000

#: The longest text of one mark, in characters; what is longer is an error of the whole response.
MAX_QUOTE = 20_000

_MAX_ENTRIES = 500
Value = TypeVar("Value", bound=StrEnum)
_SIDES = {"left": "A", "right": "B"}


class IncompleteError(RefusedError):
    """Something is missing or cannot be; ``fields`` names it as the annotation screen does."""

    def __init__(self, message: str, *, fields: tuple[str, ...]) -> None:
        super().__init__(message)
        self.fields = fields


class OutdatedError(RefusedError):
    """What was asked for made sense once, but things have moved on since the page was loaded."""


@dataclass(frozen=True, slots=True)
class ResponseDraft:
    """What was entered about one response: values by criterion, severities by tag, and marks.

    ``tags`` are of the whole response; ``marks`` are all others, in the order of their making.
    ``texts`` are answers in words, by criterion; ``checks`` what was said of the case's checklist.
    """

    scores: Mapping[str, float]
    tags: Mapping[str, Severity | None]
    marks: tuple[MarkedError, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, CheckValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """All that was entered about one assignment, finished or not."""

    preference: Preference | None
    left: ResponseDraft
    right: ResponseDraft
    comment: str
    strength: Strength | None = None
    certainty: Certainty | None = None
    preferences: Mapping[str, Preference] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the draft as the screen reads it, see `ComparisonTask.draft`.

        A part that not every study asks for is absent where nothing was entered.
        """
        marks = {"left": self.left.marks, "right": self.right.marks}
        listed = {side: [mark.as_json() for mark in of_side] for side, of_side in marks.items()}
        return {
            "preference": self.preference and self.preference.value,
            **({} if self.strength is None else {"strength": self.strength.value}),
            **({} if self.certainty is None else {"certainty": self.certainty.value}),
            **({"preferences": dict(self.preferences)} if self.preferences else {}),
            "scores": {"left": dict(self.left.scores), "right": dict(self.right.scores)},
            "tags": {"left": _severities(self.left), "right": _severities(self.right)},
            **({"texts": self.texts} if self.texts else {}),
            **({"checks": self.checks} if self.checks else {}),
            "comment": self.comment,
            **({"marks": listed} if any(listed.values()) else {}),
        }

    @property
    def checks(self) -> dict[str, dict[str, str]]:
        """What was said of the checklist by side, where anything was."""
        sides = {"left": self.left, "right": self.right}
        return {
            side: {key: value.value for key, value in response.checks.items()}
            for side, response in sides.items()
            if response.checks
        }

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The answers in words by side, without those that were not given."""
        sides = {"left": self.left, "right": self.right}
        return {side: dict(response.texts) for side, response in sides.items() if response.texts}


@dataclass(frozen=True, slots=True)
class Form:
    """What one assignment asks for; ``is_pair`` is False where a single response is judged."""

    criteria: tuple[TaskCriterion, ...]
    tags: tuple[TaskTag, ...]
    collect: frozenset[str]
    is_pair: bool
    checklist: tuple[TaskItem, ...] = ()

    @property
    def sides(self) -> tuple[str, ...]:
        """The responses on the screen."""
        return ("left", "right") if self.is_pair else ("left",)


def parse_draft(raw: object) -> Draft:
    """Read a draft as the browser sends it.

    Parameters
    ----------
    raw : object
        Decoded JSON of the shape of `ComparisonTask.draft`; parts may be missing.

    Returns
    -------
    Draft
        Not yet checked against any study.

    Raises
    ------
    RefusedError
        If it has another shape, or holds text that cannot be stored.
    """
    fields = _mapping(raw, "draft")
    preference = _choice(fields.get("preference"), Preference, "preference")
    strength = _choice(fields.get("strength"), Strength, "strength of the preference")
    if strength is not None and preference not in DECIDED:
        raise RefusedError("Without a better response it cannot be said how much better it is.")
    names = ("scores", "tags", "marks", "texts", "checks")
    parts = [_mapping(fields.get(name), name) for name in names]
    return Draft(
        preference=preference,
        strength=strength,
        certainty=_choice(fields.get("certainty"), Certainty, "certainty"),
        preferences=_preferences(fields.get("preferences")),
        left=_response(*(part.get("left") for part in parts)),
        right=_response(*(part.get("right") for part in parts)),
        comment=checked_text(fields.get("comment"), "The comment"),
    )


def checked_draft(draft: Draft, form: Form) -> Draft:
    """Check a draft that is to be submitted, and keep of it what the study asks for.

    Raises
    ------
    IncompleteError
        If something required is missing, a value is off its scale, or a criterion, tag or
        severity is not one of the study's.
    """
    missing: dict[str, str] = {}
    if "preference" in form.collect and form.is_pair and draft.preference is None:
        missing["preference"] = "the preference"
    elif "strength" in form.collect and draft.preference in DECIDED and draft.strength is None:
        missing["preference"] = "by how much it is better"
    if "preferences" in form.collect:
        _find_unpreferred(draft.preferences, form, missing)
    for side in form.sides:
        _find_missing(getattr(draft, side), side, form, missing)
    if missing:
        words = list(missing.values())
        listed = ", ".join(words[:4]) + (f" and {len(words) - 4} more" if words[4:] else "")
        raise IncompleteError(f"Still to do: {listed}.", fields=tuple(missing))
    return asked_for(draft, form)


def asked_for(draft: Draft, form: Form) -> Draft:
    """Keep of a draft what the study asks for, as it would be stored.

    Who was asked and did not say that they are not sure, is sure.
    """
    nothing = ResponseDraft({}, {})
    return Draft(
        preference=draft.preference if "preference" in form.collect and form.is_pair else None,
        strength=draft.strength if "strength" in form.collect else None,
        certainty=draft.certainty or Certainty.SURE if "certainty" in form.collect else None,
        preferences=dict(draft.preferences) if "preferences" in form.collect else {},
        left=_part_asked_for(draft.left, form),
        right=_part_asked_for(draft.right, form) if form.is_pair else nothing,
        comment=draft.comment.strip() if "comment" in form.collect else "",
    )


def checked_text(value: object, name: str, *, longest: int = MAX_COMMENT) -> str:
    """Return a text that can be stored; ``name`` begins the sentence when it cannot."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusedError(f"{name} is not text.")
    if len(value) > longest:
        raise RefusedError(
            f"{name} has {len(value):,} characters; {longest:,} are allowed. Shorten it."
        )
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise RefusedError(f"{name} holds a character that cannot be stored. Remove it.")
    return value


def checked_seconds(value: object) -> float:
    """Return an amount of active time in seconds."""
    seconds = _finite(value)
    if seconds is None or seconds < 0:
        raise RefusedError("The active time is not a number of seconds.")
    return seconds


def _find_unpreferred(
    preferences: Mapping[str, Preference], form: Form, missing: dict[str, str]
) -> None:
    """Add to ``missing`` the criteria on which it was not said which response is better."""
    scaled = [criterion for criterion in form.criteria if not criterion.is_text]
    for criterion in scaled:
        if criterion.required and criterion.key not in preferences:
            missing[f"preference.{criterion.key}"] = f"“{criterion.question}” (which is better)"
    for key in preferences.keys() - {criterion.key for criterion in scaled}:
        missing[f"preference.{key}"] = "a criterion this study does not have"


def _find_missing(response: ResponseDraft, side: str, form: Form, missing: dict[str, str]) -> None:
    """Add to ``missing`` what one response lacks, by field, in words."""
    of_side = f" for {_SIDES[side]}" if form.is_pair else ""
    missing.update(_unanswered(response, side, form, of_side))
    if "tags" in form.collect:
        allowed = {tag.key: tag.severities or (None,) for tag in form.tags}
        marked = [(f"{side}.tags.{key}", key, level) for key, level in response.tags.items()]
        for number, mark in enumerate(response.marks):
            marked.append((f"{side}.marks.{number}", mark.tag, mark.severity))
        for field, key, level in marked:
            if key not in allowed:
                missing[field] = f"an error tag this study does not have{of_side}"
            elif level not in allowed[key]:
                missing[field] = f"the severity of an error{of_side}"


def _unanswered(
    response: ResponseDraft, side: str, form: Form, of_side: str
) -> Iterator[tuple[str, str]]:
    """Give what the rubric and the checklist of the case lack, by field, in words."""
    if "scores" in form.collect:
        for criterion in form.criteria:
            if lack := _lack(response, criterion, of_side):
                yield f"{side}.{criterion.key}", lack
        known = {criterion.key for criterion in form.criteria if not criterion.is_text}
        written = {criterion.key for criterion in form.criteria if criterion.is_text}
        for key in (response.scores.keys() - known) | (response.texts.keys() - written):
            yield f"{side}.{key}", f"a criterion this study does not have{of_side}"
    questions = {item.key: item.question for item in form.checklist}
    for key, question in questions.items():
        if key not in response.checks:
            yield f"{side}.checks.{key}", f"“{question}”{of_side}"
    for key in response.checks.keys() - questions.keys():
        yield f"{side}.checks.{key}", f"an item that is not on the checklist{of_side}"


def _lack(response: ResponseDraft, criterion: TaskCriterion, of_side: str) -> str:
    """Say what is missing or wrong on one criterion; nothing where it is as it should be."""
    value = response.scores.get(criterion.key)
    is_answered = criterion.key in (_words(response) if criterion.is_text else response.scores)
    if not is_answered:
        return f"“{criterion.question}”{of_side}" if criterion.required else ""
    if value is None or criterion.holds(value):
        return ""
    extent = "" if criterion.range is None else f" from {criterion.range.in_words()}"
    return f"“{criterion.question}”{of_side}, where {value:g} is not on the scale{extent}"


def _part_asked_for(response: ResponseDraft, form: Form) -> ResponseDraft:
    return ResponseDraft(
        scores=dict(response.scores) if "scores" in form.collect else {},
        tags=dict(response.tags) if "tags" in form.collect else {},
        marks=response.marks if "tags" in form.collect else (),
        texts=_words(response) if "scores" in form.collect else {},
        checks=dict(response.checks) if form.checklist else {},
    )


def _words(response: ResponseDraft) -> dict[str, str]:
    """Return the answers in words without blanks around them; blanks alone are none."""
    return {key: words.strip() for key, words in response.texts.items() if words.strip()}


def _preferences(value: object) -> dict[str, Preference]:
    chosen = {
        key: _choice(preference, Preference, "preference")
        for key, preference in _mapping(value, "preferences").items()
    }
    return {key: preference for key, preference in chosen.items() if preference is not None}


def _response(
    scores: object, tags: object, marks: object, texts: object, checks: object
) -> ResponseDraft:
    return ResponseDraft(
        scores={
            key: _number(value)
            for key, value in _mapping(scores, "scores").items()
            if value is not None
        },
        tags={key: _severity(value) for key, value in _mapping(tags, "tags").items()},
        marks=_marks(marks),
        texts={
            key: checked_text(words, "An answer")
            for key, words in _mapping(texts, "texts").items()
            if words
        },
        checks={
            key: value
            for key, entered in _mapping(checks, "checks").items()
            if (value := _choice(entered, CheckValue, "answer to an item")) is not None
        },
    )


def _marks(value: object) -> tuple[MarkedError, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise RefusedError("The marks are not in the form this page sends.")
    if len(value) > MAX_MARKS:
        raise RefusedError(
            f"One response has {len(value):,} error marks; {MAX_MARKS} are allowed. Remove some."
        )
    return tuple(_mark(_mapping(entry, "marks")) for entry in value)


def _mark(fields: Mapping[str, Any]) -> MarkedError:
    start, end, step = checked_place(fields)
    quote = fields.get("quote")
    if quote is not None:
        checked_text(quote, "The text of a mark", longest=MAX_QUOTE)
    return MarkedError(
        tag=checked_text(fields.get("tag"), "A tag"),
        severity=_severity(fields.get("severity")),
        start=start,
        end=end,
        quote=quote,
        note=checked_text(fields.get("note"), "The note of a mark").strip(),
        step=step,
        is_omission=fields.get("omission") is True,
    )


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > _MAX_ENTRIES:
        raise RefusedError(f"The {name} are not in the form this page sends.")
    for key in value:
        if len(key) > MAX_NAME_LENGTH:
            raise RefusedError(f"The {name} are not in the form this page sends.")
        checked_text(key, "A name")
    return value


def _number(value: object) -> float:
    number = _finite(value)
    if number is None:
        raise RefusedError("A score is not a number.")
    return number


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        return None
    return number if math.isfinite(number) else None


def _severity(value: object) -> Severity | None:
    return _choice(value, Severity, "severity of an error")


def _choice(value: object, enum: type[Value], name: str) -> Value | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in {member.value for member in enum}:
        raise RefusedError(f"The {name} is none of those that can be chosen.")
    return enum(value)


def _severities(response: ResponseDraft) -> dict[str, str | None]:
    return {key: severity and severity.value for key, severity in response.tags.items()}

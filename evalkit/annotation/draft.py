"""What an annotator enters, read from the browser's JSON; checked in `evalkit.annotation.form`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from evalkit.annotation.marks import MAX_MARKS, MarkedError, checked_place
from evalkit.annotation.suggesting.offers import TagOffer, parse_offers
from evalkit.errors import RefusedError
from evalkit.records.checks import MAX_NAME_LENGTH
from evalkit.vocabulary import (
    DECIDED,
    SIDES,
    Certainty,
    CheckValue,
    Preference,
    Strength,
)

#: The longest comment, in characters.
MAX_COMMENT = 10_000

#: The longest assertion on a case, in characters: it is one thing that must hold.
MAX_ASSERTION = 500

#: The longest text of one mark, in characters; what is longer is an error of the whole response.
MAX_QUOTE = 20_000

_MAX_ENTRIES = 500
Value = TypeVar("Value", bound=StrEnum)
#: Best first, equals together, each by its side.
Ranking = tuple[tuple[str, ...], ...]
_SHAPE = "not in the form this page sends"


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
    tags: Mapping[str, str | None]
    marks: tuple[MarkedError, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, CheckValue] = field(default_factory=dict)


#: Of a response about which nothing was entered.
NOTHING = ResponseDraft({}, {})


@dataclass(frozen=True, slots=True)
class Draft:
    """All that was entered about one assignment, finished or not; ``responses`` are by side.

    ``offers`` are the tags that were suggested meanwhile: no answer, so drafts that differ in
    nothing else are the same.
    """

    preference: Preference | None
    responses: Mapping[str, ResponseDraft]
    comment: str
    strength: Strength | None = None
    certainty: Certainty | None = None
    preferences: Mapping[str, Preference] = field(default_factory=dict)
    ranking: Ranking = ()
    offers: tuple[TagOffer, ...] = field(default=(), compare=False)
    assertion: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the draft as the screen reads it, see `ComparisonTask.draft`.

        A part that not every study asks for is absent where nothing was entered.
        """
        sides = dict.fromkeys(SIDES[:2], NOTHING) | dict(self.responses)
        marks = {side: [mark.as_json() for mark in of.marks] for side, of in sides.items()}
        return {
            "preference": self.preference and self.preference.value,
            **({} if self.strength is None else {"strength": self.strength.value}),
            **({} if self.certainty is None else {"certainty": self.certainty.value}),
            **({"preferences": dict(self.preferences)} if self.preferences else {}),
            **({"ranking": [list(place) for place in self.ranking]} if self.ranking else {}),
            "scores": {side: dict(of.scores) for side, of in sides.items()},
            "tags": {side: dict(of.tags) for side, of in sides.items()},
            **({"texts": self.texts} if self.texts else {}),
            **({"checks": self.checks} if self.checks else {}),
            "comment": self.comment,
            **({"assertion": self.assertion} if self.assertion else {}),
            **({"marks": marks} if any(marks.values()) else {}),
            **({"offers": [offer.as_json() for offer in self.offers]} if self.offers else {}),
        }

    @property
    def checks(self) -> dict[str, dict[str, str]]:
        """What was said of the checklist by side, where anything was."""
        return {
            side: {key: value.value for key, value in response.checks.items()}
            for side, response in self.responses.items()
            if response.checks
        }

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The answers in words by side, without those that were not given."""
        return {side: dict(of.texts) for side, of in self.responses.items() if of.texts}

    @property
    def has_marks(self) -> bool:
        """Whether words of any response are marked."""
        return any(response.marks for response in self.responses.values())


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
    sides = [side for side in SIDES if any(side in part for part in parts)]
    return Draft(
        preference=preference,
        strength=strength,
        certainty=_choice(fields.get("certainty"), Certainty, "certainty"),
        preferences=_preferences(fields.get("preferences")),
        ranking=_ranking(fields.get("ranking")),
        responses={side: _response(*(part.get(side) for part in parts)) for side in sides},
        comment=checked_text(fields.get("comment"), "The comment"),
        offers=parse_offers(fields.get("offers")),
        assertion=checked_text(
            fields.get("assertion"), "What must hold here", longest=MAX_ASSERTION
        ),
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


def _preferences(value: object) -> dict[str, Preference]:
    chosen = {
        key: _choice(preference, Preference, "preference")
        for key, preference in _mapping(value, "preferences").items()
    }
    return {key: preference for key, preference in chosen.items() if preference is not None}


def _ranking(value: object) -> Ranking:
    if value is None:
        return ()
    places: list[Any] = value if isinstance(value, list) else [None]
    if not all(isinstance(place, list) and place for place in places):
        raise RefusedError(f"The ranking is {_SHAPE}.")
    ranked = [side for place in places for side in place]
    if any(side not in SIDES for side in ranked):
        raise RefusedError(f"The ranking is {_SHAPE}.")
    if len(set(ranked)) < len(ranked):
        raise RefusedError("A response stands at two places of the ranking.")
    order = SIDES.index
    return tuple(tuple(sorted(place, key=order)) for place in places)


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
        raise RefusedError(f"The marks are {_SHAPE}.")
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
        raise RefusedError(f"The {name} are {_SHAPE}.")
    for key in value:
        if len(key) > MAX_NAME_LENGTH:
            raise RefusedError(f"The {name} are {_SHAPE}.")
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


def _severity(value: object) -> str | None:
    """Return the key of a severity; whether the study has it, the form knows."""
    if value is None:
        return None
    return checked_text(value, "The severity of an error", longest=MAX_NAME_LENGTH)


def _choice(value: object, enum: type[Value], name: str) -> Value | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in {member.value for member in enum}:
        raise RefusedError(f"The {name} is none of those that can be chosen.")
    return enum(value)

"""What documents, addresses and records call what is judged: one key for each, and back."""

from enum import StrEnum
from typing import NamedTuple

#: What is no criterion.
PREFERENCE, ACCEPTABLE, PENALTY = "preference", "acceptable", "penalty"
STRENGTH, CHECKLISTS, ANY_ERROR_KEY = "preference_strength", "checklists", "any_error"
_OWN_KEYS = (PREFERENCE, STRENGTH, ACCEPTABLE, PENALTY, CHECKLISTS, ANY_ERROR_KEY)
_SCORE, _ERROR = " (score)", "error:"


class SubjectKind(StrEnum):
    """What a key is the key of, where something may be decided or noted on it."""

    PREFERENCE = "preference"
    ANY_ERROR = "any_error"
    TAG = "tag"
    CRITERION = "criterion"


class NamedSubject(NamedTuple):
    """What a key stands for; ``name`` is the key of the criterion or of the tag."""

    kind: SubjectKind
    name: str | None = None


def key_of_criterion(name: str) -> str:
    """Return the key of a criterion, which may be called like a tag or like what is none."""
    is_taken = name in _OWN_KEYS or name.startswith((_ERROR, f"{PREFERENCE}:"))
    return f"{name}{_SCORE}" if is_taken or name.endswith(_SCORE) else name


def key_of_tag(name: str) -> str:
    """Return the key of whether a tag was marked."""
    return f"{_ERROR}{name}"


def named_subject(key: str) -> NamedSubject:
    """Return what a key stands for, the inverse of `key_of_criterion` and `key_of_tag`."""
    if key == PREFERENCE:
        return NamedSubject(SubjectKind.PREFERENCE)
    if key == ANY_ERROR_KEY:
        return NamedSubject(SubjectKind.ANY_ERROR)
    if key.endswith(_SCORE):
        return NamedSubject(SubjectKind.CRITERION, key.removesuffix(_SCORE))
    if key.startswith(_ERROR):
        return NamedSubject(SubjectKind.TAG, key.removeprefix(_ERROR))
    return NamedSubject(SubjectKind.CRITERION, key)

"""Rubrics and taxonomies as leads write them: their keys, and what is wrong before they are stored.

The rules are those of records, so that what is made here can be exported and imported again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from evalkit.annotation.rubric import CriterionDefinition
from evalkit.annotation.task import ScaleLevel
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import TagDefinition
from evalkit.phrases import counted, joined
from evalkit.records import checks
from evalkit.records.checks import Fault
from evalkit.records.schema import faults
from evalkit.severity import (
    DEFAULT_SEVERITIES,
    LEAST_SEVERITIES,
    MOST_SEVERITIES,
    Severity,
)
from evalkit.vocabulary import CriterionLevel

MAX_NAME_LENGTH = 120
#: Beyond, nobody finds their way about the annotation screen any more.
MAX_CRITERIA, MAX_TAGS = 40, 200

_LONGEST_KEY = 40
_LEAST_LEVELS = 2
_WHERE = {
    "key": "key",
    "scale": "values of the levels",
    "range.min": "lower end",
    "range.max": "upper end",
    "range.step": "step",
}


class DefinitionError(RefusedError):
    """A rubric or a taxonomy that cannot be stored; ``problems`` are sentences, in its order."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def key_of(words: str, taken: Collection[str], *, otherwise: str) -> str:
    """Make a key of words that none of ``taken`` is: "Is it right?" is called ``is_it_right``.

    ``otherwise`` is used where no letter or digit is among them.
    """
    parts = "".join(sign if sign.isalnum() else " " for sign in words.lower()).split()
    key = "_".join(parts)[:_LONGEST_KEY].strip("_") or otherwise
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}_{number}"
    return free


def scale_of(levels: Iterable[ScaleLevel], level: CriterionLevel) -> tuple[ScaleLevel, ...]:
    """Return levels as a scale: the lowest first, but for names, which have no order."""
    if level == CriterionLevel.NOMINAL:
        return tuple(levels)
    return tuple(sorted(levels, key=lambda each: each.value))


def check_rubric(name: str, criteria: Sequence[CriterionDefinition]) -> None:
    """Refuse a rubric that cannot be stored.

    Raises
    ------
    DefinitionError
        With a sentence for each thing that is missing or wrong.
    """
    problems = [*_of_name(name, "rubric"), *_of_number(len(criteria), MAX_CRITERIA, "criterion")]
    for number, criterion in enumerate(criteria, start=1):
        problems += _of_criterion(criterion, f"Criterion {number}")
    problems += _of_keys(criterion.key for criterion in criteria)
    problems += _of_one_name([(each.question, "") for each in criteria], "Criteria", "ask the same")
    if problems:
        raise DefinitionError(problems)


def check_taxonomy(
    name: str,
    tags: Sequence[TagDefinition],
    severities: Sequence[Severity] = DEFAULT_SEVERITIES,
) -> None:
    """Refuse a taxonomy that cannot be stored; see `check_rubric`."""
    problems = [*_of_name(name, "taxonomy"), *_of_number(len(tags), MAX_TAGS, "error tag")]
    problems += _of_severities(severities)
    known = {severity.key for severity in severities}
    for number, tag in enumerate(tags, start=1):
        place = f"Error tag {number}"
        if not tag.name.strip():
            problems.append(f"{place} has no name.")
        record = {"type": "tag", "taxonomy": "any", **_filled(asdict(tag))}
        title = _titled(place, tag.name)
        problems += _in_words(faults(record), title)
        if unknown := [key for key in tag.severities if key not in known]:
            there = joined([severity.key for severity in severities])
            problems.append(f"{title}: there is no severity “{unknown[0]}”. There are: {there}.")
    problems += _of_keys(tag.key for tag in tags)
    named = [(tag.name, tag.key.rpartition("/")[0]) for tag in tags]
    problems += _of_one_name(named, "Error tags", "have the same name")
    if problems:
        raise DefinitionError(problems)


def _of_severities(severities: Sequence[Severity]) -> Iterator[str]:
    least, most = LEAST_SEVERITIES, MOST_SEVERITIES
    if not least <= len(severities) <= most:
        there = "there is 1" if len(severities) == 1 else f"there are {len(severities)}"
        yield f"A taxonomy has {least} to {most} severities; {there}."
        return
    is_sound = True
    for number, severity in enumerate(severities, start=1):
        place = f"Severity {number}"
        if not severity.name.strip():
            is_sound = False
            yield f"{place} has no name."
        elif fault := checks.severity(asdict(severity)):
            is_sound = False
            where = fault.path.removeprefix(".")
            title = _titled(place, severity.name)
            yield f"{title}, {where}: found {fault.found}, expected {fault.expected}."
    if is_sound and (fault := checks.severities([asdict(severity) for severity in severities])):
        yield f"Severities: found {fault.found}, expected {fault.expected}."


def _of_criterion(criterion: CriterionDefinition, place: str) -> Iterator[str]:
    if not criterion.question.strip():
        yield f"{place} has no question."
    title = _titled(place, criterion.question)
    has_levels = criterion.level != CriterionLevel.TEXT and criterion.range is None
    if has_levels and len(criterion.scale) < _LEAST_LEVELS:
        yield f"{title} has {counted(len(criterion.scale), 'level')}; a scale needs 2 or more."
        return
    if repeated := list(_of_values(criterion, title)):
        yield from repeated
        return
    record = {"type": "criterion", "rubric": "any", **_filled(asdict(criterion))}
    yield from _in_words(faults(record), title)


def _in_words(wrong: Iterable[tuple[str, Fault]], title: str) -> Iterator[str]:
    for field, fault in wrong:
        if field == "question":  # said already
            continue
        where = _WHERE.get(field, field)
        yield f"{title}, {where}: found {fault.found}, expected {fault.expected}."


def _titled(place: str, words: str) -> str:
    return f"{place} (“{words.strip()}”)" if words.strip() else place


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, and take tuples for the lists of JSON."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if value not in (None, "", ())
    }


def _of_name(name: str, what: str) -> Iterator[str]:
    if not 1 <= len(name.strip()) <= MAX_NAME_LENGTH:
        yield f"A {what} needs a name of 1 to {MAX_NAME_LENGTH} characters."


def _of_number(n: int, most: int, what: str) -> Iterator[str]:
    if n == 0:
        yield f"Add at least one {what}."
    elif n > most:
        yield f"{n:,} are too many: at most {most} fit on the screen of annotators."


def _of_keys(keys: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield f"The key “{key}” is there twice: it names scores or errors in files."
        seen.add(key)


def _of_one_name(named: Iterable[tuple[str, str]], what: str, do: str) -> Iterator[str]:
    """Say what is called the same, of words and the parent under which they stand."""
    places: dict[tuple[str, str], list[str]] = {}
    words_of: dict[tuple[str, str], str] = {}
    for number, (words, parent) in enumerate(named, start=1):
        key = " ".join(words.casefold().split()), parent
        places.setdefault(key, []).append(str(number))
        words_of.setdefault(key, words.strip())
    for key, numbers in places.items():
        if key[0] and len(numbers) > 1:
            yield (
                f"{what} {joined(numbers)} {do}, “{words_of[key]}”: annotators cannot tell them "
                "apart."
            )


def _of_values(criterion: CriterionDefinition, title: str) -> Iterator[str]:
    """Say which values several levels have."""
    n_of = Counter(level.value for level in criterion.scale)
    twice = [f"{value:g}" for value, n in n_of.items() if n > 1]
    if len(twice) == 1:
        yield f"{title}: {twice[0]} is the value of {counted(max(n_of.values()), 'level')}."
    elif twice:
        yield f"{title}: {joined(twice)} are each the value of two levels or more."

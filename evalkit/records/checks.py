"""Checks of single values: each returns nothing, or what is wrong with the value."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from evalkit.names import name_key
from evalkit.records.problems import shown
from evalkit.severity import LEAST_SEVERITIES, MAX_SEVERITY_NAME, MOST_SEVERITIES
from evalkit.vocabulary import SIDES

#: Names and keys are indexed by the database, which bounds their length.
MAX_NAME_LENGTH = 500

#: Counts, offsets and revisions are stored as 32-bit integers.
MAX_WHOLE = 2**31 - 1

#: Far beyond any scale, and far below where sums of squares overflow.
MAX_SCORE = 10**9

#: What no output costs and nothing takes, about: a million dollars, eleven days, three years.
MAX_DOLLARS = 10**6
MAX_MILLISECONDS = 10**9
MAX_SECONDS = 10**8

#: What no error weighs, about.
MAX_WEIGHT = 10**6

ROLES = ("system", "developer", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value; ``path`` leads to the place inside it, if it is inside."""

    found: str
    expected: str
    path: str = ""


Check = Callable[[Any], Fault | None]


def text(value: Any) -> Fault | None:
    """Accept any text, also an empty one."""
    return None if isinstance(value, str) else Fault(shown(value), "a text")


def name(value: Any) -> Fault | None:
    """Accept what can name something: a text that is not blank and not too long."""
    if not isinstance(value, str) or not value.strip():
        return Fault(shown(value), "a text that is not empty")
    if len(value) > MAX_NAME_LENGTH:
        return Fault(f"{len(value)} characters", f"at most {MAX_NAME_LENGTH} characters")
    return None


def person(value: Any) -> Fault | None:
    """Accept what can name an annotator: a name of which something can be seen."""
    fault = name(value)
    if fault is None and not name_key(value):
        return Fault(shown(value), "a name that can be seen")
    return fault


def boolean(value: Any) -> Fault | None:
    """Accept true and false."""
    return None if isinstance(value, bool) else Fault(shown(value), "true or false")


def number(value: Any) -> Fault | None:
    """Accept a number that can be a score; true and false are none."""
    ok = is_number(value) and abs(value) <= MAX_SCORE
    return None if ok else Fault(shown(value), f"a number from {-MAX_SCORE:,} to {MAX_SCORE:,}")


def amount(most: float, unit: str) -> Check:
    """Make the check for amounts from 0 to what no measurement of this kind exceeds."""
    expected = f"a number from 0 to {most:,} ({unit})"

    def measured(value: Any) -> Fault | None:
        ok = is_number(value) and 0 <= value <= most
        return None if ok else Fault(shown(value), expected)

    return measured


milliseconds = amount(MAX_MILLISECONDS, "milliseconds")


def weight(value: Any) -> Fault | None:
    """Accept what an error can weigh."""
    ok = is_number(value) and 0 <= value <= MAX_WEIGHT
    return None if ok else Fault(shown(value), f"a number from 0 to {MAX_WEIGHT:,}")


def whole_from(low: int) -> Check:
    """Make the check for whole numbers from ``low`` up."""

    def whole(value: Any) -> Fault | None:
        ok = is_number(value) and value == int(value) and low <= value <= MAX_WHOLE
        return None if ok else Fault(shown(value), f"a whole number of {low} or more")

    return whole


def probability(value: Any) -> Fault | None:
    """Accept a chance; what was asked for cannot have had the chance 0."""
    ok = is_number(value) and 0 < value <= 1
    return None if ok else Fault(shown(value), "a number above 0 and up to 1")


def chance(value: Any) -> Fault | None:
    """Accept a probability, 0 and 1 included."""
    ok = is_number(value) and 0 <= value <= 1
    return None if ok else Fault(shown(value), "a number from 0 to 1")


def moment(value: Any) -> Fault | None:
    """Accept a date and time of ISO 8601 with its zone."""
    ok = isinstance(value, str) and as_moment(value) is not None
    return None if ok else Fault(shown(value), "a time like 2026-01-31T09:30:00+00:00")


def one_of(values: Iterable[StrEnum]) -> Check:
    """Make the check for the values of an enum, or for some of them."""
    allowed = frozenset(member.value for member in values)
    expected = "one of " + ", ".join(member.value for member in values)

    def choice(value: Any) -> Fault | None:
        ok = isinstance(value, str) and value in allowed
        return None if ok else Fault(shown(value), expected)

    return choice


def any_object(value: Any) -> Fault | None:
    """Accept any JSON object."""
    return None if isinstance(value, dict) else Fault(shown(value), "an object")


def list_of(check: Check, *, at_least: int = 0, of: str = "") -> Check:
    """Make the check for lists of which every element passes ``check``; ``of`` names these."""
    expected = "a list" if at_least == 0 else f"a list of at least {at_least} {of}".rstrip()

    def listed(value: Any) -> Fault | None:
        if not isinstance(value, list) or len(value) < at_least:
            return Fault(shown(value), expected)
        for index, element in enumerate(value):
            if fault := check(element):
                return Fault(fault.found, fault.expected, f"[{index}]{fault.path}")
        return None

    return listed


def by_name(check: Check) -> Check:
    """Make the check for objects of names, one or more, whose values pass ``check``."""

    def named(value: Any) -> Fault | None:
        if not isinstance(value, dict) or not value:
            return Fault(shown(value), "an object with one name or more")
        for key, element in value.items():
            if fault := name(key) or check(element):
                return Fault(fault.found, fault.expected, f".{key}{fault.path}")
        return None

    return named


def traffic(value: Any) -> Fault | None:
    """Accept what production is asked: amounts of categories, no category twice."""
    if not isinstance(value, list) or not value:
        return Fault(shown(value), "a list of objects with category and amount")
    seen = set()
    for place, part in enumerate(value):
        if not isinstance(part, dict):
            return Fault(shown(part), "an object with category and amount", f"[{place}]")
        category = part.get("category")
        if category is not None and (fault := name(category)):
            return Fault(fault.found, fault.expected, f"[{place}].category")
        if fault := amount(MAX_DOLLARS, "a share or a count")(part.get("amount")):
            return Fault(fault.found, fault.expected, f"[{place}].amount")
        if category in seen:
            return Fault(shown(category), "each category once", f"[{place}].category")
        seen.add(category)
    if not any(part["amount"] for part in value):
        return Fault("0 for every category", "an amount above 0")
    return None


def message(value: Any) -> Fault | None:
    """Accept a message: a role, and content unless the assistant only calls tools."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a message {role, content}")
    if value.get("role") not in ROLES:
        return Fault(shown(value.get("role")), "one of " + ", ".join(ROLES), ".role")
    calls = value.get("tool_calls")
    if calls is not None and (fault := list_of(any_object)(calls)):
        return Fault(fault.found, fault.expected, f".tool_calls{fault.path}")
    latency = value.get("latency_ms")
    if latency is not None and (fault := milliseconds(latency)):
        return Fault(fault.found, fault.expected, ".latency_ms")
    call_id = value.get("tool_call_id")
    if call_id is not None and not isinstance(call_id, str):
        return Fault(shown(call_id), "a text", ".tool_call_id")
    content = value.get("content")
    if isinstance(content, str) or (content is None and calls):
        return None
    if isinstance(content, list) and all(isinstance(part, dict | str) for part in content):
        return None
    return Fault(shown(content), "a text or a list of parts", ".content")


def messages_or_text(value: Any) -> Fault | None:
    """Accept the content of an output: text, or an agent's trajectory as messages."""
    if isinstance(value, str):
        return None
    if isinstance(value, list):
        return list_of(message)(value)
    return Fault(shown(value), "a text or a list of messages")


def passage(value: Any) -> Fault | None:
    """Accept a retrieved passage ``{id, text}``."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a passage {id, text}")
    for field in ("id", "text"):
        if not isinstance(value.get(field), str):
            return Fault(shown(value.get(field)), "a text", f".{field}")
    return None


def retrieved_passage(value: Any) -> Fault | None:
    """Accept a passage that was retrieved for an output: ``{id}``, with its text or without."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a passage {id}, perhaps with its text")
    if not isinstance(value.get("id"), str):
        return Fault(shown(value.get("id")), "a text", ".id")
    if not isinstance(value.get("text", ""), str):
        return Fault(shown(value.get("text")), "a text", ".text")
    return None


def reference(value: Any) -> Fault | None:
    """Accept a reference answer: text, or what makes a response pass or fail."""
    if isinstance(value, str):
        return None
    conditions = (
        [value.get(key) for key in ("pass_if", "fail_if")] if isinstance(value, dict) else []
    )
    named = [condition for condition in conditions if condition is not None]
    if named and all(isinstance(condition, str) for condition in named):
        return None
    return Fault(shown(value), 'a text or {"pass_if": text, "fail_if": text}')


def scale_level(value: Any) -> Fault | None:
    """Accept one level of a scale ``{value, label, anchor}``."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a level {value, label, anchor}")
    if fault := number(value.get("value")):
        return Fault(fault.found, fault.expected, ".value")
    for field in ("label", "anchor"):
        if value.get(field) is not None and not isinstance(value[field], str):
            return Fault(shown(value[field]), "a text", f".{field}")
    return None


def value_range(value: Any) -> Fault | None:
    """Accept the range of a continuous scale ``{min, max, step, low, high}``."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a range {min, max, step, low, high}")
    for field in ("min", "max", "step"):
        is_there = field != "step" or value.get(field) is not None
        if is_there and (fault := number(value.get(field))):
            return Fault(fault.found, fault.expected, f".{field}")
    for field in ("low", "high"):
        if value.get(field) is not None and not isinstance(value[field], str):
            return Fault(shown(value[field]), "a text", f".{field}")
    return None


def texts_of_sides(value: Any) -> Fault | None:
    """Accept answers in words ``{"left": {criterion: text}, "right": …}``, neither empty."""
    if not isinstance(value, dict) or not value.keys() <= set(SIDES):
        return Fault(shown(value), 'texts by side {"left": {criterion: text}}')
    for where, texts in value.items():
        if not isinstance(texts, dict) or not texts:
            return Fault(shown(texts), "texts by criterion", f".{where}")
        for key, words in texts.items():
            if not isinstance(words, str) or not words.strip():
                return Fault(shown(words), "a text that is not empty", f".{where}.{key}")
    return None


def checklist(value: Any) -> Fault | None:
    """Accept the checklist of a case: one or more ``{key, question}``, every key once."""
    if not isinstance(value, list) or not value:
        return Fault(shown(value), "a list of items {key, question}")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            return Fault(shown(item), "an item {key, question}", f"[{index}]")
        for field in ("key", "question"):
            if fault := name(item.get(field)):
                return Fault(fault.found, fault.expected, f"[{index}].{field}")
    keys = [item["key"] for item in value]
    return None if len(set(keys)) == len(keys) else Fault(shown(keys), "every key once")


def severity(value: Any) -> Fault | None:
    """Accept one severity of a taxonomy ``{key, name, weight}``."""
    if not isinstance(value, dict):
        return Fault(shown(value), "a severity {key, name, weight}")
    if fault := name(value.get("key")):
        return Fault(fault.found, fault.expected, ".key")
    if set(value["key"]) & set(":="):
        return Fault(shown(value["key"]), "a key without “:” and “=”", ".key")
    called = value.get("name")
    if called is not None and (fault := name(called)):
        return Fault(fault.found, fault.expected, ".name")
    if len(called or value["key"]) > MAX_SEVERITY_NAME:
        expected = f"a name of at most {MAX_SEVERITY_NAME} characters"
        return Fault(f"{len(called or value['key'])} characters", expected, ".name")
    if fault := weight(value.get("weight")):
        return Fault(fault.found, fault.expected, ".weight")
    return None


def severities(value: Any) -> Fault | None:
    """Accept the severities of a taxonomy, the mildest first, every key and every name once."""
    least, most = LEAST_SEVERITIES, MOST_SEVERITIES
    if not isinstance(value, list) or not least <= len(value) <= most:
        found = f"{len(value)} of them" if isinstance(value, list) else shown(value)
        return Fault(found, f"a list of {least} to {most} severities {{key, name, weight}}")
    if fault := list_of(severity)(value):
        return fault
    keys = [each["key"] for each in value]
    if len(set(keys)) < len(keys):
        return Fault(shown(keys), "every key once")
    names = [each.get("name") or each["key"] for each in value]
    if len({" ".join(each.casefold().split()) for each in names}) < len(names):
        return Fault(shown(names), "every name once")
    return None


def side(value: Any) -> Fault | None:
    """Accept what names an output of a case: a model, or a model and its run."""
    if not isinstance(value, dict):
        return name(value) if isinstance(value, str) else Fault(shown(value), _SIDE)
    if fault := name(value.get("model")):
        return Fault(fault.found, fault.expected, ".model")
    if value.get("run") is not None and (fault := name(value["run"])):
        return Fault(fault.found, fault.expected, ".run")
    return None


#: The outputs of a case, best first: places, each with those that share it.
order = list_of(list_of(side, at_least=1, of="outputs"), at_least=1, of="places")
#: The outputs of a case as they stood on a screen, from A on.
sides = list_of(side, at_least=1, of="outputs")


def is_number(value: Any) -> bool:
    """Tell numbers from everything else; in JSON true and false are not numbers."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**300


def as_moment(value: str) -> datetime | None:
    """Read a moment in UTC, or return None where the text is none or lacks its zone."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


_SIDE = 'a model name or {"model": name, "run": name}'

"""The fields of every type of record, and the check of one whole record."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evalkit.records import checks
from evalkit.records.automated import AUTOMATED_FIELDS
from evalkit.records.checks import Check, Fault
from evalkit.records.followed import FOLLOWED_FIELDS
from evalkit.records.lessons import LESSON_FIELDS
from evalkit.records.names import is_identified
from evalkit.records.whole import VERSION, WHOLE_RECORD_CHECKS, annotator_faults, text_faults
from evalkit.vocabulary import (
    IDENTIFIED,
    LABELLING,
    CaseSource,
    CaseStatus,
    Certainty,
    CheckValue,
    ContextState,
    CriterionLevel,
    ElsewhereRule,
    LooksRule,
    Preference,
    Sampling,
    SidesOf,
    Strength,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a type of record in the order in which they are written.

    ``required`` ones must be there; ``nullable`` ones mean something by null.
    """

    checks: dict[str, Check]
    required: frozenset[str]
    nullable: frozenset[str] = frozenset()


#: What a judge's label took, and what the judge said beside its verdict.
OF_JUDGES: dict[str, Check] = {
    "cost_usd": checks.amount(checks.MAX_DOLLARS, "US dollars"),
    "input_tokens": checks.whole_from(0),
    "output_tokens": checks.whole_from(0),
    "latency_ms": checks.milliseconds,
    "rationale": checks.text,
}

#: How probable a judge held its preference, or its score.
PROBABILITY = "probability"

#: Optional fields of a comparison, score or error that say how it came about.
EXTRAS: dict[str, Check] = {
    "seconds": checks.amount(checks.MAX_SECONDS, "seconds"),
    "comment": checks.text,
    "assertion": checks.text,
    "texts": checks.texts_of_sides,
    "created_at": checks.moment,
    "inclusion_probability": checks.probability,
    "sampling": checks.one_of(Sampling),
    "rubric_version": checks.whole_from(1),
    "seen_suggestion": checks.boolean,
    **OF_JUDGES,
    "metadata": checks.any_object,
}

_ANNOTATOR: dict[str, Check] = {
    "annotator": checks.person,
    "annotator_kind": checks.one_of(LABELLING),
    "n_annotators": checks.whole_from(2),
}
#: What version 1 knew of who judges.
_KIND_IN_VERSION_1 = checks.one_of(IDENTIFIED)

_PRESENTATION: dict[str, Check] = {
    "assignment": checks.name,
    "revision": checks.whole_from(1),
    **EXTRAS,
}

_OUTPUT: dict[str, Check] = {"case": checks.name, "model": checks.name, "run": checks.name}

TYPES: dict[str, Fields] = {
    "header": Fields(
        {
            "format": checks.text,
            "version": checks.whole_from(0),
            "eval_set": checks.name,
            "study": checks.name,
            "eval_set_version": checks.text,
            "exported_at": checks.moment,
            "looks": checks.one_of(LooksRule),
            "sides": checks.one_of(SidesOf),
            "elsewhere": checks.one_of(ElsewhereRule),
            "traffic": checks.traffic,
            "version_note": checks.text,
            "version_author": checks.text,
            "taxonomy_version": checks.whole_from(0),
            "lines_sha256": checks.text,
            "header_sha256": checks.text,
        },
        required=frozenset({"format", "version"}),
    ),
    "criterion": Fields(
        {
            "rubric": checks.name,
            "rubric_version": checks.whole_from(1),
            "key": checks.name,
            "question": checks.text,
            "description": checks.text,
            "level": checks.one_of(CriterionLevel),
            "required": checks.boolean,
            "scale": checks.list_of(checks.scale_level, at_least=2, of="levels"),
            "range": checks.value_range,
        },
        required=frozenset({"rubric", "key", "question", "level"}),
    ),
    "taxonomy": Fields(
        {
            "taxonomy": checks.name,
            "taxonomy_version": checks.whole_from(1),
            "severities": checks.severities,
            "weights": checks.by_name(checks.weight),
        },
        required=frozenset({"taxonomy"}),
    ),
    "tag": Fields(
        {
            "taxonomy": checks.name,
            "taxonomy_version": checks.whole_from(1),
            "key": checks.name,
            "name": checks.text,
            "definition": checks.text,
            "severities": checks.list_of(checks.name),
        },
        required=frozenset({"taxonomy", "key"}),
    ),
    "case": Fields(
        {
            "id": checks.name,
            "elsewhere": checks.boolean,
            "input": checks.list_of(checks.message, at_least=1),
            "context": checks.list_of(checks.passage),
            "relevant": checks.list_of(checks.name),
            "context_state": checks.one_of(ContextState),
            "tools": checks.list_of(checks.any_object),
            "reference": checks.reference,
            "checklist": checks.checklist,
            "category": checks.name,
            "note": checks.text,
            "source": checks.one_of(CaseSource),
            "tags": checks.list_of(checks.text),
            "canary": checks.text,
            "status": checks.one_of(CaseStatus),
            "watched": checks.boolean,
            "metadata": checks.any_object,
        },
        required=frozenset({"id"}),
    ),
    "output": Fields(
        {
            **_OUTPUT,
            "provider": checks.text,
            "elsewhere": checks.boolean,
            "content": checks.messages_or_text,
            "retrieved": checks.list_of(checks.retrieved_passage),
            "reasoning": checks.text,
            "latency_ms": checks.milliseconds,
            "time_to_first_token_ms": checks.milliseconds,
            "input_tokens": checks.whole_from(0),
            "output_tokens": checks.whole_from(0),
            "reasoning_tokens": checks.whole_from(0),
            "cost_usd": checks.amount(checks.MAX_DOLLARS, "US dollars"),
            "finish_reason": checks.text,
            "error": checks.text,
            "created_at": checks.moment,
            "metadata": checks.any_object,
        },
        required=frozenset({"case", "model"}),
    ),
    "gold": Fields(
        {
            "case": checks.name,
            "left": checks.side,
            "right": checks.side,
            "preference": checks.one_of(Preference),
            "model": checks.name,
            "run": checks.name,
            "criterion": checks.name,
            "value": checks.number,
            "tag": checks.name,
            "clean": checks.boolean,
            "note": checks.text,
            "rubric_version": checks.whole_from(1),
            "metadata": checks.any_object,
        },
        required=frozenset({"case"}),
    ),
    "comparison": Fields(
        {
            "case": checks.name,
            **_ANNOTATOR,
            "left": checks.side,
            "right": checks.side,
            "preference": checks.one_of(Preference),
            "strength": checks.one_of(Strength),
            "certainty": checks.one_of(Certainty),
            PROBABILITY: checks.chance,
            "criteria": checks.by_name(checks.one_of(Preference)),
            **_PRESENTATION,
        },
        required=frozenset({"case", "annotator", "left", "right", "preference"}),
        nullable=frozenset({"preference"}),
    ),
    "ranking": Fields(
        {
            "case": checks.name,
            **_ANNOTATOR,
            "order": checks.order,
            "shown": checks.sides,
            **_PRESENTATION,
        },
        required=frozenset({"case", "annotator", "order"}),
    ),
    "score": Fields(
        {
            **_OUTPUT,
            **_ANNOTATOR,
            "criterion": checks.name,
            "value": checks.number,
            PROBABILITY: checks.chance,
            **_PRESENTATION,
        },
        required=frozenset({"case", "model", "annotator", "criterion", "value"}),
    ),
    "check": Fields(
        {
            **_OUTPUT,
            **_ANNOTATOR,
            "item": checks.name,
            "value": checks.one_of(CheckValue),
            **_PRESENTATION,
        },
        required=frozenset({"case", "model", "annotator", "item", "value"}),
    ),
    "answer": Fields(
        {
            "case": checks.name,
            **_ANNOTATOR,
            "left": checks.side,
            "right": checks.side,
            **_PRESENTATION,
        },
        required=frozenset({"case", "annotator", "left"}),
    ),
    "error": Fields(
        {
            **_OUTPUT,
            **_ANNOTATOR,
            "tag": checks.name,
            "severity": checks.name,
            "start": checks.whole_from(0),
            "end": checks.whole_from(0),
            "quote": checks.text,
            "note": checks.text,
            "step": checks.whole_from(0),
            "omission": checks.boolean,
            **_PRESENTATION,
        },
        required=frozenset({"case", "model", "annotator", "tag"}),
        nullable=frozenset({"tag"}),
    ),
    **{
        kind: Fields(own, required)
        for kind, (own, required) in (AUTOMATED_FIELDS | LESSON_FIELDS | FOLLOWED_FIELDS).items()
    },
}


#: Fields that version 1 of the format did not know: in its files they may mean anything.
_OF_LABELS_SINCE_VERSION_2 = {"texts", "assertion", "n_annotators", *OF_JUDGES}
_SUMS = ("lines_sha256", "header_sha256")
_SINCE_VERSION_2 = {
    "header": {"traffic", "version_note", "version_author", "taxonomy_version", *_SUMS},
    "criterion": {"range"},
    "case": {"relevant", "context_state", "checklist", "elsewhere", "watched"},
    "output": {"retrieved", "reasoning", "reasoning_tokens", "elsewhere"},
    "comparison": {"strength", "certainty", "criteria", PROBABILITY, *_OF_LABELS_SINCE_VERSION_2},
    "score": {PROBABILITY, *_OF_LABELS_SINCE_VERSION_2},
    "error": {"step", "omission", *_OF_LABELS_SINCE_VERSION_2},
}


def unknown_fields(record: dict[str, Any], version: int = VERSION) -> list[str]:
    """Return the fields that a version of the format ignores, of a record of a known type."""
    kind = record["type"]
    later = _SINCE_VERSION_2.get(kind, set()) if version < VERSION else set()
    known = TYPES[kind].checks.keys() - later
    return [field for field in record if field not in known and field != "type"]


def faults(record: dict[str, Any], version: int = VERSION) -> Iterator[tuple[str, Fault]]:
    """Check one record of a known type by itself, as a version of the format reads it.

    Parameters
    ----------
    record : dict
        A JSON object whose ``type`` is a key of ``TYPES``.

    Yields
    ------
    tuple of str and Fault
        The field and what is wrong with it. References to other records are not checked here.
    """
    kind = record["type"]
    fields = TYPES[kind]
    is_sound = True
    needless = {"annotator"} if version == VERSION and not is_identified(record) else set()
    for field in (name for name in fields.checks if name in fields.required - needless):
        if record.get(field) is None and not (field in fields.nullable and field in record):
            is_sound = False
            yield field, Fault("null" if field in record else "nothing", "this field")
    for field, missing in text_faults(record):
        is_sound = False
        yield field, missing
    for field, value in record.items():
        check = fields.checks.get(field)
        if version < VERSION and field == "annotator_kind":
            check = _KIND_IN_VERSION_1
        if version < VERSION and field in ("input", "content"):
            value = _untimed(value)
        if value is not None and check is not None and (fault := check(value)):
            is_sound = False
            yield field + fault.path, fault
    if is_sound and "annotator" in fields.checks and kind not in FOLLOWED_FIELDS:
        yield from annotator_faults(record, (*OF_JUDGES, PROBABILITY))
    # What has no text is told at once, whatever else is wrong.
    if kind in WHOLE_RECORD_CHECKS and (is_sound or kind in ("case", "output")):
        yield from WHOLE_RECORD_CHECKS[kind](record)


def _untimed(messages: Any) -> Any:
    """Leave out how long steps took, which version 1 did not know."""
    if not isinstance(messages, list):
        return messages
    return [
        {key: value for key, value in message.items() if key != "latency_ms"}
        if isinstance(message, dict)
        else message
        for message in messages
    ]

"""What became of failures after they were marked, as records: codes, changes, readings, fixes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from evalkit.failures.changes import readable_change
from evalkit.records import checks
from evalkit.records.checks import Check, Fault, as_moment
from evalkit.records.problems import shown
from evalkit.vocabulary import LABELLING, FailureEventKind, FailureState, NoteSource

CHANGE, RECODING, READING = "taxonomy_change", "recoding", "reading"
OPEN_NOTE, CODED_NOTE, FAILURE = "open_note", "coded_note", "failure"
#: In the order in which they are written: what others refer to first.
FOLLOWED = (CHANGE, RECODING, READING, OPEN_NOTE, CODED_NOTE, FAILURE)
#: What is of a study; changes are of a taxonomy, known failures of an eval set.
OF_STUDIES = (RECODING, CODED_NOTE)
FREEZE = "freeze"

_OUTPUT: dict[str, Check] = {"case": checks.name, "model": checks.name, "run": checks.name}
_TAG: dict[str, Check] = {
    "taxonomy": checks.name,
    "taxonomy_version": checks.whole_from(1),
    "tag": checks.name,
}
_MADE: dict[str, Check] = {"author": checks.person, "created_at": checks.moment}
#: Whose mark, comment or reasons are meant: of several of theirs there, the ``nth``.
_WHOSE: dict[str, Check] = {
    "annotator": checks.person,
    "annotator_kind": checks.one_of(LABELLING),
    "nth": checks.whole_from(1),
}


def _kind_of_change(value: Any) -> Fault | None:
    kinds = ("rename", "merge", "split", "nest", FREEZE)
    return None if value in kinds else Fault(shown(value), f"one of {', '.join(kinds)}")


def _case(value: Any) -> Fault | None:
    return _object(value, {"case": checks.name, "added_at": checks.moment, "out": checks.boolean})


def _event(value: Any) -> Fault | None:
    fields: dict[str, Check] = {
        "kind": checks.one_of(FailureEventKind),
        "at": checks.moment,
        "reason": checks.text,
        "before": checks.text,
        "after": checks.text,
        "author": checks.person,
    }
    return _object(value, fields, optional=("before", "after", "author"))


def _run_of_model(value: Any) -> Fault | None:
    return _object(value, {"model": checks.name, "run": checks.name})


def _output(value: Any) -> Fault | None:
    return _object(value, _OUTPUT, optional=("run",))


def _object(value: Any, fields: dict[str, Check], optional: tuple[str, ...] = ()) -> Fault | None:
    if not isinstance(value, dict):
        return Fault(shown(value), f"an object with {', '.join(fields)}")
    for name, check in fields.items():
        if value.get(name) is None and name not in optional:
            return Fault("nothing", "this field", f".{name}")
        if value.get(name) is not None and (fault := check(value[name])):
            return Fault(fault.found, fault.expected, f".{name}{fault.path}")
    return None


#: The fields of each type, and those that must be there.
FOLLOWED_FIELDS: dict[str, tuple[dict[str, Check], frozenset[str]]] = {
    CHANGE: (
        {
            "taxonomy": checks.name,
            "taxonomy_version": checks.whole_from(1),
            "kind": _kind_of_change,
            "details": checks.any_object,
            "note": checks.text,
            **_MADE,
        },
        frozenset({"taxonomy", "taxonomy_version", "kind", "note", "created_at"}),
    ),
    RECODING: (
        {**_OUTPUT, **_WHOSE, **_TAG, **_MADE},
        frozenset({"case", "model", "taxonomy", "taxonomy_version", "tag", "created_at"}),
    ),
    READING: (
        {
            "annotator": checks.person,
            "created_at": checks.moment,
            "of_study": checks.boolean,
            "seed": checks.whole_from(0),
            "by_category": checks.boolean,
            "revealed_at": checks.moment,
            "outputs": checks.list_of(_output, at_least=1, of="outputs"),
        },
        frozenset({"annotator", "created_at", "seed", "revealed_at", "outputs"}),
    ),
    OPEN_NOTE: (
        {
            "annotator": checks.person,
            "reading": checks.moment,
            **_OUTPUT,
            "revision": checks.whole_from(1),
            "words": checks.text,
            "nothing_wrong": checks.boolean,
            "created_at": checks.moment,
        },
        frozenset({"annotator", "reading", "case", "model", "words", "created_at"}),
    ),
    CODED_NOTE: (
        {
            "source": checks.one_of(NoteSource),
            "reading": checks.moment,
            **_OUTPUT,
            **_WHOSE,
            **_TAG,
            **_MADE,
        },
        frozenset({"source", "case", "model", "taxonomy", "taxonomy_version", "tag", "created_at"}),
    ),
    FAILURE: (
        {
            "title": checks.name,
            **_TAG,
            "model": checks.name,
            "category": checks.text,
            "owner": checks.person,
            "state": checks.one_of(FailureState),
            "fixed_in": _run_of_model,
            "fixed_at": checks.moment,
            **_MADE,
            "cases": checks.list_of(_case),
            "events": checks.list_of(_event),
        },
        frozenset({"title", "taxonomy", "taxonomy_version", "tag", "state", "created_at"}),
    ),
}


def followed_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Check what only fits together: a change that can be read, words or nothing wrong, a fix."""
    kind = record["type"]
    if kind == CHANGE and record["kind"] != FREEZE:
        if readable_change(record["kind"], record.get("details")) is None:
            expected = "the tags, target, name and parts of the change"
            yield "details", Fault(shown(record.get("details")), expected)
    elif kind == READING and (outputs := record["outputs"]):
        if twice := _twice([(of["case"], of["model"], of.get("run")) for of in outputs]):
            yield "outputs", Fault(shown(" / ".join(filter(None, twice))), "each response once")
    elif kind == OPEN_NOTE and record.get("nothing_wrong") and record["words"]:
        yield "words", Fault(shown(record["words"]), "none, for nothing is wrong")
    elif kind == CODED_NOTE:
        is_open = record["source"] == NoteSource.OPEN
        if is_open != (record.get("reading") is not None):
            expected = "the time the reading began" if is_open else f"source {NoteSource.OPEN}"
            yield "reading", Fault(shown(record.get("reading")), expected)
    elif kind == FAILURE:
        if twice := _twice([case["case"] for case in record.get("cases", ())]):
            yield "cases", Fault(shown(twice), "each case once")
        is_fixed = record["state"] == FailureState.FIXED
        for field in ("fixed_in", "fixed_at"):
            if is_fixed != (record.get(field) is not None):
                expected = "the run, and since when" if is_fixed else "nothing, or state fixed"
                yield field, Fault(shown(record.get(field)), expected)


def _utc(written: Any) -> Any:
    moment = as_moment(written) if isinstance(written, str) else None
    return written if moment is None else moment.isoformat()


def _twice(named: list[Any]) -> Any:
    """Return what is named more than once, or None."""
    return next((name for name, n in Counter(named).items() if n > 1), None)


def identity_of(record: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a record is about: what is stored under it stays as it is.

    What became of a failure or a reading since, no older file brings back. A moment is the same in
    whatever zone it was written.
    """
    record = {**record, **{name: _utc(record.get(name)) for name in ("created_at", "reading")}}
    kind = record["type"]
    of: tuple[Any, ...]
    if kind == CHANGE:
        of = (record["taxonomy"], record["taxonomy_version"], record["kind"] == FREEZE)
    elif kind == READING:
        of = (record["annotator"], record["created_at"])
    elif kind == FAILURE:
        of = (record["created_at"], record["taxonomy"], record["tag"], record["taxonomy_version"])
    else:
        names = ("annotator", "annotator_kind", "reading", "case", "model", "run", "nth", "source")
        of = tuple(record.get(name) for name in names)
        if kind == OPEN_NOTE:
            of += (record.get("revision", 1),)
        else:
            of += (record["taxonomy_version"], record["tag"])
        if kind == RECODING:
            of += (record["created_at"],)
    return (kind, *of)

"""Records on their way from a file to the staging file, with what is personal replaced."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from db.commands.people import ensure_people_key
from db.commands.records.staging import Staging
from evalkit.annotation.draft import parse_draft
from evalkit.annotation.marks import only_place
from evalkit.errors import RefusedError
from evalkit.records import Problems
from evalkit.records.automated import AUTOMATED_CHECK, FINDING
from evalkit.records.lessons import FEW_SHOT
from evalkit.records.names import DEFAULT_RUN, side_of
from evalkit.records.reader import Record
from evalkit.redaction.kinds import FindingKind
from evalkit.redaction.moves import TextMove, moved, quoted
from evalkit.redaction.records import (
    RedactedRecord,
    category_name,
    check_name,
    person_name,
    redacted_record,
)
from evalkit.redaction.redaction import Redaction
from evalkit.redaction.sentences import RedactionReport
from evalkit.vocabulary import FailureEventKind

_TABLES = (
    'CREATE TABLE moved ("case" TEXT, run INTEGER, step INTEGER, moves TEXT, original TEXT)',
    'CREATE INDEX moved_output ON moved ("case", run)',
    "CREATE TABLE held (line INTEGER, fields TEXT, quote TEXT)",
)
#: The fields that name a person.
_PEOPLE = ("annotator", "author", "owner")
#: The fields that name an automated check or a criterion.
_CHECK_NAMES = {
    **{AUTOMATED_CHECK: "name", FINDING: "check", "criterion": "key"},
    **{"score": "criterion", "gold": "criterion"},
}
_MOVES = 'SELECT moves, original FROM moved WHERE "case" = ? AND run = ? AND step IS ?'
_CONTENT = 'SELECT content FROM output WHERE "case" = ? AND run = ? AND line > 0'
_HELD = "SELECT line, fields, quote FROM held ORDER BY line"


class Redacting:
    """Replaces what is personal in the records of one import, and moves marks with their texts.

    Marks, and examples with them, wait until all files are read, since the response that they are
    on may come after them; with them, in the file that is gone after the import, what moved in
    responses.
    """

    def __init__(self, redaction: Redaction, staging: Staging, problems: Problems) -> None:
        self._redaction = redaction
        self._staging = staging
        self._problems = problems
        self._n_ids = self._n_unquoted = 0
        self._people: dict[str, str] = {}
        self._checks: dict[str, str] = {}
        staging.script(_TABLES)

    @property
    def report(self) -> RedactionReport:
        """Return what was replaced so far."""
        redaction = self._redaction
        return RedactionReport(
            n_places=_by_word(redaction.n_replaced),
            n_values=_by_word(redaction.n_values),
            n_let_through=_by_word(redaction.n_left),
            n_ids=self._n_ids,
            n_unquoted=self._n_unquoted,
            n_people=len({name for written, name in self._people.items() if name != written}),
            has_names=bool(redaction.rules.more),
        )

    def reserve(self, files: Sequence[BinaryIO]) -> None:
        """Know the placeholders that stand in the files already."""
        for file in files:
            self._redaction.reserve(file)

    def record(self, record: Record) -> Record | None:
        """Return a record as it is stored; nothing of a mark that waits for its response."""
        if not record.is_sound:
            return record
        whole = redacted_record(record.type, record.fields, self._redaction)
        for name in _PEOPLE:
            if whole.fields.get(name):
                whole.fields[name] = self._person(whole.fields[name])
        for event in whole.fields.get("events") or ():
            owners = ("before", "after") if event["kind"] == FailureEventKind.OWNER else ()
            for name in ("author", *owners):
                if event.get(name):
                    event[name] = self._person(event[name])
        self._rename_checks(record.type, whole.fields)
        if record.type == "case" and self._redaction.finds_in(record.fields["id"]):
            self._n_ids += 1
        if record.type == "output" and whole.moves:
            self._remember(record.fields, whole)
        if record.type == FEW_SHOT:
            values = record.line, json.dumps(whole.fields), None
            self._staging.db.execute("INSERT INTO held VALUES (?, ?, ?)", values)
            return None
        if record.type == "error" and (
            record.fields.get("start") is not None or record.fields.get("quote")
        ):
            values = record.line, json.dumps(whole.fields), record.fields.get("quote")
            self._staging.db.execute("INSERT INTO held VALUES (?, ?, ?)", values)
            return None
        return replace(record, fields=whole.fields)

    def amounts(self, stated: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        """Return what production is asked by category, as its cases have their categories."""
        amounts: dict[str, float] = {}
        for category, amount in stated:
            name = category_name(category, self._redaction)
            amounts[name] = amounts.get(name, 0) + amount
        return list(amounts.items())

    def _person(self, name: str) -> str:
        if name not in self._people:
            self._people[name] = person_name(name, self._redaction, ensure_people_key)
        return self._people[name]

    def _rename_checks(self, kind: str, fields: dict[str, Any]) -> None:
        """Replace what is personal in what checks and criteria are called, where they are named."""
        called = _CHECK_NAMES.get(kind)
        if called is not None and fields.get(called):
            fields[called] = self._check(fields[called])
        if kind == "criterion":
            fields["question"] = category_name(fields["question"], self._redaction)
        elif kind == "comparison" and fields.get("criteria"):
            fields["criteria"] = {
                self._check(name): value for name, value in fields["criteria"].items()
            }

    def _check(self, name: str) -> str:
        if name not in self._checks:
            self._checks[name] = check_name(name, self._redaction, ensure_people_key)
        return self._checks[name]

    def held(self) -> Iterator[Record]:
        """Give the marks that waited, where they stand in what is stored."""
        self._staging.flush()
        for line, text, quote in self._staging.db.execute(_HELD).fetchall():
            fields = json.loads(text)
            if fields["type"] == FEW_SHOT:
                fields = fields | {"answer": self._answered(line, fields)}
            else:
                fields = self._placed(line, fields, quote)
            yield Record(line, fields["type"], fields, is_sound=True)

    def _answered(self, line: int, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of an example with what is personal replaced in its words."""
        try:
            answer = parse_draft(fields["answer"]).as_json()
        except RefusedError:
            return dict(fields["answer"])  # it is refused for what it is, with its line
        text = self._redaction.text
        answer["comment"] = text(answer["comment"])
        for texts in answer.get("texts", {}).values():
            texts.update({key: text(words) for key, words in texts.items()})
        for side, marks in answer.get("marks", {}).items():
            about = fields.get(side) or {"model": fields.get("model"), "run": fields.get("run")}
            model, run = side_of(about)
            output = {"case": fields["case"], "model": model, "run": run}
            for mark in marks:
                quote = mark["quote"]
                words = {"note": text(mark["note"]), "quote": text(quote) if quote else None}
                placed = self._placed(line, output | mark | words, quote)
                mark.update({name: placed.get(name) for name in mark})
        return answer

    def _remember(self, fields: dict[str, Any], output: RedactedRecord) -> None:
        """Keep what moved in an output, and its text for marks that only quote it."""
        run = self._staging.run(fields["model"], fields.get("run") or DEFAULT_RUN)
        content = fields.get("content")
        text = content if isinstance(content, str) else None
        rows = [
            (fields["case"], run, step, json.dumps(moves), text)
            for step, moves in output.moves.items()
        ]
        self._staging.db.executemany("INSERT INTO moved VALUES (?, ?, ?, ?, ?)", rows)

    def _placed(self, line: int, fields: dict[str, Any], quote: str | None) -> dict[str, Any]:
        """Return a mark with its place and its words as they are in what is stored.

        A mark on a response that is in none of the files counts into what is stored already. Only
        its words can show that it does.
        """
        output = (
            fields["case"],
            self._staging.run(fields["model"], fields.get("run") or DEFAULT_RUN),
        )
        content = self._staging.db.execute(_CONTENT, output).fetchone()
        if content is None:
            if quote is None:
                self._problems.add(
                    line,
                    "start",
                    "a place in a response that is in none of the files, without its words",
                    "the response in the same import, or the words as quote: a place before "
                    "redaction is another one after it",
                )
            return fields
        row = self._staging.db.execute(_MOVES, (*output, fields.get("step"))).fetchone()
        moves = [TextMove(*move) for move in json.loads(row[0])] if row else []
        start, end = fields.get("start"), fields.get("end")
        if start is None and quote and row and row[1]:
            start, end = only_place(quote, row[1]) or (None, None)
        if start is None or end is None:
            return self._unplaced(fields, content[0], quote, is_changed=bool(moves))
        if quote is not None:
            fields["quote"] = quoted(quote, start, moves)
        fields["start"], fields["end"] = moved(start, end, moves)
        return fields

    def _unplaced(
        self, fields: dict[str, Any], content: str, quote: str | None, *, is_changed: bool
    ) -> dict[str, Any]:
        """Return a mark that has words and no place: without them where they may be a part."""
        if not is_changed:
            return fields | {"quote": quote} if quote and quote in content else fields
        if fields["quote"] in content:
            return fields
        self._n_unquoted += 1
        return {name: value for name, value in fields.items() if name != "quote"}


def _by_word(counts: Mapping[FindingKind, int]) -> dict[str, int]:
    return {kind.value: n for kind, n in counts.items()}

"""The rows that records of what became of failures are about."""

from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import select
from sqlmodel import col

from db.columns import number_of
from db.commands.records.write.batches import Writing
from db.models import Annotator, Model, OpenCoding, OpenNote, Run, Tag, Taxonomy
from db.queries.records.known_failures import FollowedScope
from db.queries.records.whose import annotations_by_whose, marks_by_whose
from evalkit.errors import RefusedError
from evalkit.records import Problems, shown
from evalkit.records.checks import as_moment
from evalkit.records.names import DEFAULT_RUN
from evalkit.vocabulary import AnnotatorKind, Role


class AboutNothingError(Exception):
    """A record is about nothing that is there; its problem was noted."""


class FollowedRows:
    """Finds the rows that the record of a line is about, and makes people and runs it names."""

    def __init__(self, writing: Writing, scope: FollowedScope, problems: Problems) -> None:
        self._problems = problems
        self._session, self._staging = writing.session, writing.staging
        self._scope = scope
        self._outputs = _outputs(writing)
        self._whose: dict[bool, dict[Any, int]] = {}
        self.line = 0

    def person(self, name: str | None) -> int | None:
        """Find or make a person; one that is made here cannot sign in."""
        if name is None:
            return None
        statement = select(col(Annotator.id)).where(
            col(Annotator.kind) == AnnotatorKind.HUMAN, col(Annotator.name) == name
        )
        if (known := self._session.scalar(statement)) is not None:
            return known
        made = Annotator(name=name, kind=AnnotatorKind.HUMAN, role=Role.ANNOTATOR)
        self._session.add(made)
        self._session.flush()
        return number_of(made)

    def model(self, name: str) -> int:
        """Return a model by its name."""
        known = self._session.scalar(select(col(Model.id)).where(col(Model.name) == name))
        return known or self.refuse("model", name, "a model of the eval set")

    def run(self, of: dict[str, str]) -> int:
        """Find a run, or make one without responses: it is where a failure was said to be fixed."""
        model_id = self._session.scalar(select(col(Model.id)).where(col(Model.name) == of["model"]))
        if model_id is None:
            model = Model(name=of["model"])
            self._session.add(model)
            self._session.flush()
            model_id = number_of(model)
        known = self._session.scalar(
            select(col(Run.id)).where(
                col(Run.eval_set_id) == self._scope.eval_set_id,
                col(Run.model_id) == model_id,
                col(Run.name) == of["run"],
            )
        )
        if known is not None:
            return known
        run = Run(eval_set_id=self._scope.eval_set_id, model_id=model_id, name=of["run"])
        self._session.add(run)
        self._session.flush()
        return number_of(run)

    def case(self, key: str) -> str:
        """Return the hash of a case."""
        known = self._staging.db.execute('SELECT hash FROM "case" WHERE key = ?', (key,)).fetchone()
        if known is None:
            self.refuse("cases", key, "the id of a case")
        return str(known[0])

    def version(self, record: dict[str, Any]) -> int:
        """Return the version of the taxonomy that a record names."""
        known = self._session.scalar(
            select(col(Taxonomy.id)).where(
                col(Taxonomy.name) == record["taxonomy"],
                col(Taxonomy.version) == record["taxonomy_version"],
            )
        )
        what = f"{record['taxonomy']} version {record['taxonomy_version']}"
        return known or self.refuse("taxonomy_version", what, "a version whose tags are there")

    def tag(self, record: dict[str, Any]) -> int:
        """Return the tag that a record names, in the version it names."""
        whole_id = self.version(record)
        known = self._session.scalar(
            select(col(Tag.id)).where(
                col(Tag.taxonomy_id) == whole_id, col(Tag.key) == record["tag"]
            )
        )
        return known or self.refuse("tag", record["tag"], "a tag of this version of the taxonomy")

    def output(self, record: dict[str, Any]) -> int:
        """Return the output that a record names."""
        of = (record["case"], record["model"], record.get("run", DEFAULT_RUN))
        return self._outputs.get(of) or self.refuse("model", " / ".join(of), "an output")

    def coding(self, record: dict[str, Any]) -> int:
        """Return the reading of a person that a record names."""
        known = self._session.scalar(
            select(col(OpenCoding.id)).where(
                col(OpenCoding.reader_id) == self.person(record["annotator"]),
                col(OpenCoding.created_at) == moment(record["reading"]),
                col(OpenCoding.eval_set_version_id) == self._scope.version_id,
            )
        )
        return known or self.refuse("reading", record["reading"], "a reading of this person")

    def note(self, record: dict[str, Any]) -> int:
        """Return the note of a response in a reading that stands."""
        known = self._session.scalar(
            select(col(OpenNote.id))
            .where(
                col(OpenNote.coding_id) == self.coding(record),
                col(OpenNote.output_id) == self.output(record),
            )
            .order_by(col(OpenNote.revision).desc())
            .limit(1)
        )
        return known or self.refuse("reading", record["reading"], "a note on this response")

    def row_of(self, record: dict[str, Any], *, is_mark: bool) -> int:
        """Return the row of the mark, or of the annotation, that a record means."""
        if is_mark not in self._whose:
            read = marks_by_whose if is_mark else annotations_by_whose
            rows = read(self._session, self._scope.study_id or 0)
            self._whose[is_mark] = {of: row_id for row_id, of in rows.items()}
        of = (
            *(record["case"], record["model"], record.get("run", DEFAULT_RUN)),
            record.get("annotator", ""),
            record.get("annotator_kind", AnnotatorKind.HUMAN.value),
            record.get("nth", 1),
        )
        what = "mark" if is_mark else "annotation"
        known = self._whose[is_mark].get(of)
        return known or self.refuse("nth", str(of[-1]), f"a {what} of this annotator that counts")

    def refuse(self, field: str, what: str, expected: str) -> NoReturn:
        """Note that the record is about nothing that is there, and leave it."""
        self._problems.add(self.line, field, shown(what), expected)
        raise AboutNothingError


def moment(written: str) -> datetime:
    """Return a moment that was checked to be one."""
    moment = as_moment(written)
    if moment is None:
        raise RefusedError(f"{shown(written)} is no time.")
    return moment


def _outputs(writing: Writing) -> dict[tuple[str, str, str], int]:
    """Return the id of each output that the file is about or that was there."""
    runs = {number: of for of, number in writing.staging.runs.items()}
    first = writing.first["output"]
    statement = f'SELECT "case", run, COALESCE(db_id, {first} + place) FROM output'
    return {(key, *runs[run]): row_id for key, run, row_id in writing.new_rows(statement)}

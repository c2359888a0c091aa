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
from evalkit.names import name_key
from evalkit.records import Problems, shown
from evalkit.records.checks import as_moment
from evalkit.records.names import DEFAULT_RUN
from evalkit.vocabulary import AnnotatorKind, Role

_OF_OUTPUTS = ('CREATE INDEX IF NOT EXISTS output_of ON output ("case", run)',)
_OUTPUT = """
SELECT COALESCE(db_id, {first} + place) FROM output WHERE "case" = ? AND run IS ?
ORDER BY id DESC LIMIT 1
"""


class AboutNothingError(Exception):
    """A record is about nothing that is there; its problem was noted."""


class FollowedRows:
    """Finds the rows that the record of a line is about, and makes people and runs it names."""

    def __init__(self, writing: Writing, scope: FollowedScope, problems: Problems) -> None:
        self._problems = problems
        self._session, self._staging = writing.session, writing.staging
        self._scope = scope
        self._output = _OUTPUT.format(first=writing.first["output"])
        writing.staging.script(_OF_OUTPUTS)
        self._whose: dict[bool, dict[Any, int]] = {}
        self.line = 0

    def person(self, name: str | None, field: str = "author") -> int | None:
        """Find or make a person; one that is made here cannot sign in.

        Refused is a name that people would take for one that is there, as of who labels.
        """
        if name is None:
            return None
        statement = select(col(Annotator.id), col(Annotator.name)).where(
            col(Annotator.kind) == AnnotatorKind.HUMAN, col(Annotator.name_key) == name_key(name)
        )
        if (known := self._session.execute(statement).first()) is not None:
            if known.name != name:
                spelled = f"{shown(known.name)}, as who looks the same is spelled already"
                self.refuse(field, name, f"{spelled}; two people need two names")
            return int(known.id)
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
        run = record.get("run", DEFAULT_RUN)
        of = (record["case"], self._staging.runs.get((record["model"], run)))
        known = self._staging.db.execute(self._output, of).fetchone()
        if known is None or known[0] is None:
            self.refuse("model", " / ".join((record["case"], record["model"], run)), "an output")
        return int(known[0])

    def coding(self, record: dict[str, Any]) -> int:
        """Return the reading of a person that a record names."""
        known = self._session.scalar(
            select(col(OpenCoding.id)).where(
                col(OpenCoding.reader_id) == self.person(record["annotator"], "annotator"),
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

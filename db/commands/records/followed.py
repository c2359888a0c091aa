"""What became of failures after they were marked, from a file into the database."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.columns import number_of
from db.commands.records.check.known import ImportTarget
from db.commands.records.staging import Staging
from db.commands.records.write.batches import Writing
from db.models import (
    Annotator,
    CodedNote,
    KnownFailure,
    KnownFailureCase,
    KnownFailureEvent,
    Model,
    OpenCoding,
    OpenCodingResponse,
    OpenNote,
    RecodedMark,
    Run,
    Tag,
    Taxonomy,
    TaxonomyEvent,
)
from db.queries.definitions import tags_of
from db.queries.records.followed import followed_records
from db.queries.records.known_failures import FollowedScope
from db.queries.records.whose import annotations_by_whose, marks_by_whose
from evalkit.errors import RefusedError
from evalkit.failures.changes import changed, read_change
from evalkit.records import Problems, shown
from evalkit.records.checks import as_moment
from evalkit.records.followed import (
    CHANGE,
    CODED_NOTE,
    FAILURE,
    FOLLOWED,
    FREEZE,
    OPEN_NOTE,
    READING,
    RECODING,
    identity_of,
)
from evalkit.records.names import DEFAULT_RUN
from evalkit.vocabulary import AnnotatorKind, NoteSource, Role


def n_followed(
    session: Session, staging: Staging, target: ImportTarget, problems: Problems
) -> dict[str, int]:
    """Count what is new of each type; note what is about something that says otherwise."""
    scope = None
    if target.eval_set_id is not None:
        version_id = target.version_id or target.newest_id or 0
        scope = FollowedScope(target.eval_set_id, version_id, target.study_id)
    new = list(_new(session, staging, scope))
    titles = _titles(session, target.eval_set_id)
    for line, record in new:
        if record["type"] == FAILURE:
            if record["title"] in titles:
                expected = "a title that no other failure of the eval set has"
                problems.add(line, "title", shown(record["title"]), expected)
            titles.add(record["title"])
    n_new = Counter(record["type"] for _, record in new)
    return {kind: n_new[kind] for kind in FOLLOWED}


def write_followed(
    writing: Writing, problems: Problems, *, version_id: int, study_id: int | None
) -> None:
    """Write all that is new.

    Raises RecordsRefusedError for what is about nothing that is there: then nothing is stored.
    """
    if not writing.staging.followed:
        return
    scope = FollowedScope(writing.eval_set_id, version_id, study_id)
    new = list(_new(writing.session, writing.staging, scope))
    writer = _Followed(writing, scope, problems)
    for kind in FOLLOWED:
        for line, record in new:
            if record["type"] == kind:
                writer.write(line, record)


def _new(
    session: Session, staging: Staging, scope: FollowedScope | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what the file says of what nothing is stored about, each once."""
    known = set() if scope is None else set(map(identity_of, followed_records(session, scope)))
    names = {record["taxonomy"] for _, record in staging.followed if record["type"] == CHANGE}
    stored = select(
        col(TaxonomyEvent.taxonomy), col(TaxonomyEvent.version), col(TaxonomyEvent.kind)
    ).where(col(TaxonomyEvent.taxonomy).in_(names))
    for taxonomy, version, kind in session.execute(stored):
        change = {"type": CHANGE, "taxonomy": taxonomy, "taxonomy_version": version, "kind": kind}
        known.add(identity_of(change))
    for line, record in staging.followed:
        if (of := identity_of(record)) not in known:
            known.add(of)
            yield line, record


def _titles(session: Session, eval_set_id: int | None) -> set[str]:
    statement = select(col(KnownFailure.title)).where(col(KnownFailure.eval_set_id) == eval_set_id)
    return set(session.scalars(statement))


class _Followed:
    """Writes records one by one, and finds the rows that they are about."""

    def __init__(self, writing: Writing, scope: FollowedScope, problems: Problems) -> None:
        self._problems = problems
        self._session, self._staging = writing.session, writing.staging
        self._scope = scope
        self._outputs = _outputs(writing)
        self._whose: dict[bool, dict[Any, int]] = {}
        self._line = 0

    def write(self, line: int, record: dict[str, Any]) -> None:
        """Store one record."""
        self._line = line
        {
            CHANGE: self._change,
            RECODING: self._recoding,
            READING: self._reading,
            OPEN_NOTE: self._open_note,
            CODED_NOTE: self._coded_note,
            FAILURE: self._failure,
        }[record["type"]](record)
        self._session.flush()

    def _change(self, record: dict[str, Any]) -> None:
        self._version(record)
        if record["kind"] != FREEZE:
            self._check_change(record)
        self._session.add(
            TaxonomyEvent(
                taxonomy=record["taxonomy"],
                version=record["taxonomy_version"],
                kind=record["kind"],
                details=record.get("details") or {},
                reason=record["note"],
                actor_id=self._person(record.get("author")),
                at=_moment(record["created_at"]),
            )
        )

    def _check_change(self, record: dict[str, Any]) -> None:
        """Refuse a change that the version before it could not have gone through."""
        before = self._session.scalar(
            select(col(Taxonomy.id)).where(
                col(Taxonomy.name) == record["taxonomy"],
                col(Taxonomy.version) == record["taxonomy_version"] - 1,
            )
        )
        tags = () if before is None else tags_of(self._session, before)
        try:
            changed(tags, read_change(record["kind"], record["details"]))
        except RefusedError as refused:
            self._refuse("details", str(refused), "a change of the version before")

    def _recoding(self, record: dict[str, Any]) -> None:
        self._session.add(
            RecodedMark(
                mark_id=self._row_of(record, is_mark=True),
                tag_id=self._tag(record),
                actor_id=self._person(record.get("author")),
                at=_moment(record["created_at"]),
            )
        )

    def _reading(self, record: dict[str, Any]) -> None:
        coding = OpenCoding(
            reader_id=self._person(record["annotator"]) or 0,
            eval_set_version_id=self._scope.version_id,
            study_id=self._scope.study_id if record.get("of_study") else None,
            seed=record["seed"],
            is_by_category=record.get("by_category", False),
            created_at=_moment(record["created_at"]),
            revealed_at=_moment(record["revealed_at"]),
        )
        self._session.add(coding)
        self._session.flush()
        self._session.add_all(
            OpenCodingResponse(
                coding_id=number_of(coding), place=place, output_id=self._output(output)
            )
            for place, output in enumerate(record["outputs"], start=1)
        )

    def _open_note(self, record: dict[str, Any]) -> None:
        self._session.add(
            OpenNote(
                coding_id=self._coding(record),
                output_id=self._output(record),
                revision=record.get("revision", 1),
                words=record["words"],
                is_nothing_wrong=record.get("nothing_wrong", False),
                noted_at=_moment(record["created_at"]),
            )
        )

    def _coded_note(self, record: dict[str, Any]) -> None:
        source = NoteSource(record["source"])
        if source is NoteSource.OPEN:
            note_id = self._note(record)
        else:
            is_mark = source in (NoteSource.MARK, NoteSource.WORDS)
            note_id = self._row_of(record, is_mark=is_mark)
        self._session.add(
            CodedNote(
                study_id=self._scope.study_id or 0,
                source=source,
                note_id=note_id,
                output_id=self._output(record),
                tag_id=self._tag(record),
                created_by_id=self._person(record.get("author")),
                created_at=_moment(record["created_at"]),
            )
        )

    def _failure(self, record: dict[str, Any]) -> None:
        self._tag(record)
        fixed_in, fixed_at = record.get("fixed_in"), record.get("fixed_at")
        failure = KnownFailure(
            eval_set_id=self._scope.eval_set_id,
            title=record["title"],
            taxonomy=record["taxonomy"],
            tag=record["tag"],
            tag_version=record["taxonomy_version"],
            model_id=self._model(record["model"]) if record.get("model") else None,
            category=record.get("category"),
            owner_id=self._person(record.get("owner")),
            state=record["state"],
            fixed_run_id=self._run(fixed_in) if fixed_in else None,
            fixed_at=_moment(fixed_at) if fixed_at else None,
            created_at=_moment(record["created_at"]),
            created_by_id=self._person(record.get("author")),
        )
        self._session.add(failure)
        self._session.flush()
        failure_id = number_of(failure)
        self._session.add_all(
            KnownFailureCase(
                failure_id=failure_id,
                case_hash=self._case(case["case"]),
                is_out=case["out"],
                added_at=_moment(case["added_at"]),
            )
            for case in record.get("cases", ())
        )
        for event in record.get("events", ()):
            self._session.add(
                KnownFailureEvent(
                    failure_id=failure_id,
                    at=_moment(event["at"]),
                    actor_id=self._person(event.get("author")),
                    kind=event["kind"],
                    before=event.get("before"),
                    after=event.get("after"),
                    reason=event["reason"],
                )
            )
            self._session.flush()

    def _person(self, name: str | None) -> int | None:
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

    def _model(self, name: str) -> int:
        known = self._session.scalar(select(col(Model.id)).where(col(Model.name) == name))
        return known or self._refuse("model", name, "a model of the eval set")

    def _run(self, of: dict[str, str]) -> int:
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

    def _case(self, key: str) -> str:
        """Return the hash of a case."""
        known = self._staging.db.execute('SELECT hash FROM "case" WHERE key = ?', (key,)).fetchone()
        if known is None:
            self._refuse("cases", key, "the id of a case")
        return str(known[0])

    def _version(self, record: dict[str, Any]) -> int:
        known = self._session.scalar(
            select(col(Taxonomy.id)).where(
                col(Taxonomy.name) == record["taxonomy"],
                col(Taxonomy.version) == record["taxonomy_version"],
            )
        )
        what = f"{record['taxonomy']} version {record['taxonomy_version']}"
        return known or self._refuse("taxonomy_version", what, "a version whose tags are there")

    def _tag(self, record: dict[str, Any]) -> int:
        whole_id = self._version(record)
        known = self._session.scalar(
            select(col(Tag.id)).where(
                col(Tag.taxonomy_id) == whole_id, col(Tag.key) == record["tag"]
            )
        )
        return known or self._refuse("tag", record["tag"], "a tag of this version of the taxonomy")

    def _output(self, record: dict[str, Any]) -> int:
        of = (record["case"], record["model"], record.get("run", DEFAULT_RUN))
        return self._outputs.get(of) or self._refuse("model", " / ".join(of), "an output")

    def _coding(self, record: dict[str, Any]) -> int:
        known = self._session.scalar(
            select(col(OpenCoding.id)).where(
                col(OpenCoding.reader_id) == self._person(record["annotator"]),
                col(OpenCoding.created_at) == _moment(record["reading"]),
                col(OpenCoding.eval_set_version_id) == self._scope.version_id,
            )
        )
        return known or self._refuse("reading", record["reading"], "a reading of this person")

    def _note(self, record: dict[str, Any]) -> int:
        """Return the note of a response in a reading that stands."""
        known = self._session.scalar(
            select(col(OpenNote.id))
            .where(
                col(OpenNote.coding_id) == self._coding(record),
                col(OpenNote.output_id) == self._output(record),
            )
            .order_by(col(OpenNote.revision).desc())
            .limit(1)
        )
        return known or self._refuse("reading", record["reading"], "a note on this response")

    def _row_of(self, record: dict[str, Any], *, is_mark: bool) -> int:
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
        return known or self._refuse("nth", str(of[-1]), f"a {what} of this annotator that counts")

    def _refuse(self, field: str, what: str, expected: str) -> int:
        self._problems.add(self._line, field, shown(what), expected)
        self._problems.refuse_if_any()
        raise AssertionError(field)  # it was refused


def _outputs(writing: Writing) -> dict[tuple[str, str, str], int]:
    """Return the id of each output that the file is about or that was there."""
    runs = {number: of for of, number in writing.staging.runs.items()}
    first = writing.first["output"]
    statement = f'SELECT "case", run, COALESCE(db_id, {first} + place) FROM output'
    return {(key, *runs[run]): row_id for key, run, row_id in writing.new_rows(statement)}


def _moment(written: str) -> datetime:
    moment = as_moment(written)
    if moment is None:
        raise RefusedError(f"{shown(written)} is no time.")
    return moment

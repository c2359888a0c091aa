"""What became of failures after they were marked, from a file into the database."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from db.columns import number_of
from db.commands.failures import failure_title
from db.commands.records.check.followed import sort_followed
from db.commands.records.followed import new_of
from db.commands.records.write.batches import Writing
from db.commands.records.write.followed_rows import AboutNothingError, FollowedRows, moment
from db.commands.records.write.recodings import Recodings
from db.models import (
    CodedNote,
    KnownFailure,
    KnownFailureCase,
    KnownFailureEvent,
    OpenCoding,
    OpenCodingResponse,
    OpenNote,
    RecodedMark,
    Taxonomy,
    TaxonomyEvent,
)
from db.queries.definitions import tags_of
from db.queries.records.known_failures import FollowedScope
from evalkit.errors import RefusedError
from evalkit.failures.changes import changed, read_change
from evalkit.records import Problems
from evalkit.records.followed import (
    CHANGE,
    CODED_NOTE,
    FAILURE,
    FOLLOWED,
    FREEZE,
    OPEN_NOTE,
    READING,
    RECODING,
)
from evalkit.vocabulary import NoteSource


def write_followed(
    writing: Writing, problems: Problems, *, version_id: int, study_id: int | None
) -> set[str]:
    """Write all that is new, and return the names of the taxonomies that it changes.

    Raises RecordsRefusedError for what is about nothing that is there: then nothing is stored.
    """
    staging = writing.staging
    if not staging.count("SELECT EXISTS (SELECT 1 FROM followed)"):
        return set()
    scope = FollowedScope(writing.eval_set_id, version_id, study_id)
    sort_followed(writing.session, staging, scope)
    writer = _Followed(writing, scope, problems)
    for kind in FOLLOWED:
        for line, record in new_of(staging, kind):
            writer.write(line, record)
        problems.refuse_if_any()  # what comes next may be about these
    return {record["taxonomy"] for _, record in new_of(staging, CHANGE)}


class _Followed:
    """Writes records one by one."""

    def __init__(self, writing: Writing, scope: FollowedScope, problems: Problems) -> None:
        self._session = writing.session
        self._scope = scope
        self._rows = FollowedRows(writing, scope, problems)
        self._recodings = Recodings(writing.session)

    def write(self, line: int, record: dict[str, Any]) -> None:
        """Store one record; of one about nothing that is there note that."""
        self._rows.line = line
        try:
            {
                CHANGE: self._change,
                RECODING: self._recoding,
                READING: self._reading,
                OPEN_NOTE: self._open_note,
                CODED_NOTE: self._coded_note,
                FAILURE: self._failure,
            }[record["type"]](record)
        except AboutNothingError:
            return
        self._session.flush()

    def _change(self, record: dict[str, Any]) -> None:
        version_id = self._rows.version(record)
        if record["kind"] != FREEZE:
            self._check_change(record, version_id)
        self._session.add(
            TaxonomyEvent(
                taxonomy=record["taxonomy"],
                version=record["taxonomy_version"],
                kind=record["kind"],
                details=record.get("details") or {},
                reason=record["note"],
                actor_id=self._rows.person(record.get("author")),
                at=moment(record["created_at"]),
            )
        )

    def _check_change(self, record: dict[str, Any], version_id: int) -> None:
        """Refuse a change that does not make its version out of the one before."""
        before = self._session.scalar(
            select(col(Taxonomy.id)).where(
                col(Taxonomy.name) == record["taxonomy"],
                col(Taxonomy.version) == record["taxonomy_version"] - 1,
            )
        )
        tags = () if before is None else tags_of(self._session, before)
        try:
            made = changed(tags, read_change(record["kind"], record["details"]))
        except RefusedError as refused:
            self._rows.refuse("details", str(refused), "a change of the version before")
        keys = {tag.key for tag in tags_of(self._session, version_id)}
        if others := keys.symmetric_difference(tag.key for tag in made):
            expected = f"the change that made version {record['taxonomy_version']}"
            self._rows.refuse("details", f"other tags: {', '.join(sorted(others))}", expected)

    def _recoding(self, record: dict[str, Any]) -> None:
        mark_id = self._rows.row_of(record, is_mark=True)
        tag_id = self._rows.tag(record)
        if expected := self._recodings.expected(mark_id, tag_id):
            self._rows.refuse("tag", record["tag"], expected)
        self._session.add(
            RecodedMark(
                mark_id=mark_id,
                tag_id=tag_id,
                actor_id=self._rows.person(record.get("author")),
                at=moment(record["created_at"]),
            )
        )

    def _reading(self, record: dict[str, Any]) -> None:
        coding = OpenCoding(
            reader_id=self._rows.person(record["annotator"], "annotator") or 0,
            eval_set_version_id=self._scope.version_id,
            study_id=self._scope.study_id if record.get("of_study") else None,
            seed=record["seed"],
            is_by_category=record.get("by_category", False),
            created_at=moment(record["created_at"]),
            revealed_at=moment(record["revealed_at"]),
        )
        self._session.add(coding)
        self._session.flush()
        self._session.add_all(
            OpenCodingResponse(
                coding_id=number_of(coding), place=place, output_id=self._rows.output(output)
            )
            for place, output in enumerate(record["outputs"], start=1)
        )

    def _open_note(self, record: dict[str, Any]) -> None:
        self._session.add(
            OpenNote(
                coding_id=self._rows.coding(record),
                output_id=self._rows.output(record),
                revision=record.get("revision", 1),
                words=record["words"],
                is_nothing_wrong=record.get("nothing_wrong", False),
                noted_at=moment(record["created_at"]),
            )
        )

    def _coded_note(self, record: dict[str, Any]) -> None:
        source = NoteSource(record["source"])
        if source is NoteSource.OPEN:
            note_id = self._rows.note(record)
        else:
            is_mark = source in (NoteSource.MARK, NoteSource.WORDS)
            note_id = self._rows.row_of(record, is_mark=is_mark)
        self._session.add(
            CodedNote(
                study_id=self._scope.study_id or 0,
                source=source,
                note_id=note_id,
                output_id=self._rows.output(record),
                tag_id=self._rows.tag(record),
                created_by_id=self._rows.person(record.get("author")),
                created_at=moment(record["created_at"]),
            )
        )

    def _failure(self, record: dict[str, Any]) -> None:
        self._rows.tag(record)
        fixed_in, fixed_at = record.get("fixed_in"), record.get("fixed_at")
        failure = KnownFailure(
            eval_set_id=self._scope.eval_set_id,
            title=failure_title(record["title"]),
            taxonomy=record["taxonomy"],
            tag=record["tag"],
            tag_version=record["taxonomy_version"],
            model_id=self._rows.model(record["model"]) if record.get("model") else None,
            category=record.get("category"),
            owner_id=self._rows.person(record.get("owner"), "owner"),
            state=record["state"],
            fixed_run_id=self._rows.run(fixed_in) if fixed_in else None,
            fixed_at=moment(fixed_at) if fixed_at else None,
            created_at=moment(record["created_at"]),
            created_by_id=self._rows.person(record.get("author")),
        )
        self._session.add(failure)
        self._session.flush()
        failure_id = number_of(failure)
        # Two cases of one content are one of its set, which the first of them stands for.
        cases = {self._rows.case(case["case"]): case for case in record.get("cases", ())[::-1]}
        self._session.add_all(
            KnownFailureCase(
                failure_id=failure_id,
                case_hash=case_hash,
                is_out=case["out"],
                added_at=moment(case["added_at"]),
            )
            for case_hash, case in cases.items()
        )
        for event in record.get("events", ()):
            self._session.add(
                KnownFailureEvent(
                    failure_id=failure_id,
                    at=moment(event["at"]),
                    actor_id=self._rows.person(event.get("author"), "events"),
                    kind=event["kind"],
                    before=event.get("before"),
                    after=event.get("after"),
                    reason=event["reason"],
                )
            )
            self._session.flush()

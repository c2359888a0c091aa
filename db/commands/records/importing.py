"""One import from its files to its report: read and check without the lock, then write."""

import functools
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from sqlmodel import Session

from db.commands.records.check.automated import sort_checks
from db.commands.records.check.definitions import (
    RUBRICS,
    TAXONOMIES,
    Definition,
    planned_definitions,
)
from db.commands.records.check.followed import n_followed
from db.commands.records.check.gold import sort_gold
from db.commands.records.check.known import ImportTarget, find_target, stage_known
from db.commands.records.check.lessons import check_examples, sort_lessons
from db.commands.records.check.names import check_names
from db.commands.records.check.quotes import place_quotes
from db.commands.records.check.references import (
    check_scales,
    check_things,
    check_version,
    stage_definitions,
)
from db.commands.records.check.revisions import drop_repeated, sort_labels
from db.commands.records.choices import Choices
from db.commands.records.counting import record_counts
from db.commands.records.further import FurtherRuns
from db.commands.records.join import (
    add_what_is_named,
    check_marks,
    elsewhere_sentences,
    join_texts,
    without_text,
)
from db.commands.records.lessons import LESSON_NUMBERS
from db.commands.records.looks import Again
from db.commands.records.pictures import pictures_sentence, with_pictures_apart
from db.commands.records.plan import ImportPlan
from db.commands.records.redacting import Redacting
from db.commands.records.report import ImportReport, RecordCount, again_sentences
from db.commands.records.staging import (
    GOLD,
    LABEL_TYPES,
    NEXT_HASHES,
    Staging,
)
from db.commands.records.write.eval_set import write_staged
from db.engine import know_tables, read_session, wait_for_imports, write_session
from db.queries.images import not_there
from db.queries.sampling import mixed_after
from db.queries.traffic import traffic_of
from evalkit.errors import RefusedError
from evalkit.evalset.contents import Contents
from evalkit.phrases import joined
from evalkit.records import Problems, RecordReader, shown
from evalkit.records.followed import OF_STUDIES
from evalkit.records.problems import LINES_OF_A_FILE
from evalkit.records.reader import Record
from evalkit.study.traffic import NO_TRAFFIC, Traffic
from evalkit.vocabulary import ElsewhereRule, LooksRule

#: What a header says of the version whose cases follow.
_OF_VERSION = ("version_note", "version_author")
#: Writing so many records takes seconds at most.
_MOST_REHEARSED = 20_000
_STORED_PLAIN = "a response that is stored already as the file has it, with nothing replaced"
_NEW_SET = (
    "the same import as before, which adds nothing, or another eval set: what is stored is not "
    "redacted by importing it again, and a redacted copy would stand beside it as a further run"
)
_STORED_REDACTED = "a response that is stored already but for what was replaced in it"
_SAME_FILES = (
    "the same files redacted as before, which adds nothing, or another eval set: placeholders of "
    "one import are not those of another, so it would stand beside it as a further run"
)


class Import:
    """Files that belong together on their way into the database."""

    def __init__(self, staging: Staging, problems: Problems, choices: Choices) -> None:
        self._staging = staging
        self._problems = problems
        self._choices = choices
        self._progress = choices.get("progress") or (lambda *_: None)
        self._distinct: dict[str, int] = {}
        self._headers: list[dict[str, Any]] = []
        self._warnings: list[str] = []
        self._quotes = ""
        self._looks = LooksRule.LATEST
        redaction = choices.get("redaction")
        self._redacting = Redacting(redaction, staging, problems) if redaction else None
        self._further = FurtherRuns(choices.get("eval_set"))

    def read(self, files: Sequence[BinaryIO], *, counted: Collection[int] = ()) -> None:
        """Read files into the staging file, noting faults; runs of ``counted`` have no names."""
        if self._redacting:
            self._redacting.reserve(files)
        for number, file in enumerate(files):
            self._problems.reading = number
            self._read(file, is_counted=number in counted)
        self._problems.reading = None
        self._add_held(len(files))
        for table, key in (("case", "key"), ("output", '"case", run')):
            self._distinct[table] = self._staging.count(
                f'SELECT COUNT(*) FROM (SELECT DISTINCT {key} FROM "{table}")'
            )

    def _read(self, file: BinaryIO, *, is_counted: bool) -> None:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        reader = RecordReader(
            file,
            self._problems,
            on_position=lambda position: self._progress("Reading", position, size),
        )
        for record in reader:
            if _takes_images_apart(reader.header):
                record = with_pictures_apart(self._staging, self._problems, record)
            self._add(record, reader.header if is_counted else None)
        self._staging.flush()
        if first := self._problems.first_line:
            drop_repeated(self._staging, first)
        self._headers.append(reader.header)
        self._warnings += reader.warnings

    def _add(self, record: Record, counted_by: Mapping[str, Any] | None) -> None:
        """Stage a record, redacted where asked for, with its run; a mark may have to wait."""
        whole = self._redacting.record(record) if self._redacting else record
        if whole is not None:
            if counted_by is not None:
                whole = self._further.record(whole, counted_by)
                if self._redacting and self._further.is_there_plain(record, whole):
                    self._problems.add(record.line, "content", _STORED_PLAIN, _NEW_SET)
                elif self._further.is_there_redacted(record, whole):
                    self._problems.add(record.line, "content", _STORED_REDACTED, _SAME_FILES)
            self._staging.add(whole)

    def _add_held(self, n_files: int) -> None:
        """Stage the marks that waited until all responses were there."""
        if self._redacting is None:
            return
        for record in self._redacting.held():
            self._staging.add(record)
        self._staging.flush()
        for number in range(1, n_files):
            drop_repeated(self._staging, number * LINES_OF_A_FILE)

    def _header(self, field: str) -> Any:
        """Return what the headers say of one thing; refuse files that say two."""
        told = {header[field]: None for header in self._headers if header.get(field) is not None}
        if len(told) > 1:
            values = joined([f"{field} {shown(value)}" for value in told])
            raise RefusedError(
                f"{self._problems.file} do not belong together: their headers say {values}. "
                "Import them one after the other, or choose what holds for all of them."
            )
        return next(iter(told), None)

    def run(self) -> ImportReport:
        """Check what was read against the database, write it, and say what was done."""
        looks = self._choices.get("looks") or self._header("looks")
        self._looks = LooksRule(looks or LooksRule.LATEST)
        dry_run = self._choices.get("dry_run", False)
        names = self._names(self._choices.get("eval_set"), self._choices.get("study"))
        with read_session() as session:
            plan = self._plan(session, *names)
        n_records = sum(self._staging.n_records.values())
        if dry_run and any(plan.followed.values()) and n_records <= _MOST_REHEARSED:
            self._rehearse(plan)
        if dry_run or not plan.has_news:
            return self._report(plan, dry_run=dry_run)
        self._progress("Storing", 0, 1)
        with write_session() as session:
            wait_for_imports(session)
            if self._plan_is_stale(session, plan, names):
                plan = self._plan(session, *names)
            else:
                check_names(session, self._staging, self._problems)
                self._problems.refuse_if_any()
            version = self._write(session, plan)
            know_tables(session.connection())
        return self._report(plan, version=version)

    def _write(self, session: Session, plan: ImportPlan) -> int:
        return write_staged(
            session,
            self._staging,
            plan.target,
            rubrics=plan.rubrics,
            taxonomies=plan.taxonomies,
            checks=plan.checks,
            needs_newest=plan.needs_newest,
            traffic=plan.traffic,
            of_version=self._of_version(),
            source=self._problems.file,
            sides=[header.get("sides") for header in self._headers],
            looks=self._looks,
            actor_id=self._choices.get("actor_id"),
            drawn=self._choices.get("drawn") or {},
            progress=self._progress,
            problems=self._problems,
        )

    def _rehearse(self, plan: ImportPlan) -> None:
        """Refuse what writing would refuse, and leave nothing of it.

        What records of failures are about, marks and readings of the same file among it, is known
        once it is there. Others wait meanwhile, so it is left out of files that take long.
        """
        with write_session() as session:
            wait_for_imports(session)
            self._write(session, plan)
            session.rollback()

    def _of_version(self) -> dict[str, str | None]:
        """Return what one file says of the version that its cases are; of several nothing."""
        first, *others = self._headers
        return {} if others else {name: first.get(name) for name in _OF_VERSION}

    def _names(self, eval_set: str | None, study: str | None) -> tuple[str, str | None]:
        named = eval_set or self._header("eval_set")
        if not named:
            raise RefusedError(
                f"{self._problems.file} does not say which eval set it belongs to: "
                "name it with --eval-set."
            )
        of_studies = (*LABEL_TYPES, GOLD, *LESSON_NUMBERS, *OF_STUDIES)
        has_labels = any(self._staging.n_records.get(kind) for kind in of_studies)
        return named, study or self._header("study") or (named if has_labels else None)

    def _plan(self, session: Session, eval_set: str, study: str | None) -> ImportPlan:
        """Check everything the file says against itself and the database."""
        staging, problems = self._staging, self._problems
        target = self._target(session, eval_set, study)
        self._progress("Comparing", 0, 1)
        is_apart = all(map(_takes_images_apart, self._headers))
        stage_known(session, staging, target, takes_images_apart=is_apart)
        rubrics, taxonomies = self._definitions(session, target, problems)
        stage_definitions(staging, rubrics=rubrics, taxonomies=taxonomies)
        join_texts(staging, problems)
        rule = self._choices.get("elsewhere") or self._header("elsewhere")
        keeps = rule == ElsewhereRule.KEEP
        for kind, n in (add_what_is_named(staging) if keeps else {}).items():
            self._distinct[kind] += n
            staging.n_records[kind] = staging.n_records.get(kind, 0) + n
        elsewhere = without_text(staging, problems, keeps=keeps)
        check_things(staging, problems)
        check_marks(session, staging, problems)
        self._quotes = "" if problems else place_quotes(staging)
        check_names(session, staging, problems)
        check_scales(staging, problems)
        needs_newest = check_version(staging, problems)
        again = Again(0, 0) if problems else sort_labels(staging, problems, self._looks)
        checks = sort_checks(session, staging, target, problems)
        if not problems:
            sort_gold(staging, problems)
            check_examples(staging, problems)
            sort_lessons(staging, problems)
        problems.refuse_if_any()
        filled = {
            kind: staging.count(f'SELECT COUNT(*) FROM "{kind}" WHERE is_filled')
            for kind in ("case", "output")
        }
        contents = self._contents()
        plan = ImportPlan(
            target,
            rubrics,
            taxonomies,
            checks,
            n_followed(session, staging, target, problems),
            needs_newest,
            again,
            contents,
            elsewhere,
            filled,
            self._traffic(session, target),
        )
        plan.counts = self._counts(plan)
        plan.missing = self._missing_images(session, target)
        plan.mixed = mixed_after(session, target.newest_id, plan.counts.get("case"))
        return plan

    def _traffic(self, session: Session, target: ImportTarget) -> Traffic:
        """Return what the file says production is asked, where nobody has said so yet."""
        if target.eval_set_id is not None and traffic_of(session, target.eval_set_id):
            return NO_TRAFFIC
        stated = (header.get("traffic") for header in self._headers)
        told: list[dict[str, Any]] = next(filter(None, stated), [])
        amounts = [(part.get("category") or "", part["amount"]) for part in told]
        return Traffic(tuple(self._redacting.amounts(amounts) if self._redacting else amounts))

    def _target(self, session: Session, eval_set: str, study: str | None) -> ImportTarget:
        hashes = [header.get("eval_set_version") for header in self._headers]
        content_hash = next(filter(None, hashes), None)
        return find_target(session, eval_set=eval_set, study=study, content_hash=content_hash)

    def _definitions(
        self, session: Session, target: ImportTarget, problems: Problems
    ) -> tuple[list[Definition], list[Definition]]:
        planned = functools.partial(
            planned_definitions, session, needs_one=target.study is not None, problems=problems
        )
        return (
            planned(RUBRICS, self._staging.criteria, main_id=target.rubric_id),
            planned(
                TAXONOMIES,
                self._staging.tags,
                main_id=target.taxonomy_id,
                main_version=self._header("taxonomy_version"),
            ),
        )

    def _plan_is_stale(
        self, session: Session, plan: ImportPlan, names: tuple[str, str | None]
    ) -> bool:
        """Tell whether somebody changed what the file was checked against, in the meantime."""
        target = self._target(session, *names)
        rubrics, taxonomies = self._definitions(session, target, Problems(*self._problems.files))
        return replace(plan, target=target, rubrics=rubrics, taxonomies=taxonomies).signature != (
            plan.signature
        )

    def _contents(self) -> Contents:
        """Count the cases of the newest version with this file's, and what they hold."""
        return Contents(
            self._staging.count(f"SELECT COUNT(*) FROM ({NEXT_HASHES})"),
            self._staging.count(f"SELECT COUNT(DISTINCT hash) FROM ({NEXT_HASHES})"),
        )

    def _missing_images(self, session: Session, target: ImportTarget) -> list[str]:
        """Return the images that the file refers to and that are neither in it nor stored."""
        held = {
            f"sha256:{name}" for (name,) in self._staging.db.execute("SELECT hash FROM picture")
        }
        names = [name for name in self._staging.images if name not in held]
        return not_there(session, target.eval_set_id, names)

    def _repeats(self, contents: Contents) -> list[str]:
        """Warn of repeated contents where the file holds cases."""
        has_cases = "case" in self._staging.n_records
        return [contents.sentence] if has_cases and contents.sentence else []

    def _counts(self, plan: ImportPlan) -> dict[str, RecordCount]:
        """Count what is new, and what was there before."""
        return record_counts(
            self._staging,
            rubrics=plan.rubrics,
            taxonomies=plan.taxonomies,
            checks=plan.checks,
            followed=plan.followed,
            distinct=self._distinct,
        )

    def _report(
        self, plan: ImportPlan, *, version: int | None = None, dry_run: bool = False
    ) -> ImportReport:
        return ImportReport(
            source=self._problems.file,
            eval_set=plan.target.eval_set,
            eval_set_version=version or plan.target.newest_number,
            study=plan.target.study,
            counts=plan.counts,
            looks=self._looks,
            n_again=plan.again.n,
            contents=plan.contents,
            elsewhere=plan.elsewhere,
            filled=plan.filled,
            warnings=(
                *self._warnings,
                *elsewhere_sentences(plan.elsewhere, plan.filled),
                *self._further.sentences,
                *again_sentences(plan.again, self._looks, plan.counts, self._problems.place),
                *self._repeats(plan.contents),
                *filter(None, [plan.mixed]),
                *filter(None, [self._quotes, pictures_sentence(plan.missing)]),
            ),
            redaction=self._redacting.report if self._redacting else None,
            is_dry_run=dry_run,
            has_news=plan.has_news,
        )


def _takes_images_apart(header: Mapping[str, Any]) -> bool:
    """Tell whether images are stored apart: version 1 keeps whatever a message holds as it is."""
    return header.get("version") != 1

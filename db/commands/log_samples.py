"""A sample of a log that is in files: only what is chosen is redacted and stored."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Self

from sqlmodel import col, select

from db.commands.records import Choices, ImportReport, import_records
from db.engine import read_session
from db.models import EvalSet
from db.queries.coverage import cases_of_set
from evalkit.errors import RefusedError
from evalkit.formats.read.mapping import ColumnMapping
from evalkit.formats.read.taking_in import TakenIn, WholeReading, take_in
from evalkit.records import Problems, RecordReader
from evalkit.records.reader import Record
from evalkit.records.whole import FORMAT, VERSION
from evalkit.redaction.records import category_name
from evalkit.redaction.redaction import Redaction
from evalkit.reports.coverage.report import CoverageReport, coverage_report
from evalkit.sampling.candidates import LoggedCase
from evalkit.sampling.logged import logged_records
from evalkit.sampling.sample import Pool, Sample, pool_of

#: What is stored of a log beside its cases.
_STORED = ("case", "output")


class LogFiles:
    """A log in files, open for as long as cases are chosen from it: to be read twice, held never.

    Parameters
    ----------
    sources : sequence of (str, path or binary file)
        Names and files, as for an import; what they are is recognised by their content.
    formats, mapping
        As for an import, see `Choices`.

    Raises
    ------
    RefusedError
        Where a file is nothing that is known, is not certain to be what it seems, or has records
        that are not sound.
    """

    def __init__(
        self,
        sources: Sequence[tuple[str, str | Path | BinaryIO]],
        *,
        formats: Mapping[str, str] | None = None,
        mapping: ColumnMapping | None = None,
    ) -> None:
        self._stack = ExitStack()
        try:
            files = [(name, self._opened(source)) for name, source in sources]
            self._taken: list[TakenIn]
            self.reading: WholeReading
            self._taken, self.reading = take_in(
                files, self._stack, formats=formats, mapping=mapping
            )
            _refuse_unsure(self.reading)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def lines(self) -> list[LoggedCase]:
        """The log's cases as sampling sees them, in their order."""
        return logged_records(self._records())

    def pool(self, ids: Collection[int] | None = None) -> Pool:
        """Return what can be chosen: the log's different cases, or those of these lines."""
        return pool_of([line for line in self.lines if ids is None or line.case_id in ids])

    def beside(
        self, eval_set: str, version: int | None = None, *, redaction: Redaction | None = None
    ) -> CoverageReport:
        """Set the log beside a version of an eval set, by default the newest.

        With a redaction nothing personal is shown of the log, and its lines are of the categories
        that they would be stored with.

        Raises NotFoundError for an unknown one, RefusedError where either holds no case.
        """
        with read_session() as session:
            cases = cases_of_set(session, eval_set, version)
        if redaction is None:
            return coverage_report(cases, self.lines)
        names = {line.category for line in self.lines if line.category}
        told = {name: category_name(name, redaction) for name in sorted(names)}
        lines = [replace(line, category=told.get(line.category, "")) for line in self.lines]
        return coverage_report(cases, lines, text=redaction.text)

    def store(
        self,
        sample: Sample,
        eval_set: str,
        *,
        note: str,
        why: str = "",
        redaction: Redaction | None = None,
        adds: bool = False,
        actor_id: int | None = None,
    ) -> ImportReport:
        """Store what was chosen as an eval set, with its outputs, strata and chances.

        ``adds`` puts it into an eval set that is there already, as its next version; then without
        chances, for these speak of this log and not of what is there. ``redaction`` replaces what
        is personal in what is stored, and in the names of strata.

        Raises RefusedError where the eval set is there and nothing is to be added to it, or is
        not there and something is.
        """
        with read_session() as session:
            is_there = session.exec(select(EvalSet.id).where(col(EvalSet.name) == eval_set)).first()
        if bool(is_there) != adds:
            raise RefusedError(
                f"There is no eval set “{eval_set}” to add to. Nothing was stored."
                if adds
                else f"There is an eval set “{eval_set}” already, and the chances of a draw speak "
                "of one log alone. Name another one, or add to it without chances: --add. Nothing "
                "was stored."
            )
        drawn = {
            case.key: (
                category_name(case.named_stratum, redaction) if redaction else case.named_stratum,
                case.probability,
            )
            for case in sample.chosen
        }
        choices = Choices(
            eval_set=eval_set,
            redaction=redaction,
            actor_id=actor_id,
            drawn={} if adds else drawn,
        )
        return import_records(
            self._chosen(sample, note, why), source_name=self.reading.files[0].file, **choices
        )

    def _chosen(self, sample: Sample, note: str, why: str) -> Iterator[dict[str, Any]]:
        told = {"version_note": note} if note else {}
        yield {"type": "header", "format": FORMAT, "version": VERSION, **told}
        keys = {case.key for case in sample.chosen}
        for record in self._records():
            is_chosen = record.fields.get("id" if record.type == "case" else "case") in keys
            if record.type not in _STORED or not is_chosen or not record.is_sound:
                continue
            more = {"note": why} if why and record.type == "case" else {}
            yield {"type": record.type, **more, **record.fields}

    def _records(self) -> Iterator[Record]:
        for taken in self._taken:
            taken.file.seek(0)
            problems = Problems(taken.name, places=[taken.place])
            yield from RecordReader(taken.file, problems)
            problems.refuse_if_any()

    def _opened(self, source: str | Path | BinaryIO) -> BinaryIO:
        if not isinstance(source, str | Path):
            return source
        try:
            return self._stack.enter_context(Path(source).open("rb"))
        except OSError as error:
            raise RefusedError(f"{source} cannot be read: {error.strerror}.") from None


def _refuse_unsure(reading: WholeReading) -> None:
    """Read nothing of what is only probably what it was taken for."""
    if reading.unsure:
        told = " ".join(each.sentence for each in reading.unsure)
        raise RefusedError(
            f"{told} Choose the format to read it as that: --format {reading.unsure[0].format}. "
            "Nothing was stored."
        )

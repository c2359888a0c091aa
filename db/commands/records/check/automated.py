"""Automated checks of a file beside those of the eval set, and what of their findings is new."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.commands.records.check.known import ImportTarget
from db.commands.records.staging import Staging
from db.models import AutomatedCheck, CheckFinding, CheckRevision
from db.queries.records.rows import stream
from evalkit.checks.answers import read_answers
from evalkit.checks.kinds.imported import IMPORTED
from evalkit.checks.running import check_hash
from evalkit.checks.settings import read_settings
from evalkit.checks.table import kind_called
from evalkit.errors import RefusedError
from evalkit.names import name_key
from evalkit.records import MAX_PROBLEMS, Problems, shown


@dataclass(slots=True)
class RevisionOfFile:
    """A revision of a check as a file has it, and the id of the stored one that it is."""

    number: int
    kind: str
    settings: dict[str, Any]
    content_hash: str
    db_id: int | None = None


@dataclass(slots=True)
class CheckOfFile:
    """A check that a file has revisions of, or that its findings name; by its id a stored one.

    One that ``is_only_named`` no record of the file is about, nor any that is stored.
    """

    name: str
    case_key: str | None = None
    answers: dict[str, Any] | None = None
    is_retired: bool = False
    revisions: dict[int, RevisionOfFile] = field(default_factory=dict)
    db_id: int | None = None
    is_only_named: bool = False

    @property
    def n_new(self) -> int:
        """Return how many revisions are not stored yet."""
        return sum(revision.db_id is None for revision in self.revisions.values())


@dataclass(frozen=True, slots=True)
class _Stored:
    id: int
    case_key: str | None
    by_hash: Mapping[str, int]
    by_number: Mapping[int, int]


def sort_checks(
    session: Session, staging: Staging, target: ImportTarget, problems: Problems
) -> list[CheckOfFile]:
    """Set the checks and findings of a file beside what is stored, and leave what is new.

    New findings are in the table ``new_finding``; those without a revision that the file or the
    eval set has are of a check that is kept as it came.
    """
    if not staging.automated and not staging.count("SELECT EXISTS (SELECT 1 FROM finding)"):
        staging.script(("DROP TABLE IF EXISTS new_finding", _NO_NEWS))
        return []
    stored = _stored(session, target.eval_set_id)
    checks = _read(staging, problems)
    for key, check in checks.items():
        if (known := stored.get(key)) is not None:
            _match(check, known)
            if known.case_key != check.case_key:
                line = next(line for line, each in staging.automated if each["name"] == check.name)
                is_of = shown(known.case_key) if known.case_key else "no case alone"
                problems.add(line, "case", shown(check.case_key), f"{is_of}, as it is stored")
    _check_references(staging, problems)
    _add_named(staging, checks, stored, problems)
    _stage_new(session, staging, checks)
    return list(checks.values())


def _read(staging: Staging, problems: Problems) -> dict[str, CheckOfFile]:
    """Read the checks of the files, noting what no check can be made of."""
    checks: dict[str, CheckOfFile] = {}
    for line, fields in staging.automated:
        number = fields.get("revision", 1)
        check = checks.setdefault(name_key(fields["name"]), CheckOfFile(fields["name"]))
        try:
            kind = kind_called(fields["kind"])
            settings = read_settings(kind, fields.get("settings", {}))
            answers = read_answers(fields.get("answers", ""))
        except RefusedError as refused:
            problems.add(line, "kind", shown(fields["kind"]), str(refused))
            continue
        revision = RevisionOfFile(number, kind.key, settings, check_hash(kind, settings))
        before = check.revisions.setdefault(number, revision)
        if before.content_hash != revision.content_hash:
            problems.add(line, "revision", str(number), "one content of a revision of a check")
        if fields.get("case") and not staging.count(_HAS_CASE, (fields["case"],)):
            problems.add(line, "case", shown(fields["case"]), "a case of the eval set")
        check.case_key = fields.get("case")
        check.answers = answers.document if answers else None
        check.is_retired = fields.get("retired", False)
    return checks


def _stored(session: Session, eval_set_id: int | None) -> dict[str, _Stored]:
    statement: Any = (
        select(
            col(AutomatedCheck.id),
            col(AutomatedCheck.name),
            col(AutomatedCheck.case_key),
            col(CheckRevision.id).label("revision_id"),
            col(CheckRevision.number),
            col(CheckRevision.content_hash),
        )
        .join(CheckRevision, col(CheckRevision.check_id) == col(AutomatedCheck.id))
        .where(col(AutomatedCheck.eval_set_id) == eval_set_id)
        .order_by(col(CheckRevision.id))
    )
    rows = defaultdict[str, list[Any]](list)
    for row in session.execute(statement):
        rows[name_key(row.name)].append(row)
    return {
        key: _Stored(
            of[0].id,
            of[0].case_key,
            {row.content_hash: row.revision_id for row in of},
            {row.number: row.revision_id for row in of},
        )
        for key, of in rows.items()
    }


def _match(check: CheckOfFile, known: _Stored) -> None:
    check.db_id = known.id
    for revision in check.revisions.values():
        revision.db_id = known.by_hash.get(revision.content_hash)


def _check_references(staging: Staging, problems: Problems) -> None:
    names = {number: run for run, number in staging.runs.items()}
    for line, key, run in staging.db.execute(_NO_OUTPUT, (MAX_PROBLEMS,)):
        model, run_name = names[run]
        expected = f"a model with an output for case {shown(key)}"
        problems.add(line, "model", f"{shown(model)} (run {shown(run_name)})", expected)


def _add_named(
    staging: Staging,
    checks: dict[str, CheckOfFile],
    stored: Mapping[str, _Stored],
    problems: Problems,
) -> None:
    """Add what findings alone name: a stored revision, else a check that is kept as it came."""
    for key, name, number, line in staging.db.execute(_NAMED).fetchall():
        check = checks.get(key)
        if check is not None and number in check.revisions:
            continue
        known = stored.get(key)
        if check is None and known is not None and number in known.by_number:
            check = checks.setdefault(key, CheckOfFile(name, db_id=known.id))
            check.revisions[number] = RevisionOfFile(number, "", {}, "", known.by_number[number])
        elif check is None and known is None and number == 1:
            check = checks.setdefault(key, CheckOfFile(name, is_only_named=True))
            hashed = check_hash(IMPORTED, {})
            check.revisions[1] = RevisionOfFile(1, IMPORTED.key, {}, hashed)
        elif check is None or check.db_id is None or known is None:
            expected = f"a revision of {shown(name)} that the file or the eval set has"
            problems.add(line, "revision", str(number), expected)
        elif number in known.by_number:
            check.revisions[number] = RevisionOfFile(number, "", {}, "", known.by_number[number])


def _stage_new(session: Session, staging: Staging, checks: Mapping[str, CheckOfFile]) -> None:
    staging.script(_TABLES)
    rows = [
        (key, number, revision.db_id)
        for key, check in checks.items()
        for number, revision in check.revisions.items()
    ]
    staging.db.executemany("INSERT INTO check_revision VALUES (?, ?, ?)", rows)
    known = select(
        col(CheckFinding.revision_id),
        col(CheckFinding.output_id),
        col(CheckFinding.result),
        col(CheckFinding.value),
        col(CheckFinding.detail),
        col(CheckFinding.seen_hash),
    ).where(
        col(CheckFinding.revision_id).in_([db_id for _, _, db_id in rows if db_id]),
        ~col(CheckFinding.is_superseded),
    )
    staging.db.executemany(
        "INSERT INTO known_finding VALUES (?, ?, ?, ?, ?, ?)", map(tuple, stream(session, known))
    )
    staging.script((_NEW,))


_HAS_CASE = 'SELECT EXISTS (SELECT 1 FROM "case" WHERE key = ?)'

_NO_OUTPUT = """
SELECT line, "case", run FROM finding WHERE NOT EXISTS (
    SELECT 1 FROM output WHERE output."case" = finding."case" AND output.run = finding.run
) ORDER BY line LIMIT ?
"""

_NAMED = """
SELECT check_key, name, revision, MIN(line) FROM finding
GROUP BY check_key, revision ORDER BY MIN(line)
"""

_TABLES = (
    "DROP TABLE IF EXISTS check_revision",
    "DROP TABLE IF EXISTS known_finding",
    "DROP TABLE IF EXISTS new_finding",
    "CREATE TABLE check_revision (check_key TEXT, number INTEGER, db_id INTEGER)",
    "CREATE TABLE known_finding (revision_id INTEGER, output_id INTEGER, result TEXT, value REAL, "
    "detail TEXT, seen TEXT, PRIMARY KEY (revision_id, output_id)) WITHOUT ROWID",
)

_NO_NEWS = "CREATE TABLE new_finding (line INTEGER)"

#: The last of what a file says of one response, unless it is stored already.
_NEW = """
CREATE TABLE new_finding AS
SELECT last.line, last.check_key, last.revision, output.id AS output, last.result, last.value,
    last.detail, last.seen, known.output_id IS NOT NULL AS is_other
FROM (
    SELECT finding.*, ROW_NUMBER() OVER (
        PARTITION BY check_key, revision, "case", run ORDER BY line DESC
    ) AS place FROM finding
) AS last
JOIN check_revision ON check_revision.check_key = last.check_key
AND check_revision.number = last.revision
JOIN output ON output."case" = last."case" AND output.run = last.run
LEFT JOIN known_finding AS known ON known.revision_id = check_revision.db_id
AND known.output_id = output.db_id
WHERE last.place = 1 AND (
    known.output_id IS NULL OR known.result <> last.result OR known.value IS NOT last.value
    OR known.detail IS NOT last.detail OR known.seen <> COALESCE(last.seen, known.seen)
) ORDER BY last.line
"""

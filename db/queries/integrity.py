"""Whether the database is whole: its file, its references, and what no constraint can hold."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from db import revisions, schema
from db.engine import read_session


@dataclass(frozen=True, slots=True)
class Finding:
    """One check; ``problems`` is empty where all is well."""

    check: str
    problems: tuple[str, ...]


#: What must not exist, although every foreign key holds: a sentence, and how to count it.
_ORPHANS = (
    (
        "outputs answer a case of another eval set than their run's",
        """SELECT COUNT(*) FROM output JOIN run ON run.id = output.run_id
        JOIN "case" ON "case".id = output.case_id WHERE run.eval_set_id <> "case".eval_set_id""",
    ),
    (
        "cases are in a version of another eval set",
        """SELECT COUNT(*) FROM version_case
        JOIN eval_set_version ON eval_set_version.id = version_case.version_id
        JOIN "case" ON "case".id = version_case.case_id
        WHERE eval_set_version.eval_set_id <> "case".eval_set_id""",
    ),
    (
        "assignments show an output of another case",
        """SELECT COUNT(*) FROM assignment JOIN output
        ON output.id IN (assignment.left_output_id, assignment.right_output_id,
            assignment.third_output_id, assignment.fourth_output_id, assignment.fifth_output_id)
        WHERE output.case_id <> assignment.case_id""",
    ),
    (
        "scores are on an output of another case than their assignment's",
        """SELECT COUNT(*) FROM score JOIN annotation ON annotation.id = score.annotation_id
        JOIN assignment ON assignment.id = annotation.assignment_id
        JOIN output ON output.id = score.output_id WHERE output.case_id <> assignment.case_id""",
    ),
    (
        "answers to a checklist are on an output of another case than their assignment's",
        """SELECT COUNT(*) FROM check_answer
        JOIN annotation ON annotation.id = check_answer.annotation_id
        JOIN assignment ON assignment.id = annotation.assignment_id
        JOIN output ON output.id = check_answer.output_id
        WHERE output.case_id <> assignment.case_id""",
    ),
    (  # the study may have had another version of the same rubric
        "preferences by criterion are on a criterion of another rubric than their study's",
        """SELECT COUNT(*) FROM criterion_preference
        JOIN annotation ON annotation.id = criterion_preference.annotation_id
        JOIN assignment ON assignment.id = annotation.assignment_id
        JOIN study ON study.id = assignment.study_id
        JOIN rubric AS own ON own.id = study.rubric_id
        JOIN criterion ON criterion.id = criterion_preference.criterion_id
        JOIN rubric ON rubric.id = criterion.rubric_id WHERE rubric.name <> own.name""",
    ),
    (
        "rankings rank an output of another case than their assignment's",
        """SELECT COUNT(*) FROM ranked_output
        JOIN annotation ON annotation.id = ranked_output.annotation_id
        JOIN assignment ON assignment.id = annotation.assignment_id
        JOIN output ON output.id = ranked_output.output_id
        WHERE output.case_id <> assignment.case_id""",
    ),
    (
        "error marks are on an output of another case than their assignment's",
        """SELECT COUNT(*) FROM error_mark JOIN annotation
        ON annotation.id = error_mark.annotation_id
        JOIN assignment ON assignment.id = annotation.assignment_id
        JOIN output ON output.id = error_mark.output_id
        WHERE output.case_id <> assignment.case_id""",
    ),
    (
        "submitted assignments have no annotation",
        """SELECT COUNT(*) FROM assignment WHERE state = 'submitted' AND NOT EXISTS (
        SELECT 1 FROM annotation WHERE annotation.assignment_id = assignment.id)""",
    ),
)


def integrity_findings() -> list[Finding]:
    """Check the database in use; foreign keys of PostgreSQL are checked by itself at each write."""
    revisions.require_current()
    findings = [
        Finding("schema version", ()),
        Finding("tables", tuple(schema.schema_differences())),
    ]
    with read_session() as session:
        if session.get_bind().dialect.name == "sqlite":
            findings += [
                Finding("integrity of the file", _damage(session)),
                Finding("foreign keys", _broken_keys(session)),
            ]
        findings.append(Finding("orphans", _orphans(session)))
    return findings


def _damage(session: Session) -> tuple[str, ...]:
    rows = session.connection().execute(text("PRAGMA integrity_check")).scalars()
    return tuple(str(row) for row in rows if row != "ok")


def _broken_keys(session: Session) -> tuple[str, ...]:
    rows = session.connection().execute(text("PRAGMA foreign_key_check"))
    return tuple(f"row {row[1]} of {row[0]} refers to no {row[2]}" for row in rows)


def _orphans(session: Session) -> tuple[str, ...]:
    counts = (
        (session.connection().execute(text(statement)).scalar_one(), what)
        for what, statement in _ORPHANS
    )
    return tuple(f"{n:,} {what}" for n, what in counts if n)

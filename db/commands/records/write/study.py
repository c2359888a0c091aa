"""The study that an import's annotations belong to, found or made."""

from typing import Any

from sqlalchemy import insert, select
from sqlmodel import col

from db.commands.records.check.known import ImportTarget
from db.commands.records.staging import Staging
from db.commands.records.write.batches import Writing, table_of
from db.commands.records.write.tasks import ASKED, mixed_tasks, most_per_case
from db.models import Annotator, AuditEvent, Study, StudyRun
from evalkit.vocabulary import AnnotatorKind, LeakPolicy, Role, TaskKind


def write_study(
    writing: Writing,
    target: ImportTarget,
    *,
    version_id: int,
    rubric_id: int | None,
    taxonomy_id: int | None,
    actor_id: int | None,
) -> int:
    """Return the id of the study, made as the file suggests or brought up to what it needs."""
    _write_annotators(writing)
    if target.study_id is None:
        study = _new_study(writing, target, version_id, rubric_id, taxonomy_id, actor_id)
        _add_runs(writing, study, "SELECT DISTINCT run FROM output")
        return study
    stored = writing.session.get_one(Study, target.study_id)
    changes: dict[str, Any] = {"eval_set_version_id": version_id}
    if stored.rubric_id is None:
        changes["rubric_id"] = rubric_id
    if stored.taxonomy_id is None:
        changes["taxonomy_id"] = taxonomy_id
    changed = {name: new for name, new in changes.items() if getattr(stored, name) != new}
    if changed:
        before = {name: getattr(stored, name) for name in changed}
        details = {"before": before, "after": changed}
        stored.sqlmodel_update(changed)
        writing.session.add(stored)
        writing.session.add(
            AuditEvent(
                actor_id=actor_id,
                action="extend study",
                subject=f"study:{target.study_id}",
                details=details,
            )
        )
        writing.session.flush()
    _add_runs(writing, target.study_id, _JUDGED_RUNS)
    return target.study_id


def _write_annotators(writing: Writing) -> None:
    """Find or make whoever judged; those made here cannot sign in."""
    session, staging = writing.session, writing.staging
    used = {who for (who,) in staging.db.execute(_USED)}
    for (kind, name), number in staging.annotators.items():
        if number not in used:
            continue
        annotator = session.scalars(
            select(Annotator).where(col(Annotator.kind) == kind, col(Annotator.name) == name)
        ).first()
        if annotator is None:
            # Only whoever a file makes can be simulated: nobody who was here is turned into one.
            is_simulated = (kind, name) in staging.simulated
            annotator = Annotator(
                name=name,
                kind=kind,
                role=Role.ANNOTATOR,
                is_simulated=is_simulated,
                n_people=staging.merged_from.get((kind, name)),
            )
            session.add(annotator)
            session.flush()
        writing.annotators[number] = annotator.id or 0


def _new_study(
    writing: Writing,
    target: ImportTarget,
    version_id: int,
    rubric_id: int | None,
    taxonomy_id: int | None,
    actor_id: int | None,
) -> int:
    staging = writing.staging
    overlap = _overlap(writing)  # it stages who is a person
    kinds = {kind for (kind,) in staging.db.execute(f"SELECT DISTINCT type FROM judged {ASKED}")}
    has_pairs = staging.count(f"SELECT COUNT(right) FROM presentation {ASKED}")
    n_ranked = staging.count(f"SELECT MAX(json_array_length(body, '$.shown')) FROM label {ASKED}")
    beside = tuple(what for what in ("comment", "assertion") if _holds(staging, "extras", what))
    fields = {"strength": "strength", "certainty": "certainty", "preferences": "criteria"}
    finer = {what: _holds(staging, "body", field) for what, field in fields.items()}
    tasks = mixed_tasks(
        staging,
        n_ranked=n_ranked,
        of_pairs=tuple(what for what, is_asked in finer.items() if is_asked),
        of_all=beside,
    )
    kind = _task_kind(kinds, has_pairs=bool(has_pairs), n_ranked=n_ranked)
    per_case = n_ranked or most_per_case(staging, n_ranked=n_ranked).get(kind, 1)
    study = Study(
        name=str(target.study),
        eval_set_version_id=version_id,
        rubric_id=rubric_id,
        taxonomy_id=taxonomy_id,
        task_kind=kind,
        pairs_per_case=tasks[0].per_case if tasks else per_case,
        overlap=tasks[0].overlap if tasks else overlap,
        tasks=[task.as_json() for task in tasks] or None,
        collects_preference=0 in kinds or not kinds,
        collects_scores=1 in kinds or (not kinds and rubric_id is not None),
        collects_tags=2 in kinds or (not kinds and taxonomy_id is not None),
        collects_strength=finer["strength"],
        collects_certainty=finer["certainty"],
        collects_criterion_preferences=finer["preferences"],
        collects_comment="comment" in beside or not kinds,
        collects_assertion="assertion" in beside,
        # Nobody chose that its annotators may read who answered.
        leak_policy=LeakPolicy.MASK,
        # Finished annotations are a result: nobody is given more work in them unasked.
        is_open=not kinds,
        created_by_id=actor_id,
    )
    writing.session.add(study)
    writing.session.flush()
    return int(study.id or 0)


def _holds(staging: Staging, column: str, field: str) -> bool:
    """Tell whether any label that says what people are asked says something in a field."""
    is_there = f"json_extract({column}, '$.{field}') IS NOT NULL"
    return bool(staging.count(f"SELECT EXISTS (SELECT 1 FROM label {ASKED} AND {is_there})"))


def _task_kind(kinds: set[int], *, has_pairs: bool, n_ranked: int) -> TaskKind:
    """Return what a study of these labels shows: of rankings, where it is known what was shown."""
    if n_ranked:
        return TaskKind.RANK
    return TaskKind.PAIR if has_pairs or not kinds else TaskKind.SINGLE


def _overlap(writing: Writing) -> int:
    """Return by how many people a pair or an output was judged at most."""
    staging = writing.staging
    people = [
        (number,) for (kind, _), number in staging.annotators.items() if kind == AnnotatorKind.HUMAN
    ]
    staging.script(("DROP TABLE IF EXISTS person", "CREATE TABLE person (id INTEGER PRIMARY KEY)"))
    staging.db.executemany("INSERT INTO person VALUES (?)", people)
    return max(1, staging.count(_MOST_PEOPLE))


def _add_runs(writing: Writing, study_id: int, statement: str) -> None:
    """Add the runs a statement names to a study."""
    table = table_of(StudyRun)
    held = set(
        writing.session.scalars(
            select(col(StudyRun.run_id)).where(col(StudyRun.study_id) == study_id)
        )
    )
    runs = {writing.runs[run] for (run,) in writing.staging.db.execute(statement)}
    rows = [{"study_id": study_id, "run_id": run_id} for run_id in sorted(runs - held)]
    if rows:
        writing.session.connection().execute(insert(table), rows)


_USED = """
SELECT annotator FROM judged UNION SELECT annotator FROM lesson WHERE line > 0
"""

_JUDGED_RUNS = """
SELECT DISTINCT run FROM output
WHERE id IN (
    SELECT left FROM judged WHERE line > 0 UNION SELECT right FROM judged WHERE line > 0
    UNION SELECT left FROM gold WHERE line > 0 UNION SELECT right FROM gold WHERE line > 0
    UNION SELECT left FROM lesson WHERE line > 0 UNION SELECT right FROM lesson WHERE line > 0
)
UNION SELECT run.value
FROM label, json_each(body, '$.order') AS place, json_each(place.value) AS run
WHERE label.line > 0 AND label.type = 0 AND label.name IS NOT NULL
"""

#: Rankings are of a case, whatever stood left and right in them.
_MOST_PEOPLE = """
SELECT MAX(n) FROM (
    SELECT COUNT(DISTINCT annotator) AS n FROM judged
    WHERE annotator IN (SELECT id FROM person) AND (type > 0 OR name IS NULL)
    GROUP BY MIN(left, COALESCE(right, left)), MAX(left, COALESCE(right, left))
    UNION ALL
    SELECT COUNT(DISTINCT annotator) FROM judged
    WHERE annotator IN (SELECT id FROM person) AND type = 0 AND name IS NOT NULL
    GROUP BY "case"
)
"""

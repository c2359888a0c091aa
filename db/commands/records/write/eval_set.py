"""Writing what was staged: one transaction, in batches, nothing worked out under the lock."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from db.columns import now
from db.commands.changes import results_changed, studies_of_runs, studies_of_taxonomies
from db.commands.records.check.automated import CheckOfFile
from db.commands.records.check.definitions import RUBRICS, TAXONOMIES, Definition, Kind
from db.commands.records.check.known import ImportTarget
from db.commands.records.check.references import is_of_former
from db.commands.records.pictures import write_pictures
from db.commands.records.staging import NEXT_HASHES, Staging
from db.commands.records.write.automated import write_checks
from db.commands.records.write.batches import Writing
from db.commands.records.write.followed import write_followed
from db.commands.records.write.gold import write_gold
from db.commands.records.write.labels import write_labels
from db.commands.records.write.lessons import write_lessons
from db.commands.records.write.outputs import output_row
from db.commands.records.write.study import write_study
from db.commands.records.write.texts import case_values, fill_texts
from db.commands.traffic import store_traffic
from db.commands.units import outdate_units
from db.models import (
    Annotation,
    Assignment,
    AuditEvent,
    Case,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Run,
    VersionCase,
)
from evalkit.evalset.hashing import version_hash
from evalkit.records import Problems
from evalkit.study.traffic import Traffic
from evalkit.vocabulary import CaseStatus, CriterionLevel, LooksRule


def write_staged(
    session: Session,
    staging: Staging,
    target: ImportTarget,
    *,
    rubrics: list[Definition],
    taxonomies: list[Definition],
    checks: Sequence[CheckOfFile],
    needs_newest: bool,
    traffic: Traffic,
    of_version: Mapping[str, str | None],
    source: str,
    sides: Sequence[str | None],
    looks: LooksRule,
    actor_id: int | None,
    drawn: Mapping[str, tuple[str, float]],
    progress: Callable[[str, int, int], None],
    problems: Problems,
) -> int:
    """Write all that is new and return the number of the eval set's newest version."""
    writing = _begun(session, staging, progress)
    writing.eval_set_id = target.eval_set_id or _new_eval_set(session, target.eval_set)
    _write_contents(writing, traffic)
    version_id, number = _write_version(writing, target, of_version, drawn)
    writing.insert(Output, _new_outputs(writing))
    write_checks(writing, checks, eval_set=target.eval_set, actor_id=actor_id)
    _write_definitions(writing, RUBRICS, rubrics, _criterion_fields, writing.criteria)
    _write_definitions(writing, TAXONOMIES, taxonomies, _tag_fields, writing.tags)
    with_news = _studies_with_news(writing)
    filled = fill_texts(writing)
    changed, study_id = with_news | filled.study_ids, None
    if target.study is not None:
        if not (needs_newest or _begins_with(target, version_id, staging)):
            version_id = target.version_id or version_id
        ids = version_id, _main(rubrics), _main(taxonomies)
        study_id = _write_judged(writing, target, *ids, sides=sides, actor_id=actor_id)
        changed.add(study_id)
    followed = write_followed(writing, problems, version_id=version_id, study_id=study_id)
    about = {"source": source, "study": target.study, "version": number, "looks": looks.value}
    _note(session, writing.eval_set_id, about | filled.details, actor_id)
    outdate_units(session, *changed)
    results_changed(session, *changed | studies_of_taxonomies(session, followed))
    return number


def _write_judged(
    writing: Writing,
    target: ImportTarget,
    version_id: int,
    rubric_id: int | None,
    taxonomy_id: int | None,
    *,
    sides: Sequence[str | None],
    actor_id: int | None,
) -> int:
    """Write what was judged, and what is right, into the study of an import; return its id."""
    study_id = write_study(
        writing,
        target,
        version_id=version_id,
        rubric_id=rubric_id,
        taxonomy_id=taxonomy_id,
        actor_id=actor_id,
    )
    write_labels(writing, study_id=study_id, sides=sides)
    write_gold(writing, study_id=study_id)
    write_lessons(writing, study_id=study_id)
    return study_id


def _begun(
    session: Session, staging: Staging, progress: Callable[[str, int, int], None]
) -> Writing:
    """Begin with the ids of new rows, before anything is locked here.

    Reserving waits for others to finish, on PostgreSQL.
    """
    writing = Writing(session, staging, progress)
    for model, staged in _RESERVED:
        writing.reserve(model, staged)
    return writing


def _note(
    session: Session, eval_set_id: int, details: dict[str, Any], actor_id: int | None
) -> None:
    subject = f"eval_set:{eval_set_id}"
    session.add(AuditEvent(actor_id=actor_id, action="import", subject=subject, details=details))
    session.flush()


def _begins_with(target: ImportTarget, version_id: int, staging: Staging) -> bool:
    """Tell whether a new study is of the version that was made: it holds all that was judged."""
    is_made = target.study_id is None and version_id != target.newest_id
    return is_made and not is_of_former(staging)


def _studies_with_news(writing: Writing) -> set[int]:
    """Return the studies of runs that get new outputs."""
    runs = writing.staging.db.execute("SELECT DISTINCT run FROM output WHERE db_id IS NULL")
    return studies_of_runs(writing.session, [writing.runs[run] for (run,) in runs])


def _new_eval_set(session: Session, name: str) -> int:
    made = EvalSet(name=name)
    session.add(made)
    session.flush()
    return int(made.id or 0)


def _write_contents(writing: Writing, traffic: Traffic) -> None:
    """Write what the eval set holds before any output, and what production is asked of it."""
    _write_runs(writing)
    write_pictures(writing)
    writing.insert(Case, _new_cases(writing))
    if traffic:
        store_traffic(writing.session, writing.eval_set_id, traffic)


def _write_runs(writing: Writing) -> None:
    """Find or make the models and runs of new outputs; the others are known by name."""
    session, staging = writing.session, writing.staging
    used = {run for (run,) in staging.db.execute("SELECT DISTINCT run FROM output")}
    models = {name: model_id for model_id, name in session.execute(_MODELS)}
    runs = {
        (model, name): run_id
        for run_id, model, name in session.execute(
            select(col(Run.id), col(Model.name), col(Run.name))
            .join(Model, col(Run.model_id) == col(Model.id))
            .where(col(Run.eval_set_id) == writing.eval_set_id)
        )
    }
    for (model_name, run_name), number in staging.runs.items():
        if number not in used:
            continue
        if model_name not in models:
            model = Model(name=model_name)
            session.add(model)
            session.flush()
            models[model_name] = model.id
        if (model_name, run_name) not in runs:
            run = Run(
                eval_set_id=writing.eval_set_id, model_id=models[model_name] or 0, name=run_name
            )
            session.add(run)
            session.flush()
            runs[model_name, run_name] = run.id
        writing.runs[number] = runs[model_name, run_name] or 0


def _new_cases(writing: Writing) -> Iterator[dict[str, Any]]:
    moment, first = now(), writing.first["case"]
    for place, hashed, body, text_place in writing.new_rows(
        'SELECT place, hash, body, text_place FROM "case" WHERE db_id IS NULL ORDER BY place'
    ):
        fields = json.loads(body)
        yield {
            "id": first + place,
            "eval_set_id": writing.eval_set_id,
            "key": fields["id"],
            "status": fields.get("status", CaseStatus.ACTIVE.value),
            "created_at": moment,
            **case_values(fields, hashed, text_place),
        }


def _write_version(
    writing: Writing,
    target: ImportTarget,
    of_version: Mapping[str, str | None],
    drawn: Mapping[str, tuple[str, float]],
) -> tuple[int, int]:
    """Return id and number of the newest version, made if there are new cases.

    ``of_version`` is what is said of it: its note and its author. They hold of an eval set that
    the file makes, for beside other cases it is another version.
    """
    session, staging = writing.session, writing.staging
    n_new = staging.count('SELECT COUNT(*) FROM "case" WHERE db_id IS NULL')
    if not n_new and target.newest_id is not None:
        return target.newest_id, target.newest_number
    of_version = {} if target.newest_id is not None else of_version
    hashes = staging.db.execute(f"{NEXT_HASHES} ORDER BY hash")
    version = EvalSetVersion(
        eval_set_id=writing.eval_set_id,
        number=target.newest_number + 1,
        content_hash=version_hash(hashed for (hashed,) in hashes),
        parent_id=target.newest_id,
        note=of_version.get("version_note") or "Imported",
        author=of_version.get("version_author"),
    )
    session.add(version)
    session.flush()
    version_id = int(version.id or 0)
    if target.newest_id is not None:
        writing.copy_version(target.newest_id, version_id)
    first = writing.first["case"]
    writing.insert(
        VersionCase,
        (
            {
                "version_id": version_id,
                "case_id": first + place,
                "stratum": drawn[key][0] if key in drawn else None,
                "inclusion_probability": drawn[key][1] if key in drawn else None,
            }
            for place, key in writing.new_rows(
                'SELECT place, key FROM "case" WHERE db_id IS NULL ORDER BY place'
            )
        ),
    )
    return version_id, version.number


def _new_outputs(writing: Writing) -> Iterator[dict[str, Any]]:
    first, first_case = writing.first["output"], writing.first["case"]
    statement = f"""
    SELECT output.place, output.run, COALESCE(c.db_id, {first_case} + c.place), content,
        output.body, output.text_place
    FROM output JOIN "case" AS c ON c.key = output."case"
    WHERE output.db_id IS NULL ORDER BY output.place
    """
    for place, run, case_id, content, body, text_place in writing.new_rows(statement):
        row = output_row(
            json.loads(body),
            run_id=writing.runs[run],
            case_id=case_id,
            content=content,
            text_place=text_place,
        )
        yield {"id": first + place, **row}


def _write_definitions(
    writing: Writing,
    kind: Kind,
    wholes: Iterable[Definition],
    fields_of: Callable[[dict[str, Any]], dict[str, Any]],
    ids: dict[int, int],
) -> None:
    """Write the versions that are new, and note which stored part each staged one is."""
    session, whole_id = writing.session, f"{kind.whole}_id"
    for whole in wholes:
        if whole.new:
            own = {name: (whole.head or {}).get(name) for name in kind.of_head}
            made = kind.table(name=whole.name, version=whole.version or 1, **own)
            session.add(made)
            session.flush()
            whole.db_id = made.id
            writing.insert(
                kind.part_table,
                (
                    {whole_id: made.id, "key": part["key"], "position": place, **fields_of(part)}
                    for place, part in enumerate(whole.parts)
                ),
            )
        staged = _staged(writing.staging, kind.part, whole)
        part = kind.part_table
        stored = select(part.id, part.key).where(getattr(part, whole_id) == whole.db_id)
        for part_id, key in session.execute(stored):
            ids[staged[key]] = part_id


def _criterion_fields(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "question": part["question"],
        "description": part.get("description"),
        "level": part["level"],
        "scale": [{"anchor": "", **level} for level in part.get("scale", ())],
        "range": part.get("range"),
        "is_required": part.get("required", part["level"] != CriterionLevel.TEXT),
    }


def _tag_fields(part: dict[str, Any]) -> dict[str, Any]:
    return {name: part.get(name) for name in ("name", "definition", "severities")}


def _staged(staging: Staging, table: str, whole: Definition) -> dict[str, int]:
    rows = staging.db.execute(
        f"SELECT key, id FROM {table} WHERE whole = ? AND version = ?", (whole.name, whole.version)
    )
    return dict(rows)


def _main(wholes: Iterable[Definition]) -> int | None:
    return next((whole.db_id for whole in wholes if whole.is_main), None)


_RESERVED: tuple[tuple[type[SQLModel], str], ...] = (
    (Case, "case"),
    (Output, "output"),
    (Assignment, "presentation"),
    (Annotation, "annotation"),
)
_MODELS: Any = select(col(Model.id), col(Model.name))

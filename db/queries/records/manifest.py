"""What a file of a study rests on, to be kept beside it: the manifest."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models import Annotator, Assignment, Case, EvalSetVersion, Rubric, Taxonomy, VersionCase
from db.queries.records.annotated import KINDS
from db.queries.records.export import ExportedStudy
from db.queries.records.rows import criterion_records, stream, tag_records, taxonomy_record
from db.queries.results import ResultFilters, collect, result_study
from evalkit import __version__
from evalkit.contamination.canary import canary_of
from evalkit.evalset.hashing import canonical_json
from evalkit.formats.material import ExportFormat, Source
from evalkit.judging.split import SHARES, split_of
from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.study.collected import codings_of_criterion, codings_of_preferences
from evalkit.study.main_criteria import main_part
from evalkit.study.subject_keys import PREFERENCE
from evalkit.study.who import identified
from evalkit.vocabulary import AssignmentState, Level

MANIFEST_VERSION = 1
_BLOCK = 1024 * 1024


def manifest_path(file: Path) -> Path:
    """Return where the manifest of a file stands."""
    return file.with_name(f"{file.name}.manifest.json")


def manifest(
    session: Session, exported: ExportedStudy, made_as: ExportFormat, source: Source, file: Path
) -> dict[str, Any]:
    """Return what a file that was written rests on; docs/exports.md says what each entry means.

    It has no time, so that the same study gives the same manifest.
    """
    version = session.get_one(EvalSetVersion, exported.version_id)
    options = asdict(source.options)
    return {
        "manifest_version": MANIFEST_VERSION,
        "evalkit_version": __version__,
        "file": file.name,
        "format": made_as.key.value,
        "sha256": _digest(file),
        "n_rows": source.n_rows,
        "unit": made_as.unit,
        "left_out": dict(source.left_out),
        "n_adjudicated": source.n_adjudicated,
        "canary": _canary(session, version.eval_set_id),
        "study": exported.name,
        "eval_set": {
            "name": exported.eval_set,
            "version": version.number,
            "content_hash": exported.content_hash,
        },
        "rubric": _rubric(session, exported.rubric_id),
        "taxonomy": _taxonomy(session, exported.taxonomy_id),
        "options": {option: options[option] for option in sorted(made_as.options)},
        "annotators": _annotators(session, exported.id),
        "agreement": _agreement(session, exported),
        "inclusion_probabilities": _odds(session, exported.id),
        "split": _split(session, exported.version_id),
    }


def _canary(session: Session, eval_set_id: int) -> str:
    first = (
        select(col(EvalSetVersion.content_hash))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_id)
        .order_by(col(EvalSetVersion.number))
        .limit(1)
    )
    return canary_of(session.execute(first).scalar_one())


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _rubric(session: Session, rubric_id: int | None) -> dict[str, Any] | None:
    rubric = None if rubric_id is None else session.get_one(Rubric, rubric_id)
    if rubric is None or rubric_id is None:
        return None
    return _named(rubric.name, rubric.version, criterion_records(session, rubric_id=rubric_id))


def _taxonomy(session: Session, taxonomy_id: int | None) -> dict[str, Any] | None:
    taxonomy = None if taxonomy_id is None else session.get_one(Taxonomy, taxonomy_id)
    if taxonomy is None or taxonomy_id is None:
        return None
    weighed = taxonomy_record(session, taxonomy_id=taxonomy_id)
    records = [*([weighed] if weighed else []), *tag_records(session, taxonomy_id=taxonomy_id)]
    return _named(taxonomy.name, taxonomy.version, records)


def _named(name: str, version: int, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Name a rubric or taxonomy by the SHA-256 of its records as well."""
    content = hashlib.sha256(canonical_json(list(records)).encode()).hexdigest()
    return {"name": name, "version": version, "content_hash": content}


def _annotators(session: Session, study_id: int) -> dict[str, int]:
    """Count who submitted something, by kind."""
    statement = (
        select(col(Annotator.kind), func.count(func.distinct(col(Annotator.id))))
        .join(Assignment, col(Assignment.annotator_id) == col(Annotator.id))
        .where(*_submitted(study_id))
        .group_by(col(Annotator.kind))
        .order_by(col(Annotator.kind))
    )
    return {str(kind): int(n) for kind, n in session.execute(statement)}


def _agreement(session: Session, exported: ExportedStudy) -> dict[str, Any]:
    """Return Krippendorff's alpha among people, of the preference and of each criterion scored."""
    study = result_study(session, name=exported.name)
    people = identified(main_part(collect(session, study, filters=ResultFilters())))
    criteria = set(people.values.criterion.tolist())
    alphas = {
        criterion.key: krippendorff_alpha(codings_of_criterion(people, place), criterion.level)
        for place, criterion in enumerate(people.criteria)
        if place in criteria
    }
    if people.asks_preference:
        alphas[PREFERENCE] = krippendorff_alpha(codings_of_preferences(people), Level.NOMINAL)
    return {key: asdict(alpha) for key, alpha in alphas.items()}


def _odds(session: Session, study_id: int) -> list[dict[str, Any]]:
    """Return by how labels were chosen how many there are, and between which odds."""
    odds = col(Assignment.inclusion_probability)
    statement = (
        select(
            col(Assignment.sampling), func.count(), func.count(odds), func.min(odds), func.max(odds)
        )
        .where(*_submitted(study_id))
        .group_by(col(Assignment.sampling))
    )
    rows = [
        {"sampling": sampling, "n": n, "n_known": n_known, "lowest": low, "highest": high}
        for sampling, n, n_known, low, high in session.execute(statement)
    ]
    return sorted(rows, key=lambda row: row["sampling"] or "")


def _split(session: Session, version_id: int) -> dict[str, int]:
    """Count the cases of the version by split."""
    hashes = (
        select(col(Case.case_hash))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == version_id)
    )
    counts = Counter(split_of(content_hash) for (content_hash,) in stream(session, hashes))
    return {split.value: counts[split] for split in SHARES}


def _submitted(study_id: int) -> tuple[Any, ...]:
    return (
        col(Assignment.study_id) == study_id,
        col(Assignment.kind).in_(KINDS),
        col(Assignment.state) == AssignmentState.SUBMITTED,
    )

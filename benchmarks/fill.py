"""Make a database of any size through the real schema: a study with N annotations.

    python -m benchmarks.fill --annotations N [--url DATABASE_URL] [--scored SHARE]

One study of 20 models on N/200 cases: on every case 100 pairs, each judged by two of 30
annotators, in the order of no particular case, as people work. Every annotation has a preference;
a quarter (``--scored``) also scores both responses on the three criteria of the ready rubric and
says whether it found an error. Some models are better, some cases favour some models, annotators
are more or less lenient. The database must be empty; without ``--url`` it is ``DATABASE_URL`` or
the file in ``data/``. All is written in one transaction: SQLite by ``executemany``, PostgreSQL by
``COPY``. At a million annotations expect about a gigabyte.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from benchmarks import synthetic
from benchmarks.bulk import prepare, settle, write_rows
from benchmarks.synthetic import N_ANNOTATORS, N_MODELS
from db import models, schema
from db.columns import new_token
from db.commands.rubrics import store_rubric, store_taxonomy
from db.engine import database_url, engine
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash, version_hash
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME
from evalkit.severity import DEFAULT_SEVERITIES
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.vocabulary import PREFERENCE_CODES

STUDY = "Benchmark"
CATEGORIES = ("code", "extraction", "reasoning", "support", "writing")
_OVERLAP = 2
_SCORED = 0.25
_FIRST_MOMENT = np.datetime64("2026-09-01T08:00:00")
_PROSE = "What a model might have answered, of no interest here but for the room it takes. " * 20


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """Annotations in the order they were made; ``left`` and ``right`` are models' numbers."""

    case: IntArray
    left: IntArray
    right: IntArray
    annotator: IntArray
    ability: FloatArray

    def output(self, model: IntArray) -> IntArray:
        """Return the ids of the outputs of models on the cases."""
        return 1 + model * len(self.ability) + self.case


def fill(url: str, n_annotations: int, *, scored: float = _SCORED, seed: int = 0) -> None:
    """Make the database and fill it."""
    schema.upgrade(url)
    generator = np.random.default_rng(seed)
    given = _given(n_annotations, generator)
    with engine(url).begin() as connection:
        if connection.execute(sa.select(sa.func.count()).select_from(models.EvalSet)).scalar_one():
            raise RefusedError("The database holds data. Name an empty one with --url.")
        prepare(connection)
        n_cases = len(given.ability)
        criterion_ids, tag_ids = _write_study(connection, n_cases)
        _write_outputs(connection, n_cases, generator)
        _write_annotations(connection, given, generator)
        _write_scores(connection, given, criterion_ids, scored, generator)
        _write_marks(connection, given, tag_ids, scored, generator)
    tables = [one.__tablename__ for one in _NUMBERED]
    settle(engine(url), tables)


def filled_sqlite(n_annotations: int, folder: Path) -> str:
    """Return the URL of a filled SQLite file in the folder, made where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"evalkit-{n_annotations}.db"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        fill(f"sqlite:///{unfinished}", n_annotations)
        engine(f"sqlite:///{unfinished}").dispose()
        unfinished.rename(path)
    url = f"sqlite:///{path}"
    schema.upgrade(url)
    return url


_NUMBERED: tuple[Any, ...] = (
    models.Annotator,
    models.EvalSet,
    models.EvalSetVersion,
    models.Case,
    models.Model,
    models.Run,
    models.Output,
    models.Study,
    models.Assignment,
    models.Annotation,
    models.Score,
    models.ErrorMark,
)


def _given(n: int, generator: np.random.Generator) -> _Given:
    """Draw who judged what: distinct pairs on every case, each by two annotators."""
    n_cases = synthetic.n_cases(n)
    per_case = -(-n // (n_cases * _OVERLAP))
    first, second = np.triu_indices(N_MODELS, 1)
    if per_case > len(first):
        raise RefusedError("A case has 190 pairs of models; ask for 1,000 annotations or more.")
    order = generator.permuted(np.tile(np.arange(len(first)), (n_cases, 1)), axis=1)
    pair = np.repeat(order[:, :per_case].reshape(-1), _OVERLAP)
    case = np.repeat(np.arange(n_cases), per_case * _OVERLAP)
    one = generator.integers(0, N_ANNOTATORS, len(pair) // _OVERLAP)
    other = (one + generator.integers(1, N_ANNOTATORS, len(one))) % N_ANNOTATORS
    annotator = np.column_stack([one, other]).reshape(-1)
    kept = generator.permutation(len(pair))[:n]
    swapped = generator.random(n) < 0.5
    left, right = first[pair[kept]], second[pair[kept]]
    return _Given(
        case=case[kept],
        left=np.where(swapped, right, left),
        right=np.where(swapped, left, right),
        annotator=annotator[kept],
        ability=synthetic.abilities(n_cases, generator),
    )


def _write_study(connection: sa.Connection, n_cases: int) -> tuple[IntArray, IntArray]:
    """Write everything small, and the cases; return the ids of the criteria and tags."""
    with Session(connection) as session:
        rubric_id = store_rubric(session, name=DEFAULT_RUBRIC_NAME, criteria=DEFAULT_RUBRIC)
        taxonomy_id = store_taxonomy(session, name=DEFAULT_TAXONOMY_NAME, tags=DEFAULT_TAXONOMY)
        _add_cases(session, n_cases)
        for number, name in enumerate(synthetic.ANNOTATORS, start=1):
            session.add(models.Annotator(id=number, name=name, is_simulated=True))
        for number, name in enumerate(synthetic.MODELS, start=1):
            session.add(models.Model(id=number, name=name))
            session.flush()
            session.add(models.Run(id=number, eval_set_id=1, model_id=number))
        session.add(
            models.Study(
                id=1,
                name=STUDY,
                eval_set_version_id=1,
                rubric_id=rubric_id,
                taxonomy_id=taxonomy_id,
                pairs_per_case=100,
            )
        )
        session.flush()
        session.add_all(models.StudyRun(study_id=1, run_id=run + 1) for run in range(N_MODELS))
        session.flush()
    criteria = sa.select(col(models.Criterion.id)).order_by(col(models.Criterion.id))
    tags = sa.select(col(models.Tag.id)).order_by(col(models.Tag.id))
    return (
        np.array(connection.execute(criteria).scalars().all()),
        np.array(connection.execute(tags).scalars().all()),
    )


def _add_cases(session: Session, n_cases: int) -> None:
    """Add one eval set with one version that holds all cases."""
    inputs = [[{"role": "user", "content": f"Question {one}"}] for one in range(n_cases)]
    hashes = [case_hash(messages=one) for one in inputs]
    whole = version_hash(sorted(hashes))
    session.add(models.EvalSet(id=1, name=STUDY))
    session.flush()
    session.add(models.EvalSetVersion(id=1, eval_set_id=1, number=1, content_hash=whole))
    session.add_all(
        models.Case(
            id=number + 1,
            eval_set_id=1,
            key=f"case-{number}",
            case_hash=hashed,
            input=inputs[number],
            category=CATEGORIES[number % len(CATEGORIES)],
        )
        for number, hashed in enumerate(hashes)
    )
    session.flush()
    session.add_all(models.VersionCase(version_id=1, case_id=n + 1) for n in range(n_cases))
    session.flush()


def _write_outputs(connection: sa.Connection, n_cases: int, generator: np.random.Generator) -> None:
    n = n_cases * N_MODELS
    length = generator.integers(200, len(_PROSE), n).tolist()
    write_rows(
        connection,
        "output",
        {
            "id": range(1, n + 1),
            "run_id": np.repeat(np.arange(1, N_MODELS + 1), n_cases),
            "case_id": np.tile(np.arange(1, n_cases + 1), N_MODELS),
            "content": [_PROSE[:one] for one in length],
            "latency_ms": generator.lognormal(7, 0.5, n),
            "input_tokens": generator.integers(50, 2000, n),
            "output_tokens": generator.integers(50, 800, n),
            "cost_usd": generator.lognormal(-6, 0.5, n),
        },
    )


def _write_annotations(
    connection: sa.Connection, given: _Given, generator: np.random.Generator
) -> None:
    n = len(given.case)
    seconds = generator.lognormal(4, 0.5, n)
    moments = [str(one).replace("T", " ") + ".000000" for one in _moments(n)]
    write_rows(
        connection,
        "assignment",
        {
            "id": range(1, n + 1),
            "study_id": 1,
            "annotator_id": given.annotator + 1,
            "case_id": given.case + 1,
            "left_output_id": given.output(given.left),
            "right_output_id": given.output(given.right),
            "presentation": _presentations(given),
            "token": [new_token() for _ in range(n)],
            "kind": "work",
            "policy": "balanced",
            "sampling": "random",
            "inclusion_probability": 0.5,
            "state": "submitted",
            "active_seconds": seconds,
            "created_at": moments,
        },
    )
    left, right = given.ability[given.case, given.left], given.ability[given.case, given.right]
    spelled = np.array([str(name) for name in PREFERENCE_CODES], object)
    write_rows(
        connection,
        "annotation",
        {
            "id": range(1, n + 1),
            "assignment_id": range(1, n + 1),
            "revision": 1,
            "submission_key": [f"benchmark-{one}" for one in range(n)],
            "submitted_at": moments,
            "active_seconds": seconds,
            "preference": spelled[synthetic.preferences(left, right, generator)],
            "is_unreadable": "0",
            "is_superseded": "0",
        },
    )


def _presentations(given: _Given) -> list[str]:
    left, right = given.output(given.left), given.output(given.right)
    columns = (given.case + 1, np.minimum(left, right), np.maximum(left, right))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [f"case {case}: {low} and {high}" for case, low, high in rows]


def _moments(n: int) -> Any:
    return _FIRST_MOMENT + (np.arange(n) * (30 * 86_400 // max(n, 1) or 1)).astype("timedelta64[s]")


def _write_scores(
    connection: sa.Connection,
    given: _Given,
    criterion_ids: IntArray,
    scored: float,
    generator: np.random.Generator,
) -> None:
    """Write scores of both responses on every criterion, for the first share of annotations."""
    n, n_criteria = int(len(given.case) * scored), len(criterion_ids)
    row = np.repeat(np.arange(n), 2 * n_criteria)
    is_left = np.tile(np.repeat([True, False], n_criteria), n)
    model = np.where(is_left, given.left[row], given.right[row])
    leniency = generator.normal(0, 0.3, N_ANNOTATORS)[given.annotator[row]]
    quality = given.ability[given.case[row], model] + leniency
    seen = 3.2 + 0.8 * quality + generator.normal(0, 0.7, len(row))
    output = 1 + model * len(given.ability) + given.case[row]
    write_rows(
        connection,
        "score",
        {
            "id": range(1, len(row) + 1),
            "annotation_id": row + 1,
            "output_id": output,
            "criterion_id": np.tile(criterion_ids, 2 * n),
            "value": np.clip(np.rint(seen), 1, 5),
            "is_superseded": "0",
        },
    )


def _write_marks(
    connection: sa.Connection,
    given: _Given,
    tag_ids: IntArray,
    scored: float,
    generator: np.random.Generator,
) -> None:
    """Write one mark on the left response of those annotations: an error, or that there is none."""
    n = int(len(given.case) * scored)
    tag = generator.choice(tag_ids, n).tolist()
    severity = generator.choice([each.key for each in DEFAULT_SEVERITIES], n).tolist()
    found = (generator.random(n) < 0.3).tolist()
    write_rows(
        connection,
        "error_mark",
        {
            "id": range(1, n + 1),
            "annotation_id": range(1, n + 1),
            "output_id": given.output(given.left)[:n],
            "tag_id": [one if hit else None for one, hit in zip(tag, found, strict=True)],
            "severity": [one if hit else None for one, hit in zip(severity, found, strict=True)],
            "is_superseded": "0",
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--annotations", type=int, required=True)
    parser.add_argument("--url", default=None, help="an empty database")
    parser.add_argument("--scored", type=float, default=_SCORED, help="share with scores, 0 to 1")
    options = parser.parse_args()
    started = time.perf_counter()
    try:
        fill(options.url or database_url(), options.annotations, scored=options.scored)
    except RefusedError as refused:
        parser.exit(1, f"{refused}\n")
    taken = time.perf_counter() - started
    print(f"{options.annotations:,} annotations of the study “{STUDY}” in {taken:,.0f} s.")


if __name__ == "__main__":
    main()

"""Small databases to test on, made through the same models the app uses."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlmodel import Session, delete, select

from db.columns import new_token
from db.commands.changes import results_changed
from db.commands.units import outdate_units
from db.engine import read_session, write_session
from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    Criterion,
    ErrorMark,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Rubric,
    Run,
    Score,
    Study,
    StudyRun,
    Tag,
    Taxonomy,
    Unit,
    UnitPair,
    VersionCase,
)
from db.queries.annotation.task import current_annotation
from evalkit.annotation.opening import Opening, draft_mark


def make_eval_set(
    *,
    name: str = "Support questions",
    models: Sequence[str] = ("Model one", "Model two"),
    n_cases: int = 4,
    categories: Sequence[str] = ("billing", "code"),
) -> dict[str, int]:
    """Store an eval set where every model answered every case; give the ids by name.

    Cases are called ``case-0``…; the key of an output is ``"case-0/Model one"``.
    """
    ids: dict[str, int] = {}
    with write_session() as session:
        eval_set = EvalSet(name=name)
        session.add(eval_set)
        session.flush()
        version = EvalSetVersion(eval_set_id=eval_set.id, number=1, content_hash=f"hash {name}")
        made_models = [Model(name=model) for model in models]
        session.add_all([version, *made_models])
        session.flush()
        runs = [Run(eval_set_id=eval_set.id, model_id=model.id) for model in made_models]
        cases = [
            Case(
                eval_set_id=eval_set.id,
                key=f"case-{number}",
                case_hash=f"hash {name} {number}",
                input=[{"role": "user", "content": f"What about number {number}?"}],
                category=categories[number % len(categories)],
            )
            for number in range(n_cases)
        ]
        session.add_all([*runs, *cases])
        session.flush()
        session.add_all(VersionCase(version_id=version.id, case_id=case.id) for case in cases)
        outputs = {
            f"{case.key}/{model}": Output(
                run_id=run.id, case_id=case.id, content=f"Text {index} about {case.key}."
            )
            for case in cases
            for index, (model, run) in enumerate(zip(models, runs, strict=True))
        }
        session.add_all(outputs.values())
        session.flush()
        ids |= {key: output.id for key, output in outputs.items()}
        ids |= {case.key: case.id for case in cases}
        ids |= {model.name: model.id for model in made_models}
        ids |= {"eval_set": eval_set.id, "version": version.id}
    return ids


def make_study(ids: dict[str, int], *, name: str = "Study", models: Sequence[str] = ()) -> int:
    """Store a study on an eval set of ``make_eval_set`` with a rubric and a taxonomy; its id.

    The rubric asks ``helpfulness`` (1–5, ordinal) and ``polite`` (0 or 1, nominal); the taxonomy
    knows ``hallucination``, ``tone`` and ``unsafe``.
    """
    with write_session() as session:
        rubric, taxonomy = Rubric(name=f"Rubric of {name}"), Taxonomy(name=f"Taxonomy of {name}")
        session.add_all([rubric, taxonomy])
        session.flush()
        for position, (key, level, values) in enumerate(
            (("helpfulness", "ordinal", range(1, 6)), ("polite", "nominal", range(2)))
        ):
            criterion = Criterion(
                rubric_id=rubric.id,
                key=key,
                position=position,
                question=f"How {key}?",
                level=level,
                scale=[{"value": value, "label": f"level {value}"} for value in values],
            )
            session.add(criterion)
            session.flush()
            ids[key] = criterion.id
        for position, key in enumerate(("hallucination", "tone", "unsafe")):
            tag = Tag(taxonomy_id=taxonomy.id, key=key, position=position, name=key.capitalize())
            session.add(tag)
            session.flush()
            ids[key] = tag.id
        study = Study(
            name=name,
            eval_set_version_id=ids["version"],
            rubric_id=rubric.id,
            taxonomy_id=taxonomy.id,
        )
        session.add(study)
        session.flush()
        runs = session.exec(
            select(Run.id)
            .join(Model, Model.id == Run.model_id)
            .where(Run.eval_set_id == ids["eval_set"])
            .where(Model.name.in_(models) if models else True)
        )
        session.add_all(StudyRun(study_id=study.id, run_id=run_id) for run_id in runs.all())
        ids[name] = study.id
    return ids[name]


def annotate(
    ids: dict[str, int],
    annotator: str,
    left: str,
    right: str | None = None,
    preference: str | None = None,
    *,
    study: str = "Study",
    scores: Sequence[tuple[str, str, float]] = (),
    marks: Sequence[tuple[str, str | None]] = (),
    note: str | None = None,
    severity: str | None = None,
    comment: str | None = None,
    is_unreadable: bool = False,
    is_judge: bool = False,
    is_simulated: bool = False,
    kind: str = "work",
) -> int:
    """Store one submitted annotation of outputs named as ``"case-0/Model one"``; its id.

    ``scores`` are (output, criterion, value), ``marks`` (output, tag or None for no error).
    """
    with write_session() as session:
        who = {"name": annotator, "kind": "judge" if is_judge else "human"}
        found = session.exec(select(Annotator).filter_by(**who)).first()
        if found is None:
            found = Annotator(**who, is_simulated=is_simulated)
            session.add(found)
            session.flush()
        n_before = len(session.exec(select(Assignment.id)).all())
        assignment = Assignment(
            study_id=ids[study],
            annotator_id=found.id,
            case_id=ids[left.split("/", maxsplit=1)[0]],
            left_output_id=ids[left],
            right_output_id=None if right is None else ids[right],
            presentation=f"presentation {n_before}",
            kind=kind,
            state="submitted",
        )
        session.add(assignment)
        session.flush()
        annotation = Annotation(
            assignment_id=assignment.id,
            preference=preference,
            is_unreadable=is_unreadable,
            comment=comment,
        )
        session.add(annotation)
        session.flush()
        session.add_all(
            Score(
                annotation_id=annotation.id,
                output_id=ids[output],
                criterion_id=ids[criterion],
                value=value,
            )
            for output, criterion, value in scores
        )
        session.add_all(
            ErrorMark(
                annotation_id=annotation.id,
                output_id=ids[output],
                tag_id=None if tag is None else ids[tag],
                severity=severity if tag else None,
                note=note,
            )
            for output, tag in marks
        )
        outdate_units(session, ids[study])
        results_changed(session, ids[study])
        ids[annotator] = found.id
        return annotation.id


def forget_units(session: Session, study_id: int) -> None:
    """Let outputs be changed as nothing in evalkit changes them: units refer to them."""
    for table in (Unit, UnitPair):
        session.exec(delete(table).where(table.study_id == study_id))
    outdate_units(session, study_id)


def opened(assignment_id: int, **changes: Any) -> Opening:
    """Open an assignment as a screen does: it has seen all there is, and sends its first."""
    with read_session() as session:
        assignment = session.get(Assignment, assignment_id)
        current = None if assignment is None else current_annotation(session, assignment)
    opening = Opening(
        token="" if assignment is None else assignment.token,
        session=new_token(),
        number=1,
        opened_on=""
        if assignment is None
        else draft_mark(assignment.draft_session, assignment.draft_number),
        revision=0 if current is None else current.revision,
    )
    return replace(opening, **changes)


def wordy_file(folder: Path) -> Path:
    """Write the study "style", in which length explains who leads, as records.

    The model "wordy" writes longer texts, and on 200 cases the longer response is preferred by
    chances that rise with how much longer it is: held equal, the two are alike.
    """
    rng = np.random.default_rng(5)
    lines: list[dict[str, Any]] = [
        {"type": "header", "format": "evalkit", "version": 1, "eval_set": "style", "study": "style"}
    ]
    for case in range(200):
        key = f"c{case}"
        length = {"terse": int(rng.integers(50, 400)), "wordy": int(rng.integers(120, 600))}
        more = (length["wordy"] - length["terse"]) / sum(length.values())
        wins = rng.random() < 1 / (1 + np.exp(-4 * more))
        left, right = ("wordy", "terse") if case % 2 else ("terse", "wordy")
        preference = "left" if wins == (left == "wordy") else "right"
        lines.append(
            {"type": "case", "id": key, "input": [{"role": "user", "content": f"Ask {case}"}]}
        )
        lines += [
            {"type": "output", "case": key, "model": model, "content": "x" * n}
            for model, n in length.items()
        ]
        lines.append(
            {"type": "comparison", "case": key, "annotator": "p"}
            | {"left": left, "right": right, "preference": preference}
        )
    file = folder / "style.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file

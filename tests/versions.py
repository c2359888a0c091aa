"""A second version of an eval set and a second run of a model on it, for tests of regressions."""

from db.engine import write_session
from db.models import Case, EvalSetVersion, Output, Run, StudyRun, VersionCase


def add_version(
    ids: dict[str, int],
    *,
    model: str = "Model one",
    drop: tuple[str, ...] = (),
    change: tuple[str, ...] = (),
    add: tuple[str, ...] = (),
    category: str = "code",
    study: str | None = "Study",
) -> None:
    """Store version 2 without the dropped cases, some changed, some new, and a run 2 on it.

    The eval set is that of ``make_eval_set``. The key of an output of run 2 is
    ``"case-0/Model one again"``; a changed case keeps its key, its id is ``"case-0 again"``.
    """
    with write_session() as session:
        version = EvalSetVersion(
            eval_set_id=ids["eval_set"], number=2, content_hash="hash of version 2"
        )
        run = Run(eval_set_id=ids["eval_set"], model_id=ids[model], name="2")
        session.add_all([version, run])
        session.flush()
        kept = [key for key in ids if key.startswith("case-") and "/" not in key]
        cases = {}
        for key in [*(key for key in kept if key not in drop), *add]:
            if key in change or key in add:
                made = Case(
                    eval_set_id=ids["eval_set"],
                    key=key,
                    case_hash=f"new hash {key}",
                    input=[{"role": "user", "content": f"Another question, {key}?"}],
                    category=category,
                )
                session.add(made)
                session.flush()
                cases[key] = made.id
            else:
                cases[key] = ids[key]
        session.add_all(
            VersionCase(version_id=version.id, case_id=case_id) for case_id in cases.values()
        )
        outputs = {
            key: Output(run_id=run.id, case_id=case_id, content=f"New text about {key}.")
            for key, case_id in cases.items()
        }
        session.add_all(outputs.values())
        session.flush()
        ids |= {f"{key}/{model} again": output.id for key, output in outputs.items()}
        ids |= {f"{key} again" if key in change else key: one for key, one in cases.items()}
        ids |= {"version 2": version.id, "run 2": run.id}
        if study:
            session.add(StudyRun(study_id=ids[study], run_id=run.id))

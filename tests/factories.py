"""Small databases to test on, made through the same models the app uses."""

from collections.abc import Sequence

from db.engine import write_session
from db.models import Case, EvalSet, EvalSetVersion, Model, Output, Run, VersionCase


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

"""The demo study: our cases and outputs, simulated annotations, and ready accounts."""

from itertools import chain

from sqlmodel import col, select

from db.commands.people import add_demo_accounts
from db.commands.records import import_records
from db.commands.studies import create_study
from db.engine import read_session
from db.models import Annotator, EvalSet, Study
from evalkit.annotation.planning import StudyPlan
from evalkit.demo.desk import desk_records
from evalkit.demo.judges import judge_records
from evalkit.demo.simulate import (
    DEMO_EVAL_SET,
    DEMO_STUDY,
    demo_latent,
    demo_records,
    demo_texts,
)
from evalkit.demo.triage import triage_records

_CONTENT = frozenset(("case", "output"))
_OVERLAP = 3


def load_demo() -> str:
    """Load the demo and say what it brought; what is there already is left as it is."""
    records = list(demo_records())
    content = [record for record in records if record["type"] in _CONTENT]
    judged = [record for record in records if record["type"] not in {"header", *_CONTENT}]
    brought = import_records(content, source_name="the demo", eval_set=DEMO_EVAL_SET)
    _ensure_study(sorted({record["model"] for record in content if record["type"] == "output"}))
    simulated = import_records(
        chain((record for record in records if record["type"] == "header"), judged),
        source_name="the demo's simulated annotators",
        eval_set=DEMO_EVAL_SET,
        study=DEMO_STUDY,
    )
    judged_by_program = import_records(
        judge_records(demo_latent(), demo_texts()),
        source_name="the demo's simulated judges",
        eval_set=DEMO_EVAL_SET,
        study=DEMO_STUDY,
    )
    add_demo_accounts()  # last: their presence says that the demo is complete
    return "\n".join(each.sentence for each in (brought, simulated, judged_by_program))


def load_triage() -> str:
    """Load the simulated study for judge builders, and say what it brought.

    It brings no accounts: the demo does, or whoever runs evalkit.
    """
    return import_records(triage_records(), source_name="a simulation").sentence


def load_desk() -> str:
    """Load the simulated help desk for failure hunters, two runs, and say what it brought.

    It brings no accounts: the demo does, or whoever runs evalkit.
    """
    brought = [
        import_records(desk_records(run), source_name="a simulation").sentence for run in (0, 1)
    ]
    return "\n".join(brought)


def is_demo_wanted() -> bool:
    """Tell whether the database is empty, or holds a demo whose loading was cut short."""
    with read_session() as session:
        names = session.exec(select(EvalSet.name)).all()
        has_accounts = session.exec(
            select(Annotator.id).where(col(Annotator.is_demo)).limit(1)
        ).first()
    return not names or (list(names) == [DEMO_EVAL_SET] and has_accounts is None)


def _ensure_study(models: list[str]) -> None:
    with read_session() as session:
        if session.exec(select(Study.id).where(Study.name == DEMO_STUDY)).first():
            return
    create_study(
        StudyPlan(
            name=DEMO_STUDY,
            eval_set=DEMO_EVAL_SET,
            models=models,
            overlap=_OVERLAP,
        )
    )

"""`study create|list|show|open|close|audience|weigh`: start studies, see how far they are."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from db.commands.audience import set_audience
from db.commands.studies import create_study, set_study_open, weigh_errors
from db.engine import read_session
from db.queries import library, results
from db.queries.annotation import audience as audiences, naming
from evalkit.annotation.blinding.naming import naming_in_words
from evalkit.annotation.planning import StudyPlan, TaskPlan
from evalkit.annotation.rubric import DEFAULT_RUBRIC_NAME
from evalkit.cli.kinds import names_of, tasks_of_options
from evalkit.cli.report.options import weights_of
from evalkit.cli.terminal import JsonFlag, VisibleTable, notes, out, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME
from evalkit.phrases import joined, quoted
from evalkit.reports.errors.penalties import weights_in_words
from evalkit.vocabulary import LeakPolicy, TaskKind

app = typer.Typer(no_args_is_help=True, help="Start studies and see how far they have come.")

_WIDEST_MODELS = 40  # characters; `study show` names all


GuidelinesOption = Annotated[
    Path | None,
    typer.Option(
        help="A Markdown file; default: the ready guidelines.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option(
        help="What a case shows: two responses (pair), one (single), or several to be ranked "
        "(rank). Repeat it to mix kinds; KIND=SHARE asks a part of the cases, as in single=20%.",
        show_default="pair",
    ),
]
OverlapOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Annotators of each pair, response or ranking; KIND=N for one kind of several.",
        show_default="2",
    ),
]
CollectOption = Annotated[
    list[str] | None,
    typer.Option(
        help="What annotators give, comma-separated, of preference, scores, tags, comment "
        "and assertion (what must hold in every response to a case, off unless named); "
        "the preference of several is their ranking; default: all that fits, of a ranking "
        "preference and comment, and what a named rubric or taxonomy is for. KIND=WHAT for one "
        "kind of several."
    ),
]

RubricOption = Annotated[
    str | None,
    typer.Option(help="Rubric to score on; empty for none.", show_default=DEFAULT_RUBRIC_NAME),
]
TaxonomyOption = Annotated[
    str | None,
    typer.Option(help="Taxonomy of errors; empty for none.", show_default=DEFAULT_TAXONOMY_NAME),
]
StrengthFlag = Annotated[
    bool, typer.Option("--strength", help="Ask by how much a response is better, too.")
]
CertaintyFlag = Annotated[
    bool, typer.Option("--certainty", help="Let annotators say that they are not sure.")
]

ByCriterionFlag = Annotated[
    bool, typer.Option("--by-criterion", help="Ask on each criterion which is better, too.")
]


PairsOption = Annotated[
    int | None, typer.Option(help="Pairs of models per case; default: every model once.")
]
CasesOption = Annotated[
    int | None, typer.Option(help="Draw so many cases, by category; default: all.")
]
RankedOption = Annotated[
    int | None,
    typer.Option(help="How many responses are ranked together, 3 to 5; default: all, up to 5."),
]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the study is called.")],
    eval_set: Annotated[str, typer.Option(help="The eval set whose newest version is judged.")],
    models: Annotated[
        str, typer.Option(help="Model names, comma-separated; `name:run` where one has several.")
    ],
    kind: KindOption = None,
    rubric: RubricOption = None,
    taxonomy: TaxonomyOption = None,
    overlap: OverlapOption = None,
    pairs_per_case: PairsOption = None,
    ranked: RankedOption = None,
    cases: CasesOption = None,
    guidelines: GuidelinesOption = None,
    collect: CollectOption = None,
    strength: StrengthFlag = False,
    certainty: CertaintyFlag = False,
    by_criterion: ByCriterionFlag = False,
    leaks: Annotated[
        LeakPolicy, typer.Option(help="What to do with responses that name their maker.")
    ] = LeakPolicy.MASK,
    seed: Annotated[int, typer.Option(help="Seed of cases, pairs, sides and order.")] = 0,
    as_json: bool = JsonFlag,
) -> None:
    """Start a study on the newest version of an eval set."""
    require_database()
    more = _asked(strength=strength, certainty=certainty, preferences=by_criterion)
    named = _asked(scores=rubric, tags=taxonomy)
    first, *beside = tasks_of_options(kind, overlap, collect, named=named, of_preference=more)
    plan = StudyPlan(
        name=name,
        eval_set=eval_set,
        models=names_of(models),
        kind=first.kind,
        share=first.share,
        rubric=_named(rubric, default=DEFAULT_RUBRIC_NAME),
        taxonomy=_named(taxonomy, default=DEFAULT_TAXONOMY_NAME),
        guidelines=guidelines.read_text(encoding="utf-8") if guidelines else None,
        overlap=first.overlap,
        pairs_per_case=_of_first(pairs_per_case, TaskKind.PAIR, beside),
        ranked_per_case=_of_first(ranked, TaskKind.RANK, beside),
        n_cases=cases,
        collects=first.collects or frozenset(),
        beside=[_counted(task, pairs=pairs_per_case, ranked=ranked) for task in beside],
        leak_policy=leaks,
        seed=seed,
    )
    _refuse_idle(plan, rubric=rubric, taxonomy=taxonomy)
    _point_out_names(create_study(plan))
    show(name=plan.name.strip(), as_json=as_json)


@app.command(name="list")
def list_studies(as_json: bool = JsonFlag) -> None:
    """List the studies, newest first."""
    require_database()
    with read_session() as session:
        studies = library.studies(session)
    if as_json:
        typer.echo(json.dumps([asdict(study) for study in studies], default=str, indent=2))
        return
    if not studies:
        out().print("There is no study yet. Start one with `study create`.")
        return
    table = VisibleTable("Study", "Eval set", "Models", "Cases", "Annotations", "State")
    for study in studies:
        table.add_row(
            study.name,
            f"{study.eval_set} v{study.version_number}",
            _in_short(study.models),
            study.cases,
            f"{study.n_annotations:,} by {study.n_annotators}",
            "open" if study.is_open else "closed",
        )
    out().print(table)


@app.command()
def show(name: Annotated[str, typer.Argument(help="The study.")], as_json: bool = JsonFlag) -> None:
    """Show one study: what it compares, how it is judged, how far it has come."""
    study = _study(name)
    if as_json:
        typer.echo(json.dumps(asdict(study), default=str, indent=2))
        return
    values = asdict(study) | {"tasks": tuple(task.in_words for task in study.tasks)}
    for what, value in values.items():
        written = ", ".join(value) if isinstance(value, tuple) else value
        out().print(f"{what.replace('_', ' '):24}{'none' if written is None else written}")


@app.command(name="open")
def open_study(name: Annotated[str, typer.Argument(help="The study.")]) -> None:
    """Give out new work in a study again."""
    study_id = _study(name).study_id
    set_study_open(study_id, is_open=True)
    out().print(f"“{name}” is open.")
    _point_out_names(study_id)


@app.command()
def close(name: Annotated[str, typer.Argument(help="The study.")]) -> None:
    """Give out no new work in a study; what was submitted stays."""
    set_study_open(_study(name).study_id, is_open=False)
    out().print(f"“{name}” is closed to new work.")


@app.command()
def audience(
    name: Annotated[str, typer.Argument(help="The study.")],
    group: Annotated[list[str] | None, typer.Option(help="A group; repeatable.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Somebody; repeatable.")] = None,
) -> None:
    """Give out a study's new cases to these alone; to everybody where none is named."""
    study_id = _study(name).study_id
    with read_session() as session:
        ids = {each.name: each.id for each in audiences.people(session)}
    if unknown := [each for each in person or () if each not in ids]:
        raise NotFoundError(f"Nobody annotates under the name {quoted(unknown)}.")
    people = frozenset(ids[each] for each in person or ())
    set_audience(study_id, audiences.Audience(people, frozenset(group or ())))
    named = [*(group or ()), *(person or ())]
    out().print(f"“{name}” is for {joined(named) if named else 'everybody'}.")


@app.command()
def weigh(
    name: Annotated[str, typer.Argument(help="The study.")],
    weight: Annotated[
        list[str] | None,
        typer.Option(help="major=5, or of one tag minor:TAG=0.1; repeatable. None: as usual."),
    ] = None,
) -> None:
    """Set what errors weigh, in this study and all others with the same taxonomy."""
    study_id = _study(name).study_id
    with read_session() as session:
        weights = weights_of(results.result_study(session, name=name), weight or [])
    weigh_errors(study_id, weights=weights)
    with read_session() as session:
        weights = results.result_study(session, name=name).weights
    out().print(weights_in_words(weights))


def _in_short(models: Sequence[str]) -> str:
    """Name the models where they fit one line; a study of 60 is one line, too."""
    named = ", ".join(models)
    if len(models) <= 2 or len(named) <= _WIDEST_MODELS:
        return named
    return f"{models[0]} and {len(models) - 1} more"


def _point_out_names(study_id: int) -> None:
    """Say beside the output which texts name a model of the study."""
    with read_session() as session:
        warning = naming_in_words(naming.texts_that_name_models(session, study_id))
    if warning:
        notes().print(f"Mind: {warning}")


def _study(name: str) -> library.StudySummary:
    require_database()
    with read_session() as session:
        studies = {study.name: study for study in library.studies(session)}
    if name not in studies:
        known = quoted(studies, nothing="none yet")
        raise NotFoundError(f"There is no study named “{name}”. There are: {known}.")
    return studies[name]


def _asked(**asked: bool | str | None) -> frozenset[str]:
    """Return what annotators are asked for besides."""
    return frozenset(what for what, is_asked in asked.items() if is_asked)


def _named(name: str | None, *, default: str) -> str | None:
    """Return what an option names: the default where it is left out, None where it is empty."""
    return default if name is None else name or None


def _refuse_idle(plan: StudyPlan, *, rubric: str | None, taxonomy: str | None) -> None:
    """Refuse a rubric or taxonomy that is named, while nobody is asked for what it is for."""
    for option, name, asked, what in (
        ("--rubric", rubric, plan.asked_rubric, "scores"),
        ("--taxonomy", taxonomy, plan.asked_taxonomy, "tags"),
    ):
        if name and not asked:
            raise RefusedError(
                f"{option} names “{name}”, but --collect asks for no {what}. Add {what} to "
                f"--collect, or leave {option} out."
            )


def _counted(task: TaskPlan, *, pairs: int | None, ranked: int | None) -> TaskPlan:
    """Add to a further kind of task how many pairs or ranked responses each case has."""
    return replace(
        task,
        pairs_per_case=pairs if task.kind == TaskKind.PAIR else None,
        ranked_per_case=ranked if task.kind == TaskKind.RANK else None,
    )


def _of_first(n: int | None, kind: TaskKind, beside: Sequence[TaskPlan]) -> int | None:
    """Return a number for the first kind, unless it is meant for another of the study."""
    return None if kind in {task.kind for task in beside} else n

"""What a report on the command line is narrowed to: study, categories, annotators, judges."""

from dataclasses import dataclass, replace
from typing import Annotated

import typer
from sqlmodel import Session

from db.engine import read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from db.queries.results.style import style_table
from evalkit.cli.terminal import notes, require_database
from evalkit.errors import NotFoundError
from evalkit.names import name_key
from evalkit.reports.errors.penalties import read_weights
from evalkit.reports.ranking.style import StyleReport, style_report
from evalkit.stats.penalties import ErrorWeights
from evalkit.study.collected import Collected, told_apart
from evalkit.study.main_criteria import left_out_sentence, main_part

StudyOption = Annotated[str, typer.Option("--study", help="The study to report on.")]
CategoryOption = Annotated[
    list[str] | None, typer.Option("--category", help="Only cases of this category; repeatable.")
]
AnnotatorOption = Annotated[
    list[str] | None, typer.Option("--annotator", help="Only by this annotator; repeatable.")
]
MostCostOption = Annotated[
    float | None,
    typer.Option("--most-cost", min=0.0, help="The most 1,000 responses may cost, in US dollars."),
]
MostLatencyOption = Annotated[
    float | None,
    typer.Option("--most-latency", min=0.0, help="The most the median may take, in seconds."),
]
MarginOption = Annotated[
    float | None,
    typer.Option("--margin", min=0.0, help="The smallest difference that matters, in points."),
]
JudgesFlag = Annotated[bool, typer.Option("--judges", help="Count judges beside people.")]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A study within the options every report takes."""

    study: ResultStudy
    filters: ResultFilters
    collected: Collected


def shown_part(collected: Collected) -> Collected:
    """Return what a table shows: of many criteria the main ones, and say what is left out."""
    if said := left_out_sentence(collected):
        notes().print(f"{said} --json has all.", markup=False)
    return main_part(collected)


def study_collected(
    study: str, categories: list[str] | None, annotators: list[str] | None, judges: bool
) -> Collected:
    """Return what a study collected within the options every report takes."""
    require_database()
    with read_session() as session:
        return narrowed(session, study, categories, annotators, judges).collected


def narrowed(
    session: Session,
    study: str,
    categories: list[str] | None,
    annotators: list[str] | None,
    judges: bool,
    weights: list[str] | None = None,
) -> Narrowed:
    """Read a study within the options; refuse a category, annotator or tag it does not have."""
    found = results.result_study(session, name=study)
    if weights:
        found = replace(found, weights=weights_of(found, weights))
    if unknown := set(categories or ()) - set(found.categories):
        known = ", ".join(f"“{name}”" for name in found.categories if name) or "none"
        raise NotFoundError(
            f"“{found.name}” has no case of category “{sorted(unknown)[0]}”. It has: {known}."
        )
    filters = ResultFilters(categories=tuple(categories or ()), judges=judges)
    if found.annotators and not found.counted_annotators(ResultFilters(judges=judges)):
        notes().print("Only judges have annotated in this study: --judges counts them.")
    if annotators:
        ids = annotator_ids(found, filters, annotators, option="--annotator")
        filters = replace(filters, annotator_ids=ids)
    return Narrowed(found, filters, results.collect(session, found, filters=filters))


def weights_of(study: ResultStudy, said: list[str]) -> ErrorWeights:
    """Read what errors shall weigh; refuse a tag the study does not have."""
    weights, known = read_weights(said), [tag.key for tag in study.tags]
    if unknown := sorted({tag for tag, _ in weights.tags} - set(known)):
        there = ", ".join(known) or "none"
        raise NotFoundError(f"“{study.name}” has no tag “{unknown[0]}” to weigh. It has: {there}.")
    return weights


def annotator_ids(
    study: ResultStudy, filters: ResultFilters, names: list[str], *, option: str
) -> tuple[int, ...]:
    """Return the ids of annotators that count within the filters; refuse unknown names."""
    counted = study.counted_annotators(filters)
    known = told_apart([(one.name, one.kind) for one in counted])
    keys = {name_key(name): name for name in known}
    names = [name if name in known else keys.get(name_key(name), name) for name in names]
    if unknown := [name for name in names if name not in known]:
        said = ", ".join(f"“{name}”" for name in known) or "none"
        raise NotFoundError(f"{option}: no annotator “{unknown[0]}” here. There are: {said}.")
    return tuple(
        one.annotator_id for one, name in zip(counted, known, strict=True) if name in names
    )


def collected_style(collected: Collected) -> StyleReport:
    """Return the ranking of what was collected with style held equal."""
    with read_session() as session:
        return style_report(collected, style_table(session, collected))

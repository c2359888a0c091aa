"""What every report on the command line asks for, and how it answers: a decorator makes both."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import typer
from sqlmodel import Session

from db.engine import read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from db.queries.results.automated_checks import automated_checks
from db.queries.results.style import style_table
from db.queries.results.watched import watched_in
from evalkit.cli.terminal import (
    JsonFlag,
    Reasons,
    notes,
    print_blocks,
    print_report,
    require_database,
)
from evalkit.errors import NotFoundError
from evalkit.names import name_key
from evalkit.phrases import quoted
from evalkit.reports.annotators.report import Pace
from evalkit.reports.blocks import Block
from evalkit.reports.correction.report import CorrectionReport, correction_report
from evalkit.reports.document import Document
from evalkit.reports.errors.penalties import read_weights
from evalkit.reports.judges.biases import BiasReport, bias_report
from evalkit.reports.judges.costs import JudgeCost, judge_cost_rows
from evalkit.reports.judges.sure import SureRow, sure_report
from evalkit.reports.ranking.style import StyleReport, style_report
from evalkit.reports.watched.report import WatchedReport
from evalkit.stats.penalties import ErrorWeights
from evalkit.study.admitted import Admission, AdmissionBar, OpenedTest
from evalkit.study.collected import Collected, told_apart
from evalkit.study.found_by_checks import FoundByCheck
from evalkit.study.main_criteria import left_out_sentence, main_part
from evalkit.vocabulary import AnnotatorKind

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
AsOfOption = Annotated[
    int | None,
    typer.Option("--as-of", help="Only cases that this version of the eval set holds."),
]
QuarantinedFlag = Annotated[
    bool, typer.Option("--quarantined", help="Count quarantined cases, too.")
]
ActiveFlag = Annotated[
    bool, typer.Option("--only-active", help="Leave out saturated and retired cases, too.")
]
JudgesFlag = Annotated[bool, typer.Option("--judges", help="Count judges beside people.")]

#: What a report says: as JSON the one, as text the other.
Answer = Document | Sequence[Block | Reasons]


@dataclass
class Asked:
    """A study within the options every report takes, read as one state of the database."""

    session: Session
    study: ResultStudy
    filters: ResultFilters
    as_json: bool = False

    @cached_property
    def collected(self) -> Collected:
        """What was collected within the options."""
        return results.collect(self.session, self.study, filters=self.filters)

    @cached_property
    def main_part(self) -> Collected:
        """What a table shows: of many criteria the main ones, after saying what is left out."""
        if left_out := left_out_sentence(self.collected):
            notes().print(f"{left_out} --json has all.")
        return main_part(self.collected)

    @cached_property
    def style(self) -> StyleReport:
        """The ranking of what was collected with style held equal."""
        return style_report(self.collected, style_table(self.session, self.collected))

    @cached_property
    def correction(self) -> CorrectionReport:
        """Judges' numbers corrected, with their verdicts on the same responses elsewhere."""
        every = self.filters.with_all_judges()
        # Once there is a bar, or an annotator is chosen, not all judges are in what is asked for.
        asked = self if self.filters == every else replace(self, filters=every)
        odds = results.presented(self.session, self.study, filters=every)
        others = results.verdicts_elsewhere(self.session, self.study)
        return correction_report(
            asked.collected if self.as_json else main_part(asked.collected), odds, others
        )

    @cached_property
    def watched(self) -> WatchedReport:
        """How the watched cases of the study's eval set stand, by all studies of it."""
        return watched_in(self.session, self.study.version_id, judges=self.filters.judges)

    @property
    def automated_checks(self) -> tuple[FoundByCheck, ...]:
        """What automated checks found of the responses of the study's eval set."""
        return automated_checks(self.session, self.study)

    @property
    def admission(
        self,
    ) -> tuple[AdmissionBar | None, tuple[Admission, ...], tuple[OpenedTest, ...]]:
        """What judges must reach in the study, who did, and when tests were opened."""
        return self.study.bar, self.study.admissions, self.study.openings

    @property
    def biases(self) -> BiasReport:
        """What judges among what was collected lean to beyond people."""
        if not any(who.kind == AnnotatorKind.JUDGE for who in self.collected.annotators):
            return BiasReport((), ())  # texts are read for the style of responses alone
        return bias_report(self.collected, style_table(self.session, self.collected))

    @property
    def judge_costs(self) -> tuple[JudgeCost, ...]:
        """What labels of judges took."""
        spent = results.judge_costs(self.session, self.study, filters=self.filters)
        return judge_cost_rows(spent)

    @property
    def sure_judges(self) -> tuple[SureRow, ...]:
        """How sure judges were, against how often people said the same."""
        answers = results.sure_answers(self.session, self.study, filters=self.filters)
        return sure_report(self.collected, answers)

    @property
    def times(self) -> Pace:
        """How long annotators took."""
        return results.pace(self.session, self.study, filters=self.filters)

    def note_judges_not_admitted(self) -> None:
        """Name the judges that are admitted to no other report, where there are some."""
        if self.study.judges_not_admitted:
            notes().print(self.study.judges_not_admitted)

    def weigh(self, weights: list[str]) -> None:
        """Let errors weigh this instead of what the study says, in all that is collected then."""
        if weights:
            self.study = replace(self.study, weights=weights_of(self.study, weights))


def study_command(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command of what takes ``Asked``, and options of its own behind those all have."""

    def run(
        *,
        study: StudyOption,
        category: CategoryOption = None,
        annotator: AnnotatorOption = None,
        judges: JudgesFlag = False,
        as_of: AsOfOption = None,
        quarantined: QuarantinedFlag = False,
        only_active: ActiveFlag = False,
        **own: Any,
    ) -> None:
        require_database()
        with read_session() as session:
            asked = narrowed(session, study, category or [], annotator or [], judges)
            command(of_cases(asked, as_of, quarantined, only_active), **own)

    return _with_options(run, named_like=command, of=(run, command))


def report(answer: Callable[..., Answer]) -> Callable[..., None]:
    """Make a command, with --json, of what takes ``Asked`` and returns what is to be said."""

    def run(asked: Asked, *, as_json: bool = JsonFlag, **own: Any) -> None:
        asked.as_json = as_json
        body = answer(asked, **own)
        if isinstance(body, dict):
            print_report(answer.__name__, body, asked.collected.cases_of)
        else:
            print_blocks(asked.collected, *body)

    return study_command(_with_options(run, named_like=answer, of=(answer, run)))


def _with_options(
    run: Callable[..., None], *, named_like: Callable[..., Any], of: Sequence[Callable[..., Any]]
) -> Callable[..., None]:
    """Give a function the name and the options by which Typer builds a command."""
    options = {
        option.name: option.replace(kind=option.KEYWORD_ONLY)
        for function in of
        for option in inspect.signature(function).parameters.values()
        if option.kind is not option.VAR_KEYWORD and option.annotation is not Asked
    }
    run.__name__, run.__doc__ = named_like.__name__, named_like.__doc__
    run.__annotations__ = {name: option.annotation for name, option in options.items()}
    run.__signature__ = inspect.Signature(list(options.values()))  # type: ignore[attr-defined]
    return run


def narrowed(
    session: Session, name: str, categories: list[str], annotators: list[str], judges: bool
) -> Asked:
    """Find a study within the options; refuse a category or annotator it does not have."""
    study = results.result_study(session, name=name)
    if unknown := set(categories) - set(study.categories):
        known = quoted(filter(None, study.categories))
        raise NotFoundError(
            f"“{study.name}” has no case of category “{min(unknown)}”. It has: {known}."
        )
    filters = ResultFilters(categories=tuple(categories), judges=judges)
    if study.annotators and not study.counted_annotators(filters):
        notes().print("Only judges have annotated in this study: --judges counts them.")
    if annotators:
        ids = annotator_ids(study, filters, annotators, option="--annotator")
        filters = replace(filters, annotator_ids=ids)
    return Asked(session, study, filters)


def of_cases(asked: Asked, as_of: int | None, quarantined: bool, only_active: bool) -> Asked:
    """Narrow to the cases of a version and of some statuses; refuse a version that is not there."""
    if as_of is not None and as_of not in asked.study.versions:
        known = ", ".join(map(str, reversed(asked.study.versions)))
        of = asked.study.cases_of.eval_set
        raise NotFoundError(f"--as-of: “{of}” has no version {as_of}. There are: {known}.")
    counting = replace(asked.filters, quarantined=quarantined, only_active=only_active)
    return replace(asked, filters=replace(counting, as_of=as_of))


def weights_of(study: ResultStudy, asked: list[str]) -> ErrorWeights:
    """Read what errors shall weigh; refuse a tag the study does not have."""
    weights, known = read_weights(asked, study.severities), [tag.key for tag in study.tags]
    if unknown := sorted({tag for tag, _ in weights.tags} - set(known)):
        there = ", ".join(known) or "none"
        raise NotFoundError(f"“{study.name}” has no tag “{unknown[0]}” to weigh. It has: {there}.")
    return weights


def annotator_ids(
    study: ResultStudy, filters: ResultFilters, names: list[str], *, option: str
) -> tuple[int, ...]:
    """Return the ids of annotators that count within the filters; refuse unknown names."""
    counted = study.counted_annotators(filters)
    known = told_apart([(annotator.name, annotator.kind) for annotator in counted])
    keys = {name_key(name): name for name in known}
    names = [name if name in known else keys.get(name_key(name), name) for name in names]
    if unknown := [name for name in names if name not in known]:
        there = quoted(known)
        raise NotFoundError(f"{option}: no annotator “{unknown[0]}” here. There are: {there}.")
    return tuple(
        annotator.annotator_id
        for annotator, name in zip(counted, known, strict=True)
        if name in names
    )

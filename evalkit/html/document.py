"""A whole study as one HTML file that needs nothing else: no script, no remote load."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from pathlib import Path

from evalkit.colours import model_colours
from evalkit.errors import RefusedError
from evalkit.html.method import METHOD
from evalkit.html.opening import opening, simulated, what_was_judged, who_meets
from evalkit.html.render import rendered
from evalkit.records.writer import open_for_writing
from evalkit.reports.acceptance.audit import AcceptanceBasis
from evalkit.reports.acceptance.report import acceptance_report
from evalkit.reports.acceptance.tables import acceptance_section
from evalkit.reports.agreement.tables import agreement_section
from evalkit.reports.annotators.report import Pace, annotators_report
from evalkit.reports.annotators.tables import annotators_section
from evalkit.reports.blocks import Block, Section, section
from evalkit.reports.by_criterion.report import criterion_report
from evalkit.reports.by_criterion.tables import criterion_section
from evalkit.reports.by_model import among
from evalkit.reports.checks.report import ChecksReport
from evalkit.reports.checks.tables import checks_section
from evalkit.reports.correction.report import CorrectionReport
from evalkit.reports.correction.tables import correction_section
from evalkit.reports.decision import tables as decision_tables
from evalkit.reports.decision.board import board
from evalkit.reports.decision.document import decided
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.requirements import NOTHING_ASKED, Requirements
from evalkit.reports.decision.sentences import raw_name
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.section import section_of
from evalkit.reports.failures.report import BoardReport
from evalkit.reports.failures.tables import failures_section
from evalkit.reports.judges.biases import BiasReport, bias_blocks
from evalkit.reports.judges.report import judges_report
from evalkit.reports.judges.sure import SureRow, sure_blocks
from evalkit.reports.judges.tables import judges_section, parts_blocks
from evalkit.reports.model_order import model_order
from evalkit.reports.models.report import models_report
from evalkit.reports.models.tables import cost_section
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.pair.tables import every_two
from evalkit.reports.power.report import power_report
from evalkit.reports.power.scores import score_power
from evalkit.reports.power.tables import every_pair, every_scored_pair, power_section
from evalkit.reports.production.report import production_report
from evalkit.reports.production.tables import production_section
from evalkit.reports.ranking.report import RankingReport, ranking_report, win_rates
from evalkit.reports.ranking.style import StyleReport
from evalkit.reports.ranking.tables import ranking_section
from evalkit.reports.rules.report import other_rules, rules_report
from evalkit.reports.rules.tables import rules_section
from evalkit.reports.scores.checklists import checklist_report, checklist_section
from evalkit.reports.scores.report import ScoresReport, scores_report
from evalkit.reports.scores.tables import acceptable_section, scores_section
from evalkit.reports.scores.trials import trials_report, trials_section
from evalkit.reports.shown_models import shown_models
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import strength_section
from evalkit.reports.watched.report import NOTHING_WATCHED, WatchedReport
from evalkit.reports.watched.tables import alarm_blocks
from evalkit.study.collected import Collected, Limits
from evalkit.study.main_criteria import left_out_sentence, main_part
from evalkit.study.sentences import limits
from evalkit.study.subjects import PREFERRED, subjects

#: Of more models than are drawn, so many are mapped by category and set against each other.
_N_MAPPED = 5
#: Of more models than are drawn, so many rows say where errors are and what they cost.
_N_ROWS = 8


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself.

    ``models`` are in the study's own order, which gives them their colours; ``schema`` is the
    version of the database; ``requirements`` are what the reader asks of a model.
    """

    made_at: datetime
    schema: str
    models: tuple[str, ...]
    requirements: Requirements = NOTHING_ASKED

    @property
    def moment(self) -> str:
        """Return when it was made."""
        return f"{self.made_at:%d %B %Y, %H:%M %Z}".strip()


def html_report(
    collected: Collected,
    pace: Pace | None = None,
    *,
    about: About,
    style: StyleReport | None = None,
    biases: BiasReport | None = None,
    sure: Sequence[SureRow] = (),
    acceptance: AcceptanceBasis | None = None,
    correction: CorrectionReport | None = None,
    admission: Sequence[Block] = (),
    watched: WatchedReport = NOTHING_WATCHED,
    checks: ChecksReport | None = None,
    failures: BoardReport | None = None,
) -> str:
    """Return a study's results as one HTML document.

    Parameters
    ----------
    collected : Collected
        What counts: filters have been applied before.
    pace : Pace, optional
        Without it nothing is said of the annotators' speed.
    about : About
    style : StyleReport, optional
        Without it the verdict does not say whether style decides.
    biases : BiasReport, optional
        What judges lean to, where they count; without it nothing is said of that.
    sure : sequence of SureRow, optional
        How sure judges were, where they said so.
    acceptance : AcceptanceBasis, optional
        Without it nothing is said of which verdicts may be accepted.
    correction : CorrectionReport, optional
        Without it nothing is said of judges' numbers, corrected.
    admission : sequence of Block, optional
        Which judges are admitted, where judges count.
    watched : WatchedReport, optional
        Whether a watched case flipped; without it no alarm is raised.
    checks : ChecksReport, optional
        Without it nothing is said of automated checks.
    failures : BoardReport, optional
        The known failures of the eval set; without it nothing is said of them.

    Returns
    -------
    str
        A document without scripts and without anything to load; light or dark as the reader's
        system is, and made to be printed. Every text in it is escaped.
    """
    more_criteria, collected = left_out_sentence(collected), main_part(collected)
    ranking, scores = ranking_report(collected), scores_report(collected)
    decision, rates = decided(collected), win_rates(collected)
    decision = decision if decision and len(decision.standings) > 1 else None
    order = model_order(ranking, scores, penalty_rows(collected))
    best = shown_models(order, baseline=decision.baseline if decision else None).models
    sections = (
        *_on_quality(collected, decision, ranking, scores, best, more_criteria),
        *(_known(failures), rules_section(rules_report(other_rules(collected), ranking, style))),
        agreement_section(collected),
        _judges(_measured(collected, acceptance), biases, sure, admission),
        checks_section(checks) if checks else section("Checks"),
        *(_acceptance(acceptance), _corrected(correction)),
        *(*_on_prices(collected, decision, ranking, best), _annotators(collected, pace)),
    )
    return rendered(
        "report.html",
        # Of many models no few have colours of their own: grey then means one thing, undecided.
        colours=model_colours(about.models) if len(best) == len(order) else {},
        study=collected.study,
        about=f"{what_was_judged(collected)}. {about.made_at:%d %B %Y}.",
        board=(
            *alarm_blocks(watched),
            *opening(collected, decision, ranking, rates, scores, style),
            *who_meets(collected, decision, about.requirements),
            *(board(decision) if decision else ()),
        ),
        left_out=_left_out(order, best, where="Ranking" if ranking.ranking else "Decision"),
        is_narrowed=collected.limits != Limits(),
        limits=limits(collected),
        warning=simulated(collected),
        sections=[part for part in sections if part],
        method=METHOD,
        made=f"Made by evalkit on {about.moment} from database schema {about.schema}.",
    )


def _measured(collected: Collected, basis: AcceptanceBasis | None) -> Collected:
    """Return what judges are measured on: not admitted, they are in nothing else."""
    return collected if basis is None or basis.measured is None else main_part(basis.measured)


def _judges(
    collected: Collected,
    biases: BiasReport | None,
    sure: Sequence[SureRow],
    admission: Sequence[Block],
) -> Section:
    if not collected.limits.judges:
        return section("Judges")
    told = judges_section(judges_report(collected))
    leans = bias_blocks(biases) if biases else ()
    more = [block for block in (*parts_blocks(collected), *sure_blocks(sure)) if block]
    return replace(told, blocks=(*told.blocks, *more, *leans, *admission))


def _corrected(report: CorrectionReport | None) -> Section:
    if report is None or not report.n_judges:
        return section("Corrected numbers")
    return correction_section(report)


def _known(failures: BoardReport | None) -> Section:
    return failures_section(failures) if failures else section("Known failures")


def _acceptance(basis: AcceptanceBasis | None) -> Section:
    if basis is None or basis.collected is None:
        return section("Acceptance")
    collected = main_part(basis.collected)
    report = acceptance_report(
        collected, basis.splits, basis.presented, looks=basis.looks, answers=basis.answers
    )
    return acceptance_section(report, basis.looks, basis.audits)


def _on_quality(
    collected: Collected,
    decision: DecisionReport | None,
    ranking: RankingReport,
    scores: ScoresReport,
    best: Sequence[str],
    more_criteria: str,
) -> tuple[Section, ...]:
    """Show all that says how good the best models are."""
    mapped = _mapped(collected, best)
    set_beside = best if ranking.ranking or not decision else decision.models
    decided_on = decision and decision_tables.decision_section(decision, set_beside, mapped)
    tested = significance_report(collected)
    return (
        decided_on or section("Decision"),
        ranking_section(ranking, win_rates(collected), best, mapped),
        production_section(production_report(collected), best),
        strength_section(strength_report(collected), best),
        criterion_section(
            criterion_report(collected),
            best,
            [
                (model, other, criterion_report(collected, model=model, other=other))
                for model, other in combinations(mapped, 2)
            ],
        ),
        every_two(ranking, tested, mapped),
        scores_section(scores, best, mapped, note=more_criteria),
        acceptable_section(scores, best, mapped),
        checklist_section(checklist_report(collected), best),
        trials_section(trials_report(collected), best),
        section_of(
            collected, best, mapped, most=_N_ROWS if len(mapped) < len(collected.models) else None
        ),
    )


def _on_prices(
    collected: Collected,
    decision: DecisionReport | None,
    ranking: RankingReport,
    best: Sequence[str],
) -> tuple[Section, ...]:
    """Show what the best models take, and what more annotations of them would buy."""
    rows = {row.model: row for row in models_report(collected)}
    return (
        cost_section([rows[model] for model in best]),
        _power(collected, decision, ranking, best),
    )


def _mapped(collected: Collected, best: Sequence[str]) -> Sequence[str]:
    """Return the models that are mapped and paired: of more than are drawn the best few."""
    return best if len(best) == len(collected.models) else best[:_N_MAPPED]


def _left_out(order: Sequence[str], best: Sequence[str], *, where: str) -> str:
    """Say whom the pictures, maps and pairs of the appendix leave out, and where all stand."""
    if len(best) == len(order):
        return ""
    return (
        f"Pictures and tables are of the best {len(best)} of {len(order)} models, maps and pairs "
        f"of the best {_N_MAPPED}. All stand in a table under {where}; the pages and the JSON of "
        "each report have all numbers of all."
    )


def _power(
    collected: Collected,
    decision: DecisionReport | None,
    ranking: RankingReport,
    models: Sequence[str],
) -> Section:
    """Plan intervals and pairs on what quality is measured by, where that can be planned."""
    measure = None if decision is None else decision.chosen.measure
    if decision is None or measure is None or measure.is_acceptable or measure.is_penalty:
        return section("")
    plan, mapped = power_report(collected, ranking=ranking), _mapped(collected, models)
    place = {standing.model: at for at, standing in enumerate(decision.standings)}
    intervals = [
        interval
        for interval in plan.intervals
        if interval.subject == (measure.criterion or PREFERRED) and interval.model in models
    ]
    intervals.sort(key=lambda interval: place[interval.model])
    if measure.criterion is None:
        pairs = every_pair(replace(plan, pairs=among(plan.pairs, mapped)))
    else:
        pairs = every_scored_pair(among(score_power(collected, measure.criterion), mapped))
    return power_section(plan, intervals, pairs, name=raw_name(measure))


def _annotators(collected: Collected, pace: Pace | None) -> Section:
    """Return a section about annotators on what comes first: preference, scores, errors."""
    places = subjects(collected)
    report = annotators_report(collected, pace, subject=places[0]) if places else None
    return annotators_section(report) if report else section("Annotators")


def write_report(file: Path, document: str) -> int:
    """Write a report so that it appears when all of it is written; return its size in bytes.

    Raises
    ------
    RefusedError
        Where the file is a folder or cannot be written; what stood there stays.
    """
    if file.is_dir():
        raise RefusedError(f"{file} is a folder. Name a file in it, like {file / 'report.html'}.")
    if not file.parent.is_dir():
        raise RefusedError(f"{file} cannot be written: there is no folder {file.parent}.")
    content = document.encode()
    try:
        with open_for_writing(file) as target:
            target.write(content)
    except OSError as error:
        raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
    return len(content)

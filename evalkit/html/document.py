"""A whole study as one HTML file that needs nothing else: no script, no remote load."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalkit.colours import model_colours
from evalkit.errors import RefusedError
from evalkit.html.render import rendered
from evalkit.phrases import counted, joined
from evalkit.records.writer import open_for_writing
from evalkit.reports.agreement.tables import agreement_section
from evalkit.reports.annotators.report import Pace, annotators_report
from evalkit.reports.annotators.tables import annotators_section
from evalkit.reports.blocks import Block, Section, Words, section, words
from evalkit.reports.decision import tables as decision_tables
from evalkit.reports.decision.document import decided, decision_verdict, met
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.requirements import NOTHING_ASKED, Requirements
from evalkit.reports.decision.sentences import raw_name
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.report import tags_report
from evalkit.reports.errors.tables import errors_section
from evalkit.reports.models.report import models_report
from evalkit.reports.models.tables import cost_section
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.power.report import power_report
from evalkit.reports.power.scores import score_power
from evalkit.reports.power.tables import every_pair, every_scored_pair, power_section
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import RankingReport, ranking_report, win_rates
from evalkit.reports.ranking.sentences import basis, headline
from evalkit.reports.ranking.style import StyleReport
from evalkit.reports.ranking.tables import ranking_section
from evalkit.reports.scores.report import ScoresReport, scores_report
from evalkit.reports.scores.tables import acceptable_section, scores_section
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected, Limits
from evalkit.study.main_criteria import left_out_sentence, main_part
from evalkit.study.sentences import annotators, limits
from evalkit.study.subjects import subjects
from evalkit.vocabulary import AnnotatorKind

#: What each number means, as far as a reader without this program needs it.
_METHOD = (
    (
        "A number",
        "62 % [48, 74], n = 120: the best single guess, the 95 % interval, and what it rests on. "
        "Were the study repeated with fresh cases of the same kind, about 95 of 100 such "
        "intervals would hold the true value. A dash is a number that cannot be had; it is never "
        "zero.",
    ),
    (
        "Cases, not clicks",
        "Every interval on quality is clustered by case: several annotators of one case are not "
        "several cases.",
    ),
    (
        "Win rate and rank",
        "The share of comparisons a model would win if it met every other one equally often, "
        "from its strength; the raw one is of the comparisons it was in. Ties and both bad are "
        "half; Wilson's interval at the effective number. Ranks hold all pairs of models "
        "considered at once (max-t): models that share a "
        "range cannot be told apart.",
    ),
    (
        "Strength",
        "Bradley–Terry by maximum likelihood, log-odds with mean zero over these models, sandwich "
        "intervals with Student's t. A difference of 0.85 is 70 % of comparisons won, 1.4 is 80 %.",
    ),
    (
        "Differences",
        "Paired by case, Student's t interval. p values flip signs of cases at random; Holm's "
        "correction covers all pairs of models on one subject. Differ means p at most 0.05.",
    ),
    ("Scores", "Means over all scores given, Student's t interval that ends where the scale ends."),
    (
        "Weight of errors",
        "As MQM does: the weights of all errors one annotator found in a response together, "
        "averaged over all looks; the interval stays above 0.",
    ),
    (
        "More annotations",
        "From the spread in hand: 95 % intervals, and four chances in five to find a difference as "
        "large as it seems now.",
    ),
    (
        "Agreement",
        "Krippendorff's α at each question's own level, jackknife interval: 1 is perfect, 0 what "
        "chance gives; custom draws tentative conclusions from 0.67, firm ones from 0.80. Gwet's "
        "AC is steadier where one value is most of all values.",
    ),
    (
        "Annotators",
        "κ with the rest is Cohen's on what others judged too. Right is the chance of giving what "
        "is most plausibly true (Dawid–Skene, or one-coin where annotations are few): it weighs "
        "annotators by how well they fit together and knows no truth from elsewhere. Knows is the "
        "chance of knowing the answer rather than giving one out of habit (MACE).",
    ),
    (
        "Cost and latency",
        "Of the study's responses as recorded. Cost per acceptable response divides by what "
        "annotators accepted.",
    ),
    (
        "What counts",
        "Work given out by the study and its repeats, in the latest revision. Left out: training "
        "and gold cases, what was skipped, earlier revisions, verdicts that could not be read, "
        "comparisons of a model with itself. Where somebody judged the same twice, agreement "
        "takes the latest; rankings and means take both.",
    ),
    (
        "What the numbers do not say",
        "They are about these cases, these annotators, this rubric and these versions of the "
        "models; they do not say how other cases would come out. What broke from one version of a "
        "model to the next is a report of its own.",
    ),
)


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


def html_report(
    collected: Collected,
    pace: Pace | None = None,
    *,
    about: About,
    style: StyleReport | None = None,
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

    Returns
    -------
    str
        A document without scripts and without anything to load; light or dark as the reader's
        system is, and made to be printed. Every text in it is escaped.
    """
    more_criteria, collected = left_out_sentence(collected), main_part(collected)
    ranking, scores = ranking_report(collected), scores_report(collected)
    decision, rates = decided(collected), win_rates(collected)
    if decision is not None and len(decision.standings) < 2:
        decision = None
    weighed = penalty_rows(collected)
    order = _order(ranking, decision, weighed)
    sections = (
        section("Decision") if decision is None else decision_tables.decision_section(decision),
        ranking_section(ranking, rates, significance_report(collected)),
        scores_section(scores, order, note=more_criteria),
        acceptable_section(scores, order),
        errors_section(tags_report(collected), weighed, order, weights=collected.weights),
        agreement_section(collected),
        cost_section(sorted(models_report(collected), key=lambda row: order.index(row.model))),
        _power(collected, decision, ranking),
        _annotators(collected, pace),
    )
    day = f"{about.made_at:%d %B %Y, %H:%M %Z}".strip()
    n_cases = len(set(collected.outputs.case[collected.outputs.is_counted].tolist()))
    what = f"{counted(n_cases, 'case')}, {counted(len(collected.models), 'model')}"
    return rendered(
        "report.html",
        colours=model_colours(about.models),
        study=collected.study,
        about=f"{what}, {annotators(collected)}. {day}.",
        opening=(
            *_opening(collected, decision, ranking, rates, scores, style),
            *_met(collected, decision, about.requirements),
        ),
        is_narrowed=collected.limits != Limits(),
        limits=limits(collected),
        warning=_simulated(collected),
        sections=[part for part in sections if part],
        method=_METHOD,
        made=f"Made by evalkit on {day} from database schema {about.schema}.",
    )


def _opening(
    collected: Collected,
    decision: DecisionReport | None,
    ranking: RankingReport,
    rates: Sequence[PairWinRate],
    scores: ScoresReport,
    style: StyleReport | None,
) -> tuple[Block, ...]:
    """Say the verdict of the decision; of what was only scored or weighed, its extremes."""
    if not collected.annotators:
        return (words("Nobody has annotated in this study yet.", style="verdict"),)
    if decision is None:
        verdict = headline(ranking, scores, penalty_rows(collected))
        rests_on = words(basis(collected, ranking), style="note")
        return (words(verdict, style="verdict"), rests_on)
    beware = cautions(ranking, rates) if decision.chosen.measure.is_preference else []
    verdict = decision_verdict(collected, decision, style)
    return decision_tables.opening(collected, decision, verdict, beware)


def _met(
    collected: Collected, decision: DecisionReport | None, requirements: Requirements
) -> tuple[Block, ...]:
    """Say who meets what is asked; nothing where nothing is."""
    if decision is None or not requirements:
        return ()
    return (words(*met(collected, decision, requirements)[1], style="lead"),)


def _power(
    collected: Collected, decision: DecisionReport | None, ranking: RankingReport
) -> Section:
    """Plan intervals and pairs on what quality is measured by, where that can be planned."""
    measure = None if decision is None else decision.chosen.measure
    if decision is None or measure is None or measure.is_acceptable or measure.is_penalty:
        return section("")
    plan = power_report(collected, ranking=ranking)
    place = {standing.model: at for at, standing in enumerate(decision.standings)}
    intervals = [interval for interval in plan.intervals if interval.criterion == measure.criterion]
    intervals.sort(key=lambda one: place[one.model])
    if measure.criterion is None:
        pairs = every_pair(plan)
    else:
        pairs = every_scored_pair(score_power(collected, measure.criterion))
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


def _simulated(collected: Collected) -> Words:
    """Name the annotators that a program played: nobody may take them for people."""
    played = [annotator.name for annotator in collected.annotators if annotator.is_simulated]
    if not played:
        return words()
    people = [
        annotator for annotator in collected.annotators if annotator.kind == AnnotatorKind.HUMAN
    ]
    if len(played) == len(people) > 1:
        who = f"All {len(played)} annotators are"
    else:
        who = f"{joined(played)} {'is' if len(played) == 1 else 'are'}"
    return words(
        f"{who} simulated: a program gave these annotations, not a person.",
        style="warning",
    )


def _order(
    report: RankingReport, decision: DecisionReport | None, weighed: Sequence[ScoreRow]
) -> list[str]:
    """Return the models best first: as ranked, else as decided, else by the weight of errors."""
    best = [row.model for row in report.ranking.rows] if report.ranking else []
    if not best and decision is not None:
        best = [standing.model for standing in decision.standings]
    if not best:
        known = {row.model: row.estimate.value for row in weighed if row.category is None}
        lightest = sorted((value, model) for model, value in known.items() if value is not None)
        best = [model for _, model in lightest]
    return best + [model for model in report.models if model not in best]

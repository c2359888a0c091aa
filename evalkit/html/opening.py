"""What stands before the sections of a study's file: what was judged, and what comes of it."""

from collections.abc import Sequence

from evalkit.phrases import counted, joined
from evalkit.reports.blocks import Block, Words, words
from evalkit.reports.decision import tables as decision_tables
from evalkit.reports.decision.document import decision_verdict, met
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.requirements import Requirements
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import basis, headline
from evalkit.reports.ranking.style import StyleReport
from evalkit.reports.scores.checklists import checklist_report
from evalkit.reports.scores.report import ScoresReport
from evalkit.reports.scores.tables import profile
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.study.collected import Collected
from evalkit.study.sentences import annotators, cases_judged
from evalkit.vocabulary import AnnotatorKind


def opening(
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
        checked = checklist_report(collected).rows
        verdict = headline(ranking, scores, penalty_rows(collected), checked)
        rests_on = words(basis(collected, ranking), style="note")
        picture = (profile(scores),) if len(collected.models) == 1 else ()
        return (words(verdict, style="verdict"), rests_on, *picture)
    beware = cautions(ranking, rates) if decision.chosen.measure.is_preference else []
    verdict = decision_verdict(collected, decision, style)
    return decision_tables.opening(collected, decision, verdict, beware)


def who_meets(
    collected: Collected, decision: DecisionReport | None, requirements: Requirements
) -> tuple[Block, ...]:
    """Say who meets what is asked; nothing where nothing is."""
    if decision is None or not requirements:
        return ()
    return (words(*met(collected, decision, requirements)[1], style="lead"),)


def what_was_judged(collected: Collected) -> str:
    """Say what was judged: how many cases of which eval set, models and annotators."""
    models = counted(len(collected.models), "model")
    return f"{cases_judged(collected)}; {models}; {annotators(collected)}"


def simulated(collected: Collected) -> Words:
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

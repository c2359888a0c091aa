"""`report significance`: which models differ, on what, and how sure that is."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import Reasons
from evalkit.reports.blocks import words
from evalkit.reports.decision.document import nothing_judged
from evalkit.reports.decision.sentences import one_model
from evalkit.reports.pair.document import significance_document
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.pair.tables import every_two, never_met
from evalkit.reports.ranking.report import ranking_report
from evalkit.study.subjects import subject_inside


@report
def significance(asked: Asked) -> Answer:
    """Test every two models: difference, interval, p after Holm, on preference and criteria."""
    if asked.as_json:
        return significance_document(asked.collected)
    ranking, tested = ranking_report(asked.collected), significance_report(asked.main_part)
    reasons = (
        (f"{pair.model} – {pair.other}, {subject_inside(subject.subject)}", reason)
        for subject in tested
        for pair in subject.pairs
        if (reason := pair.estimate.reason)
    )
    models = asked.collected.models
    table = every_two(ranking, tested, models)
    nothing = one_model(models[0]) if len(models) == 1 else nothing_judged(asked.collected)
    return [
        *(table.blocks or [words(nothing)]),
        never_met(ranking, tested),
        Reasons(reasons),
        Reasons((subject_inside(subject.subject), subject.reason) for subject in tested),
    ]

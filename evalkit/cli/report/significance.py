"""`report significance`: which models differ, on what, and how sure that is."""

from collections.abc import Sequence

from evalkit import text
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import out, print_reasons, print_whole, text_table
from evalkit.reports.pair import sentences as pair_sentences
from evalkit.reports.pair.analyses import two_analyses
from evalkit.reports.pair.document import significance_document
from evalkit.reports.pair.significance import SubjectDifferences, significance_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.study.collected import Collected
from evalkit.text import bare_p, difference


@report
def significance(asked: Asked) -> Answer:
    """Test every two models: difference, interval, p after Holm, on preference and criteria."""
    if asked.as_json:
        return significance_document(asked.collected)
    report = significance_report(asked.main_part)
    table = text_table("Models", "On", "Difference", "p after Holm", "Cases")
    for one in report:
        for pair in one.pairs:
            table.add_row(
                f"{pair.model} – {pair.other}",
                pair_sentences.subject_name(one.criterion),
                difference(pair.estimate),
                bare_p(pair.p_adjusted),
                text.whole(pair.estimate.n),
            )
    print_whole(table)
    _print_never_met(asked.collected, report)
    print_reasons(
        (f"{pair.model} – {pair.other}, {pair_sentences.subject_name(one.criterion)}", reason)
        for one in report
        for pair in one.pairs
        if (reason := pair.estimate.reason)
    )
    print_reasons((pair_sentences.subject_name(one.criterion), one.reason) for one in report)
    return []


def _print_never_met(collected: Collected, report: Sequence[SubjectDifferences]) -> None:
    """Say of models that never met how far they are apart by their comparisons with others."""
    ranking = ranking_report(collected)
    for pair in report[0].pairs:
        analyses = two_analyses(ranking, pair)
        if analyses is not None and analyses.never_met:
            out().print(pair_sentences.never_met(analyses))

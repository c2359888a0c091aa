"""`report agreement|ranking|scores|models`: the numbers of a study, as the pages show them."""

from db.engine import read_session
from evalkit import text
from evalkit.cli.report.agreement import LevelOption
from evalkit.cli.report.models import WeightOption
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    narrowed,
    shown_part,
)
from evalkit.cli.terminal import (
    JsonFlag,
    print_json,
    print_reasons,
    print_table,
    require_database,
    text_table,
)
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.levels import level_shares, level_shares_document
from evalkit.reports.scores.report import scores_report


def scores(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    weight: WeightOption = None,
    at_least: LevelOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Give mean scores per model and criterion, acceptable responses, and what errors weigh."""
    require_database()
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges, weight)
    collected = found.collected
    if as_json:
        more = {} if at_least is None else level_shares_document(collected, level=at_least)
        print_json(scores_document(collected) | more)
        return
    collected = shown_part(collected)
    reached = () if at_least is None else level_shares(collected, level=at_least)
    report = scores_report(collected)
    table = text_table("Model", "", "Mean", "n")
    for one in report.criteria:
        for row in one.means:
            if row.category is None:
                mean = text.estimate(row.estimate)
                table.add_row(row.model, one.criterion.key, mean, text.whole(row.estimate.n))
    for level in reached:
        for row in level.rows:
            if row.category is None:
                share = text.estimate(row.estimate, text.percent)
                what = f"{level.criterion.key}, {level.level:g} or more"
                table.add_row(row.model, what, share, text.whole(row.estimate.n))
    for row in report.acceptable:
        if row.category is None:
            share = text.estimate(row.estimate, text.percent)
            table.add_row(row.model, "acceptable", share, text.whole(row.estimate.n))
    for row in penalty_rows(collected):
        if row.category is None:
            penalty = text.estimate(row.estimate)
            table.add_row(row.model, "error penalty", penalty, text.whole(row.estimate.n))
    print_table(collected, table)
    print_reasons([("acceptable", report.acceptable_note)])
    print_reasons((one.criterion.key, one.reason) for one in report.criteria)
    print_reasons((row.model, row.estimate.reason) for row in report.acceptable if not row.category)

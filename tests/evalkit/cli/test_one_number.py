"""A question's tables are said once: page, HTML file, terminal and JSON show the same numbers."""

import html
import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from db.commands.anchors import freeze_anchors, store_check
from db.engine import read_session, write_session
from db.models import Annotation, Assignment, Study
from db.queries import results
from db.queries.anchors import drift_of
from db.queries.results.regression import answered, eval_set_names, runs_on_versions
from db.queries.results.splits import splits
from evalkit.cli import app
from evalkit.judging.soft import PREFERENCE
from evalkit.reports.acceptance import tables as acceptances
from evalkit.reports.acceptance.report import acceptance_report
from evalkit.reports.agreement import judge_tables, pair_tables, tables as agreement_blocks
from evalkit.reports.agreement.coefficients import (
    agreement_by_category,
    coefficients,
    tag_agreement,
)
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import FEW_JUDGES
from evalkit.reports.annotators import tables as annotator_blocks
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.correction import tables as correction_blocks
from evalkit.reports.correction.report import correction_report
from evalkit.reports.differences.report import differences as differences_of, judges_and_subjects
from evalkit.reports.differences.tables import judges_table as judges_differing
from evalkit.reports.drift.tables import drift_table
from evalkit.reports.errors import map_tables, tables as errors
from evalkit.reports.errors.failure_map import failure_map
from evalkit.reports.errors.losing import pareto, why_we_lose
from evalkit.reports.errors.report import mark_counts
from evalkit.reports.judges import tables as judges_blocks
from evalkit.reports.judges.orders import positions_table, rules_table
from evalkit.reports.judges.people import distances_table, people_table
from evalkit.reports.judges.report import judges_report
from evalkit.reports.judges.sentences import subjects_of
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.pair.tables import differences, error_table, every_two, tested_in as with_cases
from evalkit.reports.power.report import power_report
from evalkit.reports.power.tables import every_pair, wanted
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.regression import tables as regressions
from evalkit.reports.regression.report import regression_report
from evalkit.study.passing import PassRule, passing
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import JudgeTask
from tests.evalkit.more_rooms import MORE_ROOMS, store_more
from tests.evalkit.planted_notes import planted
from tests.factories import annotate, make_eval_set, make_study

# Every report of a study with everything, in four media: half a second of computing a room.
pytestmark = pytest.mark.slow

MODELS = ("Model <one>", "Model two")


@pytest.fixture(scope="module")
def stored(database_of_file, tmp_path_factory):
    """Store twelve cases compared by three people, scored and read for errors by the first two."""
    ids = make_eval_set(models=MODELS, n_cases=12)
    make_study(ids)
    said, _ = planted(44, n_topics=2, share=0.9)
    for case in range(12):
        left, right = (f"case-{case}/{model}" for model in MODELS)
        for place, annotator in enumerate(("Ada", "Bo", "Cy")):
            preference = "right" if (case + place) % 4 == 0 else "left"
            more = (
                {}
                if annotator == "Cy"
                else {
                    "scores": [
                        (left, "helpfulness", 1 + (case + place) % 5),
                        (right, "helpfulness", 1 + (case * case + place) % 4),
                    ],
                    "marks": [(left, "tone" if case % 3 == place else None)],
                }
            )
            more["comment"] = said.pop()
            if annotator != "Cy" and case % 3 == place:
                more["note"] = said.pop()
            given = annotate(
                ids, annotator, left, right, preference, is_simulated=annotator == "Bo", **more
            )
            with write_session() as session:
                annotation = session.get(Annotation, given)
                annotation.active_seconds = 20 + case + 5 * place
                assignment = session.get(Assignment, annotation.assignment_id)
                assignment.sampling, assignment.inclusion_probability = "random", 0.5
    # So many judges that each stands in a table, and every pair in both orders.
    for place in range(FEW_JUDGES + 1):
        for case in range(6):
            pair = [f"case-{case}/{model}" for model in MODELS]
            for order, preference in ((pair, "left"), (pair[::-1], ("left", "right")[place % 2])):
                annotate(ids, f"judge-{place}", *order, preference, is_judge=True)
    check_anchors_twice(ids)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("log"))
        store_more(ids)
        yield ids


def check_anchors_twice(ids):
    """Freeze anchors, and let a judge say of each what it said of it before."""
    with write_session() as session:
        study = session.get_one(Study, ids["Study"])
        anchors = [anchor.id for anchor in freeze_anchors(session, study, JudgeTask.PAIR)]
    answers = {
        (anchor, is_turned, look): {PREFERENCE: "right" if is_turned else "left"}
        for anchor in anchors
        for is_turned in (False, True)
        for look in (1, 2)
    }
    for _ in range(2):
        store_check(ids["Study"], "judge-0", "hash", answers, served_models=["m"], cost_usd=0.25)


def annotators_shown(collected, pace):
    """Give what the page folds of annotators: a row each."""
    return [annotator_blocks.habits(annotators_report(collected, pace))]


def agreement_shown(collected, pace):
    """Give what the page shows of agreement, in the order in which the file does."""
    report = agreement_report(collected)
    return [
        agreement_blocks.alpha_table(report),
        agreement_blocks.coefficient_table(coefficients(collected), report.as_shown),
        pair_tables.every_pair(report.preference.pairs, report.as_shown),
        agreement_blocks.category_map(agreement_by_category(collected)),
        agreement_blocks.tag_table(tag_agreement(collected)),
    ]


def judges_shown(collected, pace):
    """Give what the page about agreement shows of judges."""
    report = agreement_report(collected)
    return [judge_tables.every_judge(report)]


def judging_shown(collected, pace):
    """Give what the page about judges shows: each beside people, answer by answer, both orders."""
    report = judges_report(collected)
    values = [judges_blocks.values_table(report, subject) for subject in subjects_of(report)]
    return [
        people_table(report),
        judges_blocks.judges_table(report),
        distances_table(report),
        rules_table(report.rows),
        positions_table(report.rows),
        *values,
        *judges_blocks.parts_blocks(collected),
    ]


def acceptance_shown(collected, pace):
    """Give what the page about acceptance shows: every judge on everything."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        report = acceptance_report(collected, splits(session, study))
    return [acceptances.acceptance_table(report), acceptances.curve_table(report.rows)]


def differing_shown(collected, pace):
    """Give what the page about differences folds: how often each judge differs from people."""
    with read_session() as session:
        of_cases = splits(session, results.result_study(session, name="Study"))
    return [
        judges_differing(
            [
                differences_of(collected, of_cases, judge, subject)
                for judge, subjects in judges_and_subjects(collected).items()
                for subject in subjects
            ]
        )
    ]


def corrected_shown(collected, pace):
    """Give what the page with corrected numbers shows: every judge, model by model."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        odds = results.presented(session, study, filters=results.ResultFilters(judges=True))
    report = correction_report(collected, odds)
    return [correction_blocks.models_table(part) for part in report.parts]


def drift_shown(collected, pace):
    """Give what the page folds of anchors: every check of them."""
    with read_session() as session:
        study = results.result_study(session, name="Study")
        return [drift_table(drift_of(session, study_id=study.study_id, study="Study"))]


def errors_shown(collected, pace):
    """Give what the page shows of errors: how often each was found."""
    mapped = failure_map(collected)
    lost = why_we_lose(collected)
    return [
        map_tables.map_by_model(mapped, collected.models),
        map_tables.losing_table(lost),
        map_tables.pareto_table(pareto(collected)),
        errors.how_marked(mark_counts(collected)),
    ]


def power_shown(collected, pace):
    """Give what the page shows of more annotations: what intervals and pairs take."""
    report = power_report(collected)
    intervals = [interval for interval in report.intervals if interval.subject == PREFERRED]
    return [wanted(intervals, name="Raw win rate"), every_pair(report)]


def pairs_shown(collected, pace):
    """Give what file and terminal show of every two models, without who they are."""
    tested = significance_report(collected)
    (shown,) = every_two(ranking_report(collected), tested, collected.models).blocks
    return [replace(shown, columns=shown.columns[1:], rows=tuple(row[1:] for row in shown.rows))]


def two_shown(collected, pace=None):
    """Give what the page shows of the only two models."""
    return [differences(two_of(collected).overall)]


def where_shown(collected, pace):
    """Give what page and terminal show of the only two models: overall, by category, errors."""
    report = two_of(collected)
    overall, categories = differences(report.overall), differences(with_cases(report))
    return [overall, categories, error_table(report)]


def two_of(collected):
    tested = significance_report(collected)
    return pair_report(collected, tested, model=MODELS[0], other=MODELS[1])


def regression_shown(collected, pace):
    """Give what the page shows of the second model as a change of the first."""
    measure = PassRule("helpfulness", 3.0)
    with read_session() as session:
        runs = runs_on_versions(session, eval_set=next(iter(eval_set_names(session))))
        sides = [answered(session, run) for run in sorted(runs, key=lambda run: run.model)]
    verdicts = passing([collected], measure)
    report = regression_report(*sides, verdicts=verdicts, measure=measure)
    return [regressions.by_category(report), regressions.transitions(report)]


CHANGE = ["--before", MODELS[0], "--after", MODELS[1], "--criterion", "helpfulness", "--level", "3"]
OF_NO_STUDY = {"coverage", "failures", "regression"}
#: What the file does not have.
NOT_IN_FILE = {"differences", "drift", "pair", "regression"} | (MORE_ROOMS.keys() - {"checks"})
#: Where the page shows the same numbers in another table.
ON_PAGE = {"significance": two_shown}
#: Of each room what it shows, the command that prints it, and how its page shows a table.
ROOMS = {
    "acceptance": (acceptance_shown, ["acceptance", "--judges"], "fold"),
    "annotators": (annotators_shown, ["annotators"], "fold"),
    "agreement": (agreement_shown, ["agreement"], "fold"),
    "judges": (judges_shown, ["agreement", "--judges"], "fold"),
    "judging": (judging_shown, ["judges", "--judges"], "fold"),
    "correction": (corrected_shown, ["correction", "--judges"], "show"),
    "drift": (drift_shown, ["drift"], "fold"),
    "differences": (differing_shown, ["differences", "--judges"], "fold"),
    "errors": (errors_shown, ["errors"], "show"),
    "pair": (where_shown, ["pair", "--model", MODELS[0], "--other", MODELS[1]], "fold"),
    "power": (power_shown, ["power"], "show"),
    "regression": (regression_shown, ["regression", *CHANGE], "fold"),
    "significance": (pairs_shown, ["significance"], "fold"),
    **MORE_ROOMS,
}


def plain(words):
    """Give what a reader sees: no markup, one space between words."""
    words = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", words, flags=re.DOTALL))
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


def numbers_in(document):
    """Yield every number with its ends and n, wherever it stands in a document.

    Of pairs of annotators they stand beside each other, under the name of the number.
    """
    if isinstance(document, dict):
        n = document.get("n_units", document.get("n_cases"))
        known = {"n": n, **document}
        for name in document:
            if f"{name}_low" in document:
                yield tuple(known[key] for key in (name, f"{name}_low", f"{name}_high", "n"))
        for name in ("value", "difference"):
            if {name, "low", "high"} <= set(document):
                yield tuple(known[key] for key in (name, "low", "high", "n"))
        document = document.values()
    if not isinstance(document, str | int | float | None):
        for part in document:
            yield from numbers_in(part)


def run(*words):
    of_study = [] if words[0] in OF_NO_STUDY else ["--study", "Study"]
    done = CliRunner().invoke(app, ["report", *words, *of_study])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def html_file(stored, tmp_path_factory):
    """Write the study's HTML file, for all rooms: what it says, of people and with judges."""
    file = tmp_path_factory.mktemp("html") / "study.html"
    run("html", str(file))
    people = file.read_text(encoding="utf-8")
    run("html", str(file), "--judges")
    return people, file.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=ROOMS)
def media(request, html_file):
    """Show a room's tables in every medium; each medium's words, and the JSON."""
    # Here, since Streamlit takes every worker a second that collects these tests.
    from pages.shared.display import blocks, exhibits

    shown_of, command, on_page = ROOMS[request.param]
    with read_session() as session:
        study = results.result_study(session, name="Study")
        with_judges = "--judges" in command
        filters = results.ResultFilters(judges=with_judges)
        collected = results.collect(session, study, filters=filters)
        tables = shown_of(collected, results.pace(session, study))
    on_page_of = ON_PAGE.get(request.param, lambda _: tables)(collected)

    page = []
    with pytest.MonkeyPatch.context() as patch:
        if on_page == "fold":
            patch.setattr(
                exhibits, "inline_table", lambda frame, **_: page.append(frame.to_csv(sep=" "))
            )
            for number, table in enumerate(on_page_of):
                blocks.fold(table, key=f"table-{number}", label=None)
        else:
            patch.setattr(blocks.html_tables.st, "html", page.append)
            blocks.show(*tables, page=blocks.Page({}, lambda target: target.view), key="tables")
    words = {
        "page": " ".join(page) if on_page != "fold" else " ".join(page).replace('"', ""),
        "file": html_file[with_judges],
        "terminal": run(*command),
    }
    # Names hold what a page escapes: in frames and on a terminal they stand as they are.
    seen = {
        medium: plain(of if of.lstrip().startswith("<") else html.escape(of))
        for medium, of in words.items()
        if not (medium == "file" and request.param in NOT_IN_FILE)
    }
    return tables, seen, json.loads(run(*command, "--json"))


def test_every_cell_reads_the_same_in_every_medium(media):
    tables, seen, _ = media

    cells = [cell for table in tables for row in table.rows for cell in row]
    assert len(cells) >= 2
    for cell in cells:
        for words in (cell.text, *cell.details):
            assert [medium for medium, said in seen.items() if words not in said] == [], words


def test_every_number_shown_is_in_the_json_with_its_interval_and_n(media):
    tables, _, document = media

    known = set(numbers_in(document))
    shown = [
        cell.number
        for table in tables
        for row in table.rows
        for cell in row
        if cell.number is not None and cell.number.value is not None
    ]
    assert shown
    for number in shown:
        assert (number.value, number.low, number.high, number.n) in known


def test_what_is_downloaded_under_a_table_has_every_column_of_it(media):
    from pages.shared.display import blocks

    tables, _, _ = media

    for table in tables:
        download = blocks.numbers(table)
        assert [name for name in table.columns if name not in download] == []
        numbers = [cell for row in table.rows for cell in row if cell.number is not None]
        assert {name for name in download if name.endswith(" low")} or not numbers

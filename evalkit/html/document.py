"""A whole study as one HTML file that needs nothing else: no script, no remote load."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalkit import text
from evalkit.colours import MUTED, OKABE_ITO
from evalkit.errors import RefusedError
from evalkit.html import decision as html_decision, people, sections
from evalkit.html.errors import errors_section
from evalkit.html.parts import anchor, escape, paragraph, section
from evalkit.html.ranking import ranking_section
from evalkit.phrases import counted, joined
from evalkit.records.writer import open_for_writing
from evalkit.reports.agreement.coefficients import (
    agreement_by_category,
    coefficients,
    tag_agreement,
)
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.report import Pace, annotators_report
from evalkit.reports.decision.document import decided
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.sentences import format_of, number_name
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.report import tags_report
from evalkit.reports.models.report import models_report
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.power.report import power_report
from evalkit.reports.ranking.report import RankingReport, ranking_report, win_rates
from evalkit.reports.scores.report import ScoresReport, scores_report
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected, Limits
from evalkit.study.main_criteria import left_out_sentence, main_part
from evalkit.study.sentences import annotators, limits
from evalkit.study.subjects import subjects
from evalkit.vocabulary import AnnotatorKind

_STYLE = Path(__file__).with_name("report.css")

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
    version of the database.
    """

    made_at: datetime
    schema: str
    models: tuple[str, ...]


def html_report(collected: Collected, pace: Pace | None = None, *, about: About) -> str:
    """Return a study's results as one HTML document.

    Parameters
    ----------
    collected : Collected
        What counts: filters have been applied before.
    pace : Pace, optional
        Without it nothing is said of the annotators' speed.
    about : About

    Returns
    -------
    str
        A document without scripts and without anything to load; light or dark as the reader's
        system is, and made to be printed. Every text in it is escaped.
    """
    more_criteria, collected = left_out_sentence(collected), main_part(collected)
    ranking, scores = ranking_report(collected), scores_report(collected)
    decision = decided(collected)
    weighed = penalty_rows(collected)
    order = _order(ranking, decision, weighed)
    colours = {
        model: OKABE_ITO[place] if place < len(OKABE_ITO) else MUTED
        for place, model in enumerate(about.models)
    }
    plan = power_report(collected, ranking=ranking)
    body = (
        html_decision.decision_section(decision),
        ranking_section(
            ranking,
            win_rates(collected),
            significance_report(collected),
            colours,
        ),
        sections.scores_section(scores, colours, order, note=more_criteria),
        sections.acceptable_section(scores, colours, order),
        errors_section(tags_report(collected), weighed, colours, order, weights=collected.weights),
        people.agreement_section(
            agreement_report(collected),
            coefficients(collected),
            agreement_by_category(collected),
            tag_agreement(collected),
        ),
        sections.cost_section(
            sorted(models_report(collected), key=lambda row: order.index(row.model)),
            _quality(decision, scores),
            colours,
        ),
        html_decision.power_section(collected, plan, decision),
        *_annotators(collected, pace),
    )
    head = html_decision.top(collected, decision, ranking, scores)
    return _page(collected, head, body, about)


def _annotators(collected: Collected, pace: Pace | None) -> tuple[str, ...]:
    """Return a section about annotators on what comes first: preference, scores, errors."""
    places = subjects(collected)
    if not places:
        return ()
    report = annotators_report(collected, pace, subject=places[0])
    return (people.annotators_section(report),)


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


def _page(collected: Collected, head: str, body: Sequence[str], about: About) -> str:
    titles = (
        "Decision", "Ranking", "Scores", "Acceptable responses", "Errors", "Agreement",
        "Cost and latency", "What more annotations would buy", "Annotators", "Method",
    )  # fmt: skip
    shaped = paragraph(limits(collected), style="note limits")
    # A part cut out of the report still says what its numbers are of.
    whole = "\n".join(part.replace("</h2>", f"</h2>{shaped}", 1) for part in body if part)
    whole += _method()
    links = "".join(
        f'<a href="#{anchor(title)}">{escape(title)}</a>'
        for title in titles
        if f'id="{anchor(title)}"' in whole
    )
    day = f"{about.made_at:%d %B %Y, %H:%M %Z}".strip()
    n_cases = len(set(collected.outputs.case[collected.outputs.is_counted].tolist()))
    what = f"{counted(n_cases, 'case')}, {counted(len(collected.models), 'model')}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="evalkit">
<title>{escape(collected.study)}: results</title>
<style>
{_STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<header>
<h1>{escape(collected.study)}</h1>
<p class="about">{escape(f"{what}, {annotators(collected)}. {day}.")}</p>
{head}
{shaped if collected.limits != Limits() else ""}
{_simulated(collected)}
<nav>{links}</nav>
</header>
<main>
{whole}
</main>
<footer>{escape(f"Made by evalkit on {day} from database schema {about.schema}.")}</footer>
</body>
</html>
"""


def _simulated(collected: Collected) -> str:
    """Name the annotators that a program played: nobody may take them for people."""
    played = [one.name for one in collected.annotators if one.is_simulated]
    if not played:
        return ""
    people = [one for one in collected.annotators if one.kind == AnnotatorKind.HUMAN]
    if len(played) == len(people) > 1:
        who = f"All {len(played)} annotators are"
    else:
        who = f"{joined(played)} {'is' if len(played) == 1 else 'are'}"
    return paragraph(
        f"{who} simulated: a program gave these annotations, not a person.",
        style="warning",
    )


def _method() -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in _METHOD)
    return section("Method", f"<dl>{rows}</dl>")


def _order(
    report: RankingReport, decision: DecisionReport | None, weighed: Sequence[ScoreRow]
) -> list[str]:
    """Return the models best first: as ranked, else as decided, else by the weight of errors."""
    best = [row.model for row in report.ranking.rows] if report.ranking else []
    if not best and decision is not None:
        best = [one.model for one in decision.standings]
    if not best:
        known = {row.model: row.estimate.value for row in weighed if row.category is None}
        lightest = sorted((value, model) for model, value in known.items() if value is not None)
        best = [model for _, model in lightest]
    return best + [model for model in report.models if model not in best]


def _quality(decision: DecisionReport | None, scores: ScoresReport) -> sections.Quality:
    """Return what cost is set against: what was decided by, else the acceptable share."""
    if decision is None:
        accepted = {row.model: row.estimate for row in scores.acceptable if row.category is None}
        return sections.Quality("Acceptable responses", accepted, text.percent, (0.0, 1.0))
    measure = decision.chosen.measure
    known = {one.model: one.estimate for one in decision.chosen.overall}
    low, high = measure.limits
    is_open = math.isinf(high)  # what errors weigh has no end, and less of it is better
    if is_open:
        ends = [end for one in known.values() for end in (one.value, one.high) if end is not None]
        high = max(ends, default=1.0) or 1.0
    return sections.Quality(
        name=number_name(measure),
        of=known,
        form=format_of(measure),
        limits=(low, high),
        front=html_decision.front_of(decision),
        is_less_better=is_open,
    )

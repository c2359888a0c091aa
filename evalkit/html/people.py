"""The sections of a study's HTML report about people: whether they agree, how each works."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.html.parts import (
    Axis,
    Cell,
    IntervalRow,
    beside,
    bullets,
    heading,
    intervals,
    paragraph,
    section,
    table,
)
from evalkit.html.sections import MOST_CATEGORIES, category_title, many_categories
from evalkit.reports.agreement.as_shown import AS_SHOWN, AsShown, definitions, kappas_of_pairs
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    Coefficients,
    TagAgreement,
    by_title,
    readings,
)
from evalkit.reports.agreement.judge_sentences import ORDER_COLUMNS, ORDER_NOTE, order_rows
from evalkit.reports.agreement.report import AgreementOf, AgreementReport
from evalkit.reports.agreement.sentences import (
    RELIABLE,
    TENTATIVE,
    agreement_verdict,
    judges_with_people,
)
from evalkit.reports.annotators.report import AnnotatorRow, AnnotatorsReport
from evalkit.reports.annotators.sentences import (
    annotators_verdict,
    flag_sentences,
    orientation_sentence,
    sides_sentences,
    too_few,
)
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import subject_inside, subject_title
from evalkit.text import duration

#: More pairs of annotators than this say less than the sentence above them.
_MOST_PAIRS = 28


def agreement_section(
    report: AgreementReport,
    several: Sequence[Coefficients],
    categories: Sequence[CategoryAgreement],
    tags: Sequence[TagAgreement],
) -> str:
    """Show how far annotators agree, by every coefficient, and what to make of it."""
    parts = [of for of in (report.preference, *report.criteria) if of.alpha.n_units]
    judges = bullets(judges_with_people(report)) + _both_orders(report)
    if not parts:
        return section("Agreement", paragraph(agreement_verdict(report)), judges, _pairs(report))
    return section(
        "Agreement",
        paragraph(agreement_verdict(report), style="lead"),
        judges,
        paragraph(
            "Everything below is of people alone, but for the pairs of annotators."
            if report.judges
            else "",
            style="note",
        ),
        beside(_alphas(parts), bullets(readings(several))),
        _alpha_table(parts, report.as_shown),
        paragraph(
            definitions(is_shown=report.as_shown.alpha is not None)
            if report.preference.alpha.n_units
            else "",
            style="note",
        ),
        heading("Other coefficients"),
        _coefficients(by_title(several, report.as_shown)),
        _pairs(report),
        _agreement_by_category(categories),
        _tag_agreement(tags),
    )


def _both_orders(report: AgreementReport) -> str:
    rows = order_rows(report.judges)
    if not rows:
        return ""
    return table(ORDER_COLUMNS, rows) + paragraph(ORDER_NOTE, style="note")


def _alphas(parts: Sequence[AgreementOf]) -> str:
    """Draw alpha of everything judged twice against chance and the customary bounds."""
    rows = [
        IntervalRow(
            subject_title(of.criterion),
            f"n = {of.alpha.n_units:,}",
            of.alpha,
            text.number,
            "#0072B2",
        )
        for of in parts
    ]
    lows = [of.alpha.low for of in parts if of.alpha.low is not None]
    low = -1.0 if min([0.0, *lows]) < -0.4 else -0.4 if min([0.0, *lows]) < -0.02 else 0.0
    ticks = ((low, text.number(low)), (0.0, "chance"), (TENTATIVE, "tentative"), (RELIABLE, "firm"))
    axis = Axis(
        low, 1.0, (*(ticks if low < 0 else ticks[1:]), (1.0, "1")), (0.0, TENTATIVE, RELIABLE)
    )
    return intervals(rows, axis)


def _alpha_table(parts: Sequence[AgreementOf], as_shown: AsShown) -> str:
    titled = {}
    for of in parts:
        titled[subject_title(of.criterion)] = of
        if of.criterion is None and as_shown.alpha is not None:
            titled[AS_SHOWN] = replace(of, alpha=as_shown.alpha)
    return table(
        ("", "Level", "Krippendorff's α", "Same value", "Units", "Values"),
        [
            (
                title,
                of.level.value,
                text.estimate(of.alpha),
                text.estimate(of.percent, text.percent),
                text.whole(of.alpha.n_units),
                text.whole(of.alpha.n_labels),
            )
            for title, of in titled.items()
        ],
        left=("Level",),
    )


def _coefficients(titled: Mapping[str, Coefficients]) -> str:
    rows = [
        (
            title,
            text.estimate(one.fleiss),
            text.estimate(one.weighted_fleiss) if one.weighted_fleiss else "",
            text.estimate(one.gwet),
        )
        for title, one in titled.items()
    ]
    columns = ("", "Fleiss' κ", "Weighted Fleiss' κ", "Gwet's AC")
    return table(columns, rows) + paragraph(
        "Fleiss' κ takes any two different values for a full miss; its weighted form and, on "
        "ordered scales, Gwet's AC give near misses part of the credit. Where one value is most "
        "of all values, κ and α fall for little and Gwet's AC is the steadier.",
        style="note",
    )


def _pairs(report: AgreementReport) -> str:
    """Show Cohen's κ of every two annotators on what decides, unless there are too many."""
    parts = [of for of in (report.preference, *report.criteria) if of.pairs]
    if not parts or len(parts[0].pairs) > _MOST_PAIRS:
        return ""
    of_preference = parts[0].criterion is None
    by_side = kappas_of_pairs(report.as_shown, parts[0].pairs) if of_preference else []
    rows = [
        (
            " – ".join(pair.annotators),
            text.estimate(pair.cohen_kappa),
            *by_side[place : place + 1],
            text.estimate(pair.percent_agreement, text.percent),
            text.whole(pair.n),
        )
        for place, pair in enumerate(parts[0].pairs)
    ]
    columns = ("", "Cohen's κ", *(["κ, as shown"] if by_side else []), "Same value", "Units")
    return heading(f"Pairs of annotators: {subject_inside(parts[0].criterion)}") + table(
        columns, rows
    )


def _agreement_by_category(categories: Sequence[CategoryAgreement]) -> str:
    names = list(dict.fromkeys(one.category for one in categories))
    if len(names) < 2:
        return ""
    if len(names) > MOST_CATEGORIES:
        return heading("Krippendorff's α by category") + many_categories(len(names))
    subjects = list(dict.fromkeys(subject_title(one.subject) for one in categories))
    cells = {
        (one.category, subject_title(one.subject)): Cell(
            text.estimate(one.alpha), f"n = {one.alpha.n_units:,}"
        )
        for one in categories
    }
    rows: list[list[str | Cell]] = [
        [category_title(name), *(cells[name, subject] for subject in subjects)] for name in names
    ]
    return heading("Krippendorff's α by category") + table(("", *subjects), rows)


def _tag_agreement(tags: Sequence[TagAgreement]) -> str:
    if not tags:
        return ""
    rows = [
        (
            one.tag.name,
            text.whole(one.n_marked),
            text.estimate(one.confirmed, text.percent),
            text.estimate(one.alpha),
            text.estimate(one.gwet),
        )
        for one in tags
    ]
    columns = ("", "Marked", "Confirmed by a second", "Krippendorff's α", "Gwet's AC1")
    return (
        heading("Agreement on errors")
        + table(columns, rows)
        + paragraph(
            "For a rare error read how often a second annotator confirms it: both leaving it out "
            "says little.",
            style="note",
        )
    )


def annotators_section(report: AnnotatorsReport | None) -> str:
    """Show how each annotator works, and what a lead should look at."""
    if report is None:
        return ""
    is_shown = report.is_as_shown

    def by_side(row: AnnotatorRow) -> list[str]:
        return [_known(row.kappa_as_shown, text.number)] if is_shown and row.kappa_as_shown else []

    rows = [
        (
            row.profile.annotator,
            _kind(row.kind, row.is_simulated),
            text.whole(row.profile.n),
            text.estimate(row.profile.agreement.kappa),
            *by_side(row),
            _known(row.quality.estimate, text.percent),
            _known(row.knows, text.percent),
            _known(row.profile.left_rate, text.percent),
            _known(row.profile.median_seconds, duration),
            text.whole(row.profile.longest_run),
            row.profile.twin or "",
        )
        for row in report.rows
    ]
    columns = (
        "Annotator", "Kind", "Annotations", "κ with the rest",
        *(["κ, as shown"] if is_shown else []), "Right", "Knows", "Chose left",
        "Median time", "Longest run", "Same as",
    )  # fmt: skip
    return section(
        "Annotators",
        paragraph(annotators_verdict(report), style="lead"),
        bullets(flag_sentences(report)),
        paragraph(too_few(report)),
        table(columns, rows, left=("Kind", "Same as")),
        paragraph(
            f"On {subject_inside(report.subject)}. Flags are to be looked at; nobody is "
            "left out because of them.",
            orientation_sentence(report),
            *sides_sentences(report),
            style="note",
        ),
    )


def _kind(kind: str, is_simulated: bool) -> str:
    return "simulated" if is_simulated else "judge" if kind == "judge" else "person"


def _known(one: Estimate, form: text.Format) -> str:
    return "" if one.value is None else text.estimate(one, form)

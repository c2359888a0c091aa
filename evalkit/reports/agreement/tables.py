"""Agreement as blocks: how far annotators agree, by every coefficient, pair and category."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.reports.agreement.as_shown import AS_SHOWN, AsShown, definitions, kappas_of_pairs
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    Coefficients,
    TagAgreement,
    by_title,
)
from evalkit.reports.agreement.judge_sentences import ORDER_COLUMNS, ORDER_NOTE, order_rows
from evalkit.reports.agreement.reading import FIRM, TENTATIVE
from evalkit.reports.agreement.report import AgreementOf, AgreementReport
from evalkit.reports.agreement.sentences import (
    agreement_meanings,
    agreement_verdict,
    coefficient,
    judges_with_people,
    trust,
)
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    beside,
    bullets,
    section,
    table,
    words,
)
from evalkit.reports.by_model import MOST_CATEGORIES, category_name, many_categories
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import subject_inside, subject_title

#: More pairs of annotators than this say less than the sentence above them.
_MOST_PAIRS = 28


def agreement_section(
    report: AgreementReport,
    several: Sequence[Coefficients],
    categories: Sequence[CategoryAgreement],
    tags: Sequence[TagAgreement],
) -> Section:
    """Show how far annotators agree, by every coefficient, and what to make of it."""
    parts = report.judged
    judges = (bullets(judges_with_people(report)), _both_orders(report))
    if not parts:
        verdict = words(agreement_verdict(report))
        return section("Agreement", verdict, *judges, *_pairs(report))
    people = "Everything below is of people alone, but for the pairs of annotators."
    shown = definitions(is_shown=report.as_shown.alpha is not None)
    return section(
        "Agreement",
        words(agreement_verdict(report), style="lead"),
        *judges,
        words(people if report.judges else "", style="note"),
        beside([_alphas(parts)], [bullets(agreement_meanings(report))]),
        _alpha_table(parts, report.as_shown),
        words(shown if report.preference.alpha.n_units else "", style="note"),
        Heading("Other coefficients"),
        bullets(trust(several)),
        _coefficients(by_title(several, report.as_shown)),
        *_pairs(report),
        *_agreement_by_category(categories),
        *_tag_agreement(tags),
    )


def _both_orders(report: AgreementReport) -> Table:
    return table("Judges in both orders", ORDER_COLUMNS, order_rows(report.judges), note=ORDER_NOTE)


def _alphas(parts: Sequence[AgreementOf]) -> Intervals:
    """Draw alpha of everything judged twice against chance and the customary bounds."""
    rows = [
        IntervalRow(subject_title(of.criterion), of.alpha, coefficient, f"n = {of.alpha.n_units:,}")
        for of in parts
    ]
    lows = [of.alpha.low for of in parts if of.alpha.low is not None]
    low = -1.0 if min([0.0, *lows]) < -0.4 else -0.4 if min([0.0, *lows]) < -0.02 else 0.0
    ticks = ((low, text.number(low)), (0.0, "chance"), (TENTATIVE, "tentative"), (FIRM, "firm"))
    ticks = (*(ticks if low < 0 else ticks[1:]), (1.0, "1"))
    against = ((0.0, ""), (TENTATIVE, ""), (FIRM, ""))
    return Intervals("Krippendorff's α", tuple(rows), Axis(low, 1.0, ticks, against))


def _alpha_table(parts: Sequence[AgreementOf], as_shown: AsShown) -> Table:
    titled = {}
    for of in parts:
        titled[subject_title(of.criterion)] = of
        if of.criterion is None and as_shown.alpha is not None:
            titled[AS_SHOWN] = replace(of, alpha=as_shown.alpha)
    return table(
        "Krippendorff's α",
        ("", "Level", "Krippendorff's α", "Same value", "Units", "Values"),
        [
            (
                title,
                of.level.value,
                text.estimate(of.alpha, coefficient),
                text.estimate(of.percent, text.percent),
                text.whole(of.alpha.n_units),
                text.whole(of.alpha.n_labels),
            )
            for title, of in titled.items()
        ],
        left=("Level",),
    )


def _coefficients(titled: Mapping[str, Coefficients]) -> Table:
    rows = [
        (
            title,
            text.estimate(one.fleiss),
            text.estimate(one.weighted_fleiss) if one.weighted_fleiss else "",
            text.estimate(one.gwet),
            text.whole(one.alpha.n_units),
        )
        for title, one in titled.items()
    ]
    return table(
        "Other coefficients",
        ("", "Fleiss' κ", "Weighted Fleiss' κ", "Gwet's AC", "Units"),
        rows,
        note="Fleiss' κ takes any two different values for a full miss; its weighted form and, on "
        "ordered scales, Gwet's AC give near misses part of the credit. Where one value is most "
        "of all values, κ and α fall for little and Gwet's AC is the steadier.",
    )


def _pairs(report: AgreementReport) -> tuple[Block, ...]:
    """Show Cohen's κ of every two annotators on what decides, unless there are too many."""
    parts = [of for of in (report.preference, *report.criteria) if of.pairs]
    if not parts or len(parts[0].pairs) > _MOST_PAIRS:
        return ()
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
    title = f"Pairs of annotators: {subject_inside(parts[0].criterion)}"
    return Heading(title), table(title, columns, rows)


def _agreement_by_category(categories: Sequence[CategoryAgreement]) -> tuple[Block, ...]:
    names = list(dict.fromkeys(category.category for category in categories))
    title = "Krippendorff's α by category"
    if len(names) < 2:
        return ()
    if len(names) > MOST_CATEGORIES:
        return Heading(title), many_categories(len(names))
    subjects = list(dict.fromkeys(subject_title(category.subject) for category in categories))
    cells = {
        (category.category, subject_title(category.subject)): Cell(
            text.estimate(category.alpha),
            (f"n = {category.alpha.n_units:,}",),
            about=category.alpha.reason or "",
        )
        for category in categories
    }
    rows = [
        [Cell(category_name(name)), *(cells[name, subject] for subject in subjects)]
        for name in names
    ]
    return Heading(title), table(title, ("", *subjects), rows)


def _tag_agreement(tags: Sequence[TagAgreement]) -> tuple[Block, ...]:
    if not tags:
        return ()
    rows = [
        (
            tag.tag.name,
            text.whole(tag.n_marked),
            Cell(text.with_n(tag.confirmed, text.percent), number=tag.confirmed),
            _cell(tag.alpha),
            _cell(tag.gwet),
            text.whole(tag.alpha.n_units),
        )
        for tag in tags
    ]
    columns = ("", "Marked", "Confirmed by a second", "Krippendorff's α", "Gwet's AC1", "Units")
    note = (
        "For a rare error read how often a second annotator confirms it: both leaving it out says "
        "little."
    )
    title = "Agreement on errors"
    return Heading(title), table(title, columns, rows, note=note)


def _cell(of: Agreement) -> Cell:
    """Return a coefficient with the reason why it or its interval is missing."""
    number = Estimate(of.value, of.low, of.high, of.n_units, of.reason)
    return Cell(text.estimate(of), number=number, about=of.reason or "")

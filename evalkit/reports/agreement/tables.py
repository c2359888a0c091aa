"""Agreement as blocks: how far annotators agree, by every coefficient, category and error."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.reports.agreement.as_shown import AS_SHOWN, AsShown, definitions
from evalkit.reports.agreement.cells import agreement_axis, alpha_cell, number_cell
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    Coefficients,
    TagAgreement,
    agreement_by_category,
    by_title,
    coefficients,
    tag_agreement,
)
from evalkit.reports.agreement.judge_tables import best_judges, every_judge
from evalkit.reports.agreement.marked_words import word_agreement
from evalkit.reports.agreement.pair_tables import pairs_of_first
from evalkit.reports.agreement.reading import FIRM, TENTATIVE
from evalkit.reports.agreement.report import AgreementOf, AgreementReport, agreement_report
from evalkit.reports.agreement.sentences import (
    FEW_JUDGES,
    agreement_meaning,
    agreement_meanings,
    agreement_verdict,
    coefficient,
    judges_in_short,
    trust,
)
from evalkit.reports.agreement.word_tables import TITLE, word_blocks
from evalkit.reports.blocks import (
    Block,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Target,
    View,
    beside,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import MOST_CATEGORIES, category_name, many_categories
from evalkit.study.collected import Collected
from evalkit.study.sentences import not_named
from evalkit.study.subjects import ANY_ERROR, PREFERRED, subject_inside, subject_key, subject_title
from evalkit.study.who import unidentified_labels

_ALPHA = "Krippendorff's α"
_BY_CATEGORY = "Krippendorff's α by category"


def agreement_section(collected: Collected) -> Section:
    """Show how far annotators agree, by every coefficient, and what to make of it."""
    report = agreement_report(collected)
    is_measured = bool(report.judged)
    return section(
        "Agreement",
        words(agreement_verdict(report), style="lead" if is_measured else ""),
        words(not_named(unidentified_labels(collected))),
        bullets(judges_in_short(report)),
        *judge_blocks(report),
        *(_measured(report, coefficients(collected)) if is_measured else ()),
        *pairs_of_first(report),
        *_agreement_by_category(agreement_by_category(collected) if is_measured else ()),
        *_tag_agreement(tag_agreement(collected) if is_measured else ()),
        *_headed(TITLE, word_blocks(word_agreement(collected))),
    )


def _headed(title: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return (Heading(title), *blocks) if blocks else ()


def _measured(report: AgreementReport, several: Sequence[Coefficients]) -> tuple[Block, ...]:
    return (
        beside([alphas(report)], [bullets(agreement_meanings(report))]),
        alpha_table(report),
        how_to_read(report),
        Heading("Other coefficients"),
        bullets(trust(several)),
        coefficient_table(several, report.as_shown),
    )


def judge_blocks(report: AgreementReport) -> tuple[Block, ...]:
    """Show each of many judges; of a few the sentences say all."""
    if len({judge.judge for judge in report.judges}) <= FEW_JUDGES:
        return ()
    return (*best_judges(report), every_judge(report))


def how_to_read(report: AgreementReport) -> Block:
    """Say what α is, whose it is here, and what it rests on."""
    of_people = "Of people alone, but for the pairs of annotators and the judges set beside them."
    is_shown = report.as_shown.alpha is not None
    return words(
        of_people if report.who == "People" else "",
        "Krippendorff's α, each at its own level of measurement: 1 is perfect agreement, 0 what "
        f"chance gives. Custom draws tentative conclusions from {TENTATIVE:g}, firm ones from "
        f"{FIRM:.2f}. n counts what two or more judged; bars are 95 % intervals, clustered by "
        "case.",
        definitions(is_shown=is_shown) if report.preference.alpha.n_units else "",
        style="note",
    )


def alphas(report: AgreementReport) -> Intervals:
    """Draw α of everything judged twice against chance and the customary bounds."""
    rows = [
        IntervalRow(subject_title(of.subject), of.alpha, coefficient, f"n = {of.alpha.n_units:,}")
        for of in report.judged
    ]
    return Intervals(_ALPHA, tuple(rows), agreement_axis(of.alpha for of in report.judged))


def alpha_table(report: AgreementReport) -> Table:
    """Give a row per thing that is judged, with the reason where agreement cannot be had."""
    titled: dict[str, AgreementOf] = {}
    for of in report.parts:
        titled[subject_title(of.subject)] = of
        as_shown = report.as_shown.alpha
        if of.subject == PREFERRED and as_shown is not None and as_shown.n_units:
            titled[AS_SHOWN] = replace(of, alpha=as_shown)
    rows = [
        (
            title,
            of.level.value,
            alpha_cell(of.alpha),
            number_cell(of.percent, text.percent),
            text.whole(of.alpha.n_units),
            text.whole(of.alpha.n_labels),
            of.alpha.reason or of.percent.reason or "",
        )
        for title, of in titled.items()
    ]
    columns = ("", "Level", _ALPHA, "Same value", "Units", "Values", "Why not")
    return table(_ALPHA, columns, rows, left=("Level", "Why not"))


def coefficient_table(several: Sequence[Coefficients], as_shown: AsShown) -> Table:
    """Set every coefficient of one thing beside the others."""
    rows = [
        (
            title,
            alpha_cell(of.alpha),
            number_cell(of.fleiss),
            number_cell(of.weighted_fleiss),
            number_cell(of.gwet),
            number_cell(of.percent, text.percent),
            text.whole(of.alpha.n_units),
        )
        for title, of in by_title(several, as_shown).items()
    ]
    return table(
        "Other coefficients",
        ("", _ALPHA, "Fleiss' κ", "Weighted Fleiss' κ", "Gwet's AC", "Same value", "Units"),
        rows,
        note="Fleiss' κ takes any two different values for a full miss; α, the weighted form and, "
        "on ordered scales, Gwet's AC give near misses part of the credit. Where one value is most "
        "of all values, κ and α fall for little and Gwet's AC is the steadier.",
    )


def _agreement_by_category(categories: Sequence[CategoryAgreement]) -> tuple[Block, ...]:
    n_categories = len({agreement.category for agreement in categories})
    if n_categories < 2:
        return ()
    if n_categories > MOST_CATEGORIES:
        return Heading(_BY_CATEGORY), many_categories(n_categories)
    return Heading(_BY_CATEGORY), category_map(categories)


def category_map(agreements: Sequence[CategoryAgreement]) -> Table:
    """Tint α of everything judged within each category: a row per category."""
    return _map(agreements, _category, _subject)


def tag_map(agreements: Sequence[CategoryAgreement]) -> Table:
    """Tint α on each error within each category: a row per error."""
    return _map(agreements, _subject, _category)


def _subject(agreement: CategoryAgreement) -> str:
    return subject_title(agreement.subject)


def _category(agreement: CategoryAgreement) -> str:
    return category_name(agreement.category)


def _map(
    agreements: Sequence[CategoryAgreement],
    row_of: Callable[[CategoryAgreement], str],
    column_of: Callable[[CategoryAgreement], str],
) -> Table:
    columns = list(dict.fromkeys(column_of(agreement) for agreement in agreements))
    rows: dict[str, dict[str, Cell]] = {}
    for agreement in agreements:
        rows.setdefault(row_of(agreement), {})[column_of(agreement)] = _map_cell(agreement)
    lying = [
        [Cell(name), *(cells.get(column, Cell("")) for column in columns)]
        for name, cells in rows.items()
    ]
    note = "Krippendorff's α with its interval; small samples make it wide."
    return table(_BY_CATEGORY, ("", *columns), lying, is_map=True, note=note)


def _map_cell(agreement: CategoryAgreement) -> Cell:
    number = alpha_cell(agreement.alpha).number
    where = f"{category_name(agreement.category)}, {subject_inside(agreement.subject)}"
    about = "" if agreement.alpha.value is None else f"{where}: {text.with_n(agreement.alpha)}"
    only = {"category": [agreement.category], "on": subject_key(agreement.subject)}
    tint = max(0.0, agreement.alpha.value or 0.0)
    target = Target(View.ANNOTATORS, only)
    return value_cell(number, coefficient, tint=tint, about=about, target=target)


def every_category(agreements: Sequence[CategoryAgreement]) -> Table:
    """Give a row per thing judged and category, with the reason where there is no α."""
    rows = [
        (
            subject_title(agreement.subject),
            category_name(agreement.category),
            alpha_cell(agreement.alpha),
            text.whole(agreement.alpha.n_units),
            agreement.alpha.reason or "",
        )
        for agreement in agreements
    ]
    columns = ("", "Category", _ALPHA, "n", "Why not")
    return table(_BY_CATEGORY, columns, rows, left=("Category", "Why not"))


def _tag_agreement(tags: Sequence[TagAgreement]) -> tuple[Block, ...]:
    if not tags:
        return ()
    meaning = agreement_meaning(tags[0].tag, tags[0].alpha)
    return Heading("Agreement on errors"), bullets([meaning]), tag_table(tags)


def tag_table(tags: Sequence[TagAgreement]) -> Table:
    """Give a row per error: how often it was marked, how often a second annotator confirms it."""
    columns = ("Error", "Marked", "Confirmed by a second", _ALPHA, "Gwet's AC1", "n")
    note = (
        "Marked counts looks of one annotator at one response; n counts the responses two or more "
        "looked at. For a rare error read how often a second annotator confirms it: both leaving "
        "it out says little, which is why Gwet's AC1 is high."
    )
    return table("Agreement on errors", columns, map(_tag_row, tags), note=note)


def _tag_row(of: TagAgreement) -> list[Cell]:
    """Lead from an error and its counts to the responses, from agreement to the annotators."""
    # There are no responses with any error: each has one of these.
    read = None if of.tag == ANY_ERROR else Target(View.RESPONSES, {"tag": of.tag.key})
    differ = Target(View.ANNOTATORS, {"on": subject_key(of.tag)})
    return [
        Cell(of.tag.name, target=read),
        Cell(text.whole(of.n_marked), target=read),
        number_cell(of.confirmed, text.percent, has_n=True, target=differ),
        number_cell(of.alpha, coefficient, target=differ),
        number_cell(of.gwet, target=differ),
        Cell(text.whole(of.alpha.n_units), target=read),
    ]

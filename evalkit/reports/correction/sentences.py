"""What can be said of corrected numbers: which correction, why it holds, what it is worth."""

from collections.abc import Sequence

from evalkit.phrases import counted
from evalkit.reports.correction.report import CorrectedPart, CorrectedRow, CorrectionReport
from evalkit.stats.judges.correction import MIN_LABELS, Design, Method
from evalkit.study.subjects import Preferred, subject_asked

NO_JUDGE = "No judge has judged these responses yet, so there is nothing to correct."
NO_PEOPLE = "No person has judged here yet: without labels of people nothing can be corrected."
NOTHING_SHARED = "No judge has judged what people judged, so nothing can be corrected."
#: What the labels must have, said where they do not.
HOW_ODDS_COME = (
    "Work that evalkit gives out has its odds recorded with every label, and records may bring "
    "theirs as inclusion_probability with sampling."
)

_DRAWN = {
    Design.RANDOM: "drawn at random, each as likely as any other",
    Design.BY_VERDICT: "drawn at random within each verdict, at recorded odds",
    Design.KNOWN_ODDS: "each drawn at recorded odds of its own",
    Design.BY_LABEL: "chosen by what people say",
    Design.UNKNOWN: "chosen in a way that is not recorded",
}


def correction_verdict(report: CorrectionReport) -> str:
    """Say in one sentence whether judges' numbers can be corrected, and what that is worth."""
    if not report.n_judges:
        return NO_JUDGE
    if not report.has_people:
        return NO_PEOPLE
    if not report.parts:
        return NOTHING_SHARED
    corrected = [part for part in report.parts if numbers_of(part)]
    if not corrected:
        return (
            "No number of a judge can be corrected here: it is not known how what people "
            "labelled was chosen, or the labels do not suffice."
        )
    saved = [saving for part in corrected for saving in savings(part)]
    if not saved:
        return (
            "People's labels stand alone here: they are too few for a judge to add anything, or of "
            "all that it judged."
        )
    least, most = min(saved), max(saved)
    if most < 1.0:
        return "Corrected, the judges save no labels here: people's own intervals are as short."
    of = counted(len({part.judge for part in corrected}), "judge")
    return (
        f"Corrected by people's labels, the numbers of {of} stand for {_range(least, most)} more "
        "labels of people, by model and by what was judged."
    )


def part_in_words(part: CorrectedPart) -> str:
    """Say of one judge on one thing what its numbers rest on, and what the judge is worth."""
    asked = subject_asked(part.subject)
    n = counted(part.n_judged, "comparison" if isinstance(part.subject, Preferred) else "response")
    labelled = f"people labelled {part.n_labelled:,} of them at known odds"
    saved = savings(part)
    worth = ""
    if saved:
        least, most = min(saved), max(saved)
        worth = (
            " It saves no labels: people's own intervals are as short."
            if most < 1.0
            else f" It stands for {_range(least, most)} more labels per model."
        )
    return f"{part.judge} on {asked}: it judged {n}, {labelled}.{worth}"


def set_aside(part: CorrectedPart) -> str:
    """Say which labels do not count, and why; nothing where all do."""
    units = part.units
    sentences = []
    if units.n_set_aside:
        sentences.append(
            f"{units.n_set_aside:,} more that people labelled do not count: they were picked by "
            "hand, or their odds are not recorded."
        )
    if units.n_unseen:
        sentences.append(f"{units.n_unseen:,} that people labelled the judge did not judge.")
    return " ".join(sentences)


def method_in_words(row: CorrectedRow) -> str:
    """Say how a number was corrected and why so; of a refusal, its reason."""
    correction, drawn = row.correction, _DRAWN[row.design]
    n, n_judged = correction.corrected.n, row.n_judged
    match correction.method:
        case Method.NONE if n == 0:
            return "Not corrected. No label of these has known odds."
        case Method.NONE:
            return f"Not corrected. {correction.corrected.reason or ''}".strip()
        case Method.PEOPLE if n >= n_judged:
            return "People alone: they labelled all that the judge judged."
        case Method.PEOPLE:
            return f"People alone: below {MIN_LABELS} labels a judge's weight is mostly noise."
        case Method.ERROR_RATES:
            return f"{correction.method}, for labels {drawn}."
        case Method.STRATA:
            return f"Post-stratified by verdict, for labels {drawn}."
    weight = correction.weight or 0.0
    if weight == 0.0:
        return f"{correction.method}, for labels {drawn}; the judge tells nothing (weight 0)."
    return f"{correction.method}, for labels {drawn}; weight of the judge {weight:.2f} of 1."


def saved_in_words(saved: float | None) -> str:
    """Return labels saved as a table writes it, below 0 where the judge costs labels."""
    return "" if saved is None else f"{round(saved):,}".replace("-", "−")


def numbers_of(part: CorrectedPart) -> tuple[CorrectedRow, ...]:
    """Return the rows that could be corrected."""
    return tuple(row for row in part.rows if row.correction.corrected.value is not None)


def savings(part: CorrectedPart) -> Sequence[float]:
    """Return the labels saved of every row in which the judge had a part."""
    return [
        row.correction.labels_saved
        for row in part.rows
        if row.correction.method is not Method.PEOPLE and row.correction.labels_saved is not None
    ]


def _range(least: float, most: float) -> str:
    ends = [saved_in_words(end) for end in (least, most)]
    return f"about {ends[0]}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"

"""What of an eval set stands in a folder, in words and as a table."""

from evalkit import text
from evalkit.contamination.overlaps import FLAGGED, CaseOverlap, Contamination
from evalkit.phrases import counted, some
from evalkit.reports.blocks import Block, Table, table, words


def contamination_blocks(of: Contamination) -> list[Block]:
    """Return what is shown: how many cases are flagged, and every case of which anything stands."""
    return [words(*contamination_sentences(of)), overlap_table(of)]


def contamination_sentences(of: Contamination) -> tuple[str, ...]:
    """Say how much of an eval set stands in a folder, and what that means."""
    n_known = of.n_cases - of.n_empty
    told = [
        f"Of {counted(n_known, 'case')}, {len(of.flagged):,} "
        f"({text.percent(len(of.flagged) / n_known)}) stand there by {text.percent(FLAGGED)} or "
        f"more of their runs of eight words, {len(of.overlaps):,} by any."
        if n_known
        else "No case asks anything in words, so nothing can be said of them.",
        f"{counted(of.n_files, 'file')} {'was' if of.n_files == 1 else 'were'} read.",
    ]
    if of.n_empty and n_known:
        told.append(f"{counted(of.n_empty, 'case')} ask nothing in words and cannot be looked for.")
    if of.n_short:
        told.append(
            f"{counted(of.n_short, 'case')} {'asks' if of.n_short == 1 else 'ask'} less than eight "
            "words. These are looked for as a whole: a text in JSON, a cell of a CSV or TSV file, "
            "a line of other files. Where they stand within more, they are not seen."
        )
    if of.unread:
        told.append(f"Not read, for they are no text: {some(of.unread)}.")
    if of.damaged:
        told.append(
            f"Not read, or not to the end, for they are damaged or closed to you: "
            f"{some(of.damaged)}. What stands there was not looked for."
        )
    if of.flagged:
        told.append(
            "Models may have been trained on flagged cases: a good answer to them may be "
            "remembered. Compare results with and without them, or retire them."
        )
    return tuple(told)


def reason(overlap: CaseOverlap) -> str:
    """Say in a sentence what of a case stands in the folder."""
    if overlap.is_short:
        return "All that is asked, which is shorter than eight words, stands there by itself."
    return (
        f"{overlap.n_seen:,} of {overlap.n_runs:,} runs of eight words "
        f"({text.percent(overlap.share)}) stand there."
    )


def overlap_table(of: Contamination) -> Table:
    """List the cases of which anything stands in the folder, the largest share first."""
    rows = [
        (
            each.key,
            "flagged" if each.is_flagged else "",
            text.percent(each.share),
            f"{each.n_seen:,} of {each.n_runs:,}",
            ", ".join(f"{place.file}:{place.line}" for place in each.places),
        )
        for each in of.overlaps
    ]
    columns = ("Case", "", "Share seen", "Runs of eight words", "Where")
    return table("Cases of which something stands there", columns, rows, left=("", "Where"))

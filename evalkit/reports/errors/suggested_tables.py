"""What suggesting tags did, in sentences and as a table."""

from evalkit import text
from evalkit.phrases import joined
from evalkit.reports.blocks import Block, Cell, Heading, Table, table, words
from evalkit.reports.errors.suggested import LEAST_LOOKS, Suggesting
from evalkit.stats.arms import LEAST_PEOPLE

TITLE = "Errors suggested while annotating"


def suggesting_sentences(suggesting: Suggesting) -> list[str]:
    """Say how many suggestions were taken, and whether it can be told yet what they do."""
    if suggesting.is_empty:
        return []
    n = suggesting.n_taken + suggesting.n_refused
    if not n:
        return ["Errors are suggested from what annotators write; none has been suggested yet."]
    taken = (
        f"Errors suggested from what annotators wrote: {n:,}, of which "
        f"{suggesting.n_taken:,} were taken ({text.percent(suggesting.n_taken / n)})."
    )
    people = f"{suggesting.n_helped:,} with and {suggesting.n_held_out:,} without"
    if not suggesting.is_told:
        return [
            taken,
            f"Not yet: whether suggestions change what is marked is told once {LEAST_PEOPLE} "
            f"people with and {LEAST_PEOPLE} without them have looked at {LEAST_LOOKS} responses "
            f"each since the first suggestion; these are {people}.",
        ]
    return [
        taken,
        f"A lot decided who is offered any: {people}, who looked at {suggesting.n_looks:,} "
        "responses since the first suggestion.",
        *_differing(suggesting),
    ]


def _differing(suggesting: Suggesting) -> list[str]:
    """Name the errors that are marked more often, or less, than chance alone would have it."""
    names = [text.inside(row.tag.name) for row in suggesting.tags if row.is_decided]
    if not names:
        return ["Of no error it can be told that suggestions change how often it is marked."]
    return [f"How often they are marked differs with suggestions: {joined(names)}."]


def suggesting_table(suggesting: Suggesting) -> Table:
    """Give a row per error: how often suggested and taken, and marked with and without."""
    rows = [
        (
            row.tag.name,
            text.whole(row.n_taken + row.n_refused),
            text.whole(row.n_taken),
            _share(row.helped),
            _share(row.held_out),
            Cell(
                text.difference(row.difference, text.points),
                number=row.difference,
                about=row.difference.reason or "",
            ),
            text.bare_p(row.q),
        )
        for row in suggesting.tags
    ]
    note = (
        "With and without: the share of the responses somebody looked at in which they marked it, "
        "as a mean over people. The difference has Welch's interval over people; q is its chance, "
        "held to one false finding in twenty over all errors of the table."
    )
    columns = ("", "Suggested", "Taken", "With", "Without", "Difference", "q")
    return table(TITLE, columns, rows, note=note)


def suggesting_blocks(suggesting: Suggesting) -> tuple[Block, ...]:
    """Show what suggestions did; nothing where none were made."""
    sentences = suggesting_sentences(suggesting)
    if not sentences:
        return ()
    return (Heading(TITLE), words(*sentences), suggesting_table(suggesting))


def _share(share: float | None) -> str:
    return text.MISSING if share is None else text.percent(share)

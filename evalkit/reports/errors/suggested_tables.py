"""What suggesting tags did, in sentences and as a table."""

from evalkit import text
from evalkit.phrases import joined
from evalkit.reports.blocks import Block, Cell, Heading, Table, table, value_cell, words
from evalkit.reports.errors.suggested import LEAST_LOOKS, SuggestedTag, Suggesting
from evalkit.stats.arms import LEAST_PEOPLE

TITLE = "Errors suggested while annotating"


def suggesting_sentences(suggesting: Suggesting) -> list[str]:
    """Say how many suggestions were taken, and whether it can be told yet what they do."""
    if suggesting.is_empty:
        return []
    if not suggesting.is_begun:
        return ["Errors are suggested from what annotators write; none has been suggested yet."]
    n = suggesting.n_taken + suggesting.n_refused
    verb = "was" if suggesting.n_taken == 1 else "were"
    taken = (
        f"Errors suggested from what annotators wrote: {n:,}, of which "
        f"{suggesting.n_taken:,} {verb} taken."
        if n
        else "Of the errors suggested from what annotators wrote none is of what is read here."
    )
    people = f"{suggesting.n_helped:,} with and {suggesting.n_held_out:,} without"
    if not suggesting.is_told:
        return [
            taken,
            f"Not yet: whether suggestions change what is marked is told once {LEAST_PEOPLE} "
            f"people with and {LEAST_PEOPLE} without them have looked at {LEAST_LOOKS} responses "
            f"each while some were made; these are {people}.",
        ]
    return [
        taken,
        f"A lot decided who is offered any: {people}, who looked at {suggesting.n_looks:,} "
        "responses while some were made.",
        *_differing(suggesting),
    ]


def _differing(suggesting: Suggesting) -> list[str]:
    """Name the errors that are marked more often, or less, than chance alone would have it."""
    names = [text.inside(row.tag.name) for row in suggesting.tags if row.is_decided]
    if not names:
        return ["Of no error it can be told that suggestions change how often it is marked."]
    return [f"How often they are marked differs with suggestions: {joined(names)}."]


def suggesting_table(suggesting: Suggesting) -> Table:
    """Give a row per error: how often suggested and taken, and marked with and without.

    The latter once it is told by enough people.
    """
    told = suggesting.is_told
    rows: list[tuple[str | Cell, ...]] = [
        (
            row.tag.name,
            text.whole(row.n_taken + row.n_refused),
            text.whole(row.n_taken),
            *(_compared(row) if told else ()),
        )
        for row in suggesting.tags
    ]
    columns = ("", "Suggested", "Taken")
    if not told:
        return table(TITLE, columns, rows)
    note = (
        "With and without: the share of the responses somebody looked at in which they marked it, "
        "as a mean over people, with Student's interval over people; that of the difference is "
        "Welch's. q is its chance, held to one false finding in twenty over all errors here."
    )
    return table(TITLE, (*columns, "With", "Without", "Difference", "q"), rows, note=note)


def _compared(row: SuggestedTag) -> tuple[Cell, ...]:
    difference = Cell(
        text.difference(row.difference, text.points),
        number=row.difference,
        about=row.difference.reason or "",
    )
    return (
        value_cell(row.helped, text.percent),
        value_cell(row.held_out, text.percent),
        difference,
        Cell(text.bare_p(row.q)),
    )


def suggesting_blocks(suggesting: Suggesting) -> tuple[Block, ...]:
    """Show what suggestions did; nothing where none were made."""
    sentences = suggesting_sentences(suggesting)
    if not sentences:
        return ()
    return (Heading(TITLE), words(*sentences), suggesting_table(suggesting))

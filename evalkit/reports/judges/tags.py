"""Judges that mark errors, tag by tag: κ with people, and how often both find one or none."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Table, table
from evalkit.reports.document import Document
from evalkit.stats.counts import Codings
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.answers import AnswersOfBoth, beside
from evalkit.stats.judges.by_value import value_rows
from evalkit.stats.judges.orders import kappa_with_people
from evalkit.study.collected import Collected, Tag, names
from evalkit.study.subjects import ANY_ERROR, marked, subject_key
from evalkit.study.who import identified
from evalkit.vocabulary import AnnotatorKind

#: Responses that a judge and people looked at, and of these such as people marked, or did not.
LEAST_RESPONSES, LEAST_OF_EACH = 30, 5
_COLUMNS = (
    "Judge",
    "Tag",
    "κ with people",
    "Marks it where people do",
    "Does not where people do not",
    "Responses",
    "People marked it",
    "Why not",
)
_NOTE = (
    "Of responses that the judge and people looked at for errors, each tag for itself. κ is "
    "Cohen's with every person who looked. Marks it where people do: sensitivity, TPR; does not "
    "where people do not: specificity, TNR. People of one response together count as one; "
    "intervals by case."
)


@dataclass(frozen=True, slots=True)
class TagRow:
    """One judge on one tag: shares 0–1; ``n_marked`` of ``n`` responses people marked, in parts."""

    judge: str
    tag: Tag
    kappa: Estimate
    sensitivity: Estimate
    specificity: Estimate
    n: int
    n_marked: float


def tag_rows(collected: Collected) -> tuple[TagRow, ...]:
    """Set each judge beside people on each tag that was marked.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included.

    Returns
    -------
    tuple of TagRow
        By tag, the most marked first, then judge. Numbers are None, with what is missing, on
        fewer than ``LEAST_RESPONSES`` responses, or fewer than ``LEAST_OF_EACH`` that people
        marked, or did not.
    """
    collected = identified(collected)
    kinds = np.array([who.kind for who in collected.annotators])
    people = kinds != AnnotatorKind.JUDGE
    if not people.any() or not len(collected.marks.output):
        return ()
    looked = np.bincount(collected.marks.annotator, minlength=len(kinds)) > 0
    judges = np.flatnonzero(~people & looked).tolist()
    tags = [(tag, codings) for tag, codings in marked(collected) if tag != ANY_ERROR]
    return tuple(
        row for tag, codings in tags for row in _rows(collected, tag, codings, people, judges)
    )


def _rows(
    collected: Collected, tag: Tag, codings: Codings, people: np.ndarray, judges: list[int]
) -> Iterator[TagRow]:
    called = names(collected)
    for judge in judges:
        counts = people.copy()
        counts[judge] = True
        rows = beside(codings.at(counts[codings.annotator]), judge)
        if rows.n:
            yield _row(called[judge], tag, rows)


def _row(judge: str, tag: Tag, rows: AnswersOfBoth) -> TagRow:
    n = rows.n
    marked = rows.by_people[:, 1] / rows.n_people
    n_marked = float((rows.cases.units @ marked).sum())
    if missing := _missing(n, n_marked):
        none = Estimate(None, None, None, n, missing)
        return TagRow(judge, tag, none, none, none, n, n_marked)
    no, yes = value_rows(rows)
    return TagRow(judge, tag, kappa_with_people(rows), yes.recall, no.recall, n, n_marked)


def _missing(n: int, n_marked: float) -> str:
    """Say what labels are missing; nothing where there are enough."""
    if n < LEAST_RESPONSES:
        return f"Not enough labels: {counted(n, 'response')} of the {LEAST_RESPONSES} it takes."
    for part, what in ((n_marked, "marked it on"), (n - n_marked, "did not mark it on")):
        if part < LEAST_OF_EACH:
            number = f"{part:,.1f}".removesuffix(".0")
            return f"Not enough labels: people {what} {number} of the {LEAST_OF_EACH} it takes."
    return ""


def tags_table(rows: tuple[TagRow, ...]) -> Table:
    """Give a row per judge and tag."""
    cells = [
        (
            row.judge,
            row.tag.name,
            number_cell(row.kappa),
            number_cell(row.sensitivity, text.percent, has_n=True),
            number_cell(row.specificity, text.percent, has_n=True),
            text.whole(row.n),
            f"{row.n_marked:,.1f}".removesuffix(".0"),
            row.kappa.reason or "",
        )
        for row in rows
    ]
    return table("Errors, tag by tag", _COLUMNS, cells, left=("Tag", "Why not"), note=_NOTE)


def tag_entries(rows: tuple[TagRow, ...]) -> list[Document]:
    """Return the same as a document; the shape is described in docs/reports.md."""
    return [
        {
            "judge": row.judge,
            "subject": subject_key(row.tag),
            "kappa": asdict(row.kappa),
            "sensitivity": asdict(row.sensitivity),
            "specificity": asdict(row.specificity),
            "n_responses": row.n,
            "n_marked": row.n_marked,
        }
        for row in rows
    ]

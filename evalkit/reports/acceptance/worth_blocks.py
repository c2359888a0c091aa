"""Whether a judge is worth it, as blocks: a sentence each, and a table of what it rests on."""

from collections.abc import Sequence
from dataclasses import asdict

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.acceptance.sentences import standing
from evalkit.reports.acceptance.worth import Advice, Worth
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Block, Cell, Heading, Table, bullets, table, words
from evalkit.reports.document import Document
from evalkit.study.subjects import subject_asked, subject_key, subject_title

_ADVICE = {
    Advice.ACCEPT: "Yes: what it is sure of may be taken without a person.",
    Advice.BESIDE: "Yes, beside people: it saves labels, and its corrected numbers may be used.",
    Advice.OPEN: "Not yet: there is too little to tell. More labels of people on what it judged.",
    Advice.NO: "No: it agrees with people less than they do, and may not stand in for one.",
    Advice.NO_GROUND: "No: there is nothing to measure it against.",
}
_COLUMNS = (
    "Judge",
    "On",
    "Worth it",
    "Of people's own agreement",
    "In the place of a person",
    "Without a person",
    "Labels saved",
    "Cost of a verdict",
    "Cost of a label saved",
    "Same as people, looked at every day",
)
_NOTE = (
    "Labels saved are those for the number of a model, the median over models, of those people "
    "gave. A label saved costs all that the judge has cost over these. The last column is "
    "by the first person of each case; its interval holds at every look at once."
)


def advice_in_words(worth: Worth) -> str:
    """Say of one judge on one thing whether it is worth it, and what for."""
    saved = worth.saved
    more = ""
    if worth.advice is Advice.BESIDE and saved is not None:
        more = f" {counted(round(saved), 'label')} of {worth.n_labels:,}, the median over models."
    elif saved is not None and worth.advice is not Advice.ACCEPT:
        more = " It saves no labels worth counting." if saved < 1 else ""
    row = worth.row
    return f"{row.judge} on {subject_asked(row.subject)}. {_ADVICE[worth.advice]}{more}"


def worth_blocks(cards: Sequence[Worth]) -> tuple[Block, ...]:
    """Say of every judge whether it is worth it; nothing where no judge judged with people."""
    if not cards:
        return ()
    return (
        Heading("Worth it?"),
        bullets(advice_in_words(card) for card in cards),
        worth_table(cards),
        words(_NOTE, style="note"),
    )


def worth_table(cards: Sequence[Worth]) -> Table:
    """Give a row per judge and thing judged: what the advice rests on."""
    rows = [
        (
            card.row.judge,
            subject_title(card.row.subject),
            str(card.advice),
            number_cell(card.row.ceiling.ratio, text.percent, has_n=True),
            _stands_in(card.row.test.may_stand_in),
            "" if card.acceptance is None else standing(card.acceptance),
            _saved(card),
            number_cell(card.cost, text.dollars, has_n=True),
            "" if card.cost_of_label is None else text.dollars(card.cost_of_label),
            number_cell(card.daily, text.percent, has_n=True),
        )
        for card in cards
    ]
    left = ("On", "Worth it", "In the place of a person", "Without a person")
    return table("What each judge is worth", _COLUMNS, rows, left=left)


def _stands_in(may: bool | None) -> str:
    return "too little to tell" if may is None else "may stand in" if may else "may not"


def _saved(card: Worth) -> Cell:
    if card.saved is None:
        return Cell(text.MISSING)
    return Cell(f"{max(0, round(card.saved)):,}", (f"of {card.n_labels:,}",))


def worth_entries(cards: Sequence[Worth]) -> list[Document]:
    """Return the same for a document; the shape is described in docs/reports.md."""
    return [
        {
            "judge": card.row.judge,
            "subject": subject_key(card.row.subject),
            "advice": card.advice,
            "sentence": advice_in_words(card),
            "ratio": asdict(card.row.ceiling.ratio),
            "may_stand_in": card.row.test.may_stand_in,
            "labels_saved": card.saved,
            "n_labels": card.n_labels,
            "cost_usd": None if card.cost is None else asdict(card.cost),
            "cost_of_label_usd": card.cost_of_label,
            "daily": asdict(card.daily),
        }
        for card in cards
    ]

"""Agreement on marked words as blocks: span-F1, who marked alone, and every two annotators."""

from evalkit import text
from evalkit.phrases import counted, some
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.agreement.marked_words import WordAgreement
from evalkit.reports.agreement.pair_tables import MOST_PAIRS
from evalkit.reports.blocks import Block, Cell, Table, table, words
from evalkit.stats.agreement.spans import SpanAgreement
from evalkit.stats.intervals import Estimate

TITLE = "Agreement on marked words"
_F1 = ("Span-F1, exact", "Marks touched", "Character-F1")


def word_blocks(of: WordAgreement) -> tuple[Block, ...]:
    """Show how far annotators mark the same words; nothing where nobody marked any."""
    if not of.n_words:
        return ()
    if of.plain.exact.value is None:
        return (words(of.plain.exact.reason or "", _left_out(of)),)
    few = (every_pair_of_words(of),) if 1 < len(of.pairs) <= MOST_PAIRS else ()
    blocks = (words(word_meaning(of)), word_table(of), by_annotator(of), *few)
    return (*blocks, words(*_how_to_read(of), style="note"))


def word_meaning(of: WordAgreement) -> str:
    """Say in one sentence how often a second annotator marks the same words."""
    same = text.estimate(of.plain.characters, text.percent)
    touched = text.estimate(of.plain.touched, text.percent)
    return (
        f"Of the characters one annotator marked, another marked {same} too; of the marks, "
        f"{touched} touch one of theirs."
    )


def word_table(of: WordAgreement) -> Table:
    """Set agreement whatever the tag beside that on words under the same tag."""
    rows = [
        (Cell(name), *_cells(agreement, has_n=True))
        for name, agreement in (("Whatever the tag", of.plain), ("The same tag", of.with_tag))
    ]
    return table(TITLE, ("", *_F1), rows)


def by_annotator(of: WordAgreement) -> Table:
    """Give a row per annotator: what they marked alone, and what they missed that others marked."""
    rows = [
        (
            annotator.annotator,
            _share(annotator.confirmed),
            _share(annotator.noticed),
        )
        for annotator in of.annotators
    ]
    columns = ("Annotator", "Own marks another touches", "Others' marks they touch")
    return table("Who marked what others did not", columns, rows)


def every_pair_of_words(of: WordAgreement) -> Table:
    """Give a row per two annotators, most agreed first."""
    ordered = sorted(of.pairs, key=lambda pair: -(pair.agreement.characters.value or 0.0))
    rows = [
        (
            Cell(" – ".join(pair.annotators)),
            *_cells(pair.agreement),
            Cell(text.whole(pair.agreement.exact.n)),
            Cell(pair.agreement.exact.reason or ""),
        )
        for pair in ordered
    ]
    columns = ("Annotators", *_F1, "Marks", "Why no interval")
    return table("Marked words of every two annotators", columns, rows, left=("Why no interval",))


def _cells(of: SpanAgreement, *, has_n: bool = False) -> tuple[Cell, ...]:
    return (
        number_cell(of.exact, has_n=has_n),
        number_cell(of.touched, text.percent, has_n=has_n),
        number_cell(of.characters, has_n=has_n),
    )


def _share(of: Estimate) -> Cell:
    return number_cell(of, text.percent, has_n=True)


def _how_to_read(of: WordAgreement) -> tuple[str, ...]:
    clean = counted(of.n_clean, "response")
    more = len(of.pairs) > MOST_PAIRS
    return (
        f"On {counted(of.n_marked, 'response')} that two or more looked at and somebody marked "
        "words in. F1 is how many of the one's marks, or characters, the other has too; n counts "
        "them. It is not corrected for chance, which is next to nothing where most words are "
        "right. Intervals are clustered by case.",
        f"In {clean} more nobody marked a word: {'it counts' if of.n_clean == 1 else 'they count'}"
        " here neither for nor against. Whether a response has an error at all is asked above."
        if of.n_clean
        else "",
        "What is marked as missing, and marks on a whole response, have no words.",
        _left_out(of),
        f"There are {len(of.pairs):,} pairs of annotators: the JSON has them." if more else "",
    )


def _left_out(of: WordAgreement) -> str:
    if not of.left_out:
        return ""
    return f"Marked errors but never at words, and so left out here: {some(of.left_out)}."

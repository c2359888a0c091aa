"""What judges lean to beyond people: what stood first, the longer, the formatted, their own."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np

from evalkit import text
from evalkit.judging.family import family_of
from evalkit.phrases import joined
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Block, Cell, Table, bullets, table
from evalkit.reports.document import Document
from evalkit.stats.annotators.sides import balanced
from evalkit.stats.counts import LEFT, RIGHT, BoolArray, FloatArray, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.bias import Leaning, Picks, leanings
from evalkit.study.collected import Collected, names
from evalkit.study.sides import sides_as_shown
from evalkit.study.style_features import FEATURES
from evalkit.study.who import entries_at, identified
from evalkit.vocabulary import AnnotatorKind

#: Responses that differ by no more characters are of one length.
LENGTH_MARGIN = 30.0
BIAS_NOTE = (
    "Of the pairs that the judge and people both judged, where one response has more of it: how "
    "often each chooses that one, a tie counting half for both. The excess is the judge less "
    "people, with its interval by case: what people lean to on the same pairs is no fault of a "
    "judge. First shown: pairs the judge saw in both orders, and people whose sides were dealt. "
    f"Longer: by more than {LENGTH_MARGIN:.0f} characters. Formatted: more headers and bold. Own "
    "family: the judge's maker, as the names tell it, made one of the two."
)


class Bias(StrEnum):
    """What a judge may lean to."""

    FIRST = "first"
    LONGER = "longer"
    LISTS = "lists"
    FORMATTED = "formatted"
    FAMILY = "family"


BIAS_NAMES = {
    Bias.FIRST: "First shown",
    Bias.LONGER: "Longer",
    Bias.LISTS: "More list entries",
    Bias.FORMATTED: "More formatted",
    Bias.FAMILY: "Own family",
}


@dataclass(frozen=True, slots=True)
class BiasRow:
    """How far one judge leans to one thing beyond people."""

    judge: str
    bias: Bias
    leaning: Leaning


@dataclass(frozen=True, slots=True)
class Kinship:
    """A judge with the models it judges that are of its family."""

    judge: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BiasReport:
    """Every judge's leanings, and which share a family with what they judge."""

    rows: tuple[BiasRow, ...]
    kin: tuple[Kinship, ...]


def bias_report(collected: Collected, style: FloatArray) -> BiasReport:
    """Return what each judge of pairs leans to beyond people.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included.
    style : FloatArray of shape (n_outputs, 4)
        Style features of the outputs in the order of ``FEATURES``; ``NaN`` where not read.

    Returns
    -------
    BiasReport
        Without rows where no judge compared anything. Who is not named is no person.
    """
    collected = identified(collected)
    kinds = np.array([who.kind for who in collected.annotators])
    preferences = collected.preferences
    judged = np.bincount(preferences.annotator, minlength=len(kinds)) > 0
    judges = np.flatnonzero((kinds == AnnotatorKind.JUDGE) & judged)
    if not len(judges):
        return BiasReport((), ())
    called = names(collected)
    is_person = kinds != AnnotatorKind.JUDGE
    by_bias = {
        Bias.FIRST: leanings(
            _by_sides(collected, is_person), judges, is_person=is_person, by_order=True
        )
    }
    for bias, more in _more_of(style).items():
        by_bias[bias] = leanings(_picks(collected, more), judges, is_person=is_person)
    families = [family_of(model) for model in collected.models]
    own = [family_of(collected.annotators[judge].name) for judge in judges.tolist()]
    by_bias[Bias.FAMILY] = tuple(
        leanings(
            _picks(collected, _of_family(collected, families, family)),
            judges[place : place + 1],
            is_person=is_person,
        )[0]
        for place, family in enumerate(own)
    )
    rows = [
        BiasRow(called[judge], bias, by_bias[bias][place])
        for place, judge in enumerate(judges.tolist())
        for bias in Bias
    ]
    kin = [
        Kinship(called[judge], _kin(collected.models, families, family))
        for judge, family in zip(judges.tolist(), own, strict=True)
    ]
    return BiasReport(tuple(rows), tuple(each for each in kin if each.models))


def _more_of(style: FloatArray) -> dict[Bias, FloatArray]:
    """Return how much of it each output has, in steps that count as more."""
    length, headers, lists, bold = (style[:, FEATURES.index(of)] for of in _STYLE)
    return {
        Bias.LONGER: length / LENGTH_MARGIN,
        Bias.LISTS: 2.0 * lists,
        Bias.FORMATTED: 2.0 * (headers + bold),
    }


_STYLE = ("length", "headers", "lists", "bold")


def _of_family(collected: Collected, families: Sequence[str], family: str) -> FloatArray:
    is_kin = np.array([bool(family) and each == family for each in families], dtype=np.float64)
    return 2.0 * is_kin[collected.outputs.model]


def _kin(models: Sequence[str], families: Sequence[str], family: str) -> tuple[str, ...]:
    return tuple(
        model for model, each in zip(models, families, strict=True) if family and each == family
    )


def _picks(collected: Collected, more: FloatArray) -> Picks:
    """Return the choices between outputs of which one has more of it, by more than 1."""
    preferences = collected.preferences
    apart = more[preferences.left] - more[preferences.right]
    places = np.flatnonzero(np.abs(apart) > 1.0)
    return _of_left(collected, places, left_has_more=apart[places] > 0)


def _by_sides(collected: Collected, is_person: BoolArray) -> Picks:
    """Return the choices between a left and a right response; people's where sides were even."""
    preferences, seen = collected.preferences, np.flatnonzero(collected.preferences.is_seen)
    tells = ~is_person[preferences.annotator[seen]] | balanced(sides_as_shown(collected))
    places = seen[tells]
    return _of_left(collected, places, left_has_more=np.ones(len(places), dtype=np.bool_))


def _of_left(collected: Collected, places: IntArray, *, left_has_more: BoolArray) -> Picks:
    preferences = entries_at(collected.preferences, places)
    left, right = preferences.left, preferences.right
    low, high = np.minimum(left, right), np.maximum(left, right)
    left_share = np.where(
        preferences.preference == LEFT, 1.0, np.where(preferences.preference == RIGHT, 0.0, 0.5)
    )
    return Picks(
        unit=low.astype(np.int64) * (len(collected.outputs.id) + 1) + high,
        case=collected.outputs.case[left],
        annotator=preferences.annotator,
        order=(left > right).astype(np.int64),
        toward=np.where(left_has_more, left_share, 1.0 - left_share),
    )


def bias_blocks(report: BiasReport) -> tuple[Block, ...]:
    """Say all of it: who judges its own kin, what each judge leans to, and every number."""
    judges = dict.fromkeys(row.judge for row in report.rows)
    sentences = [*kinship_sentences(report), *(bias_sentence(report, judge) for judge in judges)]
    return bullets(sentences), bias_table(report)


def bias_table(report: BiasReport) -> Table:
    """Give a row per judge and what it may lean to, of all that can be told."""
    columns = (
        "Judge",
        "Leans to",
        "Judge chooses it",
        "People choose it",
        "Excess",
        "Pairs",
        "Why not",
    )
    rows = [
        (
            row.judge,
            BIAS_NAMES[row.bias],
            number_cell(row.leaning.judge, text.percent),
            number_cell(row.leaning.people, text.percent),
            _excess_cell(row.leaning.excess),
            text.whole(row.leaning.judge.n),
            row.leaning.excess.reason or "",
        )
        for row in report.rows
    ]
    return table(
        "Biases, judge less people", columns, rows, left=("Leans to", "Why not"), note=BIAS_NOTE
    )


def _excess_cell(excess: Estimate) -> Cell:
    written = text.difference(excess, text.points)
    return Cell(written, number=excess, about=excess.reason or "")


def kinship_sentences(report: BiasReport) -> list[str]:
    """Warn of judges that judge models of their own family."""
    return [
        f"{each.judge} is of the family of {joined(list(each.models))}, by name: it may favour "
        "its own, whatever its other numbers are."
        for each in report.kin
    ]


def bias_sentence(report: BiasReport, judge: str) -> str:
    """Say of one judge what it leans to beyond people; nothing where it compared nothing."""
    rows = [row for row in report.rows if row.judge == judge]
    if not rows:
        return ""
    told = [row for row in rows if row.leaning.excess.low is not None]
    leans = [_phrase(row) for row in told if _is_beyond(row.leaning.excess)]
    if leans:
        return f"Against people on the same pairs {judge} chooses {joined(leans)}."
    if told:
        return f"Against people on the same pairs no leaning of {judge} can be seen."
    return f"What {judge} leans to beyond people cannot be told here."


_PHRASES = {
    Bias.FIRST: "the response that stands first",
    Bias.LONGER: "the longer response",
    Bias.LISTS: "the response with more list entries",
    Bias.FORMATTED: "the more formatted response",
    Bias.FAMILY: "responses of its own family",
}


def _phrase(row: BiasRow) -> str:
    excess = row.leaning.excess
    more = "more" if (excess.value or 0.0) > 0 else "less"
    return f"{_PHRASES[row.bias]} {more} often ({text.difference(excess, text.points)})"


def _is_beyond(excess: Estimate) -> bool:
    low, high = excess.low, excess.high
    return low is not None and high is not None and (low > 0.0 or high < 0.0)


def bias_entries(report: BiasReport) -> Document:
    """Return the same as a document; the shape is described in docs/reports.md."""
    return {
        "rows": [
            {
                "judge": row.judge,
                "bias": str(row.bias),
                "by_judge": asdict(row.leaning.judge),
                "by_people": asdict(row.leaning.people),
                "excess": asdict(row.leaning.excess),
            }
            for row in report.rows
        ],
        "own_family": [asdict(each) for each in report.kin],
        "length_margin": LENGTH_MARGIN,
    }

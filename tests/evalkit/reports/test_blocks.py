"""Blocks say what holds of all their numbers once."""

from evalkit.reports.blocks import Cell, table
from evalkit.reports.errors.report import NO_LOOKS, TagRates
from evalkit.reports.errors.tables import errors_section
from evalkit.stats.intervals import Estimate
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Tag


def without_interval(reason):
    return Cell("1", number=Estimate(1.0, None, None, 5, reason))


def test_reasons_why_no_interval_stands_follow_their_opening_said_once():
    cells = [without_interval("It needs two."), without_interval("Nothing was there.")]
    rows = [(Cell("a"), *cells), (Cell("b"), *cells)]

    assert table("Numbers", ("Model", "x", "y"), rows).reasons == (
        "Where no interval stands: it needs two. Nothing was there.",
    )
    assert table("Numbers", ("Model",), [(Cell("a"),)]).reasons == ()


def test_no_error_where_people_looked_is_not_the_same_as_nobody_having_looked():
    def sentences(n):
        estimate = Estimate(0.0 if n else None, None, None, n, "No interval.")
        rates = (TagRates(Tag("tone", "Tone"), (ScoreRow("Birch", None, estimate, n),)),)
        (words,) = errors_section(rates, (), ["Birch"], ["Birch"], weights=ErrorWeights()).blocks
        return words.sentences

    assert sentences(0) == (NO_LOOKS,)
    assert sentences(8) == ("No error has been marked.",)

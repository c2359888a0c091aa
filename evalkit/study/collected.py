"""What a study has collected, as integer tables: the one input of every report."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evalkit.stats.annotators.first_shown import NO_FIRST_SHOWN, FirstShown
from evalkit.stats.counts import (
    BoolArray,
    Codings,
    Comparisons,
    FloatArray,
    IntArray,
    Scores,
    preference_codings,
)
from evalkit.stats.penalties import ErrorWeights
from evalkit.study.checklists import NO_CHECKS, Checks
from evalkit.study.gold import NO_GOLD, Gold
from evalkit.study.marked_words import NO_MARK_COUNTS, NO_PLACED_MARKS, MarkCounts, PlacedMarks
from evalkit.study.moved_tags import MovedTag
from evalkit.study.offered_tags import NO_OFFERED_TAGS, OfferedTags
from evalkit.study.traffic import NO_TRAFFIC, Traffic
from evalkit.vocabulary import IDENTIFIED, AnnotatorKind, Level

#: Stands for a tag in :class:`Marks` where somebody looked for errors and found none.
NO_TAG = -1


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question; ``values`` is its scale or the ends of a continuous one, ``labels`` words."""

    key: str
    question: str
    level: Level
    values: tuple[float, ...]
    labels: tuple[str, ...]
    is_continuous: bool = False

    @property
    def has_mean(self) -> bool:
        """Say whether scores can be averaged: they have an order, or are 0 and 1.

        Of two values one is the other's absence, so their mean is a share at any level.
        """
        return self.level != Level.NOMINAL or set(self.values) == {0.0, 1.0}


@dataclass(frozen=True, slots=True)
class Tag:
    """One kind of error."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class VersionMark:
    """Which cases: the version of an eval set, and the hash of all that is in it."""

    eval_set: str
    version: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Who judged: a person or a judge, and whether a program played the person.

    People who are not named are all one, and so are all labels merged from ``n_people``.
    """

    name: str
    kind: AnnotatorKind
    is_simulated: bool
    n_people: int | None = None

    @property
    def is_identified(self) -> bool:
        """Say whether it is one and the same wherever it judges: a named person, or a judge."""
        return self.kind in IDENTIFIED


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """The responses of a study in the order of model name, run and case; codes index into it.

    Attributes
    ----------
    id, case : IntArray of shape (n_outputs,)
        Row numbers of the database.
    model, category : IntArray of shape (n_outputs,)
        Indices into ``Collected.models`` and ``Collected.categories``.
    is_counted : BoolArray of shape (n_outputs,)
        Whether its case is in the version of the eval set the study is about.
    latency_ms, cost_usd, input_tokens, output_tokens, reasoning_tokens : FloatArray
        Of shape (n_outputs,); ``NaN`` where not recorded. Those of reasoning are of the output's.
    sampled : FloatArray of shape (n_outputs,) or None
        With which chance its case was drawn; ``NaN`` where not recorded, None where of no case.
    """

    id: IntArray
    case: IntArray
    model: IntArray
    category: IntArray
    is_counted: BoolArray
    latency_ms: FloatArray
    cost_usd: FloatArray
    input_tokens: FloatArray
    output_tokens: FloatArray
    reasoning_tokens: FloatArray
    sampled: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Preferences:
    """Readable preferences as given; one entry per annotation, or per group of equal ones.

    ``left`` and ``right`` index into the outputs, ``annotator`` into the annotators, ``preference``
    is a code of ``vocabulary.PREFERENCE_CODES``, ``n`` how often it was given, ``latest`` a number
    that grows with time, and ``is_dealt`` says whether evalkit dealt the sides, evenly. Where not
    even ``is_seen``, left and right are only an order. ``strength``, where that ``asks_strength``,
    and ``certainty`` are codes of ``vocabulary``, 0 where nobody said.
    """

    left: IntArray
    right: IntArray
    annotator: IntArray
    preference: IntArray
    n: IntArray
    latest: IntArray
    is_dealt: BoolArray
    is_seen: BoolArray
    strength: IntArray
    certainty: IntArray
    asks_strength: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Scores as given; one entry each, or per group of equal ones, indices as above."""

    criterion: IntArray
    output: IntArray
    annotator: IntArray
    value: FloatArray
    n: IntArray
    latest: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Error marks in the order of their time; ``tag`` is ``NO_TAG`` where none was found.

    ``look`` numbers the annotations: who looked at a response again has several. ``severity`` is an
    index into ``weights.severities``, their number where none was named; None where not read.
    """

    output: IntArray
    annotator: IntArray
    tag: IntArray
    look: IntArray
    severity: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Penalties:
    """One entry per annotation and response it looked at for errors: what these weigh together."""

    output: IntArray
    weight: FloatArray


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader narrowed the results to; empty is no limit. Judges count only on demand.

    ``as_of`` is the number of the version whose cases alone count, ``left_out`` of which status
    how many cases of the study do not.
    """

    categories: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    judges: bool = False
    as_of: int | None = None
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """Everything a report of one study needs, within its filters.

    Attributes
    ----------
    models, categories, annotators
        Names, sorted; a case without a category has the category ``""``. Whoever is not named
        comes last among the annotators. ``runs_of`` is the one model whose runs stand for models.
    n_unreadable, n_rankings : int
        Verdicts that could not be read, in no statistic; rankings, in it as the pairs they imply.
    unsafe : tuple of int
        Indices of the tags that make a response unacceptable.
    asks_acceptable, asks_preference : bool
        Whether anybody in the study called both bad or looked for what is unsafe; and said, or was
        asked, which response is better.
    penalties, weights
        What errors weigh as the taxonomy says; None where none in the filters has a severity.
    limits, of_two_samples
        The filters, shown with every number they shaped; whether cases are of two samples, each
        drawn for itself, so that no chances are known.
    gold, traffic, first_shown
        What is known to be right; what production is asked of each category, where a lead said
        so; rankings by what was shown first, where that is known.
    by_criterion : tuple of Preferences
        What was preferred on each of ``criteria`` alone; empty where nobody said.
    moved, offered, divided
        What became of tags since they were marked; what was suggested, to whom; tags that were
        split, with their parts, as indices.
    """

    study: str
    models: tuple[str, ...]
    categories: tuple[str, ...]
    annotators: tuple[Judged, ...]
    criteria: tuple[Criterion, ...]
    tags: tuple[Tag, ...]
    unsafe: tuple[int, ...]
    outputs: Outputs
    preferences: Preferences
    n_unreadable: int
    values: Values
    marks: Marks
    n_rankings: int = 0
    asks_acceptable: bool = True
    asks_preference: bool = True
    cases_of: VersionMark | None = None
    penalties: Penalties | None = None
    weights: ErrorWeights = field(default_factory=ErrorWeights)
    limits: Limits = Limits()
    of_two_samples: bool = False
    runs_of: str = ""
    checks: Checks = NO_CHECKS
    gold: Gold = NO_GOLD
    marked_words: PlacedMarks = NO_PLACED_MARKS
    mark_counts: MarkCounts = NO_MARK_COUNTS
    by_criterion: tuple[Preferences, ...] = ()
    traffic: Traffic = NO_TRAFFIC
    moved: tuple[MovedTag, ...] = ()
    first_shown: FirstShown = NO_FIRST_SHOWN
    offered: OfferedTags = NO_OFFERED_TAGS
    divided: tuple[tuple[int, tuple[int, ...]], ...] = ()


def comparisons(collected: Collected) -> Comparisons:
    """Return the preferences between models; repeats of a pair count as given."""
    preferences, outputs = collected.preferences, collected.outputs
    return Comparisons(
        case=outputs.case[preferences.left],
        left=outputs.model[preferences.left],
        right=outputs.model[preferences.right],
        preference=preferences.preference,
        n=preferences.n,
        models=collected.models,
    )


def is_between(collected: Collected, *models: str) -> BoolArray:
    """Tell which preferences are of two different models, or with names of two of these."""
    preferences, of = collected.preferences, collected.outputs.model
    left, right = of[preferences.left], of[preferences.right]
    wanted = [place for place, name in enumerate(collected.models) if name in models or not models]
    is_met: BoolArray = (left != right) & np.isin(left, wanted) & np.isin(right, wanted)
    return is_met


def codings_of_preferences(collected: Collected, *, every: bool = False) -> Codings:
    """Return who preferred which of two responses; of a repeated pair the latest, or all.

    They do not hang on sides, nor what is counted of them on how models are named
    (``Codings.mirror``). Where evalkit gave out pairs all four were offered.
    """
    preferences = collected.preferences
    keep = _in_time(preferences.latest) if every else latest_preferences(collected)
    return preference_codings(
        case=collected.outputs.case[preferences.left[keep]],
        left=preferences.left[keep],
        right=preferences.right[keep],
        preference=preferences.preference[keep],
        annotator=preferences.annotator[keep],
        annotators=names(collected),
        offers_all=bool(preferences.is_dealt.any()),
    )


def codings_of_criterion(collected: Collected, criterion: int, *, every: bool = False) -> Codings:
    """Return who gave which value to which response; of repeated scores the latest, or all."""
    values, of = collected.values, collected.criteria[criterion]
    here = _values_in_time(collected, criterion, every=every)
    scale = tuple(np.unique(values.value[here]).tolist()) if of.is_continuous else of.values
    return Codings(
        unit=values.output[here],
        case=collected.outputs.case[values.output[here]],
        annotator=values.annotator[here],
        value=_places(values.value[here], scale),
        values=scale,
        annotators=names(collected),
        is_continuous=of.is_continuous,
    )


def voices(collected: Collected, annotator: IntArray, annotation: IntArray) -> IntArray:
    """Return a number for whoever said something, of annotators that of their place.

    People who are not named are somebody else in every annotation.
    """
    is_identified = np.array([each.is_identified for each in collected.annotators], np.bool_)
    if is_identified.all():
        return annotator
    return np.where(is_identified[annotator], annotator, len(is_identified) + annotation)


def latest_preferences(collected: Collected) -> IntArray:
    """Return the last preference of every voice on a pair, in the order of their time."""
    preferences = collected.preferences
    unit = _pairs(*np.sort([preferences.left, preferences.right], axis=0))
    voice = voices(collected, preferences.annotator, preferences.latest)
    keep = _latest(unit, voice, preferences.latest)
    return keep[_in_time(preferences.latest[keep])]


def _values_in_time(collected: Collected, criterion: int, *, every: bool) -> IntArray:
    """Return which scores on a criterion count, in the order in which they were given."""
    values = collected.values
    here: IntArray = np.flatnonzero(values.criterion == criterion)
    if not every:
        voice = voices(collected, values.annotator[here], values.latest[here])
        here = here[_latest(values.output[here], voice, values.latest[here])]
    return here[_in_time(values.latest[here])]


def scores_of_criterion(collected: Collected, criterion: int) -> Scores:
    """Return the values of one criterion per response, as often as they were given."""
    values, here = collected.values, collected.values.criterion == criterion
    return scores_at(collected, values.output[here], values.value[here], values.n[here])


def names(collected: Collected) -> tuple[str, ...]:
    """Return the names of the annotators, told apart."""
    return told_apart([(annotator.name, annotator.kind) for annotator in collected.annotators])


def told_apart(annotators: Sequence[tuple[str, AnnotatorKind]]) -> tuple[str, ...]:
    """Return the names of annotators, a judge's with its kind where a person has the same."""
    all_names = [name for name, _ in annotators]
    return tuple(
        f"{name} ({kind})" if all_names.count(name) > 1 and kind == AnnotatorKind.JUDGE else name
        for name, kind in annotators
    )


def scores_at(collected: Collected, output: IntArray, value: FloatArray, n: IntArray) -> Scores:
    """Return values given to responses, with what these are of."""
    outputs = collected.outputs
    return Scores(
        case=outputs.case[output],
        model=outputs.model[output],
        category=outputs.category[output],
        value=value,
        n=n,
        models=collected.models,
        categories=collected.categories,
    )


def _pairs(first: IntArray, second: IntArray) -> IntArray:
    """Give each pair of codes a number of its own."""
    return first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second


def _latest(unit: IntArray, annotator: IntArray, latest: IntArray) -> IntArray:
    """Return the places of the last entry of every unit and annotator."""
    ordered = np.sort(
        key := _pairs(unit, annotator)
    )  # np.unique alone hashes, which is twenty times slower here
    if (ordered[1:] != ordered[:-1]).all():
        return np.arange(len(key))
    order = _in_time(latest)[::-1]
    return np.sort(order[np.unique(key[order], return_index=True)[1]])


def _in_time(latest: IntArray) -> IntArray:
    """Return the order in which entries were given."""
    return np.argsort(latest, kind="stable")


def _places(value: FloatArray, scale: tuple[float, ...]) -> IntArray:
    """Return where on the scale each value stands; every stored value is on its scale."""
    order: IntArray = np.argsort(scale, kind="stable")
    return order[np.searchsorted(np.array(scale, dtype=float), value, sorter=order)]

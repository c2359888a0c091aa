"""What each judge says of every unit, beside what people say of it and with which odds."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.study.collected import Collected, Criterion, Tag, latest_preferences, names
from evalkit.study.odds import Odds, Presented, odds_of_outputs, odds_of_pairs
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Preferred, Subject, codings_of
from evalkit.study.who import said_by
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """What was said of each unit on average; ``first`` and ``second`` as of ``Odds``."""

    first: IntArray
    second: IntArray
    value: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class UnitTable:
    """One entry per unit that one judge judged on one thing.

    Attributes
    ----------
    first, second : IntArray of shape (n_units,)
        Indices into the outputs; the same of a response alone.
    model, other, case : IntArray of shape (n_units,)
        The models of the two, and the case.
    verdict : FloatArray of shape (n_units,)
        The mean of the judge's verdicts; of preferences how far ``first`` is better, 0–1.
    label : FloatArray of shape (n_units,)
        The same of people; ``NaN`` where none judged it, or where its odds are unknown.
    odds : FloatArray of shape (n_units,)
        ``NaN`` where unknown.
    n_set_aside : int
        Units that people judged and whose odds are unknown.
    n_unseen : int
        Units that people judged and the judge did not.
    """

    first: IntArray
    second: IntArray
    model: IntArray
    other: IntArray
    case: IntArray
    verdict: FloatArray
    label: FloatArray
    odds: FloatArray
    n_set_aside: int
    n_unseen: int


def is_judge(collected: Collected) -> BoolArray:
    """Tell which annotators are judges."""
    kinds = [each.kind == AnnotatorKind.JUDGE for each in collected.annotators]
    return np.array(kinds, dtype=np.bool_)


def corrected_subjects(collected: Collected, people: Collected) -> tuple[Subject, ...]:
    """Return what people judged that has a mean: preference, criteria, errors of each kind."""
    preferred: tuple[Subject, ...] = (PREFERRED,) if len(people.preferences.n) else ()
    scored = np.unique(people.values.criterion).tolist()
    criteria = [collected.criteria[place] for place in scored]
    tagged = np.bincount(people.marks.tag[people.marks.tag >= 0], minlength=len(people.tags))
    tags = [tag for tag, n in zip(people.tags, tagged.tolist(), strict=True) if n]
    any_error = (ANY_ERROR,) if len(people.marks.output) else ()
    return (*preferred, *(of for of in criteria if of.has_mean), *any_error, *tags)


def same_in(other: Collected, subject: Subject) -> Subject | None:
    """Return the same thing as another study asks it; None where it does not."""
    if isinstance(subject, Criterion):
        same = [
            of
            for of in other.criteria
            if (of.key, of.values, of.is_continuous)
            == (subject.key, subject.values, subject.is_continuous)
        ]
        return same[0] if same else None
    if isinstance(subject, Tag) and subject != ANY_ERROR:
        return next((tag for tag in other.tags if tag.key == subject.key), None)
    return subject


def people_means(people: Collected, subject: Subject) -> Means:
    """Return what people say of each unit: everybody's latest, in equal parts."""
    keys, value, _ = _entries(people, subject, _own_places(people), every=False)
    return _means(people, keys, value)


def judges_means(
    collected: Collected, others: tuple[Collected, ...], subject: Subject
) -> dict[str, Means]:
    """Return what each judge says of each unit: all of its verdicts, in equal parts.

    Verdicts of ``others``, on the same responses, count as those of the study itself do.
    """
    entries: dict[str, list[tuple[IntArray, FloatArray]]] = {}
    for of in (collected, *others):
        asked = same_in(of, subject)
        if asked is None:
            continue
        judges = said_by(of, is_judge(of))
        keys, value, who = _entries(judges, asked, _places_of(collected, of), every=True)
        for place, name in enumerate(names(of)):
            here = who == place
            if here.any():
                entries.setdefault(name, []).append((keys[here], value[here]))
    return {
        name: _means(collected, *(np.concatenate(parts) for parts in zip(*of, strict=True)))
        for name, of in sorted(entries.items())
    }


def odds_on(collected: Collected, presented: Presented, subject: Subject) -> Odds:
    """Return the odds of what a subject is judged on: pairs, or responses."""
    of_pairs = isinstance(subject, Preferred)
    return (odds_of_pairs if of_pairs else odds_of_outputs)(collected, presented)


def unit_table(collected: Collected, verdicts: Means, labels: Means, odds: Odds) -> UnitTable:
    """Set a judge's means beside people's and the odds, one entry per unit that it judged."""
    key = _key(collected, verdicts.first, verdicts.second)
    label = _looked_up(key, _key(collected, labels.first, labels.second), labels.value)
    chance = _looked_up(key, _key(collected, odds.first, odds.second), odds.odds)
    if not np.isnan(label).any():
        chance = np.ones(len(key))  # all is labelled, so it matters no more how it was chosen
    is_set_aside = ~np.isnan(label) & np.isnan(chance)
    n_labelled = int(np.count_nonzero(~np.isnan(label)))
    outputs = collected.outputs
    return UnitTable(
        first=verdicts.first,
        second=verdicts.second,
        model=outputs.model[verdicts.first],
        other=outputs.model[verdicts.second],
        case=outputs.case[verdicts.first],
        verdict=verdicts.value,
        label=np.where(is_set_aside, np.nan, label),
        odds=chance,
        n_set_aside=int(is_set_aside.sum()),
        n_unseen=len(labels.value) - n_labelled,
    )


def _entries(
    of: Collected, subject: Subject, place: IntArray, *, every: bool
) -> tuple[IntArray, FloatArray, IntArray]:
    """Return units as rows of two outputs, what was said of them, and by whom.

    ``place`` says which output each of the study's own stands for; -1 for none.
    """
    if isinstance(subject, Preferred):
        preferences = of.preferences
        at = np.arange(len(preferences.n)) if every else latest_preferences(of)
        left, right = place[preferences.left[at]], place[preferences.right[at]]
        share = LEFT_SHARE[preferences.preference[at]]
        value = np.where(left < right, share, 1.0 - share)
        keys = np.sort(np.column_stack([left, right]), axis=1)
        models = of.outputs.model
        here = models[preferences.left[at]] != models[preferences.right[at]]
        annotator = preferences.annotator[at]
    else:
        codings = codings_of(of, subject, every=every)
        unit = place[codings.unit]
        keys = np.column_stack([unit, unit])
        is_tag = isinstance(subject, Tag)
        value = codings.value.astype(np.float64) if is_tag else codings.numbers
        here, annotator = np.ones(len(unit), dtype=np.bool_), codings.annotator
    here = here & (keys[:, 0] >= 0)
    return keys[here], value[here], annotator[here]


def _means(collected: Collected, keys: IntArray, value: FloatArray) -> Means:
    """Average what was said of each unit; units in the order of their outputs."""
    key = _key(collected, keys[:, 0], keys[:, 1])
    units, place = np.unique(key, return_inverse=True)
    place = place.reshape(-1)
    n = np.bincount(place, minlength=len(units))
    n_outputs = len(collected.outputs.id) + 1
    mean = sum_by(place, value, n_codes=len(units)) / n
    return Means(units // n_outputs, units % n_outputs, mean)


def _key(collected: Collected, first: IntArray, second: IntArray) -> IntArray:
    key: IntArray = first.astype(np.int64) * (len(collected.outputs.id) + 1) + second
    return key


def _looked_up(key: IntArray, known: IntArray, value: FloatArray) -> FloatArray:
    """Return the value of each key, ``NaN`` where there is none; ``known`` is ascending."""
    if not len(known):
        return np.full(len(key), np.nan)
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return np.where(known[at] == key, value[at], np.nan)


def _own_places(collected: Collected) -> IntArray:
    return np.arange(len(collected.outputs.id))


def _places_of(collected: Collected, other: Collected) -> IntArray:
    """Return which output of a study each of another is, -1 for none of them."""
    if other is collected:
        return _own_places(collected)
    order = np.argsort(collected.outputs.id, kind="stable")
    ids = collected.outputs.id[order]
    if not len(ids):
        return np.full(len(other.outputs.id), -1)
    at = np.minimum(np.searchsorted(ids, other.outputs.id), len(ids) - 1)
    return np.where(ids[at] == other.outputs.id, order[at], -1)

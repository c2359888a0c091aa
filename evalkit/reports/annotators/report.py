"""How each annotator of a study works, how reliable they are, and what a lead should look at."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import numpy as np

from evalkit.reports.agreement.as_shown import kappas_as_shown
from evalkit.reports.annotators.accuracy import accuracies
from evalkit.reports.document import heading
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.annotators.fits import (
    Fits,
    fit_dawid_skene,
    fit_mace,
    fit_one_coin,
    refitted,
)
from evalkit.stats.annotators.patterns import Patterns, patterns
from evalkit.stats.annotators.profiles import MIN_ANNOTATIONS, AnnotatorProfile, annotator_profiles
from evalkit.stats.annotators.truth import ENOUGH_LABELS, Truth, dawid_skene, mace, one_coin
from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.jackknife import groups_of_cases, jackknife_errors
from evalkit.study.collected import (
    Collected,
    Criterion,
    Judged,
    Tag,
    latest_preferences,
)
from evalkit.study.sides import sides_as_shown
from evalkit.study.subjects import (
    PREFERRED,
    Checked,
    Subject,
    codings_of,
    subject_key,
    subjects,
)
from evalkit.study.who import identified, unidentified_labels
from evalkit.vocabulary import AnnotatorKind, Level

#: With two annotators nobody can say which of them is right where they differ.
MIN_ANNOTATORS = 3
MIN_VALUES = 2
#: Cases are left out in this many groups: each costs a fit.
_N_GROUPS = 20

NO_TRUTH = (
    "Who is right where annotators differ can be told from three annotators on, each with at "
    f"least {MIN_ANNOTATIONS} annotations that somebody else made too."
)
ORDERED = (
    "On an ordered scale a near miss is no error, so no single value is taken for the true one. "
    "Read the agreement with the rest."
)
TOO_FEW = f"Fewer than {MIN_ANNOTATIONS} annotations that somebody else made too."


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """How long annotators took; one entry per annotation that recorded it.

    Attributes
    ----------
    annotation : IntArray of shape (n_entries,)
        Row numbers of the database, growing with time.
    annotator : IntArray of shape (n_entries,)
        Indices into ``Collected.annotators``.
    output_id : IntArray of shape (n_entries,)
        Row number of the response that was shown, the left one of two.
    seconds : FloatArray of shape (n_entries,)
        Active seconds: idle time is not in them.
    """

    annotation: IntArray
    annotator: IntArray
    output_id: IntArray
    seconds: FloatArray


@dataclass(frozen=True, slots=True)
class Quality:
    """How often an annotator gave what was most plausibly true, 0–1; ``method`` found it."""

    estimate: Estimate
    method: str | None


@dataclass(frozen=True, slots=True)
class AnnotatorRow:
    """One annotator: what they did (``profile``) and how often they were right (``quality``).

    ``knows`` is the chance of knowing the answer rather than giving one out of habit, by MACE,
    ``kappa_as_shown`` kappa with the rest on left and right, for the preference, and ``accuracy``
    how often they gave the right answer where one is known; None where none is of the subject.
    """

    profile: AnnotatorProfile
    kind: AnnotatorKind
    is_simulated: bool
    quality: Quality
    knows: Estimate
    kappa_as_shown: Estimate | None = None
    accuracy: Estimate | None = None


#: What is known of each annotator.
Measured = TypeVar("Measured", Quality, Estimate)


@dataclass(frozen=True, slots=True)
class AnnotatorsReport:
    """All annotators on one thing judged, and the numbers of labels by whom nobody names."""

    subject: Subject
    rows: tuple[AnnotatorRow, ...]
    unidentified: tuple[tuple[Judged, int], ...] = ()

    @property
    def is_as_shown(self) -> bool:
        """Say whether agreement on left and right can be told."""
        return any(row.kappa_as_shown and row.kappa_as_shown.n for row in self.rows)

    @property
    def flagged(self) -> tuple[AnnotatorRow, ...]:
        """Return those with something to look at."""
        return tuple(row for row in self.rows if row.profile.flags)


def annotators_report(
    collected: Collected, pace: Pace | None = None, *, subject: Subject = PREFERRED
) -> AnnotatorsReport:
    """Describe every annotator by what they judged.

    Parameters
    ----------
    collected : Collected
    pace : Pace, optional
        Without it nothing is known of speed.
    subject : Subject
        The preference where it is not given; of a tag, or ``ANY_ERROR``, whether it was marked.
        The left rate and the first rate exist for the preference only.

    Returns
    -------
    AnnotatorsReport
        In the order of ``collected.annotators``, of those who are known by name. People are
        compared with people only, never graded by judges; judges with people too, but for their
        quality, which rests on all.
        Of what one annotator judged twice, all counts for agreement and sides, else the latest;
        a tag is on a response if they marked it at any look. Kappa gives near misses linear
        credit on an ordered scale. Quality (see ``annotator_quality``) is estimated for nominal
        values only. Of checklists every item counts. Runs of marks and checks are counted, and not
        flagged, nor are runs where nobody knows who saw what on which side.
    """
    unidentified = tuple(unidentified_labels(collected))
    collected = identified(collected)
    codings = codings_of(collected, subject)
    seconds = None if pace is None else _seconds(collected, pace, subject, codings)
    is_ordered = isinstance(subject, Criterion) and subject.level is not Level.NOMINAL
    profiles = annotator_profiles(
        codings,
        paired=codings_of(collected, subject, every=True),
        as_shown=None if subject != PREFERRED else _as_shown(collected),
        sides=sides_as_shown(collected) if subject == PREFERRED else None,
        first_shown=collected.first_shown if subject == PREFERRED else None,
        seconds=seconds,
        weights=Weights.LINEAR if is_ordered else Weights.IDENTITY,
        peers=_peers(collected),
    )
    if isinstance(subject, Tag | Checked) or not collected.preferences.is_seen.all():
        profiles = tuple(_without_run_flag(profile) for profile in profiles)
    unknown = tuple(
        Estimate(None, None, None, profile.agreement.n, ORDERED) for profile in profiles
    )
    qualities = (
        tuple(Quality(estimate, None) for estimate in unknown)
        if is_ordered
        else _of_peers(collected, codings, annotator_quality)
    )
    competences = unknown if is_ordered else _of_peers(collected, codings, annotator_competence)
    by_sides: Sequence[Estimate | None] = [None] * len(profiles)
    if subject == PREFERRED:
        by_sides = kappas_as_shown(collected, _peers(collected))
    return AnnotatorsReport(
        subject=subject,
        unidentified=unidentified,
        rows=tuple(
            AnnotatorRow(profile, annotator.kind, annotator.is_simulated, *numbers)
            for profile, annotator, *numbers in zip(
                profiles,
                collected.annotators,
                qualities,
                competences,
                by_sides,
                accuracies(collected, subject, codings) or [None] * len(profiles),
                strict=True,
            )
        ),
    )


def _as_shown(collected: Collected) -> IntArray:
    """Return what was chosen as it was shown, of the preferences that count."""
    return collected.preferences.preference[latest_preferences(collected)]


def _peers(collected: Collected) -> BoolArray:
    """Return with whom annotators are compared: people, or judges where there are only judges."""
    is_human = [annotator.kind == AnnotatorKind.HUMAN for annotator in collected.annotators]
    return np.array(is_human if any(is_human) else [True] * len(is_human), dtype=np.bool_)


def _of_peers(
    collected: Collected, codings: Codings, measure: Callable[[Codings], tuple[Measured, ...]]
) -> tuple[Measured, ...]:
    """Return a number of each annotator that rests on others: of people, what people gave."""
    peers = _peers(collected)
    if peers.all():
        return measure(codings)
    among = measure(codings.at(peers[codings.annotator]))
    return tuple(
        own if is_peer else of_all
        for own, of_all, is_peer in zip(among, measure(codings), peers, strict=True)
    )


def _without_run_flag(profile: AnnotatorProfile) -> AnnotatorProfile:
    """Flag no run of marks or checks: a hard case is read in a row, a good response has all."""
    return replace(profile, flags=tuple(flag for flag in profile.flags if flag.kind != "run"))


def _seconds(collected: Collected, pace: Pace, subject: Subject, codings: Codings) -> FloatArray:
    """Return the seconds behind each entry that counts, ``NaN`` where they are not known."""
    if subject == PREFERRED:
        here = latest_preferences(collected)
        wanted, known = collected.preferences.latest[here], pace.annotation
    else:
        # An annotation on two responses took its time once: it goes to the left one.
        n_annotators = max(len(collected.annotators), int(pace.annotator.max(initial=0)) + 1)
        is_checked = isinstance(subject, Checked)
        output = collected.checks.output_of(codings.unit) if is_checked else codings.unit
        wanted = collected.outputs.id[output] * n_annotators + codings.annotator
        known = pace.output_id * n_annotators + pace.annotator
    seconds = np.full(len(wanted), np.nan)
    if len(known):
        # Of the same response judged again the latest counts: entries are in order of time.
        order = np.argsort(known, kind="stable")
        place = np.searchsorted(known, wanted, side="right", sorter=order) - 1
        entry = order[np.maximum(place, 0)]
        hit = known[entry] == wanted
        seconds[hit] = pace.seconds[entry[hit]]
    # All items of a checklist took the time of their annotation once.
    once = np.unique(wanted, return_index=True)[1]
    return np.where(np.isin(np.arange(len(wanted)), once), seconds, np.nan)


def annotator_quality(codings: Codings) -> tuple[Quality, ...]:
    """Estimate how often each annotator gives the true value, with its interval.

    Parameters
    ----------
    codings : Codings
        Nominal values; only units judged by two annotators or more are used.

    Returns
    -------
    tuple of Quality
        In the order of ``codings.annotators``, all by one method so that they can be compared:
        Dawid–Skene where everybody's confusion matrix has about 30 annotations a row, one-coin
        else. ``n`` counts the annotations used. The value is None, with the reason, below 10
        of them or with fewer than three such annotators. Interval: jackknife over up to 20
        groups of cases, with t.

    References
    ----------
    Dawid & Skene (1979), Applied Statistics 28; Zhang, Chen, Zhou & Jordan (2016), Journal of
    Machine Learning Research 17 (one-coin).
    """
    shared = _shared(codings)
    counts, counted = _counts(shared)
    has_rows = counted.any() and counts[counted].min() >= ENOUGH_LABELS * len(codings.values)
    method, fit, refit = (
        ("Dawid–Skene", dawid_skene, fit_dawid_skene)
        if has_rows
        else ("one-coin", one_coin, fit_one_coin)
    )
    estimates = _jackknifed(shared, fit, refit)
    return tuple(
        Quality(estimate, None if estimate.value is None else method) for estimate in estimates
    )


def annotator_competence(codings: Codings) -> tuple[Estimate, ...]:
    """Estimate how often each annotator knows the answer rather than gives one out of habit.

    Parameters
    ----------
    codings : Codings
        Nominal values; only units judged by two annotators or more are used.

    Returns
    -------
    tuple of Estimate
        In the order of ``codings.annotators``, undefined where ``annotator_quality`` is. A
        habit is told from knowing by the units it is wrong on: where nearly all units have one
        value, who always gives it seems to know. Interval: jackknife over up to 20 groups of
        cases, with t, each fitted from one start.

    References
    ----------
    Hovy, Berg-Kirkpatrick, Vaswani & Hovy (2013), "Learning Whom to Trust with MACE", NAACL.
    """
    return _jackknifed(_shared(codings), mace, fit_mace)


def _jackknifed(
    shared: Codings,
    fit: Callable[[Patterns], Truth],
    refit: Callable[[Patterns, FloatArray], Fits],
) -> tuple[Estimate, ...]:
    """Return everybody's reliability, its interval from leaving out groups of cases in turn."""
    counts, counted = _counts(shared)
    if len(shared.values) < MIN_VALUES or np.count_nonzero(counted) < MIN_ANNOTATORS:
        return tuple(Estimate(None, None, None, int(n), NO_TRUTH) for n in counts)
    answers = patterns(shared)
    value = fit(answers).reliability
    group = groups_of_cases(shared, n_groups=_N_GROUPS)
    left_out = refitted(refit, answers, answers.without(group))
    return tuple(
        _estimate(float(value[place]), left_out[place], n=int(n))
        if counted[place]
        else Estimate(None, None, None, int(n), TOO_FEW)
        for place, n in enumerate(counts)
    )


def _counts(shared: Codings) -> tuple[IntArray, BoolArray]:
    """Return how much each annotator shares with others, and who shares enough."""
    counts = np.bincount(shared.annotator, minlength=len(shared.annotators))
    return counts, counts >= MIN_ANNOTATIONS


def _estimate(value: float, left_out: FloatArray, *, n: int) -> Estimate:
    interval = jackknife_errors(left_out).interval(value, lowest=0.0, highest=1.0)
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)


def _shared(codings: Codings) -> Codings:
    """Return what was given to units that two annotators or more judged."""
    _, unit = np.unique(codings.unit, return_inverse=True)
    unit = unit.reshape(-1)
    return codings.at(np.bincount(unit, minlength=1)[unit] > 1)


def annotators_document(collected: Collected, pace: Pace | None = None) -> dict[str, Any]:
    """Return every annotator on everything judged; its shape is described in docs/reports.md."""
    reports = [
        annotators_report(collected, pace, subject=subject) for subject in subjects(collected)
    ]
    return {
        **heading(collected),
        "subjects": {
            subject_key(report.subject): [annotator_entry(row) for row in report.rows]
            for report in reports
        },
    }


def annotator_entry(row: AnnotatorRow) -> dict[str, Any]:
    """Return one annotator's numbers."""
    profile, agreement = row.profile, row.profile.agreement
    return {
        "annotator": profile.annotator,
        "kind": str(row.kind),
        "is_simulated": row.is_simulated,
        "n": profile.n,
        "n_shared": agreement.n,
        "kappa": asdict(agreement.kappa),
        "kappa_as_shown": asdict(row.kappa_as_shown) if row.kappa_as_shown else None,
        "percent_agreement": asdict(agreement.percent_agreement),
        "left_rate": asdict(profile.left_rate),
        "first_rate": asdict(profile.first_rate),
        "median_seconds": asdict(profile.median_seconds),
        "longest_run": profile.longest_run,
        "twin": profile.twin,
        "quality": {**asdict(row.quality.estimate), "method": row.quality.method},
        "knows": asdict(row.knows),
        "accuracy": asdict(row.accuracy) if row.accuracy else None,
        "flags": [asdict(flag) for flag in profile.flags],
    }

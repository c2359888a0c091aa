"""Versions of models in the order of their time, and how often tags are marked from one to next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.life import Failure
from evalkit.phrases import joined, quoted
from evalkit.reports.failures.cases import rate_of, shows
from evalkit.reports.failures.looks import JudgedRun, SetLooks
from evalkit.stats.counts import BoolArray, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.regression import share_difference
from evalkit.stats.significance import McNemar, benjamini_hochberg, mcnemar

#: Runs stored closer together than this came with one import: nothing says which is newer.
_ONE_IMPORT = timedelta(minutes=1)
FEWEST_VERSIONS = 2
_MOST_FIRST = 8


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """Runs of one model at one time: those made on one day (UTC) are trials of one version.

    Where any run of the model does not say when, those are that came with one import. ``when`` is
    that of the newest.
    """

    name: str
    model: str
    run_ids: tuple[int, ...]
    when: datetime


@dataclass(frozen=True, slots=True)
class TagTimeline:
    """How often a tag is marked in each version: the share of looks, clustered by case.

    ``split_in`` tells a tag that was split, in that version of its taxonomy, from a later one of
    its key.
    """

    taxonomy: str
    tag: str
    name: str
    split_in: int | None
    rates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class TagChange:
    """How a tag changed from one version to another, on the cases judged in all that are shown.

    ``category`` is None where it is over all. ``test.only_first`` counts cases that show the tag
    only before, ``test.only_second`` only after; ``q_value`` is Benjamini–Hochberg's over all
    changes of the report with a case that changed, None where none did.
    """

    of: TagTimeline
    category: str | None
    before: str
    after: str
    difference: Estimate
    test: McNemar
    q_value: float | None


@dataclass(frozen=True, slots=True)
class VersionsReport:
    """Tags over versions, on the cases that were looked at in every one of them.

    A tag has the cases that were looked at by people who were asked for it; ``n_cases`` counts
    those that any tag has. ``n_tests`` is how many changes were corrected for one another.
    """

    versions: tuple[ModelVersion, ...]
    n_cases: int
    timelines: tuple[TagTimeline, ...] = ()
    changes: tuple[TagChange, ...] = ()
    n_tests: int = 0
    reason: str | None = None
    others: tuple[str, ...] = ()


def in_time(runs: Sequence[JudgedRun]) -> list[JudgedRun]:
    """Return runs of one model, the oldest first: by when they were made, where all say so."""
    return sorted(runs, key=lambda run: (_moment(run, runs), run.run_id))


def _moment(run: JudgedRun, runs: Sequence[JudgedRun]) -> datetime:
    is_said = all(each.made is not None for each in runs)
    return (run.made if is_said and run.made else run.stored).astimezone(UTC)


def model_versions(runs: Sequence[JudgedRun]) -> tuple[ModelVersion, ...]:
    """Return the versions of all models, the oldest first."""
    by_model: dict[str, list[JudgedRun]] = {}
    for run in runs:
        by_model.setdefault(run.model, []).append(run)
    versions = [each for of_model in by_model.values() for each in _versions(of_model)]
    return tuple(sorted(versions, key=lambda version: (version.when, max(version.run_ids))))


def _versions(runs: Sequence[JudgedRun]) -> list[ModelVersion]:
    is_said = all(run.made is not None for run in runs)
    groups: list[list[JudgedRun]] = []
    for run in in_time(runs):
        last = _moment(groups[-1][-1], runs) if groups else None
        when = _moment(run, runs)
        if last is not None and (
            when.date() == last.date() if is_said else when - last < _ONE_IMPORT
        ):
            groups[-1].append(run)
        else:
            groups.append([run])
    return [
        ModelVersion(
            _name(group, is_only=len(groups) == 1),
            group[0].model,
            tuple(run.run_id for run in group),
            _moment(group[-1], runs),
        )
        for group in groups
    ]


def _name(runs: Sequence[JudgedRun], *, is_only: bool) -> str:
    if is_only:
        return runs[0].model
    return f"{runs[0].model}, run{'s' * (len(runs) > 1)} {joined([run.run for run in runs])}"


def chosen_versions(
    versions: Sequence[ModelVersion], names: Sequence[str]
) -> tuple[ModelVersion, ...]:
    """Return versions by their names in the order asked for; raise where one is not there."""
    by_name = {version.name: version for version in versions}
    if unknown := [name for name in names if name not in by_name]:
        raise NotFoundError(f"There is no version “{unknown[0]}”. There are: {quoted(by_name)}.")
    if len(set(names)) < len(names):
        raise RefusedError("A version stands there twice. Name each once.")
    return tuple(by_name[name] for name in names)


def judged_versions(looks: SetLooks, among: BoolArray | None = None) -> tuple[ModelVersion, ...]:
    """Return the versions of which somebody looked at a response, the oldest first.

    ``among`` says which looks count, of shape (n_looks,); all where not given.
    """
    places = np.unique(looks.run if among is None else looks.run[among])
    judged = {looks.runs[place].run_id for place in places.tolist()}
    return tuple(version for version in model_versions(looks.runs) if judged & set(version.run_ids))


def read_first(versions: Sequence[ModelVersion]) -> tuple[ModelVersion, ...]:
    """Return which versions are read where nobody chose: those of the model that has most.

    None where no model has two: nothing of one model became another, so nothing changed, and which
    of several models came first is the order of their import.
    """
    by_model: dict[str, list[ModelVersion]] = {}
    for version in versions:
        by_model.setdefault(version.model, []).append(version)
    by_name = [by_model[model] for model in sorted(by_model)]
    of_one = max(by_name, key=lambda of: (len(of), of[-1].when), default=[])
    return tuple(of_one[-_MOST_FIRST:]) if len(of_one) >= FEWEST_VERSIONS else ()


def versions_followed(failure: Failure, looks: SetLooks) -> tuple[ModelVersion, ...]:
    """Return over which versions a failure is followed: of its model, and of that of its fix.

    Those that are ``read_first`` of these models, of all where it is of every model and not fixed.
    """
    every = judged_versions(looks)
    fixed = {run.model for run in looks.runs if run.run_id == failure.fixed_run_id}
    wanted = {failure.model, *fixed} - {None}
    return read_first([each for each in every if each.model in wanted] if wanted else every)


def versions_report(
    looks: SetLooks, versions: Sequence[ModelVersion], tags: Sequence[BoolArray] | None = None
) -> VersionsReport:
    """Follow tags over versions on the same cases.

    Parameters
    ----------
    looks : SetLooks
    versions : sequence of ModelVersion
        In the order in which they are read.
    tags : sequence of BoolArray of shape (n_tags,), optional
        Which tags make a line together; each tag marked on these cases by itself where not given.

    Returns
    -------
    VersionsReport
        Of every tag the rate per version; and from each version to the next, and from the first to
        the last, over all cases and in each category of several, McNemar's test of whether other
        cases show it (``shows``).

    Notes
    -----
    Changes without a case that changed could not be decided by any data, so they cost the others
    nothing (Tarone 1990, Biometrics 46).
    """
    nothing = np.zeros(0, dtype=np.int64)
    if len(versions) < FEWEST_VERSIONS:
        reason = (
            "A change takes two versions of one model in which somebody looked for errors. "
            "Versions of several models are set side by side where they are chosen."
        )
        return VersionsReport(tuple(versions), 0, reason=reason)
    place = np.full(len(looks.runs), -1)
    for number, version in enumerate(versions):
        for run, of in enumerate(looks.runs):
            place[run] = number if of.run_id in version.run_ids else place[run]
    version_of = place[looks.run] if len(looks.run) else nothing
    every = list(np.eye(len(looks.tags), dtype=np.bool_)) if tags is None else tags
    keeps = [_shared(looks, line, version_of, len(versions)) for line in every]
    n_cases = len(np.unique(looks.case[np.logical_or.reduce(keeps)])) if keeps else 0
    if n_cases == 0:
        reason = "No case was looked at for the same errors in all of these versions."
        return VersionsReport(tuple(versions), 0, reason=reason)
    of_lines = [
        _FollowedTags(line, keep, looks.hits(line))
        for line, keep in zip(every, keeps, strict=True)
        if keep.any() and (tags is not None or looks.hits(line)[keep].any())
    ]
    timelines = tuple(
        TagTimeline(
            *looks.tags[int(np.flatnonzero(line.tags)[0])],
            looks.split_of(int(np.flatnonzero(line.tags)[0])),
            tuple(
                rate_of(looks.case, line.hit, line.keep & (version_of == number))
                for number in range(len(versions))
            ),
        )
        for line in of_lines
    )
    changes = _changes(looks, versions, version_of, timelines, of_lines)
    n_tests = sum(change.q_value is not None for change in changes)
    return VersionsReport(
        tuple(versions), n_cases, timelines, changes, n_tests, others=_others(looks, versions)
    )


def _others(looks: SetLooks, versions: Sequence[ModelVersion]) -> tuple[str, ...]:
    """Name the models with several judged versions of which none is read."""
    n_versions = Counter(version.model for version in judged_versions(looks))
    read = {version.model for version in versions}
    return tuple(
        sorted(
            model for model, n in n_versions.items() if n >= FEWEST_VERSIONS and model not in read
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _FollowedTags:
    """Tags that make a line together, which looks count for it, and which marked it."""

    tags: BoolArray
    keep: BoolArray
    hit: BoolArray


def _shared(looks: SetLooks, tags: BoolArray, version_of: IntArray, n_versions: int) -> BoolArray:
    """Return the looks that ask for some tags, at cases that such looks were at in each version."""
    is_in = (version_of >= 0) & looks.asks(tags)
    key = looks.case[is_in].astype(np.int64) * n_versions + version_of[is_in]
    seen = np.bincount(key, minlength=len(looks.hashes) * n_versions) > 0
    everywhere = np.asarray(seen.reshape(-1, n_versions).all(axis=1), dtype=np.bool_)
    return np.logical_and(is_in, everywhere[looks.case])


def _changes(
    looks: SetLooks,
    versions: Sequence[ModelVersion],
    version_of: IntArray,
    timelines: Sequence[TagTimeline],
    lines: Sequence[_FollowedTags],
) -> tuple[TagChange, ...]:
    steps = [(number, number + 1) for number in range(len(versions) - 1)]
    if len(versions) > FEWEST_VERSIONS:
        steps.append((0, len(versions) - 1))
    made = [
        _change(
            *(looks, timeline, line.hit, line.keep, version_of, place),
            *([versions[at] for at in step], step),
        )
        for timeline, line in zip(timelines, lines, strict=True)
        for place in _places(looks, line.keep)
        for step in steps
    ]
    adjusted = benjamini_hochberg(
        np.array([np.nan if change.test.reason else change.test.p_value for change in made])
    )
    return tuple(
        replace(change, q_value=None if np.isnan(q_value) else float(q_value))
        for change, q_value in zip(made, adjusted, strict=True)
    )


def _places(looks: SetLooks, keep: BoolArray) -> list[int | None]:
    """Return None for all cases together, then each category of several."""
    present = np.unique(looks.category[keep]).tolist()
    return [None, *(present if len(present) > 1 else [])]


def _change(
    looks: SetLooks,
    line: TagTimeline,
    hit: BoolArray,
    keep: BoolArray,
    version_of: IntArray,
    category: int | None,
    of: Sequence[ModelVersion],
    step: tuple[int, int],
) -> TagChange:
    in_it = np.ones(len(keep), bool) if category is None else looks.category == category
    here = np.logical_and(keep, in_it)
    first, second = (shows(looks.case, hit, here & (version_of == at))[1] for at in step)
    test = mcnemar(
        only_first=int((first & ~second).sum()), only_second=int((~first & second).sum())
    )
    difference = share_difference(
        n_cases=len(first), n_lost=test.only_first, n_gained=test.only_second
    )
    named = None if category is None else looks.categories[category]
    versions = of[0].name, of[1].name
    return TagChange(line, named, *versions, difference, test, None)

"""Watched cases by model, from run to run: what passed before and fails now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evalkit.study.passing import PassRule, Verdict

#: Runs stored closer together than this came with one import: nothing says which is newer.
_ONE_IMPORT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WatchedOutput:
    """A response to a watched case: of which model, in which run.

    ``made`` is when the response was made, None where it does not say; ``stored`` is when its run
    was. Both have a zone.
    """

    output_id: int
    case_hash: str
    key: str
    note: str
    model: str
    run: str
    run_id: int
    stored: datetime
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trials:
    """What was said of a case in the runs of one time: which they are, and the verdict on each."""

    runs: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def n_passed(self) -> int:
        """Return in how many of the runs it passes."""
        return sum(verdict.passes for verdict in self.verdicts)

    @property
    def passes(self) -> bool:
        """Say whether it passes in more than half of the runs."""
        return 2 * self.n_passed > len(self.verdicts)

    @property
    def is_tied(self) -> bool:
        """Say whether it passes in just half of the runs, which decides nothing."""
        return 2 * self.n_passed == len(self.verdicts)


@dataclass(frozen=True, slots=True)
class Flip:
    """A watched case that a model passed at one time and fails at the newest judged one."""

    case_hash: str
    key: str
    note: str
    model: str
    before: Trials
    after: Trials


@dataclass(frozen=True, slots=True)
class WatchedReport:
    """What became of watched cases.

    ``n_compared`` counts pairs of a case and a model that were decided at two times or more;
    ``measure`` is by what a response passes, None where nothing was judged.
    """

    n_watched: int
    n_compared: int
    flips: tuple[Flip, ...]
    measure: PassRule | None = None


#: Where no case is watched.
NOTHING_WATCHED = WatchedReport(0, 0, ())


def watched_report(
    outputs: Iterable[WatchedOutput],
    verdicts: Mapping[int, Verdict],
    *,
    n_watched: int,
    measure: PassRule | None,
) -> WatchedReport:
    """Find the watched cases that flipped.

    Parameters
    ----------
    outputs : iterable of WatchedOutput
        All responses to watched cases; those of equal content are of one case.
    verdicts : mapping of int to Verdict
        On each judged output, see :func:`evalkit.study.passing.passing`.
    n_watched : int
        How many cases are watched, answered or not.
    measure : PassRule or None
        By what; named in the report only.

    Returns
    -------
    WatchedReport
        A case flips where it fails in most of a model's newest judged runs and passed in most of
        those of any earlier time; the latest of these is named. Runs of one time are trials of
        one: those whose responses were made on one day (UTC), or, where any does not say when,
        that came with one import. Failing alone is none. A tie, of those who judged a response or
        of the trials, decides nothing and counts for nothing, as no verdict does.
    """
    by_case: dict[tuple[str, str], list[WatchedOutput]] = {}
    for output in outputs:
        if output.output_id in verdicts and not verdicts[output.output_id].is_tied:
            by_case.setdefault((output.case_hash, output.model), []).append(output)
    flips, n_compared = [], 0
    for judged in by_case.values():
        times = [(outputs[-1], _trials(outputs, verdicts)) for outputs in _by_time(judged)]
        decided = [(output, trials) for output, trials in times if not trials.is_tied]
        n_compared += len(decided) > 1
        passed = [trials for _, trials in decided if trials.passes]
        if passed and not decided[-1][1].passes:
            newest, after = decided[-1]
            flips.append(
                Flip(newest.case_hash, newest.key, newest.note, newest.model, passed[-1], after)
            )
    flips.sort(key=lambda flip: (flip.key, flip.model))
    return WatchedReport(n_watched, n_compared, tuple(flips), measure)


def _by_time(judged: Sequence[WatchedOutput]) -> list[list[WatchedOutput]]:
    """Return what one model answered one case, oldest first, runs of one time together."""
    whens = [output.made for output in judged]
    made = [when.astimezone(UTC) for when in whens if when is not None]
    is_said = len(made) == len(judged)
    times = made if is_said else [output.stored for output in judged]
    groups: list[list[WatchedOutput]] = []
    before: datetime | None = None
    for when, _, output in sorted(
        zip(times, (output.run_id for output in judged), judged, strict=True),
        key=lambda each: each[:2],
    ):
        if before is not None and (
            when.date() == before.date() if is_said else when - before < _ONE_IMPORT
        ):
            groups[-1].append(output)
        else:
            groups.append([output])
        before = when
    return groups


def _trials(outputs: Sequence[WatchedOutput], verdicts: Mapping[int, Verdict]) -> Trials:
    return Trials(
        tuple(output.run for output in outputs),
        tuple(verdicts[output.output_id] for output in outputs),
    )

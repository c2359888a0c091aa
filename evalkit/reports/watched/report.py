"""Watched cases by model, from run to run: what passed before and fails now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalkit.study.passing import PassRule, Verdict


@dataclass(frozen=True, slots=True)
class WatchedOutput:
    """A response to a watched case: of which model, in which run, runs numbered as they came."""

    output_id: int
    case_hash: str
    key: str
    note: str
    model: str
    run: str
    run_id: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A watched case that a model passed in one run and fails in its newest judged one."""

    key: str
    note: str
    model: str
    run_before: str
    run_after: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class WatchedReport:
    """What became of watched cases.

    ``n_compared`` counts pairs of a case and a model that were judged in two runs or more;
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
        A case flips where a model's newest judged run fails it and any earlier one passed it; the
        latest of these is named. Failing alone is none, and no verdict none either.
    """
    by_case: dict[tuple[str, str], list[WatchedOutput]] = {}
    for output in outputs:
        if output.output_id in verdicts:
            by_case.setdefault((output.case_hash, output.model), []).append(output)
    flips, n_compared = [], 0
    for judged in by_case.values():
        *earlier, newest = sorted(judged, key=lambda output: (output.run_id, output.output_id))
        n_compared += bool(earlier)
        passed = [output for output in earlier if verdicts[output.output_id].passes]
        if passed and not verdicts[newest.output_id].passes:
            before = passed[-1]
            flips.append(
                Flip(
                    newest.key,
                    newest.note,
                    newest.model,
                    before.run,
                    newest.run,
                    verdicts[before.output_id],
                    verdicts[newest.output_id],
                )
            )
    flips.sort(key=lambda flip: (flip.key, flip.model))
    return WatchedReport(n_watched, n_compared, tuple(flips), measure)

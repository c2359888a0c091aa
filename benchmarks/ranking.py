"""How long a ranking with intervals takes, against one pass over the data and against peers.

    python -m benchmarks.ranking [--sizes 10000 100000 1000000] [--peers DIR | --no-peers]

Measured in one run, medians of several repeats taken in turn:

- the floor: one ``np.bincount`` over a ready-made key of the same comparisons;
- evalkit from codes to strengths with 95 % intervals clustered by case
  (``bradley_terry.fit`` and its t quantiles), on one entry per comparison, and on entries grouped
  by (case, left, right, preference) with counts as the database gives them;
- the whole of ``rank_models``: also win rates, rank ranges over all pairs, the pair matrix;
- arena-rank's fit with its sandwich, and FastChat's hundred bootstraps: from a table of names as
  they take it, and from their own ready-made counts. Neither clusters by case;
- arenakit's bootstrap over cases, ten draws standing for a thousand (up to 100,000 comparisons:
  its input is an object each); choix on counted half-wins, strengths without intervals.

Read the ratios of the last column, at the largest size: times differ between machines, ratios
hardly. Below 1.5× is noise. Growth per ×10 up to 10 is linear.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import synthetic
from benchmarks.peers import OURSELVES, PeerRun, add_options, run_peer
from benchmarks.report import Line, at_least, at_most, print_table, slower
from benchmarks.timing import alternating_seconds
from evalkit.stats.counts import Comparisons, FloatArray
from evalkit.stats.intervals import t_quantile
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.ranking import rank_models

FLOOR_BAR, PEER_BAR = 25, 100
SIZES = (10_000, 100_000, 1_000_000)
_ARENAKIT_AT_MOST = 100_000

FLOOR = "one `np.bincount`"
FIT = "evalkit: strengths and intervals, one entry per comparison"
GROUPED = "evalkit: the same, grouped as the database gives them"
WHOLE = "evalkit: `rank_models`, all of it"
STRENGTHS = "evalkit: strengths alone, from half-wins"
PEER_ROWS = (
    ("arena-rank", "arena_rank", "from table", "arena-rank: fit and sandwich, from names"),
    ("arena-rank", "arena_rank", "fit", "arena-rank: the same, from its own counts"),
    (OURSELVES, "fastchat_style", "from table", "FastChat-style: 100 bootstraps, from names"),
    (OURSELVES, "fastchat_style", "bootstrap", "FastChat-style: the same, from its own counts"),
    ("arenakit", "arenakit", "1000 draws", "arenakit: 1,000 draws of cases (extrapolated)"),
    ("choix", "choix", "strengths", "choix: strengths alone, from half-wins"),
)
_WITH_BAR = {"from table"}
_COMPARED_WITH = {"strengths": STRENGTHS}


def fit_with_intervals(comparisons: Comparisons) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the 95 % intervals of all strengths."""
    fit = bradley_terry.fit(comparisons)
    half = t_quantile(fit.n_cases - 1) * np.sqrt(np.diag(fit.covariance))
    return fit.strength - half, fit.strength + half


def ours(comparisons: Comparisons) -> dict[str, float]:
    """Time the floor and evalkit on one set of comparisons."""
    key = comparisons.left * synthetic.N_MODELS + comparisons.right
    key = key * 4 + comparisons.preference
    grouped = synthetic.grouped(comparisons)
    wins = bradley_terry.half_wins(bradley_terry.pair_counts(comparisons))
    return alternating_seconds(
        {
            FLOOR: lambda: np.bincount(key, minlength=4 * synthetic.N_MODELS**2),
            FIT: lambda: fit_with_intervals(comparisons),
            GROUPED: lambda: fit_with_intervals(grouped),
            WHOLE: lambda: rank_models(comparisons),
            STRENGTHS: lambda: bradley_terry.fit_strengths(wins),
        },
        repeats=9,
    )


def peers(comparisons: Comparisons, folder: Path) -> dict[str, PeerRun]:
    """Let every peer time itself on the same comparisons."""
    found: dict[str, PeerRun] = {}
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "comparisons.npz"
        np.savez(
            data,
            left=comparisons.left,
            right=comparisons.right,
            preference=comparisons.preference,
            case=comparisons.case,
            n_models=len(comparisons.models),
            wins=bradley_terry.half_wins(bradley_terry.pair_counts(comparisons)),
        )
        for peer, module in dict.fromkeys((row[0], row[1]) for row in PEER_ROWS):
            if module == "arenakit" and len(comparisons.left) > _ARENAKIT_AT_MOST:
                continue
            found[module] = run_peer(peer, module, data, folder=folder)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    add_options(parser)
    options = parser.parse_args()
    own, theirs, n_entries = [], [], []
    for size in options.sizes:
        comparisons = synthetic.comparisons(size)
        n_entries.append(len(synthetic.grouped(comparisons).n))
        own.append(ours(comparisons))
        theirs.append({} if options.no_peers else peers(comparisons, options.peers))
    lines = [Line(name, [one[name] for one in own], _own_ratio(name, own[-1])) for name in own[0]]
    if not options.no_peers:
        lines += [_peer_line(row, own, theirs) for row in PEER_ROWS]
    entries = ", ".join(f"{n:,}" for n in n_entries)
    cases = ", ".join(f"{synthetic.n_cases(size):,}" for size in options.sizes)
    notes = [f"{synthetic.N_MODELS} models; {cases} cases; {entries} entries when grouped."]
    reasons = {run.reason for at_size in theirs for run in at_size.values() if run.reason}
    print_table("Ranking", "comparisons", options.sizes, lines, [*notes, *sorted(reasons)])


def _own_ratio(name: str, seconds: dict[str, float]) -> str:
    times = seconds[name] / seconds[FLOOR]
    if name in (FIT, GROUPED):
        return at_most(times, FLOOR_BAR, of="bincount")
    return "" if name == FLOOR else f"{times:.1f}× bincount"


def _peer_line(
    row: tuple[str, str, str, str],
    own: Sequence[dict[str, float]],
    theirs: Sequence[dict[str, PeerRun]],
) -> Line:
    _, module, part, what = row
    runs = [at_size.get(module) for at_size in theirs]
    seconds = [run.seconds.get(part) if run else None for run in runs]
    version = next((run.version for run in runs if run and run.version), "")
    last = seconds[-1]
    timed = [place for place, one in enumerate(seconds) if one is not None]
    if not timed:
        verdict = "not measured"
    elif part in _WITH_BAR and last is not None:
        verdict = at_least(last / own[-1][FIT], PEER_BAR)
    else:
        verdict = slower(seconds[timed[-1]], own[timed[-1]][_COMPARED_WITH.get(part, FIT)])
    return Line(f"{what} ({version})" if version else what, seconds, verdict)


if __name__ == "__main__":
    main()

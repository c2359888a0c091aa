"""How long Krippendorff's alpha with its interval takes, against a bootstrap of the package.

    python -m benchmarks.agreement [--sizes 10000 100000 1000000] [--peers DIR | --no-peers]

Sizes count units (outputs), each judged by two to six of 30 annotators on a scale of five
values; 20 units are of one case. Measured in one run, medians of several repeats:

- the floor: one ``np.bincount`` over a ready-made key of the same values;
- evalkit's ``krippendorff_alpha`` from codes, nominal, ordinal and interval, with its interval
  (a jackknife over cases); percent agreement; every two annotators compared;
- a bootstrap over units around the krippendorff package: 1,000 draws extrapolated from five, on
  its faster input (counts of values by unit). It does not cluster by case;
- irrCAC's alpha with an analytic interval (up to 10,000 units; its input is a wide table).

Read the ratios of the last column, at the largest size; the bar is stated for 100,000 units.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import synthetic
from benchmarks.peers import PeerRun, add_options, run_peer
from benchmarks.report import Line, at_least, print_table, slower
from benchmarks.timing import alternating_seconds
from evalkit.stats.agreement.krippendorff import (
    krippendorff_alpha,
    pairwise_agreement,
    percent_agreement,
)
from evalkit.stats.counts import Codings
from evalkit.vocabulary import Level

PEER_BAR, BAR_AT = 200, 100_000
SIZES = (10_000, 100_000, 1_000_000)
_KRIPPENDORFF_AT_MOST, _IRRCAC_AT_MOST = 100_000, 10_000

FLOOR = "one `np.bincount`"
ALPHA = "evalkit: alpha with interval, {}"


def ours(codings: Codings) -> dict[str, float]:
    """Time the floor and evalkit on one set of codings."""
    key = codings.unit * len(codings.values) + codings.value
    size = (int(codings.unit.max()) + 1) * len(codings.values)
    levels = {ALPHA.format(level): partial(krippendorff_alpha, codings, level) for level in Level}
    return alternating_seconds(
        {
            FLOOR: lambda: np.bincount(key, minlength=size),
            **levels,
            "evalkit: percent agreement with interval": lambda: percent_agreement(codings),
            "evalkit: every two annotators, kappa with intervals": lambda: pairwise_agreement(
                codings
            ),
        },
        budget_seconds=15,
    )


def peers(codings: Codings, folder: Path) -> dict[tuple[str, Level], PeerRun]:
    """Let every peer time itself on the same codings."""
    n_units, n_values = int(codings.unit.max()) + 1, len(codings.values)
    key = codings.unit * n_values + codings.value
    counts = np.bincount(key, minlength=n_units * n_values).reshape(n_units, n_values)
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "codings.npz"
        np.savez(
            data,
            counts=counts,
            unit=codings.unit,
            annotator=codings.annotator,
            value=codings.value,
        )
        for level in Level:
            if n_units <= _KRIPPENDORFF_AT_MOST:
                found["krippendorff", level] = run_peer(
                    "krippendorff",
                    "krippendorff_bootstrap",
                    data,
                    folder=folder,
                    arguments=(str(level),),
                )
            if n_units <= _IRRCAC_AT_MOST and level is Level.NOMINAL:
                found["irrCAC", level] = run_peer(
                    "irrCAC", "irrcac", data, folder=folder, arguments=(str(level),)
                )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    add_options(parser)
    options = parser.parse_args()
    own, theirs, n_values = [], [], []
    for size in options.sizes:
        codings = synthetic.codings(size)
        n_values.append(len(codings.unit))
        own.append(ours(codings))
        theirs.append({} if options.no_peers else peers(codings, options.peers))
    lines = [
        Line(
            name,
            [one[name] for one in own],
            "" if name == FLOOR else f"{own[-1][name] / own[-1][FLOOR]:.1f}× bincount",
        )
        for name in own[0]
    ]
    if not options.no_peers:
        lines += _peer_lines(options.sizes, own, theirs)
    reasons = {run.reason for at_size in theirs for run in at_size.values() if run.reason}
    values = ", ".join(f"{n:,}" for n in n_values)
    notes = [f"{values} values in all; 20 units a case.", *sorted(reasons)]
    print_table("Agreement", "units", options.sizes, lines, notes)


def _peer_lines(
    sizes: list[int],
    own: list[dict[str, float]],
    theirs: list[dict[tuple[str, Level], PeerRun]],
) -> list[Line]:
    bar_at = sizes.index(BAR_AT) if BAR_AT in sizes else len(sizes) - 1
    lines = []
    for level in Level:
        runs = [at_size.get(("krippendorff", level)) for at_size in theirs]
        seconds = [run.seconds.get("1000 draws") if run else None for run in runs]
        last = seconds[bar_at]
        verdict = "not measured"
        if last is not None:
            times = at_least(last / own[bar_at][ALPHA.format(level)], PEER_BAR)
            verdict = f"{times} at {sizes[bar_at]:,}"
        version = next((run.version for run in runs if run and run.version), "")
        what = f"krippendorff {version}: 1,000 draws of units, {level} (extrapolated)"
        lines.append(Line(what, seconds, verdict))
    runs = [at_size.get(("irrCAC", Level.NOMINAL)) for at_size in theirs]
    seconds = [run.seconds.get("alpha") if run else None for run in runs]
    timed = [place for place, one in enumerate(seconds) if one is not None]
    verdict = "not measured"
    if timed:
        nominal = own[timed[-1]][ALPHA.format(Level.NOMINAL)]
        verdict = f"{slower(seconds[timed[-1]], nominal)} at {sizes[timed[-1]]:,}"
    version = next((run.version for run in runs if run and run.version), "")
    lines.append(Line(f"irrCAC {version}: alpha, analytic interval, nominal", seconds, verdict))
    return lines


if __name__ == "__main__":
    main()

"""How long it takes to estimate the truth and every annotator's reliability, against crowd-kit.

    python -m benchmarks.annotators [--sizes 10000 100000 1000000] [--peers DIR | --no-peers]

Sizes count values given (labels, to crowd-kit): 30 annotators, five values, four values a unit
on average. Measured in one run, medians of up to five repeats within a budget:

- evalkit's Dawid–Skene (until a plain step gains less than 1e-7 in log-likelihood per value), its
  one-coin variant, MACE with ten different starts;
- crowd-kit's Dawid–Skene with its own defaults (at most 100 steps), and its MACE with one start,
  up to 100,000 values.

Beside the times: how far the probabilities of both are apart where five annotators judged 2,000
units and both programs go on to the end.

Read the last column; the bar is stated for 100,000 values.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import synthetic
from benchmarks.peers import PeerRun, add_options, run_peer
from benchmarks.report import Line, at_least, print_table, slower
from benchmarks.timing import alternating_seconds
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import Codings

PEER_BAR, BAR_AT = 10, 100_000
SIZES = (10_000, 100_000, 1_000_000)
_PER_UNIT = 4
_CROWD_KIT_AT_MOST = 100_000

DAWID_SKENE = "evalkit: Dawid–Skene"
MACE_LINE = "evalkit: MACE, ten starts"


def ours(codings: Codings) -> dict[str, float]:
    """Time evalkit on one set of codings."""
    return alternating_seconds(
        {
            DAWID_SKENE: lambda: dawid_skene(codings),
            "evalkit: one coin": lambda: one_coin(codings),
            MACE_LINE: lambda: mace(codings),
        },
        warm_ups=0,
        budget_seconds=10,
    )


def peers(codings: Codings, folder: Path) -> PeerRun:
    """Let crowd-kit time itself on the same codings."""
    with tempfile.TemporaryDirectory() as temporary:
        return run_peer("crowd-kit", "crowd_kit", _saved(codings, Path(temporary)), folder=folder)


def difference(folder: Path) -> str:
    """Say how far crowd-kit's probabilities are from ours, without our smoothing."""
    generator = np.random.default_rng(0)
    n_units, knows = 2000, np.array([0.9, 0.85, 0.8, 0.75, 0.7])
    unit, annotator = np.indices((n_units, len(knows))).reshape(2, -1)
    truth, guess = generator.integers(0, 4, n_units), generator.integers(0, 4, len(unit))
    value = np.where(generator.random(len(unit)) < knows[annotator], truth[unit], guess)
    codings = Codings(unit, unit, annotator, value, (0.0, 1.0, 2.0, 3.0), tuple("abcde"))
    found = dawid_skene(codings, smoothing=0.0, tolerance=0.0).probability
    with tempfile.TemporaryDirectory() as temporary:
        data, theirs = _saved(codings, Path(temporary)), Path(temporary) / "probability.npy"
        run_peer("crowd-kit", "crowd_kit", data, folder=folder, arguments=(str(theirs),))
        if not theirs.exists():
            return "Probabilities were not compared."
        apart = float(np.abs(found - np.load(theirs)).max())
    return f"Dawid–Skene's probabilities differ from crowd-kit's by at most {apart:.0e}."


def _saved(codings: Codings, folder: Path) -> Path:
    data = folder / "codings.npz"
    np.savez(data, unit=codings.unit, annotator=codings.annotator, value=codings.value)
    return data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    add_options(parser)
    options = parser.parse_args()
    own: list[dict[str, float]] = []
    theirs: list[PeerRun] = []
    for size in options.sizes:
        codings = synthetic.codings(size // _PER_UNIT)
        own.append(ours(codings))
        if not options.no_peers:
            small = size <= _CROWD_KIT_AT_MOST
            theirs.append(peers(codings, options.peers) if small else PeerRun({}, ""))
    lines = [Line(name, [one[name] for one in own]) for name in own[0]]
    if theirs:
        lines += _peer_lines(options.sizes, own, theirs)
    notes = sorted({run.reason for run in theirs if run.reason})
    notes += [] if options.no_peers else [difference(options.peers)]
    print_table("Annotators", "values", options.sizes, lines, notes)


def _peer_lines(sizes: list[int], own: list[dict[str, float]], theirs: list[PeerRun]) -> list[Line]:
    bar_at = sizes.index(BAR_AT) if BAR_AT in sizes else len(sizes) - 1
    version = next((run.version for run in theirs if run.version), "")
    of_dawid_skene = [run.seconds.get("dawid_skene") for run in theirs]
    of_mace = [run.seconds.get("mace") for run in theirs]
    last, where = of_dawid_skene[bar_at], f" at {sizes[bar_at]:,}"
    verdict = "not measured"
    if last is not None:
        verdict = at_least(last / own[bar_at][DAWID_SKENE], PEER_BAR) + where
    return [
        Line(f"crowd-kit {version}: Dawid–Skene", of_dawid_skene, verdict),
        Line(
            f"crowd-kit {version}: MACE, one start",
            of_mace,
            slower(of_mace[bar_at], own[bar_at][MACE_LINE]) + where,
        ),
    ]


if __name__ == "__main__":
    main()

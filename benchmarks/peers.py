"""Install the peers, each in an environment of its own, and run them as processes of their own.

    python -m benchmarks.peers [--peers DIR]

A peer's pinned dependencies then cannot touch ours, nor another peer's. The folder is by default
``evalkit-peers`` in the temporary folder; the benchmarks look for it there too. A peer that does
not install is reported as such and left out of the tables.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "evalkit-peers"
#: Names on the package index.
PEERS = (
    "arena-rank",
    "arenakit",
    "choix",
    "crowd-kit",
    "irrCAC",
    "krippendorff",
    "potato-annotation",
)
#: Runs in evalkit's own environment: a peer's method written by us, not its package.
OURSELVES = "ourselves"
_INSTALL_SECONDS = 900
_RUN_SECONDS = 100


@dataclass(frozen=True, slots=True)
class PeerRun:
    """What a peer measured of itself; no seconds where ``reason`` says why."""

    seconds: dict[str, float]
    version: str
    reason: str | None = None


def run_peer(
    peer: str, module: str, data: Path, *, folder: Path, arguments: tuple[str, ...] = ()
) -> PeerRun:
    """Run ``benchmarks.peer_runs.MODULE`` on a file of data in the peer's environment."""
    python = sys.executable if peer == OURSELVES else str(python_of(folder, peer))
    name = module if peer == OURSELVES else peer
    if not Path(python).exists():
        return PeerRun({}, "", f"{peer} is not installed (python -m benchmarks.peers)")
    command = [python, "-W", "ignore", "-m", f"benchmarks.peer_runs.{module}", str(data)]
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return PeerRun({}, "", f"{name} took longer than {_RUN_SECONDS} s")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return PeerRun({}, "", f"{name} failed: {last}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return PeerRun(said["seconds"], said["version"])


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what every benchmark with peers can be told."""
    parser.add_argument("--peers", type=Path, default=DEFAULT_FOLDER, help="where they are")
    parser.add_argument("--no-peers", action="store_true", help="measure evalkit alone")


def python_of(folder: Path, peer: str) -> Path:
    """Return the Python of a peer's environment, which is not there before it is installed."""
    return folder / peer / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path, peer: str) -> str:
    """Install one peer and return what became of it: its version, or why it is not there."""
    python = python_of(folder, peer)
    if not python.exists():
        venv.create(folder / peer, with_pip=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            [*pip, "install", "--quiet", peer],
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"does not install within {_INSTALL_SECONDS} s"
    if done.returncode:
        return f"does not install: {(done.stderr.strip().splitlines() or [''])[-1]}"
    shown = subprocess.run([*pip, "show", peer], capture_output=True, text=True, check=True)
    version = next(one for one in shown.stdout.splitlines() if one.startswith("Version"))
    return version.split()[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, default=DEFAULT_FOLDER, help="where to put them")
    folder = parser.parse_args().peers
    folder.mkdir(parents=True, exist_ok=True)
    for peer in PEERS:
        print(f"{peer}: {install(folder, peer)}", flush=True)


if __name__ == "__main__":
    main()

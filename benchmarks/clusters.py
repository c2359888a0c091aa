"""How long groups of many notes take, beside the vectors of the same notes alone.

    python -m benchmarks.clusters [--notes 5000 100000]

Notes about thirty kinds of failures, each written in some of many words and ends, and a third about
nothing in particular; nearly all different. Rows are processor time, the least of three runs: words
and their TF-IDF with its first directions, the floor; groups, how well they hold and their map; the
whole report, with the rates of ten models. Wanted: at most 3 s for 5,000 notes, 10 s for 100,000.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.failure_map import N_MODELS, study
from evalkit.failures.clusters.clusters import clusters_of_notes
from evalkit.failures.clusters.vectors import note_tokens, note_vectors
from evalkit.reports.clusters.report import clusters_report
from evalkit.study.notes import Note, Notes
from evalkit.vocabulary import NoteSource

N_KINDS, N_OF_A_KIND, N_WORDS = 30, 9, 4_000
#: Of all notes these are about nothing in particular.
_STRAY = 1 / 3


def texts(n: int) -> list[str]:
    """Draw notes of 6 to 14 words: some of those of a kind, the rest of all there are."""
    rng = np.random.default_rng(n)
    letters = rng.integers(0, 20, (N_WORDS, 7))
    words = np.array(["".join("aeioudlmnprstbcfghkv"[at] for at in word) for word in letters])
    # Common words are far more common than rare ones.
    often = 1 / np.arange(10, N_WORDS + 10)
    own = rng.choice(N_WORDS, (N_KINDS, N_OF_A_KIND), replace=False)
    kind = np.where(rng.random(n) < _STRAY, -1, rng.integers(0, N_KINDS, n))
    others = rng.choice(N_WORDS, (n, 14), p=often / often.sum())
    length, n_own = rng.integers(6, 15, n), rng.integers(4, 7, n)
    drawn = []
    for place in range(n):
        note = others[place, : length[place]]
        if kind[place] >= 0:
            note[: n_own[place]] = rng.permutation(own[kind[place]])[: n_own[place]]
        drawn.append(" ".join(words[note]))
    return drawn


def noted(written: list[str]) -> Notes:
    """Return these texts as notes on responses of ten models to cases of one kind."""
    rows = tuple(
        Note(
            source=NoteSource.MARK,
            row_id=place,
            output_id=place,
            text=text,
            who="Ada",
            is_simulated=False,
            model=f"model-{place % N_MODELS:02d}",
            case_id=place // N_MODELS,
            case_key=str(place // N_MODELS),
            category="",
        )
        for place, text in enumerate(written)
    )
    return Notes(rows, (NoteSource.MARK,))


def _seconds(run: Callable[[], Any]) -> float:
    """Return the least processor time of three runs."""
    times = []
    for _ in range(3):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def main() -> None:
    """Measure, and print a line per row and number of notes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, nargs="*", default=[5_000, 100_000])
    collected = study(1_000)
    for n in parser.parse_args().notes:
        written = texts(n)
        notes = noted(written)
        made = clusters_of_notes(written)
        print(f"{n:,} notes, {made.n_different:,} different, {len(made.clusters)} groups")
        floor = _seconds(lambda of=written: note_vectors([note_tokens(text) for text in of]))
        print(f"  vectors alone  {floor:6.2f} s")
        for name, run in (
            ("groups", lambda of=written: clusters_of_notes(of)),
            ("report", lambda of=notes: clusters_report(collected, of)),
        ):
            taken = _seconds(run)
            print(f"  {name:13}  {taken:6.2f} s  {taken / floor:5.1f} × the floor")


if __name__ == "__main__":
    main()

"""Which responses of a list are listed: those that hold words, and those of one run."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pandas as pd
import streamlit as st

from db.queries.responses.search import responses_with
from db.queries.results import TaggedResponse
from pages.shared.address import addresses, choices
from pages.shared.collecting import Kept
from pages.shared.display import exhibits

_ALL_RUNS = ""
_FIND, _RUN = "failures-find", "failures-run"


def of_rows(
    kept: Kept, rows: Sequence[TaggedResponse], runs: Mapping[int, str]
) -> list[TaggedResponse]:
    """Ask what is looked for, and return the rows of responses that are."""
    wanted = narrowed(kept, [row.output_id for row in rows], ask(runs))
    return [row for row in rows if row.output_id in wanted]


def of_frame(kept: Kept, frame: pd.DataFrame, runs: Mapping[int, str]) -> pd.DataFrame:
    """Ask what is looked for, and return the rows of responses that are, by ``output_id``."""
    wanted = narrowed(kept, frame["output_id"].tolist(), ask(runs))
    return frame[frame["output_id"].isin(wanted)]


class Narrowing(TypedDict):
    """What is looked for: words, and a run."""

    words: str
    run_id: int | None


def ask(runs: Mapping[int, str]) -> Narrowing:
    """Ask for words, and for a run where a model has several; the address remembers both."""
    left, *right = st.columns([3, 1]) if runs else st.columns(1)
    addresses.take("find", key=_FIND, read=lambda values: values[0] if values else "")
    words = left.text_input(
        "Find in responses, inputs, notes and comments", placeholder="refund", key=_FIND
    )
    addresses.remember("find", words or None)
    run = _ALL_RUNS
    names = {_ALL_RUNS: "All runs", **{str(run_id): name for run_id, name in runs.items()}}
    for place in right:
        choices.choice("run", list(names), key=_RUN, default=_ALL_RUNS)
        run = place.selectbox("Run", list(names), format_func=lambda run: names[run], key=_RUN)
        addresses.remember("run", run or None)
    return Narrowing(words=words.strip(), run_id=int(run) if run else None)


def narrowed(kept: Kept, output_ids: Sequence[int], asked: Narrowing) -> frozenset[int]:
    """Return which of these responses are looked for, and say of how many they are."""
    if not output_ids or not (asked["words"] or asked["run_id"]):
        return frozenset(output_ids)
    ids = kept.read(responses_with, output_ids=tuple(output_ids), **asked)
    words = f" hold “{asked['words']}”" if asked["words"] else " are of this run"
    exhibits.say(f"{len(ids):,} of {len(set(output_ids)):,} responses{words}.")
    if not ids:
        addresses.stop()
    return ids

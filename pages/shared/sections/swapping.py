"""Swapping a case of a sample for another of its stratum, with what that does to the odds."""

import streamlit as st

from evalkit.errors import RefusedError
from evalkit.sampling.drawing import Swap
from evalkit.sampling.sample import Pool, Sample
from evalkit.sampling.sentences import swap_sentences
from pages.shared import labels
from pages.shared.display import exhibits
from pages.shared.sections import sampling
from pages.shared.sections.sampling import SamplePlan

_NEXT = 0
_MOST_CHARACTERS = 700


def show_swap(pool: Pool, sample: Sample, plan: SamplePlan, *, has_chances: bool = True) -> None:
    """Ask for a case to take out and one to put in, say what it means, and do it."""
    texts = {case.case_id: case.text for case in pool.cases}
    chosen = {case.case_id: case for case in sample.chosen}
    left, right = st.columns(2)
    out_id = left.selectbox(
        "Take out",
        list(chosen),
        format_func=lambda case_id: f"{chosen[case_id].key} ({chosen[case_id].named_stratum})",
        key="swap-out",
    )
    others = {far.case_id: far for far in pool.others_of(sample, out_id)}
    options = [*([_NEXT] if chosen[out_id].is_drawn else []), *others]
    if not options:
        exhibits.say("All different cases of its stratum are in the sample already.")
        return
    into = right.selectbox(
        "Put in, of the same stratum",
        options,
        format_func=lambda case_id: (
            f"{others[case_id].key} (distance {others[case_id].distance:.2f})"
            if case_id
            else "What chance draws next"
        ),
        key=f"swap-into-{out_id}",
    )
    _quote(left, texts[out_id])
    if into:
        _quote(right, texts[into])
    swaps = (*sample.swaps, Swap(out_id, into or None))
    try:
        after = sampling.preview(pool, plan, swaps)
    except RefusedError as refused:
        st.warning(labels.literal(str(refused)))
        return
    exhibits.say(*swap_sentences(sample, after, has_chances=has_chances))
    left, right = st.columns([1, 3])
    if left.button("Swap", icon=":material/swap_horiz:"):
        sampling.set_swaps(swaps)
        st.rerun()
    if sample.swaps and right.button("Undo the last swap", icon=":material/undo:"):
        sampling.set_swaps(sample.swaps[:-1])
        st.rerun()


def _quote(where: "st.delta_generator.DeltaGenerator", text: str) -> None:
    """Show the beginning of a case as it is."""
    short = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
    where.code(short, language=None, wrap_lines=True)

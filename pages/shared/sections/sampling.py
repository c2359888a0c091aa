"""Parts of the page that chooses cases: the plan, suggested categories, what a sample covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from db.queries.library import EvalSetSummary
from evalkit.sampling.candidates import Trait
from evalkit.sampling.clusters import LEAST_CLUSTERS, MOST_CLUSTERS, CaseCluster, usual_clusters
from evalkit.sampling.drawing import Swap
from evalkit.sampling.sample import Pool, Sample
from evalkit.sampling.sentences import sample_sentences
from evalkit.sampling.tables import distance_counts, far_table, strata_table
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.display import blocks, exhibits
from pages.shared.display.charts import step_bars

_SAMPLE, _SWAPS, _PREVIEW = "sampling-sample", "sampling-swaps", "sampling-preview"
_MOST_SEED = 2**31 - 1
_USUAL_N, _MOST_N = 200, 5_000


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What a lead asks a sample to be."""

    eval_set: str
    version: int
    stamp: tuple[object, ...]
    n: int
    seed: int
    random_share: float
    by: tuple[Trait, ...] | None


def sample_plan(
    eval_sets: Sequence[EvalSetSummary],
    versions: Mapping[int, Sequence[int]],
    states: Mapping[int, tuple[int, ...]],
) -> SamplePlan:
    """Ask what to choose from, how many, and how; ``states`` are those of the sets' cases."""
    by_id = {str(each.eval_set_id): each for each in eval_sets if versions[each.eval_set_id]}
    left, right = st.columns([3, 1])
    choices.choice("set", list(by_id), key="sampling-set", default=next(iter(by_id)))
    key = left.selectbox(
        "Choose from", list(by_id), format_func=lambda each: by_id[each].name, key="sampling-set"
    )
    addresses.remember("set", key)
    eval_set = by_id[key]
    version = right.selectbox(
        "Version", list(versions[eval_set.eval_set_id]), key=f"sampling-version-{key}"
    )
    left, middle, right = st.columns(3)
    usual = max(1, min(_USUAL_N, eval_set.n_cases // 2))
    n = left.number_input("Cases to choose", 1, _MOST_N, usual, key=f"sampling-n-{key}")
    share = middle.number_input(
        "Drawn at random, per cent",
        20,
        100,
        50,
        5,
        help="The others are chosen because they differ most. The more is drawn, the shorter the "
        "intervals of numbers weighted to production.",
        key="sampling-random",
    )
    seed = right.number_input(
        "Seed", 0, _MOST_SEED, 1, help="The same seed draws the same cases.", key="sampling-seed"
    )
    by = st.multiselect(
        "Strata by",
        list(Trait),
        format_func=lambda trait: trait.value.capitalize(),
        placeholder="All that there is room for",
        key="sampling-by",
    )
    stamp = (eval_set.n_outputs, eval_set.content_hash, *states[eval_set.eval_set_id])
    return SamplePlan(
        eval_set.name, int(version), stamp, int(n), int(seed), share / 100, tuple(by) or None
    )


def n_clusters(pool: Pool) -> int | None:
    """Ask whether to make categories of groups of like cases, and of how many."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    if not left.toggle(
        "Suggest categories from groups of like cases",
        help="Cases are put into groups by the words they have. Name them before they are strata.",
        key="sampling-groups",
    ):
        return None
    usual = usual_clusters(len(pool.cases))
    return int(
        right.number_input("Groups", LEAST_CLUSTERS, MOST_CLUSTERS, usual, key="sampling-n-groups")
    )


def named_clusters(clusters: Sequence[CaseCluster], pool: Pool) -> dict[int, str]:
    """Ask what groups are called; give the category of each case by its id."""
    texts = {case.case_id: " ".join(case.text.split()) for case in pool.cases}
    frame = pd.DataFrame(
        {
            "Category": [each.name for each in clusters],
            "Cases": [len(each.case_ids) for each in clusters],
            "Typical words": [", ".join(each.words) for each in clusters],
            "Nearest its middle": [texts[each.typical[0]][:200] for each in clusters],
        }
    )
    exhibits.say(
        "Groups are by words, not by meaning: read some, then name them. Groups of one name are "
        "one category; without a name a group has none."
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["Cases", "Typical words", "Nearest its middle"],
        column_config={"Category": st.column_config.TextColumn(max_chars=80)},
        # Other groups have names of their own, however many they are.
        key=f"sampling-names-{labels.digest(frame.to_dict('list'))}",
    )
    names = [str(name or "").strip() for name in edited["Category"]]
    return {
        case_id: name
        for each, name in zip(clusters, names, strict=True)
        for case_id in each.case_ids
    }


def kept_sample(pool: Pool, plan: SamplePlan, names: Mapping[int, str]) -> tuple[Pool, Sample]:
    """Return what the plan chooses with all swaps, drawn once for as long as nothing changes."""
    asked = (plan, hash(frozenset(names.items())))
    if st.session_state.get(_SWAPS, (None, ()))[0] != asked:
        st.session_state[_SWAPS] = asked, ()
    swaps = st.session_state[_SWAPS][1]
    held = st.session_state.get(_SAMPLE)
    if held is None or held[0] != (asked, swaps):
        called = pool.called(names) if names else pool
        with st.spinner("Choosing"):
            sample = _sampled(called, plan, swaps)
        held = st.session_state[_SAMPLE] = ((asked, swaps), called, sample)
    return held[1], held[2]


def preview(pool: Pool, plan: SamplePlan, swaps: tuple[Swap, ...]) -> Sample:
    """Return the sample with more swaps than it has, drawn once for as long as these are asked."""
    asked = st.session_state[_SAMPLE][0], swaps
    held = st.session_state.get(_PREVIEW)
    if held is None or held[0] != asked:
        held = st.session_state[_PREVIEW] = (asked, _sampled(pool, plan, swaps))
    after: Sample = held[1]
    return after


def _sampled(pool: Pool, plan: SamplePlan, swaps: Sequence[Swap]) -> Sample:
    """Choose by a plan and swaps."""
    return pool.sample(
        plan.n, seed=plan.seed, by=plan.by, random_share=plan.random_share, swaps=swaps
    )


def forget_sample() -> None:
    """Let go of what was drawn, and of all that it was drawn from."""
    for key in (_SAMPLE, _SWAPS, _PREVIEW):
        st.session_state.pop(key, None)


def set_swaps(swaps: Sequence[Swap]) -> None:
    """Swap these from the next run on."""
    asked, _ = st.session_state[_SWAPS]
    st.session_state[_SWAPS] = asked, tuple(swaps)


def show_sample(sample: Sample, *, has_chances: bool = True) -> None:
    """Show what a sample covers and what it misses."""
    for sentence in sample_sentences(sample, has_chances=has_chances):
        exhibits.say(sentence)
    st.subheader("What it covers")
    blocks.fold(strata_table(sample), key="strata", label=None)
    exhibits.say(strata_table(sample).note)
    st.subheader("What it misses")
    if not sample.coverage.distances:
        exhibits.say("Every different case is in the sample.")
        return
    n = len(sample.coverage.distances)
    exhibits.picture(
        step_bars(
            distance_counts(sample), title="Distance to the nearest case in the sample (0 to 1)"
        ),
        key="distances",
        alt=f"How far the {n:,} cases that are not in the sample are from the nearest one in it",
    )
    exhibits.say(
        "Distance is one minus cosine: 0 says the same, 1 shares nothing. These are least like any "
        "case in it:"
    )
    blocks.fold(far_table(sample.coverage.farthest), key="farthest", label=None)

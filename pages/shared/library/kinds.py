"""The part of the form of a study that asks what a case shows: one kind of task, or several."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from evalkit.annotation.assignment.sample import most_demanding
from evalkit.annotation.assignment.tasks import UNIT_NAMES
from evalkit.annotation.planning import OF_PREFERENCE, StudyPlan, TaskPlan, collected_together
from evalkit.phrases import counted, joined
from evalkit.vocabulary import LEAST_ANSWERED, LEAST_RANKED, MOST_RANKED, TaskKind
from pages.shared.annotating import time_in_words

_COLLECTED = {
    "preference": "Preference",
    "strength": "How much better",
    "certainty": "Not sure",
    "preferences": "Preference by criterion",
    "scores": "Scores",
    "tags": "Error tags",
    "comment": "Comment",
    "assertion": "What must hold",
}
_FINER = "How much better: slightly or much. Not sure: one key beside the preference."
_OF_PAIRS = ("preference", *OF_PREFERENCE)
_KINDS = {
    TaskKind.PAIR: "Two responses side by side",
    TaskKind.RANK: "Three to five to be ranked",
    TaskKind.SINGLE: "One response at a time",
}
_SHOWN = {
    TaskKind.PAIR: "that are compared",
    TaskKind.SINGLE: "whose responses stand alone",
    TaskKind.RANK: "that are ranked",
}
_NO_SECONDS: Mapping[TaskKind, float] = {}
_LEAST = {TaskKind.PAIR: "two models", TaskKind.SINGLE: "a model", TaskKind.RANK: "three models"}


def ask_kinds(*, key: str, n_models: int) -> list[TaskKind]:
    """Ask what a case shows; where there is one model, nothing stands beside its responses."""
    first = st.segmented_control(
        "For each case annotators see",
        list(_KINDS),
        default=TaskKind.SINGLE if n_models == 1 else TaskKind.PAIR,
        format_func=lambda kind: _KINDS[kind],
        required=True,
        help="Side by side they say which is better; of several, in which order they stand. Alone, "
        "each response is scored and searched for errors: as in a study of one model's answers.",
        key=key,
    )
    others = [kind for kind in _KINDS if kind != first and LEAST_ANSWERED[kind] <= n_models]
    if n_models == 1 or not others:
        return [first]
    number = list(_KINDS).index(first)
    more = st.pills(
        "Mixed with",
        others,
        selection_mode="multi",
        format_func=lambda kind: _KINDS[kind],
        help="Each kind of task is asked of its share of the cases, by its own number of "
        "annotators. They come in turn, so that none is left for the end.",
        key=f"{key}-more-{number}",
    )
    return [first, *more]


def ask_each(kinds: Sequence[TaskKind], *, n_models: int, key: str) -> list[TaskPlan]:
    """Ask, of several kinds of task, of how many cases each is asked, by whom and for what."""
    tasks = []
    for kind in kinds:
        number = list(_KINDS).index(kind)
        with st.container(border=True, key=f"{key}-{number}"):
            st.markdown(f"**{_KINDS[kind]}**")
            left, right = st.columns(2)
            with left:
                share = ask_share(kind, usual=_usual_share(kind, kinds))
                all_pairs = ask_all_pairs(kind)
            with right:
                overlap = ask_overlap(kind)
                ranked = ask_ranked(kind, n_models=n_models, key=f"{key}-ranked-{n_models}")
            collects = ask_collected(kind, kinds)
        tasks.append(
            TaskPlan(
                kind=kind,
                overlap=overlap,
                share=share,
                pairs_per_case=math.comb(n_models, 2) if all_pairs else None,
                ranked_per_case=ranked,
                collects=collects,
            )
        )
    st.caption(shares_sentence([task.share for task in tasks]))
    return tasks


def _usual_share(kind: TaskKind, kinds: Sequence[TaskKind]) -> int:
    """Return the percent that is asked for at first: as much of each kind, and 100 together."""
    each, rest = divmod(100, len(kinds))
    return each + (kinds.index(kind) < rest)


def shares_sentence(shares: Sequence[float]) -> str:
    """Say what shares of the cases come to together."""
    percent = round(100 * sum(shares))
    if percent == 100:
        return "Together 100 %: each case is asked in one way."
    if percent < 100:
        return f"Together {percent} %: {100 - percent} % of the cases are asked of nobody."
    return f"Together {percent} %: some cases are asked in several ways."


def ask_share(kind: TaskKind, *, usual: int) -> float:
    """Ask of how many of the cases a kind of task is asked, at first ``usual`` percent."""
    percent: int = st.number_input(
        f"Percent of the cases {_SHOWN[kind]}",
        1,
        100,
        usual,
        help="Which cases they are is drawn, of each category in proportion. While the shares of "
        "all kinds sum to 100 or less, no case is asked in two ways.",
    )
    return percent / 100


def ask_overlap(kind: TaskKind) -> int:
    """Ask how many annotators judge the same."""
    overlap: int = st.number_input(
        f"Annotators per {UNIT_NAMES[kind]}",
        1,
        20,
        2,
        help="Two or more let you measure agreement; three settle most disagreements.",
    )
    return overlap


def ask_collected(kind: TaskKind, kinds: Sequence[TaskKind]) -> frozenset[str]:
    """Ask what annotators give in a kind of task, of those that a study asks for."""
    is_ranked = kind == TaskKind.RANK
    unasked = {TaskKind.PAIR: (), TaskKind.SINGLE: _OF_PAIRS, TaskKind.RANK: _OF_PAIRS}[kind]
    usual = collected_together(kinds)[kind]
    collects = st.pills(
        "Annotators give, beside the ranking" if is_ranked else "Annotators give",
        [what for what in _COLLECTED if what not in unasked],
        selection_mode="multi",
        default=[what for what in _COLLECTED if what in usual and what not in unasked],
        help=_FINER if kind == TaskKind.PAIR else None,
        format_func=lambda what: _COLLECTED[what],
    )
    return frozenset(collects) | ({"preference"} if is_ranked else set())


def ask_ranked(kind: TaskKind, *, n_models: int, key: str) -> int | None:
    """Ask how many responses are ranked together, where there is a choice."""
    most = min(n_models, MOST_RANKED)
    if kind != TaskKind.RANK or most <= LEAST_RANKED:
        return None
    n: int = st.segmented_control(
        "Responses to rank together",
        range(LEAST_RANKED, most + 1),
        default=most,
        required=True,
        help="Of more models each case takes as many, balanced over the cases.",
        key=key,
    )
    return n


def ask_all_pairs(kind: TaskKind) -> bool:
    """Ask whether a case shows every pair of models."""
    return kind == TaskKind.PAIR and st.toggle(
        "Every pair of models on every case",
        help="Off: each case shows every model once, pairs balanced over the cases.",
    )


def ask_previewed(kinds: Sequence[TaskKind], *, key: str) -> TaskKind:
    """Ask which kind of task is previewed, where there are several."""
    if len(kinds) == 1:
        return kinds[0]
    names = [kind.value for kind in kinds]
    kind: TaskKind = st.segmented_control(
        "What is shown",
        list(kinds),
        default=kinds[0],
        format_func=lambda kind: _KINDS[kind],
        required=True,
        label_visibility="collapsed",
        key=f"{key}-{'-'.join(names)}",
    )
    return kind


def workload(
    plan: StudyPlan, *, n_cases: int, seconds: Mapping[TaskKind, float] = _NO_SECONDS
) -> str:
    """Say how many annotations a plan asks for, if every model answered every case.

    ``seconds`` are what a task of each kind took people here, where that is known: of all kinds of
    the plan it says how much time that makes.
    """
    kind = most_demanding(plan.kinds)
    if len(plan.models) < LEAST_ANSWERED[kind]:
        return f"Choose {_LEAST[kind]} or more to see how much work it is."
    cases = f"{n_cases:,} cases"
    if plan.n_cases is not None:
        cases, n_cases = f"{plan.n_cases:,} of {n_cases:,} cases", plan.n_cases
    parts = [_part(part, n_cases) for part in plan.parts()]
    if len(parts) == 1:
        units, people, n = parts[0]
        words = f"{cases}, {units} each, {people}: {n:,} annotations in all."
    else:
        listed = "; ".join(f"{units} each, {people} ({n:,})" for units, people, n in parts)
        words = f"{cases}: {listed}. {sum(n for _, _, n in parts):,} annotations in all."
    numbers = {kind: n for kind, (_, _, n) in zip(plan.kinds, parts, strict=True)}
    return f"{words} {_time(numbers, seconds)}".rstrip()


def _time(numbers: Mapping[TaskKind, int], seconds: Mapping[TaskKind, float]) -> str:
    """Say how long so many tasks take; nothing where a kind is not known."""
    if not numbers.keys() <= seconds.keys():
        return ""
    paces = [f"{seconds[kind]:,.0f} s a {UNIT_NAMES[kind]}" for kind in numbers]
    whole = time_in_words(sum(n * seconds[kind] for kind, n in numbers.items()))
    return f"That is {whole} of work, at what people took here: {joined(paces)}."


def _part(plan: StudyPlan, n_cases: int) -> tuple[str, str, int]:
    """Return what one kind of task asks for: of a case, of whom, and how much in all."""
    unit = UNIT_NAMES[plan.kind]
    n_asked = max(1, round(n_cases * plan.share))
    n_units, units = plan.shown_per_case, counted(plan.shown_per_case, unit)
    if plan.kind == TaskKind.RANK:
        n_units, units = 1, f"a ranking of {plan.shown_per_case} responses"
    if plan.share < 1:
        units = f"of {n_asked:,} of them {units}"
    return units, f"{counted(plan.overlap, 'annotator')} a {unit}", n_asked * n_units * plan.overlap

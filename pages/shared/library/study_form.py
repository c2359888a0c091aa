"""Forms: widgets in, what was decided out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.commands.instructions import LONGEST_CONTACT
from db.commands.preview import sample_by_category
from db.commands.studies import discard_study
from db.queries.annotation.audience import Audience, Person
from db.queries.annotation.instructions import Instructions
from db.queries.library import EvalSetSummary, StudySummary
from evalkit.annotation.assignment.sample import most_demanding
from evalkit.annotation.blinding.naming import NamingText, naming_in_words
from evalkit.annotation.planning import MAX_NAME_LENGTH, StudyPlan, TaskPlan
from evalkit.annotation.rubric import DEFAULT_RUBRIC_NAME, ready_guidelines
from evalkit.errors import EvalkitError, RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME
from evalkit.phrases import joined, some
from evalkit.vocabulary import LEAST_ANSWERED, LeakPolicy, TaskKind
from pages.shared import labels
from pages.shared.library import kinds, preview

#: Above this many cases it is said that fewer may do; so many categories of a sample are named.
_MANY_CASES, _MOST_CATEGORIES = 400, 8
#: Up to this many models all are chosen to begin with.
_PRESELECTED = 6
_LEAKS = {
    LeakPolicy.MASK: "Mask the words",
    LeakPolicy.LEAVE_OUT: "Leave the response out",
    LeakPolicy.SHOW: "Show it as it is",
}


def require_eval_sets(eval_sets: Sequence[EvalSetSummary]) -> None:
    """Lead to the import, and stop, where there is nothing to study yet."""
    if eval_sets:
        return
    st.info("There is nothing to study yet: import cases and outputs first.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    st.stop()


def study_form(
    eval_set: EvalSetSummary,
    models: Sequence[str],
    seconds: Mapping[TaskKind, float],
    *,
    rubrics: Sequence[str],
    taxonomies: Sequence[str],
    viewer_id: int,
    key: str,
) -> StudyPlan | None:
    """Ask for a study on an eval set and say what work it means; give the plan once started."""
    with st.container(key=key):
        name = st.text_input(
            "Name",
            max_chars=MAX_NAME_LENGTH,
            placeholder="Which model for support, spring",
            key=f"{key}-name",
        )
        asked = kinds.ask_kinds(key=f"{key}-kind", n_models=len(models))
        chosen = _models(models, asked, key=f"{key}-models-{eval_set.eval_set_id}")
        left, right = st.columns(2)
        with left:
            n_cases = _drawn(eval_set.n_cases, key=f"{key}-cases-{eval_set.eval_set_id}")
        with right:
            leaks = _leaks()
        first, *beside = _tasks(asked, n_models=len(chosen), key=key, columns=(left, right))
        with st.expander("Rubric, taxonomy and what annotators are told"):
            rubric, taxonomy = _definitions(rubrics, taxonomies)
            told = _told_of(asked, key=key)
        plan = StudyPlan(
            name=name,
            eval_set=eval_set.name,
            models=chosen,
            kind=first.kind,
            rubric=rubric,
            taxonomy=taxonomy,
            **asdict(told),
            overlap=first.overlap,
            n_cases=n_cases,
            pairs_per_case=first.pairs_per_case,
            ranked_per_case=first.ranked_per_case,
            share=first.share,
            collects=first.collects or frozenset(),
            beside=beside,
            leak_policy=leaks,
        )
        _say_work(plan, n_cases=eval_set.n_cases, seconds=seconds)
        if st.toggle("Show what annotators will see", key=f"{key}-preview"):
            kind = kinds.ask_previewed(asked, key=f"{key}-previewed")
            preview.show(plan, viewer_id=viewer_id, kind=kind)
        return plan if st.button("Start the study", type="primary") else None


def _tasks(
    asked: Sequence[TaskKind], *, n_models: int, key: str, columns: Sequence[DeltaGenerator]
) -> list[TaskPlan]:
    """Ask for what annotators do; one kind of task has its fields beside those of the study."""
    if len(asked) > 1:
        return kinds.ask_each(asked, n_models=n_models, key=key)
    kind = asked[0]
    with columns[0]:
        overlap = kinds.ask_overlap(kind)
    with columns[1]:
        all_pairs = kinds.ask_all_pairs(kind)
        ranked = kinds.ask_ranked(kind, n_models=n_models, key=f"{key}-ranked-{n_models}")
    return [
        TaskPlan(
            kind=kind,
            overlap=overlap,
            pairs_per_case=math.comb(n_models, 2) if all_pairs else None,
            ranked_per_case=ranked,
            collects=kinds.ask_collected(kind, asked),
        )
    ]


def _models(models: Sequence[str], asked: Sequence[TaskKind], *, key: str) -> list[str]:
    is_single = set(asked) == {TaskKind.SINGLE}
    return st.multiselect(
        "Models whose responses are judged" if is_single else "Models to compare",
        models,
        default=list(models) if len(models) <= _PRESELECTED else [],
        key=key,
    )


def open_sentence(plan: StudyPlan) -> str:
    """Say that a study is started."""
    return f"“{plan.name.strip()}” is open. Annotators find it on their first page."


def _say_work(plan: StudyPlan, *, n_cases: int, seconds: Mapping[TaskKind, float]) -> None:
    """Say how much work a plan is, and of which cases it would be."""
    st.caption(kinds.workload(plan, n_cases=n_cases, seconds=seconds))
    if plan.n_cases is not None and len(plan.models) >= LEAST_ANSWERED[most_demanding(plan.kinds)]:
        st.caption(labels.literal(_sample_in_words(plan, plan.n_cases)))
    elif plan.n_cases is None and n_cases > _MANY_CASES:
        st.caption(
            "Fewer cases may do: two hundred show a moderate difference. Say above how many, and "
            "they are drawn by category."
        )


def _sample_in_words(plan: StudyPlan, n_drawn: int) -> str:
    """Say of which categories cases would be drawn, or why not; counted where that has changed."""
    of = (plan.eval_set, tuple(plan.models), plan.kinds, n_drawn, plan.seed)
    before, words = st.session_state.get("study-sample", (None, ""))
    if before != of:
        try:
            words = sample_sentence(sample_by_category(plan, n_drawn))
        except RefusedError as refused:
            words = str(refused)
        st.session_state["study-sample"] = of, words
    return str(words)


def sample_sentence(shares: Mapping[str, int]) -> str:
    """Say how many cases of each category are drawn, the largest first."""
    named = [f"{category} {n:,}" for category, n in shares.items() if category]
    if not named:
        return "They are drawn once, when the study starts."
    parts = named[:_MOST_CATEGORIES]
    if n_more := len(named) - len(parts):
        parts.append(f"{n_more} more categories")
    if "" in shares:
        parts.append(f"{shares['']:,} without a category")
    return f"Drawn once, when the study starts, by category: {joined(parts)}."


def _drawn(n_cases: int, *, key: str) -> int | None:
    drawn = st.number_input(
        "Cases",
        1,
        max(n_cases, 1),
        None,
        placeholder=f"All {n_cases:,}",
        help="Fewer are drawn once, at the start: of each category in proportion to its cases. The "
        "same number of the same cases draws the same ones again.",
        key=key,
    )
    return None if drawn is None or drawn == n_cases else int(drawn)


def _leaks() -> LeakPolicy:
    leaks: LeakPolicy = st.selectbox(
        "Responses that name their maker",
        list(_LEAKS),
        format_func=lambda policy: _LEAKS[policy],
        help="They are found before anything is shown, and counted.",
    )
    return leaks


def _definitions(rubrics: Sequence[str], taxonomies: Sequence[str]) -> tuple[str, str]:
    rubric = st.selectbox("Rubric", _with_ready(rubrics, DEFAULT_RUBRIC_NAME))
    taxonomy = st.selectbox("Taxonomy of errors", _with_ready(taxonomies, DEFAULT_TAXONOMY_NAME))
    st.page_link("library/rubrics.py", label="Write or change them", icon=":material/edit:")
    return rubric, taxonomy


def _with_ready(names: Sequence[str], ready: str) -> list[str]:
    """Offer the ready definition first, whether or not it has been used before."""
    return [ready, *(name for name in names if name != ready)]


def point_out(texts: Sequence[NamingText]) -> None:
    """Warn of the texts of a study, beside its responses, that name what is compared."""
    if texts:
        st.warning("A text beside the responses names a model.", icon=":material/visibility:")
        st.text(naming_in_words(texts))


def audience_form(
    audience: Audience, people: Sequence[Person], groups: Sequence[str], *, key: str
) -> Audience | None:
    """Ask whom a study is for; give what was chosen once it is to be stored."""
    names = {person.id: person.name for person in people}
    words = labels.literal(audience_in_words(audience, people))
    with st.expander(f"For {words}", icon=":material/group:"):
        chosen_groups = st.multiselect(
            "Groups",
            groups,
            default=sorted(audience.groups, key=str.casefold),
            help="Who is in which group is said on the page People.",
            key=f"{key}-groups",
        )
        chosen_people = st.multiselect(
            "People",
            list(names),
            default=[person.id for person in people if person.id in audience.people],
            format_func=lambda person_id: names[person_id],
            key=f"{key}-people",
        )
        st.caption("Without any the study is for everybody. What somebody began stays theirs.")
        chosen = Audience(frozenset(chosen_people), frozenset(chosen_groups))
        # Whom it names and who is gone by now is not on offer here, and stays named.
        gone = audience.people - names.keys()
        chosen = Audience(chosen.people | gone, chosen.groups)
        return chosen if st.button("Save", disabled=chosen == audience, key=f"{key}-set") else None


def instructions_form(
    instructions: Instructions, *, asked: Sequence[TaskKind], key: str
) -> Instructions | None:
    """Ask what a study tells its annotators; give it once it is to be stored."""
    with st.expander("What annotators are told", icon=":material/menu_book:"):
        st.caption("Each annotator is shown this once before a case, and again when it changes.")
        told = _told(instructions, key=key, is_pair=TaskKind.PAIR in asked)
        return told if st.button("Save", disabled=told == instructions, key=f"{key}-set") else None


def _told_of(asked: Sequence[TaskKind], *, key: str) -> Instructions:
    """Ask what a new study of these kinds of task tells, from what is ready for them."""
    ready = Instructions("", "", ready_guidelines(asked))
    names = [kind.value for kind in asked]
    return _told(ready, key=f"{key}-{'-'.join(names)}", is_pair=TaskKind.PAIR in asked)


def _told(instructions: Instructions, *, key: str, is_pair: bool) -> Instructions:
    return Instructions(
        st.text_area(
            "What the study is about",
            instructions.about,
            height=80,
            placeholder="Which model answers our customers from spring on.",
            key=f"{key}-about",
        ),
        st.text_input(
            "Whom to ask",
            instructions.contact,
            max_chars=LONGEST_CONTACT,
            placeholder="Leo, extension 27",
            key=f"{key}-contact",
        ),
        st.text_area(
            "Guidelines (Markdown)", instructions.guidelines, height=260, key=f"{key}-guidelines"
        ),
        is_pair
        and st.toggle(
            "Tell them at the end how often they chose as others did",
            instructions.tells_agreement,
            help="Once, when they have nothing left to do. People who know that they will be told "
            "may choose what they expect others to choose.",
            key=f"{key}-agreement",
        ),
        st.toggle(
            "Suggest an error for what they write",
            instructions.suggests_tags,
            help="Learnt from the comments and notes of this study, once 30 of them come with an "
            "error, and offered only after they wrote. One in three of them, drawn by lot, gets "
            "none: Failures then says whether suggestions change what is marked.",
            key=f"{key}-suggests",
        ),
    )


def audience_in_words(audience: Audience, people: Sequence[Person]) -> str:
    """Name the groups and the people, or say that it is everybody."""
    named = sorted(audience.groups, key=str.casefold)
    named += [person.name for person in people if person.id in audience.people]
    return some(named) if named else "everybody"


def lead_to_results(place: DeltaGenerator, study_id: int) -> None:
    """Lead on to what a study found."""
    place.page_link(
        "results/overview.py",
        label="See its results",
        icon=":material/bar_chart:",
        query_params={"study": str(study_id)},
    )


def is_confirmed(place: DeltaGenerator, what: str, sentence: str) -> bool:
    """Offer what cannot be taken back behind one more click; tell whether it was made."""
    with place.popover(what):
        st.text(sentence)
        return st.button(f"{what} for good", type="primary")


def let_discard(place: DeltaGenerator, study: StudySummary, *, user_id: int | None) -> None:
    """Let a study that nobody annotated be removed; what stands against it is said."""
    sentence = f"“{study.name}” and its drafts are removed for good."
    if study.n_annotations or not is_confirmed(place, "Discard", sentence):
        return
    try:
        discard_study(study.study_id, actor_id=user_id)
    except EvalkitError as refused:
        st.error(labels.literal(str(refused)))
        return
    st.session_state["study-message"] = f"“{study.name}” was discarded."
    st.rerun()

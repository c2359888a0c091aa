"""The files a lead can take a study away as, and what can be chosen of each."""

import tempfile
from pathlib import Path

import streamlit as st

from db.queries.library import StudySummary
from db.queries.records.files import export_file
from db.queries.records.preferences import left_out_in_words
from evalkit.errors import RefusedError
from evalkit.formats.material import (
    ExportFormat,
    ExportOption,
    ExportOptions,
    FileFormat,
    HeldBack,
)
from evalkit.formats.table import FORMATS, OPTION_HELP
from evalkit.phrases import counted
from evalkit.vocabulary import ConsensusRule, TaskKind
from pages.shared import labels

_RULES = {
    ConsensusRule.MAJORITY: "Majority",
    ConsensusRule.DAWID_SKENE: "Dawid–Skene",
    ConsensusRule.ADJUDICATED: "Adjudicated, else majority",
    ConsensusRule.EVERY: "None: every answer",
}
_HELD_BACK = {
    HeldBack.CANARIES: "Cases with a canary",
    HeldBack.ANCHORS: "Anchors",
    HeldBack.GOLD: "Cases with a right answer",
    HeldBack.DEV: "The dev split",
    HeldBack.TEST: "The test split",
}


def files_of(study: StudySummary) -> dict[FileFormat, ExportFormat]:
    """Return the formats of a study: where only single responses are judged there are no pairs."""
    has_pairs = set(study.kinds) != {TaskKind.SINGLE}
    return {
        key: made_as for key, made_as in FORMATS.items() if has_pairs or not made_as.needs_pairs
    }


def ask_options(made_as: ExportFormat, eval_sets: list[str]) -> ExportOptions:
    """Ask for what can be chosen of a format; ``eval_sets`` are those that may stay unseen."""
    options = made_as.options

    def toggle(option: ExportOption, label: str) -> bool:
        return option in options and st.toggle(label, help=OPTION_HELP[option])

    superseded = toggle(ExportOption.SUPERSEDED, "With superseded annotations")
    texts = toggle(ExportOption.TEXTS, "With the words of cases and responses")
    judges = toggle(ExportOption.JUDGES, "Judges count too")
    criterion = ""
    if ExportOption.CRITERION in options:
        criterion = st.text_input(
            "Criterion (its key)", help=OPTION_HELP[ExportOption.CRITERION], max_chars=300
        )
    rule = ConsensusRule.MAJORITY
    if ExportOption.RULE in options:
        rule = st.radio(
            "Consensus",
            made_as.rules,
            format_func=_RULES.__getitem__,
            horizontal=True,
            help=OPTION_HELP[ExportOption.RULE],
        )
    also, against = _ask_of_training(made_as, eval_sets)
    return ExportOptions(
        include_superseded=superseded,
        texts=texts,
        judges=judges,
        criterion=criterion.strip() or None,
        rule=rule,
        also=tuple(also),
        against=tuple(against),
    )


def _ask_of_training(
    made_as: ExportFormat, eval_sets: list[str]
) -> tuple[list[HeldBack], list[str]]:
    """Ask for what may be trained on, and for what must stay unseen."""
    if ExportOption.ALSO not in made_as.options:
        return [], []
    also = st.multiselect(
        "Also write what is held back from training",
        _HELD_BACK,
        format_func=_HELD_BACK.__getitem__,
        placeholder="Nothing",
        key="export-also",
        help=OPTION_HELP[ExportOption.ALSO],
    )
    against = st.multiselect(
        "Eval sets that must stay unseen",
        eval_sets,
        format_func=labels.literal,
        placeholder="None",
        key="export-against",
        help=OPTION_HELP[ExportOption.AGAINST],
    )
    return also, against


def offer_count(study: StudySummary, made_as: ExportFormat, options: ExportOptions) -> None:
    """Say on request how many rows there are and how many are left out: it reads all of them."""
    if not st.button(
        "Count what it holds", type="tertiary", key="export-count", icon=":material/tag:"
    ):
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            exported = export_file(
                Path(folder) / "file", study=study.name, format=made_as.key, options=options
            )
        except RefusedError as refused:
            st.warning(labels.literal(str(refused)))
            return
    left_out = left_out_in_words(exported.left_out, made_as.unit)
    st.caption(f"{counted(exported.n_lines, made_as.unit)}.{left_out}")

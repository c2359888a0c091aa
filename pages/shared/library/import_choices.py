"""What a lead chooses of an import, beside the files themselves."""

import streamlit as st

from db.commands.records import Choices
from evalkit.vocabulary import ElsewhereRule
from pages.shared.library.tables import LOOKS


def import_choices(*, actor_id: int) -> Choices:
    """Ask what a file may leave open; what is not chosen, the files say."""
    left, right, third = st.columns(3)
    eval_set = left.text_input("Eval set", placeholder="As the file says", key="import-eval-set")
    study = right.text_input("Study", placeholder="As the file says", key="import-study")
    looks = third.selectbox(
        "Judged again by the same annotator",
        LOOKS,
        help="Where a file does not say with `assignment` which look a score or an error is of.",
        key="import-looks",
    )
    keeps = st.checkbox(
        "Keep cases and responses whose text is in none of the files",
        help="As from a file of annotations that names them by their ids. Annotators are not given "
        "them until an import brings the text. Without this, files that name such are refused.",
        key="import-elsewhere",
    )
    return Choices(
        eval_set=eval_set.strip() or None,
        study=study.strip() or None,
        looks=LOOKS[looks],
        elsewhere=ElsewhereRule.KEEP if keeps else None,
        actor_id=actor_id,
    )

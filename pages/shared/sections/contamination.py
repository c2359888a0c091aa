"""Which cases of an eval set stand in uploaded files of public sets or training exports."""

import streamlit as st

from evalkit.contamination.tables import contamination_sentences, overlap_table
from pages.shared import finding
from pages.shared.display import blocks, exhibits


def show(eval_set: str, number: int, *, version_id: int) -> None:
    """Take files and say how much of each active case of a version stands there, and where."""
    exhibits.say(
        "Files of public sets, or of what a model was trained on: text, CSV or JSON of any shape, "
        "also .gz. Which cases stand in them, how much of each and where is said here; nothing of "
        "the files is stored."
    )
    key = f"contamination-{version_id}"
    files = st.file_uploader(
        "Public sets or training exports", key=f"{key}-files", accept_multiple_files=True
    )
    st.caption(
        "Folders and files above 50 MB are read on the command line: python -m evalkit "
        "contamination --against"
    )
    if not files:
        finding.forget_overlaps(key)
        return
    report = finding.overlaps_with(files, eval_set, number, version_id=version_id, key=key)
    exhibits.say(*contamination_sentences(report))
    blocks.fold(overlap_table(report), key=key, label=None)

"""The alarm of watched cases, above whatever a lead came to read."""

import streamlit as st

from evalkit.reports.watched import sentences
from pages.shared import collecting, labels
from pages.shared.display import exhibits


def show(version_id: int, *, judges: bool) -> None:
    """Raise an alarm where a watched case of an eval set flipped; say nothing otherwise."""
    report = collecting.watched(version_id, judges=judges)
    if not report.flips:
        return
    st.error(labels.literal(sentences.alarm(report)), icon=":material/notification_important:")
    exhibits.say(*map(sentences.flip_sentence, report.flips))

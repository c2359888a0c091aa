"""What judges must reach, and the test that is opened to see whether they do."""

import streamlit as st

from db.queries.results import ResultStudy
from evalkit.reports.judges.admission import (
    admission_sentences,
    admission_table,
    outside_in_words,
)
from evalkit.study.admitted import AdmissionBar
from pages.shared.display import blocks, exhibits

#: The most as the bar has it, which may have been set elsewhere; it refuses the ends itself.
_FIELDS = {
    "ratio": ("Of people's own agreement, %", 200.0),
    "sensitivity": ("Yes where people say yes, %", 100.0),
    "specificity": ("No where people say no, %", 100.0),
    "bias": ("Bias let pass, percentage points", 100.0),
}


def show_admissions(study: ResultStudy) -> None:
    """Say what is asked of judges, who reached it, and how often tests were opened."""
    asked, *openings = admission_sentences(study.bar, study.openings)
    exhibits.say(asked)
    admissions = admission_table(study.admissions)
    blocks.fold(admissions, key="judges-admitted", label=None)
    for sentence in (admissions.note, *openings, outside_in_words(study.bar)):
        exhibits.say(sentence)


def bar_form(study: ResultStudy) -> AdmissionBar | None:
    """Let it be said what a judge must reach, before any test was opened; give it once sent."""
    if study.openings:
        return None
    bar = study.bar or AdmissionBar()
    with (
        st.expander("What a judge must reach"),
        st.form(f"judge-bar-{study.study_id}", border=False),
    ):
        exhibits.say(
            "By the lower ends of 95 % intervals on the test split. It stays once one was opened."
        )
        rates = {}
        places = enumerate(zip(st.columns(4), _FIELDS.items(), strict=True))
        for place, (column, (rate, (label, most))) in places:
            rates[rate] = column.number_input(
                label,
                min_value=0.0,
                max_value=most,
                value=round(100 * getattr(bar, rate), 9),  # 57, not 56.99999999999999
                step=1.0,
                format="%g",
                key=f"judge-bar-{place}-{study.study_id}",
            )
        if not st.form_submit_button("Ask this of judges"):
            return None
    return AdmissionBar(**{rate: round(asked / 100, 11) for rate, asked in rates.items()})


def opens_test(study: ResultStudy) -> bool:
    """Let the test of every judge be opened, where it is known what they must reach."""
    if study.bar is None:
        return False
    return st.button(
        "Open the test again" if study.openings else "Open the test",
        key=f"open-test-{study.study_id}",
        icon=":material/lock_open:",
        help="Each look at new labels is kept and counted. Mend judges before, on other cases.",
    )

"""Import: files of records, what they would bring, and a button that stores them."""

import streamlit as st

from db.commands.records import import_files
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import labels, state, uploads
from pages.shared.library import (
    import_columns,
    import_images,
    import_reading,
    redaction,
    tables as library_tables,
)
from pages.shared.library.import_choices import import_choices

user = state.require(Role.LEAD)

st.title("Import records")
st.caption(
    "Cases, outputs and annotations, as evalkit writes them or as other tools do: logs of calls, "
    "runs of evals, labels. Several files are joined by the ids in them, in any order; all of them "
    "are stored, or nothing."
)
if message := st.session_state.pop("import-message", None):
    st.success(labels.literal(message))
    st.page_link("library/eval_sets.py", label="See the cases", icon=":material/list:")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")

n_imported = st.session_state.setdefault("n-imported", 0)
files = st.file_uploader(
    "Files, and images that they refer to, also in a zip",
    key=f"import-{n_imported}",
    accept_multiple_files=True,
)
st.caption(
    "What a file is shows before anything is stored, and can be corrected. Files above 50 MB come "
    "in on the command line: python -m evalkit import FILE FILE"
)
choices = import_choices(actor_id=user.id)

if not files:
    st.markdown("##### What a file looks like")
    st.text("A header, then one record a line. This is a whole file:")
    st.code(library_tables.EXAMPLE_RECORDS, language=None, wrap_lines=True)
    st.caption(library_tables.READ_TOO)
    st.stop()

images = import_reading.images_among(files)
if len(images) == len(files):
    st.session_state["import-message"] = import_images.store_alone(
        images, eval_set=choices.get("eval_set"), actor_id=user.id
    )
    st.session_state["n-imported"] = n_imported + 1
    st.rerun()
sources = [(file.name, uploads.content(file)) for file in files if file not in images]
choices["formats"] = import_reading.format_picker([name for name, _ in sources])
choices["mapping"] = import_columns.mapping_picker(sources, actor_id=user.id)
choices["redaction"] = redaction.redaction_choice()
try:
    with st.spinner("Reading and checking"):
        preview = import_files(sources, **(choices | {"dry_run": True}))
        import_images.check(images)
except RefusedError as refused:
    st.error("Nothing was stored. What was refused, and why:")
    st.code(str(refused), language=None, wrap_lines=True)
    st.stop()

import_reading.show_preview(preview)
redaction.show_redaction(choices["redaction"], preview, n_imported=n_imported)
if not preview.has_news or not st.button("Import", type="primary", icon=":material/check:"):
    st.stop()

with st.spinner("Storing"):
    stored = import_files(sources, **redaction.counted_anew(choices))
brought = import_images.store(images, eval_set=stored.eval_set, actor_id=user.id) if images else ""
st.session_state["import-message"] = f"{stored.sentence} {brought}".strip()
st.session_state["n-imported"] = n_imported + 1  # a new key empties the uploader
st.rerun()

"""The images of an eval set: what each is called, what became of it, and another in its place."""

from collections.abc import Mapping, Sequence

import streamlit as st

from db.commands.image_changes import replace_image
from db.queries.image_names import ImageChanged
from evalkit.errors import NotFoundError, RefusedError
from evalkit.images.references import ADDRESS
from pages.shared import labels, uploads

_STYLE = "max-width: 100%; max-height: 20rem"
_ENDINGS = ["png", "jpg", "jpeg", "webp", "gif"]


def show(
    eval_set: str, images: Mapping[str, str], changes: Sequence[ImageChanged], *, actor_id: int
) -> None:
    """Show an image of the eval set, with the ways to replace or remove it, and its history."""
    if message := st.session_state.pop("image-message", None):
        st.success(labels.literal(message))
    if not images and not changes:
        st.caption("No image is stored for this eval set. Import images beside records.")
        return
    name = st.selectbox("Image", list(images), key=f"image-{labels.digest(eval_set)}")
    if name is not None:
        _show_one(eval_set, name, images[name], actor_id=actor_id)
    for change in changes:
        st.caption(labels.literal(change.sentence))


def _show_one(eval_set: str, name: str, content_hash: str, *, actor_id: int) -> None:
    picture, ways = st.columns([2, 3], gap="medium")
    with picture:
        st.html(f'<img src="{ADDRESS}{content_hash}" alt="" style="{_STYLE}">')
        st.caption(f"SHA-256 {content_hash[:12]}")
    with ways:
        key = f"image-file-{labels.digest(eval_set, name, content_hash)}"
        file = st.file_uploader("Another image in its place", type=_ENDINGS, key=key)
        st.caption(
            "What somebody judged by stays: then this is refused, and says who did. The former "
            "image is kept in the history."
        )
        with st.container(horizontal=True):
            wants_another = st.button("Replace the image", type="primary", disabled=file is None)
            wants_none = st.button("Remove the image")
        if wants_another and file is not None:
            _change(eval_set, name, uploads.content(file).read(), actor_id=actor_id)
        if wants_none:
            _change(eval_set, name, None, actor_id=actor_id)


def _change(eval_set: str, name: str, content: bytes | None, *, actor_id: int) -> None:
    try:
        change = replace_image(name, content, eval_set=eval_set, actor_id=actor_id)
    except (RefusedError, NotFoundError) as refused:
        st.error(labels.literal(f"Nothing was changed. {refused}"))
        return
    st.session_state["image-message"] = change.sentence
    st.rerun()

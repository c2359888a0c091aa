"""Images among the files that a lead imports: stored with records, or by themselves."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from db.commands import images as commands
from evalkit.errors import RefusedError
from evalkit.images.sources import image_files, is_named_as_images
from evalkit.phrases import some
from pages.shared import labels, uploads


def images_among(files: Sequence[Any]) -> list[Any]:
    """Return the files that are images, or zips of them."""
    return [file for file in files if is_named_as_images(file.name)]


def check(images: Sequence[Any]) -> None:
    """Refuse what is no image, before any record is stored."""
    commands.check_images(_source(images))


def store(images: Sequence[Any], *, eval_set: str, actor_id: int) -> str:
    """Store the images of an eval set, and say what that did."""
    stored = commands.store_images(_source(images), eval_set=eval_set, actor_id=actor_id)
    return stored.sentence


def store_alone(images: Sequence[Any], *, eval_set: str | None, actor_id: int) -> str:
    """Show what images by themselves would bring; say what was done when they are stored."""
    if eval_set is None:
        st.info("Say above to which eval set these images belong.")
        st.stop()
    try:
        with st.spinner("Reading and checking"):
            preview = commands.store_images(_source(images), eval_set=eval_set, dry_run=True)
    except RefusedError as refused:
        st.error(labels.literal(f"Nothing was stored. {refused}"))
        st.stop()
    st.text(preview.sentence)
    if preview.missing:
        st.caption(labels.literal(f"Missing: {some(preview.missing)}."))
    if not st.button("Store the images", type="primary", icon=":material/check:"):
        st.stop()
    return store(images, eval_set=eval_set, actor_id=actor_id)


def _source(images: Sequence[Any]) -> Callable[[], Iterable[tuple[str, bytes]]]:
    sources = [(file.name, uploads.content(file)) for file in images]
    return lambda: image_files(sources)

"""Reading what was uploaded on a page."""

from collections.abc import Callable
from typing import BinaryIO, TypeVar, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.routes.uploads import SpooledRecord

_Made = TypeVar("_Made")


def content(file: UploadedFile) -> BinaryIO:
    """Return the content of a file on disk, from its beginning."""
    context = get_script_run_ctx()
    records = (
        context.uploaded_file_mgr.get_files(context.session_id, [file.file_id]) if context else []
    )
    spools = [record.spool for record in records if isinstance(record, SpooledRecord)]
    source = cast(BinaryIO, spools[0]) if spools else file
    source.seek(0)
    return source


def once(key: str, asked: object, make: Callable[[], _Made]) -> _Made:
    """Return what this session made last under a key, where it was of the same; else make it."""
    kept = st.session_state.get(key)
    if kept is None or kept[0] != asked:
        kept = st.session_state[key] = (asked, make())
    made: _Made = kept[1]
    return made

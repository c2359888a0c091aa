"""Reading what was uploaded on a page."""

from typing import BinaryIO, cast

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.routes.uploads import SpooledRecord


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

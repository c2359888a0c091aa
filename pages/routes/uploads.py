"""Files people upload, kept on disk: Streamlit holds them in memory while a page is open."""

import asyncio
import tempfile
from typing import IO
from weakref import WeakValueDictionary

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import memory_uploaded_file_manager as streamlit_files
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

#: Where Streamlit takes files: the session of the page and a number of the file follow.
FOLDER = "/_stcore/upload_file/"


class SpooledRecord(UploadedFileRec):
    """A file whose bytes are on disk, in a file without a name that goes with this record."""

    spool: IO[bytes]

    def __del__(self) -> None:
        """Give the room on the disk back: the page is gone, or has another file."""
        self.spool.close()


class SpooledFiles(MemoryUploadedFileManager):
    """Keep the last file of each page, on disk."""

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Keep a file in the place of those the page had before."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 (closed with its record)
        spool.write(file.data)
        spool.flush()
        record = SpooledRecord(file.file_id, file.name, file.type, b"")
        record.spool = spool
        self.remove_session_files(session_id)
        super().add_file(session_id, record)


class OneAtATime:
    """Let the files of a page come one after another: each is in memory for a moment."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, once the upload before has been."""
        if scope["type"] != "http" or not scope["path"].startswith(FOLDER):
            await self.app(scope, receive, send)
            return
        page = scope["path"].removeprefix(FOLDER).split("/")[0]
        async with self._locks.setdefault(page, asyncio.Lock()):
            await self.app(scope, receive, send)


def keep_on_disk() -> None:
    """Make Streamlit keep uploads on disk; to be called before it starts."""
    streamlit_files.MemoryUploadedFileManager = SpooledFiles  # type: ignore[misc]

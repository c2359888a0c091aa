"""Files people upload, kept on disk: Streamlit holds them in memory while a page is open."""

import asyncio
import tempfile
from typing import IO
from weakref import WeakValueDictionary

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import memory_uploaded_file_manager as streamlit_files
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

#: Where Streamlit takes files: the session of the page and a number of the file follow.
FOLDER = "/_stcore/upload_file/"
#: How much of a file is written to disk, or read from there, at a time.
_CHUNK = 1 << 20
#: What a page holds at most, by what one file may have; older files go.
_FILES_OF_FULL_SIZE = 4


class SpooledRecord(UploadedFileRec):
    """A file whose bytes are on disk, in a file without a name that goes with this record."""

    spool: IO[bytes]
    n_bytes: int

    def __del__(self) -> None:
        """Give the room on the disk back: the page is gone, or has another file."""
        self.spool.close()


class SpooledFiles(MemoryUploadedFileManager):
    """Keep the last files of each page, on disk."""

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Keep a file, and of those the page had before the last, as far as there is room."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 (closed with its record)
        spool.write(file.data)
        spool.flush()
        record = SpooledRecord(file.file_id, file.name, file.type, b"")
        record.spool, record.n_bytes = spool, len(file.data)
        super().add_file(session_id, record)
        room = _FILES_OF_FULL_SIZE * st.get_option("server.maxUploadSize") << 20
        with self._lock:
            newest_first = list(reversed(self.file_storage[session_id].values()))
        for held in newest_first:
            room -= held.n_bytes if isinstance(held, SpooledRecord) else 0
            if room < 0 and held is not record:
                self.remove_file(session_id, held.file_id)


class OneAtATime:
    """Let the files of a page come one after another, and store those of all pages so.

    Streamlit reads a file into memory whole, for a moment. What is sent waits on disk until that
    moment is there, so that one file is in memory at a time, however many people send one and
    however slowly it comes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._storing = asyncio.Lock()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, once the uploads before have been."""
        if scope["type"] != "http" or not scope["path"].startswith(FOLDER):
            await self.app(scope, receive, send)
            return
        page = scope["path"].removeprefix(FOLDER).split("/")[0]
        async with self._locks.setdefault(page, asyncio.Lock()):
            with tempfile.TemporaryFile() as body:
                last = await _write(body, receive)
                if last["type"] == "http.disconnect":  # nobody waits for an answer
                    return
                async with self._storing:
                    await self.app(scope, _read_again(body, last, receive), send)


async def _write(body: IO[bytes], receive: Receive) -> Message:
    """Write to disk what is sent, up to what Streamlit refuses; return the last message."""
    most = (st.get_option("server.maxUploadSize") + 2) << 20  # it lets 1 MiB go for the frame
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return message
        held += message.get("body", b"")
        is_last = not message.get("more_body", False) or body.tell() + len(held) > most
        if is_last or len(held) >= _CHUNK:
            await run_in_threadpool(body.write, held)
            held = bytearray()
        if is_last:
            return message


def _read_again(body: IO[bytes], last: Message, receive: Receive) -> Receive:
    """Give what is on disk as if it came just now, then what really comes."""
    body.seek(0)
    is_over = False

    async def read() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        chunk = await run_in_threadpool(body.read, _CHUNK)
        is_over = len(chunk) < _CHUNK
        has_more = not is_over or last.get("more_body", False)
        return {"type": "http.request", "body": chunk, "more_body": has_more}

    return read


def keep_on_disk() -> None:
    """Make Streamlit keep uploads on disk; to be called before it starts."""
    streamlit_files.MemoryUploadedFileManager = SpooledFiles  # type: ignore[misc]

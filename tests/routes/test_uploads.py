"""Uploaded files on disk; tests/routes/test_server.py asks the running app."""

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor

from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.routes import uploads


def run_apart(work):
    """Run a coroutine on a thread of its own: browser tests leave a loop running on this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def files_of_this_process() -> set[str]:
    """Give what the open files of this process are, deleted ones included (Linux)."""
    folder = "/proc/self/fd"
    return {os.path.realpath(f"{folder}/{name}") for name in os.listdir(folder)}


def add(files: uploads.SpooledFiles, page: str, name: str, content: bytes) -> None:
    files.add_file(page, UploadedFileRec(name, f"{name}.jsonl", "text/plain", content))


def contents(files: uploads.SpooledFiles, page: str, *names: str) -> list[bytes]:
    found = []
    for record in files.get_files(page, names):
        record.spool.seek(0)
        found.append(record.spool.read())
    return found


def test_a_file_is_held_on_disk_and_read_from_there():
    files = uploads.SpooledFiles("/upload")

    add(files, "page", "first", b"1,2,3")

    assert [record.data for record in files.get_files("page", ["first"])] == [b""]
    assert contents(files, "page", "first") == [b"1,2,3"]


def test_a_page_keeps_its_last_file_only():
    files = uploads.SpooledFiles("/upload")
    for number in range(12):
        add(files, "page", f"file-{number}", b"%d" % number)
    add(files, "another page", "file", b"another")

    names = [f"file-{number}" for number in range(12)]
    assert contents(files, "page", *names) == [b"11"]
    assert contents(files, "another page", "file") == [b"another"]


def test_a_file_leaves_the_disk_with_its_page():
    before = files_of_this_process()
    files = uploads.SpooledFiles("/upload")
    add(files, "page", "file", b"x" * 100_000)
    (spool,) = [record.spool for record in files.get_files("page", ["file"])]
    name = os.path.realpath(f"/proc/self/fd/{spool.fileno()}")
    assert name not in before

    del spool
    files.remove_session_files("page")
    gc.collect()

    assert name not in files_of_this_process()


def test_the_files_of_one_page_come_one_after_another_and_those_of_two_do_not_wait():
    now: dict[str, int] = {}
    most: dict[str, int] = {}

    async def app(scope, _receive, _send):
        page = scope["path"].split("/")[-2]
        now[page] = now.get(page, 0) + 1
        most[page] = max(most.get(page, 0), now[page])
        most["all"] = max(most.get("all", 0), sum(now.values()))
        await asyncio.sleep(0.01)
        now[page] -= 1

    async def crowd():
        gate = uploads.OneAtATime(app)
        paths = [f"{uploads.FOLDER}{page}/{n}" for page in ("a", "b") for n in range(5)]
        asked = [gate({"type": "http", "path": path}, None, None) for path in paths]
        await asyncio.gather(*asked)

    run_apart(crowd())

    assert most == {"a": 1, "b": 1, "all": 2}

"""Uploaded files on disk; tests/routes/test_server.py asks the running app."""

import asyncio
import gc
import os

from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.routes import uploads


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


def test_a_page_keeps_its_last_files_up_to_four_times_what_one_may_have(monkeypatch):
    monkeypatch.setattr(uploads.st, "get_option", lambda _name: 1)  # MiB
    files = uploads.SpooledFiles("/upload")
    for number in range(12):
        add(files, "page", f"file-{number}", b"%02d" % number * 350_000)
    add(files, "another page", "file", b"another")

    names = [f"file-{number}" for number in range(12)]
    # 700,000 bytes each: five of them fit into 4 MiB.
    assert [content[:2] for content in contents(files, "page", *names)] == [
        b"07", b"08", b"09", b"10", b"11"
    ]  # fmt: skip
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


def sent(*chunks: bytes, more: bool = False):
    """Send chunks of a body, the last one with nothing after it, or with more that never comes."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = more

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


def upload_of(page: str, number: int = 0) -> dict[str, str]:
    return {"type": "http", "path": f"{uploads.FOLDER}{page}/{number}"}


def test_the_app_receives_what_was_sent():
    got = []

    async def app(_scope, receive, _send):
        while True:
            got.append(await receive())
            if not got[-1].get("more_body"):
                break
        got.append(await receive())

    chunks = [bytes([number]) * 70_000 for number in range(9)]
    asyncio.run(uploads.OneAtATime(app)(upload_of("a"), sent(*chunks), None))

    *parts, last = got
    assert b"".join(part["body"] for part in parts) == b"".join(chunks)
    assert last == {"type": "http.disconnect"}


def test_who_goes_away_before_all_is_sent_leaves_nothing_to_store():
    asked = []

    async def app(*_args):
        asked.append(1)

    asyncio.run(uploads.OneAtATime(app)(upload_of("a"), sent(b"half", more=True), None))

    assert asked == []


def test_more_than_any_file_may_have_is_the_apps_to_refuse_and_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(uploads.st, "get_option", lambda _name: 1)
    n_asked = n_got = 0

    async def endless():
        nonlocal n_asked
        n_asked += 1
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    async def app(_scope, receive, _send):
        nonlocal n_got
        while n_got <= 3_000_000:
            message = await receive()
            assert message["more_body"]
            n_got += len(message["body"])

    asyncio.run(uploads.OneAtATime(app)(upload_of("a"), endless, None))

    assert n_got > 3_000_000
    assert n_asked == 4


def test_who_sends_slowly_keeps_nobody_waiting():
    stored = []

    async def app(scope, _receive, _send):
        stored.append(scope["path"].split("/")[-2])

    async def both():
        gate = uploads.OneAtATime(app)
        rest = asyncio.Event()

        async def slow():
            await rest.wait()
            return {"type": "http.request", "body": b"x", "more_body": False}

        waiting = asyncio.ensure_future(gate(upload_of("slow"), slow, None))
        await asyncio.sleep(0)
        await gate(upload_of("quick"), sent(b"x"), None)
        rest.set()
        await waiting

    asyncio.run(both())

    assert stored == ["quick", "slow"]


def test_files_are_stored_one_after_another_those_of_different_pages_too():
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
        asked = [
            gate(upload_of(page, number), sent(b"x"), None)
            for page in ("a", "b")
            for number in range(5)
        ]
        await asyncio.gather(*asked)

    asyncio.run(crowd())

    assert most == {"a": 1, "b": 1, "all": 1}

"""What memory the server takes while many people upload a file at the same moment.

    python -m benchmarks.uploads [--uploads 12] [--megabytes 49]

Starts the app itself on a fresh database, opens as many pages of a lead, and lets each send a file
of its own at once. Prints the resident memory of the server in MiB: before the first upload, after
all of them, and the highest there was (VmHWM of Linux, which is set back before the uploads); and
how much the peak is above what was there before, as a share of all files together.
"""

import argparse
import os
import re
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.sync.client import ClientConnection

from benchmarks.pages import lead_cookie, open_session
from pages.routes.uploads import FOLDER
from tests.browser.serving import app_process

_PORT = 8597
_MIB = 1024 * 1024


def measure(n_uploads: int, megabytes: int) -> None:
    """Send the files and print what they took."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/evalkit.db"
        os.environ["DATABASE_URL"] = url
        cookie = lead_cookie(url)
        address = f"http://127.0.0.1:{_PORT}"
        with app_process(url, port=_PORT) as process, ExitStack() as pages:
            ids = [
                _page_id(pages.enter_context(open_session(address, cookie)))
                for _ in range(n_uploads)
            ]
            _upload(address, cookie, ids[0], 1)  # what any upload loads is there before
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # sets VmHWM back
            before = memory_mib(process.pid, "VmRSS")
            started = perf_counter()
            with ThreadPoolExecutor(n_uploads) as threads:
                list(threads.map(lambda page: _upload(address, cookie, page, megabytes), ids))
            took = perf_counter() - started
            peak = memory_mib(process.pid, "VmHWM")
            after = memory_mib(process.pid, "VmRSS")
    total = n_uploads * megabytes
    print(f"{n_uploads} uploads of {megabytes} MiB at once, {total} MiB together, {took:.0f} s")
    print(f"before {before:.0f} MiB, peak {peak:.0f} MiB, after {after:.0f} MiB")
    print(f"peak above before: {peak - before:.0f} MiB, {(peak - before) / total:.2f} of the files")


def _page_id(page: ClientConnection) -> str:
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    page.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(page.recv(timeout=60, decode=False))
        if answer.WhichOneof("type") == "new_session":
            return answer.new_session.initialize.session_id


def _upload(address: str, cookie: str, page: str, megabytes: int) -> None:
    xsrf = generate_xsrf_token_string()
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="f.jsonl"\r\n\r\n'
    asked = urllib.request.Request(
        f"{address}{FOLDER}{page}/file-{megabytes}",
        method="PUT",
        data=head + b"x" * (megabytes * _MIB) + b"\r\n--cut--\r\n",
        headers={
            "Content-Type": "multipart/form-data; boundary=cut",
            "Cookie": f"{cookie}; _streamlit_xsrf={xsrf}",
            "Origin": address,
            "X-Xsrftoken": xsrf,
        },
    )
    with urllib.request.urlopen(asked, timeout=300) as answer:
        if answer.status != 204:
            raise RuntimeError(f"An upload was answered with {answer.status}.")


def memory_mib(process_id: int, name: str) -> float:
    text = Path(f"/proc/{process_id}/status").read_text()
    (kilobytes,) = re.findall(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(kilobytes) / 1024


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--uploads", type=int, default=12)
    parser.add_argument("--megabytes", type=int, default=49)
    arguments = parser.parse_args()
    measure(arguments.uploads, arguments.megabytes)


if __name__ == "__main__":
    main()

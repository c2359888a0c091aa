"""A Streamlit app of one line: what a first page takes of which nothing is ours."""

import sys
from pathlib import Path

from benchmarks.screen.painted import Screen

SCREEN = Screen("/", (), "", "/_stcore/health")
_APP = """
import streamlit as st

st.text("ITEM-0001-PROMPT ITEM-0001-FIRST ITEM-0001-SECOND")
"""


def made_app(folder: Path) -> None:
    """Write the app into a folder."""
    (folder / "floor.py").write_text(_APP)


def command(port: int) -> list[str]:
    """Return how it is started, with what of evalkit's settings a first page may feel."""
    options = {
        "port": str(port),
        "address": "127.0.0.1",
        "headless": "true",
        "fileWatcherType": "none",
        "enableWebsocketCompression": "false",
    }
    flags = [f"--server.{name}={value}" for name, value in options.items()]
    quiet = ["--browser.gatherUsageStats=false", "--runner.postScriptGC=false"]
    return [sys.executable, "-m", "streamlit", "run", "floor.py", *flags, *quiet]

"""The screens' JavaScript: what is shipped is what was written, and its own tests."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Container
from pathlib import Path

import pytest

from evalkit.annotation.task import ComparisonTask
from evalkit.rendering.task import render_task
from tests.browser.apps.workbench_tasks import TASKS
from tests.conftest import skip_or_fail

ROOT = Path(__file__).parent.parent
WORKBENCH = ROOT / "pages" / "shared" / "components" / "workbench"
BUNDLES = (WORKBENCH / "bundle.js", WORKBENCH / "waiting-bundle.js")


@pytest.fixture
def node() -> str:
    """Give the Node of the machine."""
    found = shutil.which("node")
    if found is None:
        skip_or_fail("node", "it was not found (install Node 18 or newer)")
    return found


@pytest.fixture
def node_modules() -> None:
    """Ask for the packages that check and bundle."""
    if not (ROOT / "node_modules").is_dir():
        skip_or_fail("node", "its packages are missing (run npm ci)")


def _run(*command: str) -> None:
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.name)
def test_a_bundle_was_made_from_the_files_beside_it(bundle):
    # The same is counted in scripts/bundle.mjs: so a forgotten bundle shows without Node, too.
    sources = sorted(path for path in WORKBENCH.glob("*.js") if path not in BUNDLES)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()

    made_from = re.search(r"^// Sources: (\w+)$", bundle.read_text("utf-8"), re.MULTILINE)

    assert made_from is not None
    assert made_from[1] == digest, "run `npm run bundle`"


def test_the_bundles_are_what_their_sources_make(node: str, node_modules: None):
    _run(node, "scripts/bundle.mjs", "--check")


def test_the_screens_pass_their_own_tests(node: str):
    files = [str(path) for path in sorted((ROOT / "tests" / "javascript").glob("*.test.mjs"))]

    assert files
    _run(node, "--test", *files)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_types_describe_what_the_screen_is_sent(task: ComparisonTask):
    data = render_task(task)

    assert _described("TaskData", optional=task.responses) == list(data)
    assert _described("ResponseData") == list(data["left"])
    assert [_described("Criterion")] * len(data["criteria"]) == [
        list(criterion) for criterion in data["criteria"]
    ]
    assert [_described("Tag")] * len(data["tags"]) == [list(tag) for tag in data["tags"]]


def _described(interface: str, *, optional: Container[str] = ()) -> list[str]:
    """Return the names that an interface of the screen's types has, in order."""
    types = (WORKBENCH / "types.d.ts").read_text("utf-8")
    body = re.search(rf"interface {interface} \{{\n(.*?)\n\}}", types, re.DOTALL)
    assert body is not None
    names = re.findall(r"^ {2}(\w+)(\??):", body[1], re.MULTILINE)
    return [name for name, mark in names if not mark or name in optional]

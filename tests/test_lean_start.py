"""What an annotator never waits for: the packages and rooms behind results, which load with them.

Whoever starts evalkit, or annotates, needs none of them; they are most of the time of a start, and
of the memory of a server that nobody reads results on.
"""

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.pages import ask, open_session
from db import schema
from db.commands.people import accept_invitation, add_account
from db.commands.studies import StudyPlan, create_study
from evalkit.vocabulary import Role
from pages.routes import later
from pages.routes.session import COOKIE, cookie_value
from pages.shared import menu
from tests.browser.serving import app_process, start_anew
from tests.factories import make_eval_set

ROOT = Path(__file__).resolve().parents[1]

#: Packages that take tenths of a second and tens of megabytes each.
HEAVY = {
    "alembic",
    "genai_prices",
    "krippendorff",
    "matplotlib",
    "numpy",
    "openai",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
}

#: Our own rooms of results.
ROOMS = re.compile(
    r"evalkit\.(stats|study|reports|html|cli)\b"
    r"|db\.queries\.(results|responses|records|eval_set_tables)\b"
    r"|pages\.shared\.(sections|collecting|library|display\.(charts|exhibits|pictures))\b"
)

#: The annotation screen, and what it renders and keeps with: it comes once the first page is out.
SCREEN = re.compile(
    r"evalkit\.(annotation|rendering)\b|db\.queries\.annotation\b"
    r"|db\.commands\.(annotation|assignments|units)\b|(markdown_it|latex2mathml)\b"
)

SCRIPTS = ["main.py", *(entry.file for entry in menu.pages_of(Role.ANNOTATOR))]


def imported_by(script: str) -> set[str]:
    """Return the modules that a page's script imports."""
    modules = set()
    for node in ast.walk(ast.parse((ROOT / "pages" / script).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            # A name may be a module of its own: `from pages.shared import state`.
            folder = ROOT / Path(*node.module.split("."))
            modules |= {
                f"{node.module}.{alias.name}"
                for alias in node.names
                if (folder / f"{alias.name}.py").exists() or (folder / alias.name).is_dir()
            }
    return modules


def loaded_after(modules: set[str], act: str = "pass") -> set[str]:
    """Import modules in a fresh interpreter, do more, and return all that is loaded then."""
    imports = "; ".join(f"import {module}" for module in sorted(modules))
    ended = subprocess.run(
        [sys.executable, "-c", f"{imports}; {act}; import sys; print(*sys.modules, sep='\\n')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ended.stdout.split())


def too_much(loaded: set[str]) -> set[str]:
    packages = {module.partition(".")[0] for module in loaded}
    return packages & HEAVY | {module for module in loaded if ROOMS.match(module)}


def test_the_start_and_the_pages_of_an_annotator_import_nothing_of_results():
    modules = {"app"}.union(*(imported_by(script) for script in SCRIPTS))

    assert too_much(loaded_after(modules)) == set()


def test_the_start_imports_nothing_of_the_annotation_screen():
    loaded = loaded_after({"app"})

    assert {module for module in loaded if SCREEN.match(module)} == set()


def test_the_annotation_screen_comes_once_the_first_page_is_out():
    loaded = loaded_after({"app"}, "app.later.load_the_rest()")

    assert set(later.ANNOTATING) | {"evalkit.rendering.task", "latex2mathml"} <= loaded
    assert too_much(loaded) == set()


def test_no_garbage_is_looked_for_while_the_app_is_imported():
    # It finds none, as all that is imported stays, and takes a tenth of the time.
    told = (
        "import gc, streamlit; before = gc.get_stats()[2]; import app; "
        "assert gc.get_stats()[2] == before; "
        "assert gc.isenabled() and gc.get_freeze_count()"
    )
    subprocess.run([sys.executable, "-c", told], cwd=ROOT, check=True)


def test_what_is_looked_for_is_there_once_results_are_read():
    # So that a package or a room that got another name does not pass unseen.
    loaded = loaded_after(imported_by("results/overview.py"))

    assert {"numpy", "pandas", "scipy", "evalkit.stats", "pages.shared.collecting"} <= too_much(
        loaded
    )


def test_nobody_imports_the_slowest_part_of_scipy_nor_what_redacts_before_it_is_used():
    # scipy.stats takes as long as the rest together; what is used of it is in
    # evalkit.stats.distributions.
    redaction = {"evalkit.redaction.redaction", "evalkit.redaction.presidio"}
    loaded = loaded_after({"evalkit.cli", "pages.shared.sections.decision"} | redaction)

    assert {"scipy.special", "evalkit.redaction.presidio"} <= loaded
    # Redaction has models of language and tables of phone numbers.
    assert loaded & {"scipy.stats", "presidio_analyzer", "spacy", "phonenumbers", "regex"} == set()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux tells what is loaded")
def test_streamlit_too_loads_nothing_of_results_for_an_annotator(tmp_path, monkeypatch):
    # It imports pandas and pyarrow itself, for some of what it may be asked to show.
    url = f"sqlite:///{tmp_path / 'evalkit.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    schema.upgrade(url)
    make_eval_set(name="Support", models=("A", "B"))
    study_id = create_study(StudyPlan(name="Study", eval_set="Support", models=("A", "B")))
    token = add_account(name="Ann", role=Role.ANNOTATOR)
    ann = accept_invitation(token=token, password="correct horse battery")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with app_process(url, port=port, start=start_anew) as process:
        cookie = f"{COOKIE}={cookie_value(ann)}"
        for page in ("", "annotate", "compare"):
            with open_session(f"http://127.0.0.1:{port}", cookie) as opened:
                ask(opened, page, study=study_id)
        libraries = Path(f"/proc/{process.pid}/maps").read_text()

    loaded = set(re.findall(r"site-packages/(\w+)", libraries))
    assert "sqlalchemy" in loaded
    # The mark in the corner goes through numpy, which is small.
    assert loaded & HEAVY <= {"numpy"}

"""Set-up on a machine that is not as it should be: one clear sentence, and exit code 1."""

import builtins
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap

ROOT = Path(__file__).resolve().parents[1]

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make was not found")


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """Give the folder of an environment that is not there yet."""
    folder = tmp_path / "venv"
    monkeypatch.setenv("VENV", str(folder))
    return folder


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up as make does."""
    return subprocess.run(
        [sys.executable, "scripts/bootstrap.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": environment.get("VENV", "/tmp")} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """Return what was said, having checked that it was one sentence and no traceback."""
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("evalkit: ")
    return lines[0]


def test_a_taken_port_is_said_before_anything_is_installed(venv):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        said = sentence(run("run", PORT=port, VENV=str(venv)))

    assert f"port {port} cannot be used" in said
    assert "make run PORT=" in said
    assert not venv.exists()


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1"])
def test_a_port_that_is_none_is_said(venv, port):
    assert "is not a port" in sentence(run("run", PORT=port, VENV=str(venv)))


def test_an_old_python_is_said_when_there_is_no_newer_one(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)

    ended = bootstrap.main(["test"])

    assert ended == 1
    assert "this Python is 3.9, and evalkit needs 3.11 or newer" in capsys.readouterr().err


def test_an_old_python_hands_over_to_a_newer_one(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    found = {"python3.12": "/usr/bin/python3.12"}
    monkeypatch.setattr(bootstrap.shutil, "which", found.get)
    became = []
    monkeypatch.setattr(bootstrap.os, "execv", lambda path, words: became.append((path, words)))

    with pytest.raises(bootstrap.CannotSetUpError):  # a real execv would not come back
        bootstrap.use_a_newer_python_if_need_be(["run"])

    assert became == [("/usr/bin/python3.12", ["/usr/bin/python3.12", bootstrap.__file__, "run"])]


def test_a_python_without_ensurepip_is_told_which_package_to_install(venv, monkeypatch):
    real = builtins.__import__

    def without_ensurepip(name, *rest):
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_ensurepip)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    with pytest.raises(bootstrap.CannotSetUpError, match=f"apt install python{version}-venv"):
        bootstrap.make_environment(str(venv))


def test_a_folder_nobody_may_write_to_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.os, "access", lambda *_: False)  # root may write anywhere

    with pytest.raises(bootstrap.CannotSetUpError, match=f"nothing can be written to {tmp_path}"):
        bootstrap.make_environment(str(tmp_path / "venv"))


def test_without_a_network_one_sentence_says_so_and_where_the_rest_is(venv):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_CONFIG_FILE": os.devnull}

    said = sentence(run("install", VENV=str(venv), **nowhere))

    assert "could not be downloaded" in said
    assert (venv / "install.log").exists()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("... NewConnectionError('Failed to establish')", "could not be downloaded"),
        ("ERROR: No matching distribution found for x", "could not be downloaded"),
        ("Building wheel\nerror: gcc failed\n", "pip failed: error: gcc failed."),
    ],
)
def test_what_pip_says_in_many_lines_becomes_one_sentence(output, said):
    assert said in bootstrap.why_pip_failed(output, str(ROOT / ".venv" / "install.log"))


def test_an_environment_is_complete_only_for_the_requirements_it_was_made_from(venv, monkeypatch):
    venv.mkdir()
    (venv / "evalkit-dev.stamp").write_text(bootstrap.fingerprint("dev"))
    assert bootstrap.is_stamped(str(venv), "dev")
    assert not bootstrap.is_stamped(str(venv), "runtime")

    monkeypatch.setattr(bootstrap, "fingerprint", lambda _: "other requirements")

    assert not bootstrap.is_stamped(str(venv), "dev")


def test_the_tests_own_oracles_belong_to_what_their_environment_was_made_from(
    tmp_path, monkeypatch
):
    for name in (*bootstrap.REQUIREMENTS.values(), bootstrap.ORACLES):
        (tmp_path / name).write_text("x==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    runtime, dev = bootstrap.fingerprint("runtime"), bootstrap.fingerprint("dev")

    (tmp_path / bootstrap.ORACLES).write_text("x==2\n")

    assert bootstrap.fingerprint("runtime") == runtime
    assert bootstrap.fingerprint("dev") != dev


def test_what_runs_before_any_package_imports_none():
    code = "import sys; sys.argv = ['']; import scripts.bootstrap; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert not {"typer", "sqlmodel", "streamlit", "numpy"} & set(ended.stdout.split())


@needs_make
def test_make_without_a_python_says_so():
    ended = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert "there is no no-such-python here" in ended.stderr


@needs_make
def test_make_alone_lists_what_there_is():
    ended = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)

    for target in ("run", "test", "lint", "clean"):
        assert f"make {target}" in ended.stdout


def test_the_check_script_can_be_run():
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize(("required", "ending"), [("browser", 0), ("browser,node", 1)])
def test_without_node_lint_says_so_and_fails_only_where_node_is_required(
    required, ending, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("EVALKIT_REQUIRE", required)

    assert bootstrap.lint_javascript() == ending
    assert capsys.readouterr().out.count("\n") == 1


def pinned(name: str) -> dict[str, str]:
    """Read the version of each package that a file pins."""
    lines = (ROOT / name).read_text().splitlines()
    return dict(line.split()[0].split("==") for line in lines if line and line[0] != "#")


def test_all_that_the_app_needs_is_pinned_for_developers_too_in_the_same_version():
    users, developers = pinned("requirements.txt"), pinned("requirements-dev.txt")

    assert users
    assert users.items() <= developers.items()
    asked = [
        line for line in (ROOT / "requirements.in").read_text().split("\n") if line[:1].isalpha()
    ]
    assert {re.split(r"[^a-z0-9-]", line.lower())[0] for line in asked} <= users.keys()

"""Set-up behind `make`: plain Python, before any package is there, and readable by an old one.

It makes the environment, installs the pinned packages, brings the database up to date and starts
what was asked for. Whatever is in the way is said in one sentence.
"""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
REQUIREMENTS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
#: For the tests only: packages whose own pins are not ours, installed without what they ask for.
ORACLES = "requirements-oracles.txt"

PACKAGE_SEEN = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError"
    r"|No matching distribution|Temporary failure in name resolution|Network is unreachable"
)


#: Two commands of the command line in one process, for its imports take a second.
READY_THE_DATABASE = (
    "from evalkit.cli import main; raise SystemExit("
    "main(['db', 'upgrade']) or main(['demo', '--if-empty']))"
)


class CannotSetUpError(Exception):
    """Something is in the way; the message says what, and what to do."""


def main(words: "list[str]") -> int:
    """Do what `make` asks for: ``run``, ``test``, ``lint``, ``install`` or ``clean``."""
    os.chdir(ROOT)
    task, arguments = words[0], words[1:]
    try:
        use_a_newer_python_if_need_be(words)
        return TASKS[task](arguments)
    except CannotSetUpError as reason:
        print("evalkit: " + str(reason), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nevalkit: stopped.", file=sys.stderr)
        return 130


def run(_arguments: "list[str]") -> int:
    """Start the app on a database that is up to date, with the demo where it is empty."""
    port = checked_port(os.environ.get("PORT") or "8501")
    python = environment("runtime")
    if not os.environ.get("DATABASE_URL"):
        require_writable(ROOT, "the database is kept in its folder data/")
    say("Bringing the database up to date, with the demo study where it is empty")
    if subprocess.call([python, "-c", READY_THE_DATABASE]) != 0:
        return 1
    say("Starting on http://127.0.0.1:" + str(port) + " (Ctrl+C ends it)")
    replace_by([python, "-m", "streamlit", "run", "app.py", "--server.port", str(port)])
    return 0


def test(arguments: "list[str]") -> int:
    """Run the tests, all of them or those named."""
    python = environment("dev")
    # One file stays on one process: the servers its tests share start once.
    everything = ["-n", "auto", "--maxprocesses=4", "--dist=loadfile", "-q", "-rfERs"]
    # In the order of folders the browser's come first: few tests a file, but the longest.
    everything.append("--no-loadscope-reorder")
    replace_by([python, "-m", "pytest", *(arguments or everything)])
    return 0


def lint(_arguments: "list[str]") -> int:
    """Check style, format and types; go through all of them and fail when one does."""
    python = environment("dev")
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    endings = []
    for check in checks:
        say(" ".join(check))
        endings.append(subprocess.call([python, "-m", *check]))
    endings.append(lint_javascript())
    return 1 if any(endings) else 0


def lint_javascript() -> int:
    """Check the screens' JavaScript where Node and its packages are, else say that they are not."""
    npm = shutil.which("npm")
    if npm and os.path.isdir(os.path.join(ROOT, "node_modules")):
        say("eslint and tsc")
        return subprocess.call([npm, "run", "--silent", "lint"])
    print("evalkit: JavaScript was not checked; with Node 18 or newer, npm ci installs what does.")
    return int("node" in os.environ.get("EVALKIT_REQUIRE", "").split(","))


def install(_arguments: "list[str]") -> int:
    """Make the environment with everything for development."""
    environment("dev")
    return 0


def clean(_arguments: "list[str]") -> int:
    """Remove the environment and all caches; the database in data/ stays."""
    caches = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
    doomed = [venv_folder(), *(os.path.join(ROOT, name) for name in caches)]
    for folder, names, _files in os.walk(ROOT):
        names[:] = [name for name in names if name not in {".git", ".venv", "data", "node_modules"}]
        doomed += [os.path.join(folder, name) for name in names if name == "__pycache__"]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    say("Removed the environment and the caches; data/ is untouched")
    return 0


TASKS = {"run": run, "test": test, "lint": lint, "install": install, "clean": clean}


def use_a_newer_python_if_need_be(words: "list[str]") -> None:
    """Start again under a newer Python where this one is too old and there is one."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        python = shutil.which(name)
        if python:
            replace_by([python, os.path.abspath(__file__), *words])
    raise CannotSetUpError(
        "this Python is {}.{}, and evalkit needs 3.11 or newer. Install one (on Debian and "
        "Ubuntu: apt install python3.11 python3.11-venv), or name it: "
        "make PYTHON=/path/to/python3.11 ...".format(*sys.version_info[:2])
    )


def environment(kind: str) -> str:
    """Return the Python of an environment that has the packages, made or mended where need be."""
    folder = venv_folder()
    python = os.path.join(folder, "bin", "python")
    # Whatever runs on the packages of the tests runs on the fewer ones of the app.
    if any(is_stamped(folder, enough) for enough in {kind, "dev"}) and os.path.exists(python):
        return python
    if not works(python):
        make_environment(folder)
    install_packages(python, REQUIREMENTS[kind], log=os.path.join(folder, "install.log"))
    if kind == "dev":
        log = os.path.join(folder, "install-oracles.log")
        install_packages(python, ORACLES, "--no-deps", log=log)
    with open(stamp_path(folder, kind), "w") as stamp:
        stamp.write(fingerprint(kind))
    return python


def make_environment(folder: str) -> None:
    """Make a virtual environment, or say what this Python lacks for it."""
    parent = os.path.dirname(folder)
    os.makedirs(parent, exist_ok=True)
    require_writable(parent, "the environment .venv is made in it")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise CannotSetUpError(
            "this Python cannot make a virtual environment: its module ensurepip is missing. "
            "On Debian and Ubuntu: apt install " + package + ", then run make again."
        ) from None
    say("Making the environment " + os.path.relpath(folder, ROOT))
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if made.returncode != 0:
        raise CannotSetUpError(
            "the environment could not be made: "
            + last_line(made.stdout.decode("utf-8", "replace"))
        )


def install_packages(python: str, requirements: str, *options: str, log: str) -> None:
    """Install the pinned packages and show how far it is."""
    with open(os.path.join(ROOT, requirements)) as lines:
        n_packages = sum(1 for line in lines if "==" in line and not line.startswith("#"))
    few = "one package more" if n_packages == 1 else f"{n_packages} packages"
    say(f"Installing {few}" + (", a few minutes the first time" if n_packages > 1 else ""))
    command = [python, "-m", "pip", "install", "--requirement", requirements, *options]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--retries=2"]
    # Most modules are never imported, and those that are get compiled then: a minute less of pip,
    # but where Python writes nothing down, every start would compile them anew.
    command += [] if sys.dont_write_bytecode else ["--no-compile"]
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    assert pip.stdout is not None  # it is a pipe
    n_seen, output = 0, []
    with open(log, "w") as file:
        for line in pip.stdout:
            file.write(line)
            output.append(line)
            package = PACKAGE_SEEN.match(line)
            if package:
                n_seen += 1
                show_progress(n_seen, n_packages, package.group(1))
            elif line.startswith("Installing collected packages"):
                show_progress(n_packages, n_packages, "writing the files")
    end_progress()
    if pip.wait() != 0:
        raise CannotSetUpError(why_pip_failed("".join(output), log))


def why_pip_failed(output: str, log: str) -> str:
    """Return the one sentence for what pip said in many."""
    if "No space left on device" in output:
        return "the disk is full, so the packages could not be installed."
    if NO_NETWORK.search(output):
        return (
            "the packages could not be downloaded. Check the connection to the package index "
            "(or PIP_INDEX_URL, where you have one of your own), then run make again; all pip "
            "said is in " + os.path.relpath(log, ROOT) + "."
        )
    return "pip failed: {} All it said is in {}.".format(
        last_line(output).rstrip(".") + ".", os.path.relpath(log, ROOT)
    )


def checked_port(text: str) -> int:
    """Return the port when it is one and it is free."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotSetUpError("PORT=" + text + " is not a port; use a number up to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotSetUpError(
                "port {} cannot be used ({}). Choose another: make run PORT={}".format(
                    port, (error.strerror or "taken").lower(), port + 1 if port > 1023 else 8501
                )
            ) from None
    return port


def require_writable(folder: str, why: str) -> None:
    """Say so when nothing can be written to a folder."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotSetUpError(
            "nothing can be written to " + folder + ", and " + why + ". Copy evalkit to a folder "
            "of your own, or ask its owner for the right to write."
        )


def venv_folder() -> str:
    """Return where the environment is: ``VENV``, or ``.venv`` beside the code."""
    return os.path.abspath(os.environ.get("VENV") or os.path.join(ROOT, ".venv"))


def fingerprint(kind: str) -> str:
    """Return what the environment has to have been made from."""
    names = [REQUIREMENTS[kind]] + ([ORACLES] if kind == "dev" else [])
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as pinned:
            digest.update(pinned.read())
    return digest.hexdigest()


def stamp_path(folder: str, kind: str) -> str:
    """Return where it is written down that an environment is complete."""
    return os.path.join(folder, "evalkit-" + kind + ".stamp")


def is_stamped(folder: str, kind: str) -> bool:
    """Tell whether an environment was completed from the present requirements."""
    try:
        with open(stamp_path(folder, kind)) as stamp:
            return stamp.read() == fingerprint(kind)
    except OSError:
        return False


def works(python: str) -> bool:
    """Tell whether an environment has a Python of a fitting version, and pip."""
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def replace_by(command: "list[str]") -> None:
    """Become another program, so that Ctrl+C and exit codes are its own."""
    sys.stdout.flush()
    os.execv(command[0], command)


def say(what: str) -> None:
    """Tell what is being done."""
    print("evalkit: " + what + " ...", flush=True)


def show_progress(n_done: int, n_all: int, what: str) -> None:
    """Overwrite one line on a terminal; print every tenth elsewhere."""
    line = f"  {min(n_done, n_all):>3} of {n_all}  {what}"
    if sys.stdout.isatty():
        print("\r" + line.ljust(60), end="", flush=True)
    elif n_done % 10 == 0 or what == "writing the files":
        print(line, flush=True)


def end_progress() -> None:
    """Leave the line that was overwritten."""
    if sys.stdout.isatty():
        print()


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


if __name__ == "__main__":
    # The folder of this file holds modules of ours, which must not be taken for Python's own.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != os.path.dirname(__file__)]
    sys.exit(main(sys.argv[1:]))

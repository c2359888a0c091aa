"""Code of models: off by default, tested, and stopped where it loops, forks, grabs or calls out."""

import socket
import sys

import pytest

from evalkit.checks import sandbox
from evalkit.checks.kind import CheckedResponse
from evalkit.checks.kinds.code import CODE
from evalkit.checks.kinds.fenced import code_of
from evalkit.checks.sandbox import SWITCH, CodeEnd, can_cut_network, run_code
from evalkit.errors import RefusedError
from tests.evalkit.checks.telling import tell

RIGHT = "Here:\n```python\ndef double(n):\n    return 2 * n\n```\nDone."
BARE = "def double(n):\n    return 2 * n"
TESTS = "assert double(2) == 4"

only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")


@pytest.fixture(scope="module")
def network_can_be_cut():
    return can_cut_network()


@pytest.fixture
def allowed(monkeypatch, network_can_be_cut):
    monkeypatch.setenv(SWITCH, "1")
    if not network_can_be_cut:
        pytest.skip("namespaces: this machine lets nobody make them")


@pytest.fixture
def allowed_at_once(allowed, monkeypatch):
    """Spare every check asking again what was asked for the file: a process each."""
    monkeypatch.setattr("evalkit.checks.kinds.code.can_cut_network", lambda: True)


def test_code_is_run_nowhere_unless_it_is_allowed(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(sandbox, "run_code", lambda *_, **__: pytest.fail("it was run"))

    with pytest.raises(RefusedError, match="Code of models is not run here"):
        tell(CODE, RIGHT, tests=TESTS)


@only_linux
def test_where_the_network_cannot_be_cut_off_it_is_refused(monkeypatch):
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setattr("evalkit.checks.kinds.code.can_cut_network", lambda: False)

    with pytest.raises(RefusedError, match="The network cannot be taken from code here"):
        tell(CODE, RIGHT, tests=TESTS)


def test_tests_that_are_no_python_are_refused():
    with pytest.raises(RefusedError, match="the tests are no Python"):
        tell(CODE, RIGHT, tests="assert (")


def test_the_code_is_what_is_fenced_else_all_of_the_response():
    assert code_of("x = 1") == "x = 1"
    assert code_of("a\n```py\nx = 1\n```\nb\n```python\ny = 2\n```") == "x = 1\n\ny = 2"
    assert code_of("a\n```\nx = 1\n```\nb\n~~~\ny = 2\n~~~") == "x = 1\n\ny = 2"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```bash\npip install x\n```\nThen:\n```python\nx = 1\n```\nSo.", "x = 1"),
        ("```Python\nx = 1\n```\nIt prints:\n```\n4 of 5\n```", "x = 1"),
        ("1. So:\n   ```python\n   if x:\n       y\n   ```", "if x:\n    y"),
        ("- ```py\n  x = 1\n\n  y = 2\n  ```", "x = 1\n\ny = 2"),
        # A longer fence holds shorter ones, and one that was cut off goes to the end.
        ('````python\nx = "```"\n````', 'x = "```"'),
        ("Here:\n```python\nx = 1", "x = 1"),
        ("Here:\r\n```python title=a.py\r\nx = 1\r\n```\r\n", "x = 1"),
    ],
    ids=["bash", "output", "list", "item", "longer", "cut", "info"],
)
def test_fences_are_read_as_markdown_has_them(text, code):
    assert code_of(text) == code


@only_linux
@pytest.mark.parametrize(
    ("response", "expected", "detail"),
    [
        (RIGHT, "pass", ""),
        (RIGHT.replace("2 * n", "n"), "fail", "AssertionError"),
        ("def double(n): return", "fail", "AssertionError"),
        ("def double(", "fail", "SyntaxError: '(' was never closed"),
        # How an answer is laid out, and what it does as a program, is not what is tested.
        ("```bash\npip install x\n```\nThen:\n" + RIGHT, "pass", ""),
        (f"{BARE}\nif __name__ == '__main__':\n    print(double(int(input())))", "pass", ""),
        (f"import unittest\n{BARE}\nif __name__ == '__main__':\n    unittest.main()", "pass", ""),
        ("1. So:\n   ```python\n   def double(n):\n       return 2 * n\n   ```", "pass", ""),
        # Python's own dataclasses look their module up by its name.
        (
            f"from dataclasses import dataclass\n@dataclass\nclass A:\n    n: 'int'\n{BARE}",
            "pass",
            "",
        ),
        # Who ends before the tests are through has not passed them.
        ("import sys; sys.exit(0)", "fail", "It ended itself before the tests were through."),
        ("import os; os._exit(0)", "fail", "It ended itself before the tests were through."),
    ],
)
def test_a_response_passes_where_the_tests_do(allowed_at_once, response, expected, detail):
    outcome = tell(CODE, CheckedResponse(response), tests=TESTS)

    assert (outcome.result.value, outcome.detail) == (expected, detail)


@only_linux
def test_tests_may_be_written_as_a_program(allowed):
    tests = "if __name__ == '__main__':\n    assert double(2) == 5"

    assert tell(CODE, CheckedResponse(RIGHT), tests=tests).detail == "AssertionError"


@only_linux
@pytest.mark.parametrize(
    ("code", "end"),
    [
        pytest.param("while True: pass", CodeEnd.TOOK_TOO_LONG, marks=pytest.mark.slow),
        ("import time; time.sleep(600)", CodeEnd.TOOK_TOO_LONG),
        ("x = bytearray(10**10)", CodeEnd.FAILED),
        ("open('f', 'wb').write(b'x' * 10**7)", CodeEnd.FAILED),
        ("import os\nwhile True: os.fork()", None),
    ],
    ids=["loop", "sleep", "memory", "disk", "forks"],
)
def test_code_that_loops_sleeps_grabs_or_forks_is_stopped(allowed, monkeypatch, code, end):
    if "sleep" in code or "fork" in code:  # which the clock stops
        monkeypatch.setattr(sandbox, "_on_the_clock", lambda seconds: 0.3)
    run = run_code(code, seconds=1, megabytes=128, is_offline=True)

    assert run.end in ((end,) if end else (CodeEnd.FAILED, CodeEnd.TOOK_TOO_LONG))


@only_linux
def test_what_code_began_ends_with_it_even_where_it_left_its_session(allowed, tmp_path):
    marker = tmp_path / "alive"
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    time.sleep(0.3)\n"
        f"    open({str(marker)!r}, 'w').close()\n"
    )
    assert run_code(code, seconds=1, megabytes=128, is_offline=True).end is CodeEnd.DONE
    # One that had outlived it would be asleep now: as long again, and it would have written.
    run_code("import time; time.sleep(0.6)", seconds=1, megabytes=128, is_offline=True)
    assert not marker.exists()


@only_linux
def test_code_reaches_no_network_not_even_this_machine(allowed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"
        run = run_code(code, seconds=2, megabytes=128, is_offline=True)

    assert run.end is CodeEnd.FAILED
    assert "unreachable" in run.last_words


@only_linux
def test_code_sees_nothing_of_the_environment(allowed, monkeypatch):
    monkeypatch.setenv("A_SECRET", "hush")
    code = "import os; assert 'A_SECRET' not in os.environ; assert os.listdir() != []"

    assert run_code(code, seconds=2, megabytes=128, is_offline=True).end is CodeEnd.DONE


@only_linux
def test_no_number_to_leave_with_passes_since_it_is_drawn_for_each_run(monkeypatch):
    monkeypatch.setattr(sandbox, "_EXITS", range(101, 104))
    ends = {
        run_code(f"import os; os._exit({number})", seconds=5, megabytes=512, is_offline=False).end
        for number in (0, 1, 90, 91, 92)
    }
    assert ends == {CodeEnd.FAILED}
    monkeypatch.undo()
    first = {
        sandbox._run("pass", seconds=5, megabytes=512, is_offline=False).exit for _ in range(3)
    }
    assert first <= set(sandbox._EXITS)
    assert len(first) > 1  # one number of 150 three times: once in 22,500

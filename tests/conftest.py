"""What every run of tests begins with; what tests may ask for is in `tests.databases`."""

import asyncio
import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from tests.memory import folder_in_memory

# Before numpy is imported: beside other workers, more threads only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A test that is slow on a busy machine is not wrong. Every run draws other examples, so that a
# few in each of many runs look at as much as many in one.
settings.register_profile("of these tests", deadline=None, max_examples=25)
settings.register_profile("of quick tests", deadline=None, max_examples=10)

REQUIRED = set(filter(None, os.environ.get("EVALKIT_REQUIRE", "").split(",")))


def skip_or_fail(what: str, reason: str) -> None:
    """Skip a test whose tool is missing, unless EVALKIT_REQUIRE says it must be there."""
    if what in REQUIRED:
        pytest.fail(f"EVALKIT_REQUIRE asks for {what}, but {reason}", pytrace=False)
    pytest.skip(f"{what}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where what is slow is left out, and keep databases in memory.

    On a disk every commit of theirs waits for it.
    """
    is_quick = "not slow" in config.option.markexpr
    settings.load_profile("of quick tests" if is_quick else "of these tests")
    if is_quick:
        # Every worker reads every module of ours else, for constants to try among the values.
        providers._get_local_constants = lambda: providers._local_constants
    if memory := folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)
    if not _only_hands_out(config):
        config.pluginmanager.import_plugin("tests.databases")


def _only_hands_out(config: pytest.Config) -> bool:
    """Tell whether others run the tests, who wait until this process is ready to hand them out."""
    is_worker = hasattr(config, "workerinput")
    is_spread = getattr(config.option, "dist", "no") != "no" and not config.option.collectonly
    return is_spread and not is_worker


@contextmanager
def _no_loop(item: pytest.Item) -> Iterator[None]:
    """Let a test run coroutines in a process where browser tests left Playwright's loop running."""
    left = asyncio._get_running_loop()
    if not left or item.path.is_relative_to(Path(__file__).parent / "browser"):
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Prepare a test as if it were the first of its process."""
    with _no_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test as if it were the first of its process."""
    with _no_loop(item):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Have a worker report what a test came to, and what went wrong before it or after.

    Of thousands of tests every report is packed, sent, unpacked and shown: half are of nothing.
    What may be run again is run by the plugin that does so.
    """
    asked = item.config.option
    if not hasattr(item.config, "workerinput") or asked.durations is not None or asked.xmlpath:
        return None
    if item.get_closest_marker("flaky"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the first run of a test that was run once more stumbled over."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_sep("_", f"run again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


def pytest_collection() -> None:
    """Spare the collector looking for garbage in what is imported, for all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the collector work from here on, seldom, and pass over what was imported."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # 700 objects take it through the young ones else
    gc.enable()
    # Of what keeps its messages to itself, each of dozens is listened to by name in every test.
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True

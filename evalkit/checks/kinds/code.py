"""Code: what a response writes in Python passes unit tests."""

from collections.abc import Mapping
from typing import Any

from evalkit.checks.kind import (
    CheckedResponse,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    SettingForm,
    TookTooLongError,
    told,
)
from evalkit.checks.kinds.fenced import code_of
from evalkit.checks.sandbox import (
    SWITCH,
    CodeEnd,
    can_cut_network,
    require_switched_on,
    run_code,
)
from evalkit.errors import RefusedError

#: Code is run as if imported, so that what it does only as a program is left out; tests are not.
_THEN_TESTS = '\n\n__name__ = "__main__"\n'


def _prepare(settings: Mapping[str, Any]) -> Checker:
    try:
        compile(settings["tests"], "tests", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise RefusedError(f"“Code passes tests”: the tests are no Python ({fault}).") from None
    is_offline: bool | None = None

    def check(response: CheckedResponse) -> CheckOutcome:
        nonlocal is_offline
        # Asked when it is run, not when it is written: another machine may do the running.
        require_switched_on()
        if is_offline is None:
            is_offline = can_cut_network()
            if not is_offline and not settings["network"]:
                raise RefusedError(
                    "The network cannot be taken from code here (unshare is not allowed). Let "
                    "evalkit make user namespaces, or set “network” where no network is reached."
                )
        run = run_code(
            f"{code_of(response.content)}{_THEN_TESTS}{settings['tests']}\n",
            seconds=settings["seconds"],
            megabytes=settings["megabytes"],
            is_offline=is_offline,
        )
        if run.end is CodeEnd.TOOK_TOO_LONG:
            if settings["slow"] == "fail":
                return told(False, f"It ran longer than {settings['seconds']} seconds.")
            raise TookTooLongError(f"It ran longer than {settings['seconds']} seconds.")
        return told(run.end is CodeEnd.DONE, run.last_words.rpartition("\n")[2])

    return check


CODE = CheckKind(
    key="code",
    title="Code passes tests",
    about="The Python code of the response passes tests that a lead wrote.",
    settings=(
        CheckSetting(
            "tests",
            "Tests",
            SettingForm.TEXT,
            None,
            "Python that runs after the code and raises where it is wrong, like: assert f(2) == 4.",
            is_required=True,
        ),
        CheckSetting("seconds", "Seconds", SettingForm.WHOLE, 5, least=1, most=60),
        CheckSetting("megabytes", "Megabytes", SettingForm.WHOLE, 512, least=64, most=8192),
        CheckSetting(
            "slow",
            "What runs too long",
            SettingForm.CHOICE,
            "fail",
            choices={"fail": "fails", "undefined": "is undefined"},
        ),
        CheckSetting(
            "network",
            "Run it also where its network cannot be cut off",
            SettingForm.FLAG,
            False,
            "On machines that reach nothing anyway.",
        ),
    ),
    prepare=_prepare,
    version=2,
    limits=(
        "Code of models runs on this machine: in a process of its own without network, with limits "
        "of time and memory, which keep mistakes in bounds and not malice; it can read what "
        f"evalkit can read. Off unless {SWITCH}=1 is set where checks are run."
    ),
)

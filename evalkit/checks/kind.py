"""What every kind of check has: its settings, and how it tells whether a response passes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evalkit.vocabulary import CheckResult

#: Of what is checked so many characters are looked at; longer responses are undefined.
LONGEST_TEXT = 1_000_000
#: Of what there is to say of one response, so many characters are stored.
LONGEST_DETAIL = 300


class SettingForm(StrEnum):
    """How a setting is written."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    WHOLE = "whole"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class CheckSetting:
    """One thing that a lead says of a check.

    Attributes
    ----------
    key : str
        Its name on the command line and in what is stored.
    label : str
        Its name on the page.
    form : SettingForm
    default : Any
        What holds where nothing is said; None where nothing does.
    about : str
        One sentence that says what it does.
    is_required : bool
    choices : mapping of str to str
        What there is to choose from, and what each is called.
    least, most : float or None
        Ends of a number, both included.
    """

    key: str
    label: str
    form: SettingForm
    default: Any = None
    about: str = ""
    is_required: bool = False
    choices: Mapping[str, str] | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the context, by its id."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckedResponse:
    """All that a check may look at; never which model it is of.

    ``reference`` is what a right response says, None where the case has none in words. ``asked`` is
    the last message of the user. ``passages`` are those of the case and those retrieved for it.
    """

    content: str
    asked: str = ""
    reference: str | None = None
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check says of one response.

    ``value`` is what was measured, where the kind measures; ``detail`` says in a few words why,
    and of what is undefined why nothing can be said.
    """

    result: CheckResult
    detail: str = ""
    value: float | None = None


class TookTooLongError(Exception):
    """A check was stopped on one response; the message says what took too long, and what to do."""


Checker = Callable[[CheckedResponse], CheckOutcome]
#: Checks some hundred responses together, and gives their outcomes in their order.
JointChecker = Callable[[Sequence[CheckedResponse]], Sequence[CheckOutcome]]


@dataclass(frozen=True, slots=True)
class CheckKind:
    """One kind of check.

    Attributes
    ----------
    key, title, about : str
        What it is called in files, on screens, and one sentence on what it tells.
    settings : tuple of CheckSetting
    prepare : callable
        Makes a checker of settings that were read; raises RefusedError for what no check can be
        made of.
    limits : str
        What it cannot tell: shown wherever it is chosen.
    measures : str
        What ``value`` is; empty where nothing is measured.
    version : int
        Goes up when the same settings would tell something else.
    is_run : bool
        Whether it looks at responses here; else it keeps what files brought, and nobody adds one.
    prepare_jointly : callable or None
        As ``prepare``, where many responses are checked in less time together than one by one.
    """

    key: str
    title: str
    about: str
    settings: tuple[CheckSetting, ...]
    prepare: Callable[[Mapping[str, Any]], Checker]
    limits: str
    measures: str = ""
    version: int = 1
    is_run: bool = True
    prepare_jointly: Callable[[Mapping[str, Any]], JointChecker] | None = None


def told(passes: bool, detail: str = "", value: float | None = None) -> CheckOutcome:
    """Return an outcome that is one or the other."""
    result = CheckResult.PASS if passes else CheckResult.FAIL
    return CheckOutcome(result, _storable(detail), value)


def untold(reason: str) -> CheckOutcome:
    """Return that nothing can be said, and why."""
    return CheckOutcome(CheckResult.UNDEFINED, _storable(reason))


def _storable(detail: str) -> str:
    """Return a detail that every database stores: cut, without NUL and halves of a character.

    JSON and code that a model wrote bring both, and what is said of them quotes them.
    """
    whole = detail[:LONGEST_DETAIL].encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def expected_texts(settings: Mapping[str, Any], response: CheckedResponse) -> tuple[str, ...]:
    """Return what a right response says: what the check says, else the case's reference."""
    if settings["expected"]:
        return tuple(settings["expected"])
    return (response.reference,) if response.reference is not None else ()


def against_expected(
    settings: Mapping[str, Any], tell: Callable[[str, tuple[str, ...]], CheckOutcome]
) -> Checker:
    """Return a checker that tells of a response beside what is expected, one text at least.

    Undefined where neither the check nor the case says what is expected.
    """

    def check(response: CheckedResponse) -> CheckOutcome:
        expected = expected_texts(settings, response)
        return tell(response.content, expected) if expected else untold(NO_REFERENCE)

    return check


#: Said of a case without a reference, by every kind that needs one.
NO_REFERENCE = "The case has no reference in words."
#: What a right response says, where the check says so for all cases.
EXPECTED = CheckSetting(
    "expected",
    "Expected texts",
    SettingForm.LINES,
    (),
    "One a line; the best counts. Default: the reference of the case.",
)

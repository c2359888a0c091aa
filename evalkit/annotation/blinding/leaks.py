"""Responses that give their maker away: find the names, and mask them.

Three kinds of evidence are told apart. A response *says who it is* ("I am ChatGPT", "as a model
trained by Google", in twelve languages): that counts for every maker, known or not. It *names
the study*: one of the models or providers that are compared, wherever that name stands. Or it
merely *mentions* some maker, as a text about language models does: that is reported and does
not count, nor does a name that the case itself brings up.

Names are looked for in what is read (see `reading`), and taken out of the text as it is written,
with all that belongs to them: size, date, variant, owner. What is left says neither how long the
name was nor of what kind.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evalkit.annotation.blinding.names import KNOWN, names_of_study, whole_name
from evalkit.annotation.blinding.reading import TextAsRead, read
from evalkit.annotation.blinding.self_naming import self_named

REMOVED = "[name removed]"


class Evidence(StrEnum):
    """Why a name in a response says who wrote it, strongest first."""

    SAYS_SO = "says_so"
    IN_STUDY = "in_study"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Leak:
    """One name: ``text[start:end] == matched``."""

    start: int
    end: int
    matched: str
    why: Evidence

    @property
    def counts(self) -> bool:
        """Whether the name tells an annotator who wrote the response."""
        return self.why is not Evidence.MENTION


def identity_leaks(
    text: str, *, names: Iterable[str] = (), case_text: str = "", instructions: str = ""
) -> tuple[Leak, ...]:
    """Find the names in a response that say, or may say, who wrote it.

    Parameters
    ----------
    text : str
        What the annotator would read.
    names : iterable of str
        Models and providers of the study.
    case_text : str
        What the case itself says. A name it brings up gives nothing away by being repeated
        (unless the response says that it is the one).
    instructions : str
        The system prompt. A name it gives the assistant is a part it was told to play.

    Returns
    -------
    tuple of Leak
        In order of place, not overlapping. Those that count have ``counts`` True.
    """
    asked = (text, "\x1f".join(sorted(set(names))), case_text, instructions)
    key = hashlib.blake2b("\x1e".join(asked).encode("utf-8", "surrogatepass")).digest()
    if key not in _FOUND:
        if len(_FOUND) >= _MAX_FOUND:
            _FOUND.clear()
        _FOUND[key] = _search(text, frozenset(names), case_text, instructions)
    return _FOUND[key]


#: What was found, by a digest of all it depends on: a response is shown often and never changes.
_FOUND: dict[bytes, tuple[Leak, ...]] = {}
_MAX_FOUND = 200_000


def _search(
    text: str, names: frozenset[str], case_text: str, instructions: str
) -> tuple[Leak, ...]:
    study = names_of_study(names)
    reading = read(text)
    marked = study.marked(reading.text, reading.skeleton)
    spans = [(*span, Evidence.SAYS_SO) for span in self_named(marked)]
    spans += _repeated(spans, reading.skeleton)
    for pattern, why in ((study.codes, Evidence.IN_STUDY), (KNOWN, Evidence.MENTION)):
        if pattern is not None:
            spans.extend((*match.span(), why) for match in pattern.finditer(reading.skeleton))
    known, told = _folded(case_text), _folded(instructions)
    judged = []
    for start, end, why in _merged(spans):
        name = _folded(reading.skeleton[start:end])
        if name in told or (name in known and why is Evidence.IN_STUDY):
            why = Evidence.MENTION
        if why is not Evidence.MENTION:
            start, end = whole_name(reading.text, start, end)
        judged.append((start, end, why))
    return tuple(_in_source(reading, _merged(judged)))


def _repeated(
    spans: list[tuple[int, int, Evidence]], text: str
) -> Iterator[tuple[int, int, Evidence]]:
    """Find the names by which a text says who wrote it wherever else they stand in it.

    Who says "I am Claude 3" is named by "Claude" as well.
    """
    whole = {text[start:end].casefold() for start, end, _ in spans}
    names = sorted(whole | set(filter(None, map(_without_version, whole))), key=len)[::-1]
    if names:
        anywhere = "|".join(map(re.escape, names[:_MAX_NAMES]))
        for match in re.finditer(rf"(?<![^\W_])(?:{anywhere})(?![^\W_])", text, re.IGNORECASE):
            yield (*match.span(), Evidence.SAYS_SO)


def _without_version(name: str) -> str:
    """Return what stands before the first digit of a name; nothing if that is no word."""
    family = _VERSION.split(name, maxsplit=1)[0].rstrip(" -_.:/")
    return family if len(family) >= _SHORTEST_FAMILY else ""


_VERSION = re.compile(r"\d")
_SHORTEST_FAMILY = 3  # letters: GPT; "o" of o1 is a letter
#: More names than any response that is not made to be slow goes by.
_MAX_NAMES = 50


def _in_source(reading: TextAsRead, spans: list[tuple[int, int, Evidence]]) -> Iterator[Leak]:
    """Give what was found in the read text as places of the text itself."""
    in_source = [(*reading.source_span(start, end), why) for start, end, why in spans]
    for start, end, why in _merged(in_source):
        yield Leak(start, end, reading.source[start:end], why)


def mask(text: str, leaks: Iterable[Leak]) -> str:
    """Replace the names that count; every other character stays as it is.

    Names with nothing but a space or a mark between them are replaced as one.
    """
    return mask_runs(text, leaks)[0]


def mask_runs(text: str, leaks: Iterable[Leak]) -> tuple[str, list[tuple[int, int, int]]]:
    """Mask a text as `mask` does, and say what stays where.

    Returns
    -------
    str
        The masked text.
    list of (int, int, int)
        Increasing stretches of it that are not masked: the place in it, the place in ``text``,
        the length, in code points.
    """
    parts: list[str] = []
    runs: list[tuple[int, int, int]] = []
    position = n_masked = 0

    def keep(end: int) -> None:
        nonlocal n_masked
        if end > position:
            runs.append((n_masked, position, end - position))
        parts.append(text[position:end])
        n_masked += end - position

    for leak in sorted(leaks, key=lambda leak: leak.start):
        if leak.counts:
            between = text[position : leak.start]
            if not (parts and re.fullmatch(r"[ \u00a0/:_-]{0,2}", between)):
                keep(leak.start)
                parts.append(REMOVED)
                n_masked += len(REMOVED)
            position = leak.end
    keep(len(text))
    return "".join(parts), runs


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text in an agent's steps: contents, tool names, arguments, results."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key not in _STRUCTURE:
                yield from texts_of(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from texts_of(entry)


def blinded_steps(
    steps: Iterable[dict[str, Any]], *, masked: Callable[[str], str]
) -> tuple[dict[str, Any], ...]:
    """Return an agent's steps with all that is not part of the conversation taken out.

    Call ids are numbered anew, for their form differs from maker to maker; fields of a message
    beside the usual ones (model, usage, signature …) are dropped; ``masked`` is applied to
    every text.
    """
    numbers: dict[str, str] = {}
    return tuple(
        _blinded({key: step[key] for key in _OF_MESSAGE if key in step}, masked, numbers)
        for step in steps
    )


def _blinded(value: Any, masked: Callable[[str], str], numbers: dict[str, str]) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_blinded(entry, masked, numbers) for entry in value]
    if not isinstance(value, dict):
        return value
    is_call = "function" in value or value.get("type") in ("tool_use", "tool_result", "function")
    made: dict[str, Any] = {}
    for key, entry in value.items():
        if key in _REVEALING:
            continue
        if isinstance(entry, str) and (key in _CALL_IDS or (is_call and key == "id")):
            made[key] = numbers.setdefault(entry, str(len(numbers) + 1))
        elif key in _STRUCTURE:
            made[key] = entry
        else:
            made[key] = _blinded(entry, masked, numbers)
    return made


_OF_MESSAGE = ("role", "content", "name", "tool_calls", "tool_call_id", "function_call")
_STRUCTURE = frozenset(("role", "type", "tool_call_id", "tool_use_id", "hash"))
_CALL_IDS = frozenset(("tool_call_id", "tool_use_id", "call_id"))
_REVEALING = frozenset(("model", "provider", "usage", "signature", "system_fingerprint"))


def _merged(spans: list[tuple[int, int, Evidence]]) -> list[tuple[int, int, Evidence]]:
    """Join spans that overlap; the joint span has the strongest of their evidences."""
    strength = list(Evidence)
    merged: list[tuple[int, int, Evidence]] = []
    for start, end, why in sorted(spans):
        if merged and start < merged[-1][1]:
            first, last, other = merged[-1]
            merged[-1] = (first, max(end, last), min(why, other, key=strength.index))
        else:
            merged.append((start, end, why))
    return merged


def _folded(text: str) -> str:
    """Reduce a text to what a name is compared by."""
    return re.sub(r"[\s\-_.]+", "", read(text).skeleton).casefold()

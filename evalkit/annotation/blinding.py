"""Responses that give their maker away: find the names, and mask them.

Three kinds of evidence are told apart. A response *says who it is* ("I am ChatGPT", "as a model
trained by Google", in eleven languages): that counts for every maker, known or not. It *names
the study*: one of the models or providers that are compared, wherever that name stands. Or it
merely *mentions* some maker, as a text about language models does: that is reported and does
not count, nor does a name that the case itself brings up.

How names of the study are read: ``gpt-4o-2024-08-06`` is looked for as such and as ``gpt-4o``,
with any or no separators. A single plain word (atlas, command, together) or a very short name
(o1, r1) says who wrote the response only where the response speaks of itself. A name made of
general words (output_1, model-b, baseline, ref) says nothing, and is not looked for.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evalkit.annotation.makers import AMBIGUOUS, COMPANIES, DISTINCTIVE
from evalkit.annotation.selfspeech import COMPANY, LOOSE, REST, STRICT, phrases

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
    found = _names_of_study(frozenset(names))
    plain = text.translate(_PLAIN)
    spans = [(*span, Evidence.SAYS_SO) for span in _self_named(_marked(plain, found))]
    for pattern, why in ((found.codes, Evidence.IN_STUDY), (_MENTIONED, Evidence.MENTION)):
        if pattern is not None:
            spans.extend((*match.span(), why) for match in pattern.finditer(plain))
    known, told = _folded(case_text), _folded(instructions)
    leaks = []
    for start, end, why in _merged(spans):
        name = _folded(plain[start:end])
        if name in told or (name in known and why is Evidence.IN_STUDY):
            why = Evidence.MENTION
        leaks.append(Leak(start, end, text[start:end], why))
    return tuple(leaks)


def mask(text: str, leaks: Iterable[Leak]) -> str:
    """Replace the names that count; every other character stays as it is."""
    parts, position = [], 0
    for leak in sorted(leaks, key=lambda leak: leak.start):
        if leak.counts:
            parts += [text[position : leak.start], REMOVED]
            position = leak.end
    return "".join(parts) + text[position:]


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
    is_call = "function" in value or value.get("type") in {"tool_use", "tool_result", "function"}
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
_STRUCTURE = frozenset(("role", "type", "tool_call_id", "tool_use_id"))
_CALL_IDS = frozenset(("tool_call_id", "tool_use_id", "call_id"))
_REVEALING = frozenset(("model", "provider", "usage", "signature", "system_fingerprint"))

#: Typographic variants of one character, so that GPT‑4 is GPT-4; one for one, so that places hold.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f", " "),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys((STRICT, LOOSE, COMPANY, REST), " "),
    }
)

# A name may touch a Chinese, Japanese or Korean character, but no other letter.
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_BEFORE, _AFTER = f"(?<!{_LETTER})", f"(?!{_LETTER})"


def _any_of(names: Iterable[str]) -> str:
    """Match any of the names, first come first served among those that begin alike.

    Grouped by their first letter: `re` tries alternatives one by one, so this is three times
    faster than a flat list.
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name[0] if name[0].isalnum() else "", []).append(name)
    grouped = [
        f"{letter}(?:{'|'.join(name[len(letter) :] for name in group)})"
        for letter, group in groups.items()
    ]
    return f"{_BEFORE}(?:{'|'.join(grouped)}){_AFTER}"


_MENTIONED = re.compile(_any_of(DISTINCTIVE), re.IGNORECASE)
_COMPANY = re.compile(_any_of(COMPANIES), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _StudyNames:
    """One set of names: ``codes`` count anywhere, ``strict`` and ``loose`` when self-named."""

    codes: re.Pattern[str] | None
    strict: re.Pattern[str]
    loose: re.Pattern[str]


@functools.lru_cache(maxsize=64)
def _names_of_study(names: frozenset[str]) -> _StudyNames:
    codes: list[str] = []
    words: list[str] = []
    for tokens in sorted({alias for name in names for alias in _aliases(name)}, key=len)[::-1]:
        spelled = r"[\s_.:/()\[\]-]{0,2}".join(map(re.escape, tokens))
        (codes if _is_distinctive(tokens) else words).append(spelled)
    return _StudyNames(
        codes=re.compile(_any_of(codes), re.IGNORECASE) if codes else None,
        strict=re.compile(_any_of([*codes, *DISTINCTIVE]), re.IGNORECASE),
        loose=re.compile(_any_of([*words, *AMBIGUOUS]), re.IGNORECASE),
    )


#: Words that name no model in particular.
_GENERAL = frozenset(
    re.findall(
        r"\w+",
        """
        a ai answer assistant b base baseline c candidate chat cheap control custom d default
        demo e eval exp fast final gold human internal large llm lm model new of old one
        original our output prod production ref reference release response run sample small
        strong system test the three tuned two v variant ver version weak x y z
        """,
    )
)
_SUFFIXES = re.compile(
    r"(?:instruct|chat|it|preview|latest|turbo|base|hf|gguf|awq|gptq|exp|free|beta|online"
    r"|fp?8|int[48]|q[48]|\d+(?:\.\d+)?[bk]|\d{4}-\d{2}-\d{2}|\d{4,8})",
    re.IGNORECASE,
)


def _aliases(name: str) -> Iterator[tuple[str, ...]]:
    """Give a name as tokens: whole, and without organisation, date, size and variant."""
    name = re.sub(r"[:@].*", "", name.strip().rsplit("/", 1)[-1])
    while name:
        tokens = tuple(re.findall(r"[^\W\d_]+|\d+", name.casefold()))
        if any(len(token) > 1 and token not in _GENERAL for token in tokens if token.isalpha()):
            yield tokens
        shorter = re.sub(rf"[\s_:/()\[\]-]+{_SUFFIXES.pattern}[\s)\]]*$", "", name, flags=re.I)
        if shorter == name:
            return
        name = shorter


def _is_distinctive(tokens: tuple[str, ...]) -> bool:
    """Tell whether a name can hardly be an ordinary word or phrase."""
    telling = [token for token in tokens if token.isalpha() and token not in _GENERAL]
    if len("".join(tokens)) < 4:
        return False
    has_digit = any(token.isdigit() for token in tokens)
    if has_digit or sum(len(token) > 2 for token in telling) > 1:
        return True
    known = _MENTIONED.fullmatch(" ".join(tokens))
    return known is not None


def _marked(text: str, names: _StudyNames) -> str:
    """Replace every name by a placeholder of its length."""
    for pattern, first in (
        (names.strict, STRICT),
        (_COMPANY, COMPANY),
        (names.loose, LOOSE),
    ):
        text = pattern.sub(functools.partial(_placeholder, first), text)
    return text


def _placeholder(first: str, match: re.Match[str]) -> str:
    return first + REST * (len(match[0]) - 1)


def _self_named(marked: str) -> Iterator[tuple[int, int]]:
    """Find the names by which a text says who wrote it."""
    has_name = STRICT in marked or LOOSE in marked or COMPANY in marked
    for phrase in phrases():
        if phrase.needs_name and not has_name:
            continue
        if phrase.head is None:
            yield from (match.span("name") for match in phrase.pattern.finditer(marked))
            continue
        for opening in phrase.head.finditer(marked):
            ending = _SENTENCE_END.search(marked, opening.end())
            stop = min(ending.start() if ending else len(marked), opening.end() + 400)
            rest = marked[opening.end() : stop]
            for match in phrase.pattern.finditer(rest):
                start, end = match.span("name")
                yield opening.end() + start, opening.end() + end


_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')*_]|$)|[。！？\n]")


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
    return re.sub(r"[\s\-_.]+", "", text.translate(_PLAIN)).casefold()

"""The names a response may be known by: of its study, and of makers at large.

How names of the study are read: ``gpt-4o-2024-08-06`` is looked for as such and as ``gpt-4o``,
with any or no separators. A single plain word (atlas, command, together), a very short name (o1,
r1) and the family of a model (the gemini of ``gemini-2.5-flash``, and who makes it) say who wrote
the response only where it speaks of itself. A name made of general words (output_1, model-b,
baseline, ref) says nothing, and is not looked for.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evalkit.annotation.blinding.makers import AMBIGUOUS, COMPANIES, DISTINCTIVE, RELATED

#: What stands for the first character of a name that can hardly mean anything else, of a word the
#: study knows as a name, of another that is a word or a person too, of a company that does much
#: else, and for every later character.
STRICT, OWN, LOOSE, COMPANY, REST = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"

# A name may touch a Chinese, Japanese or Korean character, but no other letter.
_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_BEFORE, _AFTER = rf"(?<!{_LETTER})(?<!{_LETTER}_)", rf"(?!{_LETTER}|_{_LETTER})"


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


#: Names of makers that can hardly mean anything else.
KNOWN = re.compile(_any_of(DISTINCTIVE), re.IGNORECASE)
_COMPANY = re.compile(_any_of(COMPANIES), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StudyNames:
    """The names of a study: ``codes`` count anywhere, others where a text speaks of itself."""

    codes: re.Pattern[str] | None
    strict: re.Pattern[str]
    own: re.Pattern[str] | None
    loose: re.Pattern[str]

    def told_in(self, text: str) -> tuple[str, ...]:
        """Give the words of a text by which somebody who judges blind could tell who wrote what.

        Names and families of the study, in any letters, and every maker and model that is known;
        of words that mean something else as well only those written as names. Each once.
        """
        spans = [
            match.span()
            for pattern in (self.strict, self.own, _COMPANY)
            if pattern is not None
            for match in pattern.finditer(text)
        ]
        spans += [
            match.span() for match in self.loose.finditer(text) if not text[match.start()].islower()
        ]
        return tuple(dict.fromkeys(text[start:end] for start, end in sorted(spans)))

    def marked(self, text: str, skeleton: str) -> str:
        """Put a placeholder of its length for every name that is read in a text."""
        marked = list(text)
        left = skeleton
        for pattern, first in (
            (self.strict, STRICT),
            (self.own, OWN),
            (_COMPANY, COMPANY),
            (self.loose, LOOSE),
        ):
            if pattern is None:
                continue
            spans = [match.span() for match in pattern.finditer(left)]
            if first != COMPANY:
                spans = [whole_name(left, *span) for span in spans]
            for start, end in spans:
                marked[start:end] = first + REST * (end - start - 1)
            if spans:
                left = _blanked(left, spans)
        return "".join(marked)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """Take names out that were found already, so that none is found within another."""
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], REST * (end - start)]
        position = end
    return "".join(parts) + text[position:]


@functools.lru_cache(maxsize=64)
def names_of_study(names: frozenset[str]) -> StudyNames:
    """Prepare what a study's models and providers are looked for by."""
    aliases = {alias for name in names for alias in _aliases(name)}
    families = {family for name in names for family in _families(name)}
    for related in RELATED:
        if any(" ".join(tokens) in related for tokens in aliases | families):
            families |= {(name,) for name in related}
    codes, words = _spelled(aliases, families)
    return StudyNames(
        codes=re.compile(_any_of(codes), re.IGNORECASE) if codes else None,
        strict=re.compile(_any_of([*codes, *DISTINCTIVE]), re.IGNORECASE),
        own=re.compile(_any_of(words), re.IGNORECASE) if words else None,
        loose=re.compile(_any_of(AMBIGUOUS), re.IGNORECASE),
    )


def _spelled(
    aliases: set[tuple[str, ...]], families: set[tuple[str, ...]]
) -> tuple[list[str], list[str]]:
    """Spell names as patterns, longest first: those that mean nothing else, and plain words."""
    codes: list[str] = []
    words: list[str] = []
    for tokens in sorted(aliases | families, key=lambda tokens: (-len(tokens), tokens)):
        spelled = r"[\s_.:/()\[\]-]{0,2}".join(map(re.escape, tokens))
        (codes if tokens in aliases and _is_distinctive(tokens) else words).append(spelled)
    return codes, words


@dataclass(frozen=True, slots=True)
class ModelNames:
    """What models are called in texts about them: their names, and the words these begin with.

    ``beginnings`` are the first words of the names in small letters, to pass over quickly what
    names nobody; the patterns are None where no name can be looked for.
    """

    beginnings: frozenset[str]
    codes: re.Pattern[str] | None
    words: re.Pattern[str] | None

    @classmethod
    def of(cls, models: Iterable[str]) -> "ModelNames":
        """Prepare the names of models, without their providers."""
        aliases = {alias for name in models for alias in _aliases(name)}
        families = {family for name in models for family in _families(name.rsplit("/", 1)[-1])}
        codes, words = _spelled(aliases, families)
        return cls(
            beginnings=frozenset(tokens[0] for tokens in aliases | families),
            codes=re.compile(_any_of(codes), re.IGNORECASE) if codes else None,
            words=re.compile(_any_of(words), re.IGNORECASE) if words else None,
        )

    def found_in(self, text: str, *, as_names: bool = False) -> tuple[str, ...]:
        """Give the words of a text that name a model, each once, in their order.

        With ``as_names`` a word that is also a plain one counts only with a capital letter.
        """
        if not any(word in text.casefold() for word in self.beginnings):
            return ()
        codes = [match.span() for match in self.codes.finditer(text)] if self.codes else []
        words = [match.span() for match in self.words.finditer(text)] if self.words else []
        if as_names:
            words = [(start, end) for start, end in words if not text[start].islower()]
        words = [word for word in words if not any(a <= word[0] < b for a, b in codes)]
        return tuple(dict.fromkeys(text[start:end] for start, end in sorted(codes + words)))


#: Words that name no model in particular.
_GENERAL = frozenset(
    re.findall(
        r"\w+",
        """
        a ai an answer assistant b base baseline bot c candidate chat chatbot cheap control custom
        d default demo e english eval exp fast final general gold helper human i it internal large
        llm lm model my new of old one open original our output prod production ref reference
        release response run sample small strong support system test the three tuned two us user
        v variant ver version weak x y z
        """,
    )
)
#: What may follow a model's name and belong to it: size, date, variant, quantisation.
VARIANT = (
    r"(?:instruct|chat|it|preview|latest|turbo|base|hf|gguf|awq|gptq|exp|free|beta|online|thinking"
    r"|fp?8|int[48]|q[48](?:_\w+)?|\d+(?:\.\d+)?[bk]|\d{4}-\d{2}-\d{2}|\d{4,8})"
)


#: The same, and the words makers tell their models apart by.
_SPECIES = (
    rf"(?:{VARIANT}|v?\d+(?:\.\d+)*[a-z]?|pro|flash|lite|mini|nano|micro|premier|ultra|max|plus|sonnet"
    r"|opus|haiku|large|medium|small|nemo|coder|vision|reasoner|reasoning|scout|maverick|high|low|fast)"
)
_OWNER = re.compile(r"(?<![\w/.:])[\w-]{1,30}/$")
_TAIL = re.compile(
    rf"(?:[-_:/@.+]{_SPECIES}(?![^\W_])|@[\w-]{{1,30}}"
    r"|\s(?:v?\d+\.\d+|\d+(?:\.\d+)?\s?b(?:\sparameters)?"
    r"|(?-i:Pro|Flash|Lite|Mini|Nano|Micro|Premier|Ultra|Max|Plus|Sonnet|Opus|Haiku|Large|Medium"
    r"|Small|Turbo|Instruct|Preview|Thinking|Chat|Scout|Maverick|Latest|Beta|Nemo))(?![^\W_])"
    rf"|\s?[(\[]{_SPECIES}(?:[\s-]{_SPECIES}){{0,3}}[)\]])+",
    re.IGNORECASE,
)


def whole_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a name by what belongs to it: an owner before a slash, size, date, variant after."""
    owner = _OWNER.search(text, max(0, start - 40), start)
    tail = _TAIL.match(text, end)
    end = tail.end() if tail else end
    name = text[start:end]
    if name.count("(") > name.count(")") and text.startswith(")", end):
        end += 1
    return (owner.start() if owner else start), end


def _aliases(name: str) -> Iterator[tuple[str, ...]]:
    """Give a name as tokens: whole, and without organisation, date, size and variant."""
    name = re.sub(r"[:@].*", "", name.strip().rsplit("/", 1)[-1])
    while name:
        tokens = _tokens(name)
        if any(len(token) > 1 and token not in _GENERAL for token in tokens if token.isalpha()):
            yield tokens
        shorter = re.sub(rf"[\s_:/()\[\]-]+{VARIANT}[\s)\]]*$", "", name, flags=re.I)
        if shorter == name:
            return
        name = shorter


def _families(name: str) -> Iterator[tuple[str, ...]]:
    """Give the word a model's name begins with, and who is named before a slash in it."""
    *owners, model = name.strip().split("/")
    for part in (*owners, model):
        tokens = _tokens(part)
        if tokens and tokens[0].isalpha() and len(tokens[0]) > 2 and tokens[0] not in _GENERAL:
            yield tokens[:1]


def _tokens(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+|\d+", name.casefold()))


def _is_distinctive(tokens: tuple[str, ...]) -> bool:
    """Tell whether a name can hardly be an ordinary word or phrase."""
    telling = [token for token in tokens if token.isalpha() and token not in _GENERAL]
    if len("".join(tokens)) < 4:
        return False
    has_digit = any(token.isdigit() for token in tokens)
    if has_digit or sum(len(token) > 2 for token in telling) > 1:
        return True
    known = KNOWN.fullmatch(" ".join(tokens))
    return known is not None

"""The redaction of one import: the same thing gets the same placeholder wherever it stands."""

import gzip
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from evalkit.records.lines import UNREADABLE
from evalkit.redaction.finders.phones import REGIONS
from evalkit.redaction.finders.table import Finder, finders
from evalkit.redaction.kinds import (
    MAX_PLACEHOLDER,
    NUMERIC,
    PLACEHOLDER,
    PLACEHOLDER_BYTES,
    FindingKind,
    FoundSpan,
    placeholder,
)
from evalkit.redaction.lists import OwnList
from evalkit.redaction.masked import MaskedText
from evalkit.redaction.moves import TextMove

#: So much of a text is kept on each side of what was found in it, to be read by who confirms.
CONTEXT = 60

_ORDER = {kind: place for place, kind in enumerate(FindingKind)}
#: No finder finds anything shorter, but for words of a list.
_SHORTEST = 6
#: A longer name of a field may be a key.
_LONGEST_NAME = 24
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RedactionRules:
    """What of what is found is replaced: all, but for kinds and things that are let through.

    What ``allow`` holds is let through, whatever finds it; ``deny`` is replaced wherever it
    stands. ``let_through`` are values as findings have them. ``more`` finds what needs a model.
    """

    kinds: frozenset[FindingKind] = frozenset(FindingKind)
    allow: OwnList = field(default_factory=lambda: OwnList("the allow list"))
    deny: OwnList = field(default_factory=lambda: OwnList("the deny list"))
    let_through: frozenset[tuple[FindingKind, str]] = frozenset()
    regions: tuple[str, ...] = REGIONS
    more: tuple[Finder, ...] = ()

    def allows(self, span: FoundSpan, written: str) -> bool:
        """Tell whether a thing is let through for what it is."""
        return (span.kind, span.value) in self.let_through or (
            bool(self.allow) and (self.allow.holds(span.value) or self.allow.holds(written))
        )


@dataclass(slots=True)
class RedactionFinding:
    """One thing that was found, as it was first written, with what stood around it.

    ``placeholder`` is ``None`` where it is let through; ``n`` is at how many places it stands.
    """

    kind: FindingKind
    value: str
    written: str
    before: str
    after: str
    placeholder: str | None
    n: int = 0


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A text with placeholders, and what moved in it."""

    text: str
    moves: tuple[TextMove, ...]


class Redaction:
    """Replaces what is personal or secret in the texts of one import.

    Which placeholder stands for what is known here alone, in memory: nothing of it is stored, and
    nobody can turn it back once this is gone. Numbers are given in the order in which things
    first stand, so that the same files in the same order always give the same texts. A
    placeholder that stands in a text already is left alone, and its number is not given again.

    Parameters
    ----------
    rules : RedactionRules
        What is let through.
    n_findings : int
        Of so many things of each kind what stood around them is kept for who confirms.
    """

    def __init__(self, rules: RedactionRules | None = None, *, n_findings: int = 0) -> None:
        self.rules = rules or RedactionRules()
        self.n_replaced: dict[FindingKind, int] = {}
        self.n_left: dict[FindingKind, int] = {}
        self._n_findings = n_findings
        self._findings: dict[tuple[FindingKind, str], RedactionFinding] = {}
        self._n_of_kind: dict[FindingKind, int] = {}
        self._numbers: dict[tuple[FindingKind, str], int] = {}
        self._next: dict[FindingKind, int] = {}
        self._taken: set[tuple[str, int]] = set()
        self._finders: tuple[Finder, ...] = (*finders(self.rules.regions), *self.rules.more)
        if self.rules.deny:
            self._finders = (self.rules.deny.find, *self._finders)
        self._shortest = 1 if self.rules.deny or self.rules.more else _SHORTEST

    @property
    def findings(self) -> list[RedactionFinding]:
        """Return what was found, kind by kind, in the order in which it first stands."""
        return sorted(self._findings.values(), key=lambda finding: _ORDER[finding.kind])

    @property
    def n_values(self) -> dict[FindingKind, int]:
        """Return how many different things of each kind were replaced."""
        counts = dict.fromkeys(FindingKind, 0)
        for kind, _ in self._numbers:
            counts[kind] += 1
        return {kind: n for kind, n in counts.items() if n}

    def reserve(self, file: BinaryIO) -> None:
        """Leave out the numbers of placeholders that stand in a file of records already.

        ``file`` may be gzip-compressed, can seek, and stands at its start again afterwards.
        Whether it can be read is for who reads its records to say.
        """
        is_compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file, mode="rb") if is_compressed else file
        rest = b""
        try:
            while block := stream.read(_BLOCK_BYTES):
                whole = rest + block
                for word, number in PLACEHOLDER_BYTES.findall(whole):
                    self._taken.add((word.decode(), int(number)))
                rest = whole[-MAX_PLACEHOLDER:]
        except UNREADABLE:
            pass
        file.seek(0)

    def text(self, text: str, *, field: str = "") -> str:
        """Return a text with placeholders; ``field`` is the name under which a record has it."""
        return self.redacted(text, field=field).text

    def redacted(self, text: str, *, field: str = "") -> RedactedText:
        """Return a text with placeholders, and what moved in it.

        It is searched again with what was replaced as ends of lines, until nothing more turns up:
        a text that was redacted before is searched just so, and nothing turns up in it.
        """
        if len(text) < self._shortest:
            return RedactedText(text, ())
        masked = MaskedText(text, self._placeholders_in(text) if "[" in text else [])
        replaced: list[FoundSpan] = []
        while spans := self._spans(masked, field):
            replaced += spans
            masked = masked.without(spans)
        if not replaced:
            return RedactedText(text, ())
        replaced.sort(key=lambda span: span.start)
        moves = [TextMove(span.start, span.end, self._placeholder(span, text)) for span in replaced]
        parts, place = [], 0
        for move in moves:
            parts += [text[place : move.start], move.label]
            place = move.end
        return RedactedText("".join([*parts, text[place:]]), tuple(moves))

    def secret(self, text: str) -> str:
        """Return the placeholder of a text that is secret by the name of what holds it."""
        if PLACEHOLDER.search(text):
            return self.text(text)
        span = FoundSpan(0, len(text), FindingKind.KEY, text)
        if span.kind not in self.rules.kinds or self.rules.allows(span, text):
            self._note(span, text, None)
            return text
        return self._placeholder(span, text)

    def name(self, name: str) -> str:
        """Return the name of a field with placeholders; a plain word can hold nothing but words."""
        is_word = name.isidentifier() and len(name) <= _LONGEST_NAME and self._shortest > 1
        return name if is_word else self.text(name)

    def replaced_in(self, text: str) -> list[FoundSpan]:
        """Return what would be replaced in a text; nothing is counted."""
        spans = [span for find in self._finders for span in find(text)]
        return self._sorted(spans, text)[0]

    def finds_in(self, text: str) -> bool:
        """Tell whether something would be replaced in a text; nothing is counted."""
        return any(True for find in self._finders for _ in find(text))

    def _placeholders_in(self, text: str) -> list[tuple[int, int]]:
        """Return where placeholders stand, whose numbers are taken then."""
        places = []
        for there in PLACEHOLDER.finditer(text):
            self._taken.add((there.group(1), int(there.group(2))))
            places.append(there.span())
        return places

    def _spans(self, masked: MaskedText, field: str) -> list[FoundSpan]:
        """Return what is replaced in a text; note what is let through once that is nothing."""
        name = f"{field}: " if field else ""
        text = name + masked.text
        spans = [
            span
            for find in self._finders
            for span in find(text)
            if span.start >= len(name)
            and masked.is_whole(span.start - len(name), span.end - len(name))
        ]
        if not spans:
            return []
        replaced, left = self._sorted(spans, text)
        if not replaced:
            for span in left:
                self._note(masked.placed(span, len(name)), masked.original, None)
        return [masked.placed(span, len(name)) for span in replaced]

    def _sorted(self, spans: list[FoundSpan], text: str) -> tuple[list[FoundSpan], list[FoundSpan]]:
        """Tell what is replaced from what is let through; of neither two overlap.

        What a lead lets through is left whole. A kind that is let through leaves what stands in
        it to other kinds, but for numbers, of which one is many things at once.
        """
        allowed = [span for span in spans if self.rules.allows(span, text[span.start : span.end])]
        of_kinds = [span for span in spans if span.kind not in self.rules.kinds]
        left = _apart([*allowed, *of_kinds])
        if not left:
            return _apart(spans), []
        replaced = [
            span
            for span in spans
            if span not in allowed
            and span.kind in self.rules.kinds
            and not any(_holds(other, span) for other in allowed)
            and not any(
                _holds(other, span) and (_holds(span, other) or {span.kind, other.kind} <= NUMERIC)
                for other in of_kinds
            )
        ]
        return _apart(replaced), left

    def _placeholder(self, span: FoundSpan, text: str) -> str:
        key = span.kind, span.value
        if key not in self._numbers:
            number = self._next.get(span.kind, 1)
            while (span.kind.value, number) in self._taken:
                number += 1
            self._numbers[key], self._next[span.kind] = number, number + 1
        label = placeholder(span.kind, self._numbers[key])
        self._note(span, text, label)
        return label

    def _note(self, span: FoundSpan, text: str, label: str | None) -> None:
        """Count one thing at one place, and keep what stands around it where it is asked for."""
        counts = self.n_left if label is None else self.n_replaced
        counts[span.kind] = counts.get(span.kind, 0) + 1
        key = span.kind, span.value
        finding = self._findings.get(key)
        if finding is None:
            n = self._n_of_kind.get(span.kind, 0)
            if n >= self._n_findings:
                return
            self._n_of_kind[span.kind] = n + 1
            before = text[max(0, span.start - CONTEXT) : span.start]
            after = text[span.end : span.end + CONTEXT]
            written = text[span.start : span.end]
            finding = RedactionFinding(span.kind, span.value, written, before, after, label)
            self._findings[key] = finding
        finding.n += 1


def _apart(spans: Iterable[FoundSpan]) -> list[FoundSpan]:
    """Return spans of which no two overlap, in their order.

    What stands within something larger gives way to it; of others that overlap, the one whose
    kind stands first stays.
    """
    by_size = sorted(spans, key=lambda span: (span.start, -span.end, _ORDER[span.kind]))
    outer: list[FoundSpan] = []
    for span in by_size:
        if not outer or span.end > outer[-1].end:
            outer.append(span)
    taken: list[FoundSpan] = []
    for span in sorted(outer, key=lambda span: (_ORDER[span.kind], span.start)):
        place = bisect_left(taken, span.start, key=lambda other: other.start)
        is_free = place == 0 or taken[place - 1].end <= span.start
        if is_free and (place == len(taken) or span.end <= taken[place].start):
            taken.insert(place, span)
    return taken


def _holds(outer: FoundSpan, inner: FoundSpan) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end

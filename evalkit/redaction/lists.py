"""A team's own lists: words and patterns that are always replaced, or never."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.errors import RefusedError
from evalkit.redaction.kinds import FindingKind, FoundSpan

#: A pattern may take so long on one text, and on all texts of an import, in seconds.
LONGEST_ON_A_TEXT = 2.0
LONGEST_IN_ALL = 60.0

_MAX_LINES = 10_000


@dataclass(slots=True)
class OwnList:
    """Words and patterns of a team, by what it is called in a refusal.

    Words are matched whole and whatever their case.
    """

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[tuple[int, Any], ...] = ()
    _folded: frozenset[str] = field(init=False, repr=False)
    _any_word: Any = field(init=False, default=None, repr=False)
    _seconds: dict[int, float] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._folded = frozenset(word.casefold() for word in self.words)
        if self.words:
            self._any_word = _of_words(self.words)

    def __bool__(self) -> bool:
        """Tell whether anything is on it."""
        return bool(self.words or self.patterns)

    def find(self, text: str) -> Iterator[FoundSpan]:
        """Find what is on the list.

        Raises
        ------
        RefusedError
            If a pattern takes too long.
        """
        for match in self._any_word.finditer(text) if self._any_word else ():
            yield FoundSpan(match.start(), match.end(), FindingKind.TERM, match.group().casefold())
        for line, pattern in self.patterns:
            for start, end in self._bounded(line, pattern, text, whole=False):
                yield FoundSpan(start, end, FindingKind.TERM, text[start:end].casefold())

    def holds(self, value: str) -> bool:
        """Tell whether a value is on the list, or one of its patterns fits all of it.

        Raises
        ------
        RefusedError
            If a pattern takes too long.
        """
        return value.casefold() in self._folded or any(
            self._bounded(line, pattern, value, whole=True) for line, pattern in self.patterns
        )

    def _bounded(self, line: int, pattern: Any, text: str, *, whole: bool) -> list[tuple[int, int]]:
        """Return where a pattern fits; refuse it where it would take too long."""
        begun = time.perf_counter()
        try:
            if whole:
                fits = pattern.fullmatch(text, timeout=LONGEST_ON_A_TEXT)
                spans = [fits.span()] if fits else []
            else:
                matches = pattern.finditer(text, timeout=LONGEST_ON_A_TEXT)
                spans = [match.span() for match in matches if match.end() > match.start()]
        except TimeoutError:
            raise self._slow(line, pattern, LONGEST_ON_A_TEXT, "on one text") from None
        spent = self._seconds[line] = self._seconds.get(line, 0.0) + time.perf_counter() - begun
        if spent > LONGEST_IN_ALL:
            raise self._slow(line, pattern, LONGEST_IN_ALL, "on all texts together")
        return spans

    def _slow(self, line: int, pattern: Any, seconds: float, what: str) -> RefusedError:
        return RefusedError(
            f"{self.name}, line {line}: the pattern /{pattern.pattern}/ ran longer than "
            f"{seconds:g} seconds {what}. Write it so that no part repeats what repeats already, "
            "or list the words themselves."
        )


def read_list(text: str, *, name: str) -> OwnList:
    """Read a list: a word or words a line; ``/…/`` is a pattern, ``#`` begins a remark.

    Raises
    ------
    RefusedError
        If a pattern is none, fits every text, or there are too many lines.
    """
    words: list[str] = []
    patterns: list[tuple[int, Any]] = []
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    if len(lines) > _MAX_LINES:
        raise RefusedError(f"{name} has {len(lines):,} lines; at most {_MAX_LINES:,} are read.")
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        if len(line) > 2 and line.startswith("/") and line.endswith("/"):
            patterns.append((number, _pattern(line[1:-1], number, name)))
        else:
            words.append(line)
    return OwnList(name, tuple(words), tuple(patterns))


def _pattern(written: str, number: int, name: str) -> Any:
    import regex  # knows when to stop, which Python's own does not; only lists need it

    try:
        pattern = regex.compile(written)
        fits_nothing = pattern.fullmatch("", timeout=LONGEST_ON_A_TEXT) is not None
    except (regex.error, TimeoutError, ValueError, OverflowError, RecursionError) as fault:
        raise RefusedError(
            f"{name}, line {number}: /{written}/ is no pattern ({fault}). Put a backslash before "
            "signs that stand for themselves, or write the words without the slashes."
        ) from None
    if fits_nothing:
        raise RefusedError(
            f"{name}, line {number}: /{written}/ fits the empty text, and so every place of every "
            "text. Ask for one sign at least."
        )
    return pattern


def _of_words(words: Sequence[str]) -> Any:
    """Compile one pattern for all words, the longest first."""
    import regex

    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return regex.compile(r"(?<!\w)(?:\L<words>)(?!\w)", regex.IGNORECASE, words=longest_first)

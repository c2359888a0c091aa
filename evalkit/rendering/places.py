"""Where the words of a rendered text stand in the text as it was written.

Nothing is searched for. What Markdown leaves out of a paragraph (its marks, the target of a link,
the backslash of an escape) is of known length, or a rule of the parser noted where it ends; so
every piece of text has one place, and a word that stands twice is never taken for the other.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS, mdTrim
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table as read_table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

#: A stretch of rendered text: where it begins there, where in the text as written, how long it is.
Run = tuple[int, int, int]

#: Rules of a paragraph that leave out more than their marks.
_NOTED = ("escape", "backticks", "link", "image", "autolink", "bracket_math", "dollar_math")
_TAG = re.compile(r"<[^>]*>")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CELL_END = re.compile(r"(?<!\\)\|")
_CLOSING_HASHES = re.compile(r"(?<=[ \t])#+$")
_NOWHERE = -1


def note_places(markdown: MarkdownIt) -> None:
    """Teach a parser to note in its tokens what their places are found by."""
    ruler = markdown.inline.ruler
    rules = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    for name in _NOTED:
        ruler.at(name, _with_end(rules[name]))
    markdown.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    # An escaped character stays a piece of its own, for it stands behind a backslash.
    markdown.disable("text_join")


def _with_end(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def noting(state: StateInline, silent: bool) -> bool:
        n_tokens = len(state.tokens)
        is_read = rule(state, silent)
        if is_read and len(state.tokens) > n_tokens:
            state.tokens[-1].meta["end"] = state.pos
        return is_read

    return noting


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table as ever, and note where in its line each row begins."""
    n_tokens = len(state.tokens)
    is_table = read_table(state, start, end, silent)
    for token in state.tokens[n_tokens:]:
        if token.type == "tr_open" and token.map is not None:
            line = token.map[0]
            before = state.src.rfind("\n", 0, state.bMarks[line]) + 1
            token.meta["start"] = state.bMarks[line] + state.tShift[line] - before
    return is_table


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read, and where each of its characters was written."""

    text: str
    at: Sequence[int]
    end: int  # where the line feed behind it was written, if it was


def lines_of(raw: str, read: str, *, translated: dict[int, Any], blank: str) -> list[Line]:
    """Find where the lines of a text as it is read stand in the text as written.

    Parameters
    ----------
    raw, read : str
        The text, and what is left of it: lines of which ends, a common indentation and single
        characters were left out or replaced by ``translated``, and blank lines around them.
    translated : dict
        What `str.translate` replaced.
    blank : str
        What is left out at both ends of the text.
    """
    texts = read.split("\n")
    written = list(_written_lines(raw, translated))
    first = next(number for number, line in enumerate(written) if line.text.strip(blank))
    lines = []
    for number, text in enumerate(texts):
        line = written[first + number]
        bare = line.text.rstrip()
        if number == len(texts) - 1:
            bare = bare.rstrip(blank)
        start = len(bare) - len(text)
        lines.append(Line(text, line.at[start : start + len(text)], line.end))
    return lines


def _written_lines(raw: str, translated: dict[int, Any]) -> Iterator[Line]:
    start = 0
    for ending in (*_LINE_END.finditer(raw), None):
        end = len(raw) if ending is None else ending.start()
        text = raw[start:end]
        at: Sequence[int] = range(start, end)
        left = text.translate(translated)
        if len(left) != len(text):
            at = [start + n for n, character in enumerate(text) if character.translate(translated)]
        yield Line(left, at, _NOWHERE if ending is None else ending.end() - 1)
        start = end if ending is None else ending.end()


class Placing:
    """Renders tokens one by one, and notes where the text of each was written."""

    def __init__(
        self, renderer: RendererHTML, options: OptionsDict, raw: str, lines: Sequence[Line]
    ) -> None:
        """Begin with nothing; ``lines`` as by :func:`lines_of`."""
        self.runs: list[Run] = []
        self._renderer = renderer
        self._options = options
        self._raw = raw
        self._lines = lines
        self._n_rendered = 0

    def html(self, tokens: Sequence[Token], env: dict[str, Any]) -> str:
        """Return the HTML of blocks, the same as without places; ``runs`` holds these then."""
        pieces: list[str] = []
        row: Iterator[tuple[str, list[int]]] = iter(())
        for index, token in enumerate(tokens):
            if token.type == "inline":
                before = tokens[index - 1]
                content, at = token.content, self._of_block(token, before)
                if before.type in ("td_open", "th_open"):
                    content, at = next(row, ("", []))
                pieces += self._inline(token, at if content == token.content else [], env)
                continue
            if token.type == "tr_open":
                row = self._cells(token)
            piece = self._piece(tokens, index, env)
            pieces.append(piece)
            self._block(token, piece)
        return "".join(pieces)

    def plain(self) -> None:
        """Note the places of a text that is shown as it was read."""
        self._add("\n".join(line.text for line in self._lines), self._at(0, len(self._lines)))

    def _piece(self, tokens: Sequence[Token], index: int, env: dict[str, Any]) -> str:
        renderer = self._renderer
        rule = renderer.rules.get(tokens[index].type, renderer.renderToken)
        return str(rule(tokens, index, self._options, env))

    # Blocks

    def _block(self, token: Token, piece: str) -> None:
        visible = visible_text(piece)
        if token.map is None or token.type not in ("fence", "code_block", "math_block"):
            self._n_rendered += len(visible)
            return
        first = token.map[0] + (token.type == "fence")
        content = visible if token.type == "math_block" else token.content
        self._add(content, self._of_lines(content, first))
        self._n_rendered += len(visible) - len(content)

    def _of_block(self, token: Token, before: Token) -> list[int]:
        if token.map is None:
            return []
        is_atx = before.type == "heading_open" and before.markup.startswith("#")
        return self._of_lines(token.content, token.map[0], is_atx=is_atx)

    def _of_lines(self, content: str, first: int, *, is_atx: bool = False) -> list[int]:
        """Return where the text of a block was written, whose lines are ends of lines."""
        at: list[int] = []
        for number, text in enumerate(content.split("\n"), start=first):
            if number >= len(self._lines):
                return [*at, *[_NOWHERE] * (len(content) - len(at))]
            line = self._lines[number]
            written = _CLOSING_HASHES.sub("", line.text).rstrip() if is_atx else line.text
            bare = text
            if not written.endswith(text):  # a tab that lies partly in the indentation
                bare = text.lstrip()
            stop = len(written)
            start = stop - len(bare)
            at += [_NOWHERE] * (len(text) - len(bare))
            at += line.at[start:stop] if written.endswith(bare) else [_NOWHERE] * len(bare)
            at.append(line.end)
        return at

    def _at(self, first: int, last: int) -> list[int]:
        return [place for line in self._lines[first:last] for place in (*line.at, line.end)]

    def _cells(self, token: Token) -> Iterator[tuple[str, list[int]]]:
        r"""Yield the text of each cell of a row, and where it was written; ``\|`` is a ``|``."""
        if token.map is None:
            return
        line = self._lines[token.map[0]]
        start = int(token.meta["start"])
        row = line.text[start:].rstrip()
        start += len(row) - len(row.lstrip())
        row = row.lstrip()
        ends = [match.start() for match in _CELL_END.finditer(row)]
        for low, high in zip([0, *(end + 1 for end in ends)], [*ends, len(row)], strict=True):
            if low == high == 0:
                continue  # the row begins with a bar
            within = [n for n in range(low, high) if not row.startswith("\\|", n)]
            text = "".join(row[n] for n in within)
            first = len(text) - len(text.lstrip(MD_TRIM_CHARS))
            cell = mdTrim(text)
            yield cell, [line.at[start + n] for n in within[first : first + len(cell)]]

    # Paragraphs

    def _inline(self, token: Token, at: Sequence[int], env: dict[str, Any]) -> Iterator[str]:
        children = token.children or []
        source, position = token.content, 0
        for index, child in enumerate(children):
            piece = self._piece(children, index, env)
            yield piece
            visible = visible_text(piece)
            text, start = _in_source(child, source, position, visible)
            before = visible.find(text)
            self._n_rendered += before
            is_there = bool(at) and source.startswith(text, start)
            self._add(text, at[start : start + len(text)] if is_there else [])
            self._n_rendered += len(visible) - before - len(text)
            position = child.meta.get("end", start + len(text))

    def _add(self, text: str, at: Sequence[int]) -> None:
        """Note text that is rendered next, with the place of each character if it is known."""
        rendered, n = self._n_rendered, len(text)
        self._n_rendered += n
        if not text or not at:
            return
        is_whole = at[0] >= 0 and at[n - 1] - at[0] == n - 1
        if is_whole and self._raw.startswith(text, at[0]):
            self._run(rendered, at[0], n)
            return
        for offset, character in enumerate(text):
            place = at[offset]
            if place >= 0 and self._raw[place] == character:
                self._run(rendered + offset, place, 1)

    def _run(self, rendered: int, raw: int, length: int) -> None:
        if self.runs:
            first, place, n = self.runs[-1]
            if (first + n, place + n) == (rendered, raw):
                self.runs[-1] = (first, place, n + length)
                return
        self.runs.append((rendered, raw, length))


def _in_source(child: Token, source: str, position: int, visible: str) -> tuple[str, int]:
    """Return which text of a piece was written as it is shown, and where in its paragraph."""
    match child.type:
        case "text":
            return child.content, position
        case "text_special":
            return child.content, position + len(child.markup) - len(child.content)
        case "softbreak" | "hardbreak":
            return "\n", source.find("\n", position)
        case "code_inline":
            start = position + len(child.markup)
            return child.content, start + (not source.startswith(child.content, start))
        case "math_inline":
            return visible, position  # its source, where it could not be set
        case "image":
            return child.content, position + len("![")
        case "link_open":
            return "", position + len("[")
    return "", position + len(child.markup)


def visible_text(piece: str) -> str:
    """Return what is read of a piece of our HTML."""
    if "<" in piece:
        piece = _TAG.sub("", piece)
    return html.unescape(piece) if "&" in piece else piece

"""The Python in a response: its fenced blocks, read line by line as Markdown has them."""

import re
from collections.abc import Iterator

#: A fence may stand in a list or a quotation; what stands before it is its indentation.
_OPENING = re.compile(
    r"(?P<before>[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)"
)
_PYTHON = frozenset({"python", "python3", "py", "py3"})


def code_of(text: str) -> str:
    """Return the Python code of a response.

    Its blocks that are fenced as Python one after another; where none is, its blocks of no
    language; else all of it. Blocks of other languages are never code, and where a language is
    said, a block without one is as often what the code prints.

    References
    ----------
    CommonMark 0.31, section 4.5, but for fences further in, which stand in lists.
    """
    blocks = list(_blocks(text))
    tagged = [code for language, code in blocks if language in _PYTHON]
    return "\n\n".join(tagged or [code for language, code in blocks if not language]) or text


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Give the language of each fenced block, in small letters, and what it holds.

    A block that nobody closed goes to the end.
    """
    language, fence, indent = "", "", 0
    lines: list[str] = []
    for line in text.splitlines():
        if fence:
            rest = line.strip()
            if len(rest) >= len(fence) and set(rest) == {fence[0]}:
                yield language, "\n".join(lines)
                fence = ""
            else:
                lines.append(_without_indent(line, indent))
        elif opening := _OPENING.fullmatch(line):
            fence, indent, lines = opening["fence"], len(opening["before"]), []
            language = next(iter(opening["info"].lower().split()), "")
    if fence:
        yield language, "\n".join(lines)


def _without_indent(line: str, indent: int) -> str:
    """Take at most so many spaces and tabs from the start of a line."""
    n_blank = len(line) - len(line.lstrip(" \t"))
    return line[min(indent, n_blank) :]

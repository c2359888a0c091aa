"""Code and arithmetic that nobody fenced, which Markdown would take for headings and emphasis."""

import re
from bisect import bisect_right

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, emphasis

_MAX_LINE = 1_000  # characters; nobody writes longer lines of code, and patterns stay quick

#: Lines that only a program has.
_DEFINITE = re.compile(
    r"""
    \s*(?:async\s+)?def\s\w+\(.*                                     # Python
    | class\s\w+(?:\(.*\))?:\s*(?:\#.*)?
    | from\s[\w.]+\simport\s[\w*(].*
    | import\s[\w.]+(?:\sas\s\w+)?(?:\s*,\s*[\w.]+(?:\sas\s\w+)?)*\s*
    | @[\w.]+(?:\(.*\))?\s*
    | \s*for\s\w+(?:,\s*\w+)*\sin\s\S.*:\s*(?:\#.*)?
    | \#include\s*[<"].* | \#!.* | using\snamespace\s\w+; | package\s[\w.]+; | import\s[\w.*]+;
    | \s*(?:public|private|protected)\s(?:static\s|final\s)*
      (?:class\s\w+|[\w<>\[\],]+\s\w+\s*[(=;]).*
    | \s*(?:export\s|async\s|default\s)*function\b[^(]*\(.*\{\s*
    | \s*(?:const|let|var)\s[\w{\[][^=]*=.*
    | [\w<>\[\]*&:,\ ]+\([^()]*\)\s*\{\s*                            # C and its kin
    | (?:SELECT\s.+|INSERT\sINTO\s.+|CREATE\s(?:TABLE|VIEW|INDEX)\s.+|DELETE\sFROM\s.+)
    | <!DOCTYPE\s.* | <\?(?:php|xml)\b.*
    """,
    re.VERBOSE,
)
#: A whole statement on one line, which prose hardly has.
_CALL = re.compile(r"\s*(?:[\w.\[\]]+\s*=\s*)?[A-Za-z_][\w.]*\(.*\)\s*;?\s*")
_CODE_LIKE = re.compile(
    r"""
    [^-*>|\s].*[=()\[\]{}<>].*;\s* | \s+\S.*[=()\[\]{}<>].*;\s*      # a statement with an end
    | (?!.*\b[A-Za-z]{2,}\s[A-Za-z]{2,}\b)                             # an assignment, no words
      \s*[\w.\[\]'"]+(?:\s*,\s*\w+)*\s*(?:[-+*/%|&]|//|\*\*|:)?=(?!=)\s*\S.*
    | \s*(?:if|elif|else|for|while|try|except|finally|with|switch|do|then)\b.*[:{]\s*(?:\#.*)?
    | \s*(?:for\s\w+\sin\s.*;\s*do|if\s\[.*)
    | \s+(?:return|yield|raise|throw|assert|print|echo|break|continue|pass)\b.*
    | \s*(?:fi|done|esac|end|endif|break|continue|pass)\s*;?\s*
    | \s*(?:FROM|WHERE|GROUP\sBY|ORDER\sBY|HAVING|LIMIT|VALUES|SET|(?:LEFT\s|INNER\s)?JOIN)\b.*
    | \s*</?[A-Za-z][\w:-]*(?:\s[^<>]*)?>(?:.*</?[A-Za-z][^<>]*>)?\s*
    | \s*[\]})]+\s*[;,)]*\s* | .*[){]\s*\{\s* | \}\s*\w+.*\{\s*
    """,
    re.VERBOSE,
)
#: Read as code beside code only: alone they are a heading, a list or a remark.
_REMARK = re.compile(r"\s*(?:#(?!#).*|//.*|/\*.*|\*/.*|--\s.*|<!--.*)")
_INDENTED = re.compile(r"(?: {2,}|\t| (?=\S))")
_FEWEST_LINES = 3  # that are like code, where none is definitely code
_LEAST_SHARE = 0.6

_PYTHON_NAMES = frozenset(
    name
    for kind in (object, type, int, str, dict, set, BaseException, memoryview, type(lambda: 0))
    for name in dir(kind)
    if name.startswith("__")
) | {
    f"__{name}__"
    for name in (
        *("all", "call", "del", "enter", "exit", "file", "future", "get", "index", "iter", "len"),
        *("main", "missing", "next", "path", "post_init", "set", "slots", "version"),
    )
}
_DUNDER = re.compile(r"__[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*__(?![A-Za-z0-9_])")


def read_unfenced_code(markdown: MarkdownIt) -> None:
    """Teach a parser to show code that nobody fenced, and signs of arithmetic, literally."""
    markdown.block.ruler.before("table", "unfenced", _block, {"alt": ["paragraph"]})
    markdown.inline.ruler.at("emphasis", _emphasis)


def has_unfenced_code(text: str) -> bool:
    """Say whether lines of a text may be code that was nevertheless read as Markdown.

    Where they are, the screen says that the text was formatted, and how to see it as written.
    """
    lines = text.split("\n")
    runs = _runs(lines)
    is_fenced = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            is_fenced = not is_fenced
        elif not is_fenced and not _is_within(number, runs) and _is_statement(line):
            return True
    return False


def _is_statement(line: str) -> bool:
    is_short = len(line) <= _MAX_LINE
    return is_short and bool(_DEFINITE.fullmatch(line) or _CALL.fullmatch(line))


def _is_within(number: int, runs: list[tuple[int, int]]) -> bool:
    place = bisect_right(runs, number, key=lambda run: run[0]) - 1
    return place >= 0 and number < runs[place][1]


def _runs(lines: list[str]) -> list[tuple[int, int]]:
    """Return where code begins and ends (exclusive), in order; linear in the number of lines."""
    kinds = [_kind(line) for line in lines]
    leads_to_code = _remarks_before_code(kinds)
    runs = []
    start = 0
    while start < len(lines):
        if kinds[start] in "DC" or (kinds[start] == "R" and leads_to_code[start]):
            end = _end(start, lines, kinds, leads_to_code)
            if _is_code(kinds[start:end], lines[start]):
                runs.append((start, end))
            start = end
        else:
            start += 1
    return runs


def _kind(line: str) -> str:
    """Return one letter: Definitely code, Code-like, Remark, Blank, Indented, or Prose."""
    if not line.strip():
        return "B"
    if len(line) > _MAX_LINE:
        return "P"
    if _DEFINITE.fullmatch(line):
        return "D"
    if _CALL.fullmatch(line) or _CODE_LIKE.fullmatch(line):
        return "C"
    if _REMARK.fullmatch(line):
        return "R"
    return "I" if _INDENTED.match(line) else "P"


def _remarks_before_code(kinds: list[str]) -> list[bool]:
    """Say for each line whether code comes next, with nothing but remarks in between."""
    leads = [False] * len(kinds)
    for number in range(len(kinds) - 2, -1, -1):
        following = kinds[number + 1]
        leads[number] = following in "DC" or (following == "R" and leads[number + 1])
    return leads


def _end(start: int, lines: list[str], kinds: list[str], leads_to_code: list[bool]) -> int:
    """Return where the code that begins at a line ends: at prose, or before a gap and prose."""
    end = number = start + 1
    while number < len(lines):
        kind = kinds[number]
        if kind == "P" or (kind == "R" and not leads_to_code[number] and lines[number][0] == "#"):
            break
        if kind != "B":
            end = number + 1
        number += 1
    return end


def _is_code(kinds: list[str], first: str) -> bool:
    """Say whether lines that hang together are enough like code to be shown as such."""
    written = [kind for kind in kinds if kind != "B"]
    if "D" in written:
        return len(written) > 1 or first.lstrip().startswith(("def ", "SELECT "))
    n_like = written.count("C")
    return n_like >= _FEWEST_LINES and n_like >= _LEAST_SHARE * len(written)


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read lines of code as a block of code."""
    if state.level > 0 or state.is_code_block(start):
        return False
    if "unfenced" not in state.env:
        lines = state.src.split("\n")
        state.env["unfenced"] = lines, dict(_runs(lines))
    lines, ends = state.env["unfenced"]
    stop = ends.get(start)
    if stop is None or stop > end:
        return False
    if not silent:
        token = state.push("code_block", "code", 0)
        token.content = "\n".join(lines[start:stop]) + "\n"
        token.map = [start, stop]
        state.line = stop
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Read emphasis as ever, but leave the signs of arithmetic and the names of Python alone."""
    literal = "" if silent else _literal(state.src, state.pos)
    if not literal:
        return emphasis.tokenize(state, silent)
    state.pending += literal
    state.pos += len(literal)
    return True


def _literal(text: str, start: int) -> str:
    """Return what stands at a place and is to be read as written: ``*`` in 5*4*3, ``__init__``."""
    marker = text[start]
    before = text[start - 1 : start]
    if marker == "_":
        name = _DUNDER.match(text, start)
        if name is None or before.isalnum():
            return ""
        is_of_a_program = (
            name[0] in _PYTHON_NAMES or before == "." or text.startswith("(", name.end())
        )
        return name[0] if is_of_a_program else ""
    if marker != "*":
        return ""
    run = 1
    while text.startswith("*", start + run):
        run += 1
    after = text[start + run : start + run + 1]
    is_operator = (before + after).isascii() and before.isalnum() and after.isalnum()
    return "*" * run if is_operator or (before, after) == ("(", ")") else ""

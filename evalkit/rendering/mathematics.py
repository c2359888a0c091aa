r"""Mathematics in untrusted text: what ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]`` is one."""

import html
import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from evalkit.rendering.latex import UnsettableError, mathml

_MAX_DISPLAY_LINES = 200
_CLOSINGS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

#: Any of these is a reason to take what stands between dollars for mathematics.
_REASONS = re.compile(
    r"""
    \\[A-Za-z]{2,} | \\[\\{}|,;!]                           # a command, beyond the \w of a pattern
    | (?:[\w)\]}'!] | (?<=[\w)])\|) \s* [\^_] \s* [\\\w({*'′+-]   # a script under its base
    | [\w)\]}'!|] \s* &?[-=<>+*/|≤≥≠±×·÷≈∈→]+ \s* [\\\w({\[|+-]     # an operator between operands
    | ^ [-+±]? [A-Za-z] '* (?: \( [^()]+ \) )? $                  # x, -x, x', f(x)
    | ^ \( \s* [-\w]+ (?: \s* , \s* [-\w]+ )+ \s* \) $            # (a, b)
    """,
    re.VERBOSE,
)
_STRONG_REASON = re.compile(r"\\[A-Za-z]{2,}|[\^_={}]")
#: A script alone, as in H$_2$O and 10$^{-3}$, beside what it belongs to.
_SCRIPT_ALONE = re.compile(r"[\^_](?:\{[^{}]*\}|\\[A-Za-z]+|[\w*+-])")
#: Names in programs and templates, of which LaTeX would lower one letter: my_var, HOME_DIR.
_NAME = re.compile(r"[A-Za-z]{2,}_[A-Za-z]{2,}")
_TEXT_COMMAND = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}]*\})?|[\^_]\s*\{[^{}]*\}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER_ALONE = re.compile(r"[\d.,\s]*\d")


def add_mathematics(markdown: MarkdownIt) -> None:
    r"""Teach a parser to read mathematics and to write it as MathML.

    Dollars are money, variables of a shell and ends of patterns as well, so what stands between
    them is read only with a reason (:func:`is_mathematics`). ``\(…\)`` is read inside a
    paragraph, ``\[…\]`` on lines of its own only, because an escaped bracket inside a sentence
    is a bracket.
    """
    markdown.inline.ruler.before("escape", "bracket_math", _bracket_math)
    markdown.inline.ruler.before("escape", "dollar_math", _dollar_math)
    markdown.block.ruler.before("fence", "display_math", _display, {"alt": ["paragraph"]})
    markdown.add_render_rule("math_inline", _mathematics)
    markdown.add_render_rule("math_block", _mathematics)


def is_mathematics(source: str, *, before: str = "", after: str = "", is_display: bool) -> bool:
    """Say whether what stands between dollars has a reason to be mathematics.

    Parameters
    ----------
    source : str
        What stands between the dollars.
    before, after : str
        The character on either side of them, empty at an end of the text.
    is_display : bool
        Whether there are two dollars on each side, which nobody writes around an amount.
    """
    if not source or source[0].isspace() or source[-1].isspace():
        return False
    if _SCRIPT_ALONE.fullmatch(source):
        return before.isalnum() or before in (")", "]")
    if any(character.isalnum() or character in ("$", "_", "\\") for character in (before, after)):
        return False
    if is_display and _NUMBER_ALONE.fullmatch(source):
        return True
    if after in ("(", "{") or _NAME.search(source) or not _REASONS.search(source):
        return False
    n_words = len(_WORD.findall(_TEXT_COMMAND.sub(" ", source)))
    return n_words == 0 or is_display or (n_words == 1 and bool(_STRONG_REASON.search(source)))


def _mathematics(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    """Return MathML, or the source, marked as such, where it cannot be set."""
    token = tokens[index]
    try:
        return mathml(token.content, display="inline" if token.markup in ("$", "\\(") else "block")
    except UnsettableError:
        source = html.escape(token.markup + token.content + _CLOSINGS[token.markup])
        return f'<code class="ek-tex" title="Mathematics, shown as its source">{source}</code>'


def _bracket_math(state: StateInline, silent: bool) -> bool:
    r"""Read ``\(…\)`` inside a paragraph."""
    if not state.src.startswith("\\(", state.pos):
        return False
    end = _closing(state.env, state.src, state.pos + 2)
    if end < 0 or end >= state.posMax:
        return False
    _push(state, state.src[state.pos + 2 : end], "\\(", silent=silent)
    state.pos = end + 2
    return True


def _closing(env: MutableMapping[str, Any], source: str, start: int) -> int:
    r"""Find the next ``\)``; remember the last one, so that many openings cost one search."""
    if env.get("bracket_source") is not source:
        env["bracket_source"] = source
        env["bracket_last"] = source.rfind("\\)")
    return source.find("\\)", start) if start <= env["bracket_last"] else -1


def _dollar_math(state: StateInline, silent: bool) -> bool:
    """Read ``$…$`` and ``$$…$$`` inside a paragraph, with a reason to."""
    text, start = state.src, state.pos
    if text[start] != "$":
        return False
    markup = "$$" if text.startswith("$$", start) else "$"
    inside = start + len(markup)
    end = text.find("$", inside, state.posMax)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, state.posMax)
    if end <= inside or not text.startswith(markup, end):
        return False
    source, after = text[inside:end], end + len(markup)
    is_wanted = is_mathematics(
        source if markup == "$" else source.strip(),
        before=text[start - 1 : start],
        after=text[after : after + 1],
        is_display=markup == "$$",
    )
    if is_wanted:
        _push(state, source, markup, silent=silent)
        state.pos = after
    return is_wanted


def _push(state: StateInline, source: str, markup: str, *, silent: bool) -> None:
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = source
        token.markup = markup


def _display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""Read ``\[ … \]`` or ``$$ … $$`` on lines of its own, whose lines are no list."""
    first = state.getLines(start, start + 1, state.tShift[start], False).strip()
    markup = first[:2]
    if markup not in ("\\[", "$$") or state.is_code_block(start):
        return False
    closing = _CLOSINGS[markup]
    lines: list[str] = []
    for line in range(start, min(end, start + _MAX_DISPLAY_LINES)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        lines.append(state.getLines(line, line + 1, state.blkIndent, False).strip())
        if closing in (lines[-1] if len(lines) > 1 else lines[-1][2:]):
            break
    else:
        return False
    source = "\n".join(lines)[2:]
    if not source.endswith(closing) or source.find(closing) != len(source) - 2:
        return False
    source = source[:-2]
    if markup == "$$" and not is_mathematics(source.strip(), is_display=True):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content = source
        token.markup = markup
        token.map = [start, start + len(lines)]
        state.line = start + len(lines)
    return True

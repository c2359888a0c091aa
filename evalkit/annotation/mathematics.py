r"""Mathematics in untrusted text, ``$…$``, ``\(…\)`` and ``\[…\]``, as MathML and nothing else."""

import html
from collections.abc import MutableMapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

MAX_MATH_CHARACTERS = 5_000
_MAX_DISPLAY_LINES = 200

_TAGS = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_ATTRIBUTES = (
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence "
    "form height largeop linethickness lspace mathvariant maxsize minsize movablelimits notation "
    "rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset width"
)
MATHML_TAGS = frozenset(_TAGS.split())
MATHML_ATTRIBUTES = frozenset(_ATTRIBUTES.split())


def add_mathematics(markdown: MarkdownIt) -> None:
    r"""Teach a parser to read mathematics and to write it as MathML.

    ``$5 and $10`` is money: no space inside the dollars, no digit beside them. ``\(…\)`` is
    read inside a paragraph, ``\[…\]`` on lines of its own only, because an escaped bracket
    inside a sentence is a bracket.
    """
    dollarmath_plugin(
        markdown,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    markdown.inline.ruler.before("escape", "bracket_math", _bracket_math)
    markdown.block.ruler.before(
        "fence", "bracket_math_block", _bracket_math_block, {"alt": ["paragraph"]}
    )
    markdown.add_render_rule("math_inline", _inline_math)
    markdown.add_render_rule("math_inline_double", _display_math)
    markdown.add_render_rule("math_block", _display_math)


def _inline_math(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    return _mathematics(tokens[index], display="inline")


def _display_math(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    return _mathematics(tokens[index], display="block")


def _mathematics(token: Token, *, display: str) -> str:
    """Return MathML, or the source where it cannot be read as LaTeX."""
    source = token.content.strip()
    opening, closing = _delimiters(token)
    as_written = f'<code class="ek-tex">{html.escape(opening + token.content + closing)}</code>'
    if not source or len(source) > MAX_MATH_CHARACTERS or not _is_balanced(source):
        return as_written
    try:
        element = convert_to_element(source, display=display)
        return _mathml(element)
    except Exception:  # noqa: BLE001 - the converter raises anything at all on hostile input
        return as_written


def _is_balanced(source: str) -> bool:
    """Say whether every brace is closed; where one is not, the converter drops commands."""
    bare = source.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    return bare.count("{") == bare.count("}")


def _delimiters(token: Token) -> tuple[str, str]:
    if token.markup.startswith("\\"):
        return token.markup, {"\\(": "\\)", "\\[": "\\]"}[token.markup]
    return token.markup, token.markup


def _mathml(element: Element) -> str:
    r"""Write an element out, escaped and limited to known tags and attributes.

    The converter's own ``convert`` undoes the escaping of ``\text{<img …>}``, and ``\href``
    and ``\style`` set attributes, so neither its writer nor its attributes are used as they are.
    """
    if element.tag not in MATHML_TAGS:
        raise ValueError(element.tag)
    attributes = "".join(
        f' {name}="{html.escape(value)}"'
        for name, value in element.attrib.items()
        if name in MATHML_ATTRIBUTES
    )
    content = _escaped(element.text) + "".join(
        _mathml(child) + _escaped(child.tail) for child in element
    )
    return f"<{element.tag}{attributes}>{content}</{element.tag}>"


def _escaped(text: str | None) -> str:
    """Escape text in which the converter writes symbols as character references."""
    return html.escape(html.unescape(text or ""))


def _bracket_math(state: StateInline, silent: bool) -> bool:
    r"""Read ``\(…\)`` inside a paragraph."""
    if not state.src.startswith("\\(", state.pos):
        return False
    end = _closing(state.env, state.src, state.pos + 2)
    if end < 0 or end >= state.posMax:
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = state.src[state.pos + 2 : end]
        token.markup = "\\("
    state.pos = end + 2
    return True


def _closing(env: MutableMapping[str, Any], source: str, start: int) -> int:
    r"""Find the next ``\)``; remember the last one, so that many openings cost one search."""
    if env.get("bracket_source") is not source:
        env["bracket_source"] = source
        env["bracket_last"] = source.rfind("\\)")
    return source.find("\\)", start) if start <= env["bracket_last"] else -1


def _bracket_math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""Read ``\[ … \]`` on lines of its own, so that its lines are not taken for a list."""
    first = state.getLines(start, start + 1, state.tShift[start], False).strip()
    if state.is_code_block(start) or not first.startswith("\\["):
        return False
    lines = []
    for line in range(start, min(end, start + _MAX_DISPLAY_LINES)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        lines.append(state.getLines(line, line + 1, state.blkIndent, False).strip())
        if "\\]" in lines[-1]:
            break
    else:
        return False
    joined = "\n".join(lines)
    if not joined.endswith("\\]") or joined.find("\\]") != len(joined) - 2:
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content = joined[2:-2]
        token.markup = "\\["
        token.map = [start, start + len(lines)]
        state.line = start + len(lines)
    return True

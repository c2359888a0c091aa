r"""LaTeX to MathML that browsers draw as it is meant, or a refusal: never something else.

What browsers draw is MathML Core: no line breaks inside a row, no frames, no variants of letters
by attribute, no rules in tables. Where the converter writes such a thing, it is put in another
form here, or the source is refused, for half of a formula drawn is a wrong formula.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

MAX_CHARACTERS = 5_000

_TAGS = (
    "math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_ATTRIBUTES = (
    "accent accentunder columnalign columnspacing depth display displaystyle fence "
    "form height largeop linethickness lspace mathvariant maxsize minsize movablelimits "
    "rspace scriptlevel separator stretchy symmetric voffset width"
)
MATHML_TAGS = frozenset(_TAGS.split())
MATHML_ATTRIBUTES = frozenset(_ATTRIBUTES.split())

#: Environments by the one of the converter's own that sets them; the others it would flatten.
_ENVIRONMENTS = {
    **{name: name for name in ("array", "cases", "split", "smallmatrix", "equation", "equation*")},
    **{name: name for name in ("matrix", "bmatrix", "Bmatrix", "pmatrix", "vmatrix", "Vmatrix")},
    **dict.fromkeys(("align", "align*", "aligned", "alignat*", "flalign", "flalign*"), "align*"),
    **dict.fromkeys(("gather", "gather*", "gathered", "multline", "multline*"), "array}{c"),
    **dict.fromkeys(("eqnarray", "eqnarray*"), "array}{rcl"),
    "dcases": "cases",
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
_NOT_READ = re.compile(r"\\(?:label\s*\{[^{}]*\}|nonumber\b|notag\b)")
_NUMBER = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_ROW_END = re.compile(r"\\\\(?:\*|\s*\[[^\[\]]*\])?")
_LAST_ROW_END = re.compile(r"\\\\\s*(?=\\end\s*\{|$)")
_PIECE = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\\\|\\.|[{}&]", re.DOTALL)
#: Where the rules beside a cell are noted; no attribute that LaTeX could set.
_RULED = "ruled"
_COMMAND_LEFT = re.compile(r"\\[A-Za-z]")
_VARIANTS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "fraktur": "FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "monospace": "MONOSPACE",
    "sans-serif": "SANS-SERIF",
}


class UnsettableError(ValueError):
    """The source is not LaTeX that can be set; the message says what stands in the way."""


def mathml(source: str, *, display: str) -> str:
    """Return LaTeX mathematics as MathML of a fixed set of tags and attributes.

    Parameters
    ----------
    source : str
        LaTeX without its delimiters; trusted in nothing.
    display : str
        ``inline`` or ``block``.

    Raises
    ------
    UnsettableError
        If it is too long, cannot be read, names a command or environment that is not known,
        or holds something that browsers would draw as something else.
    """
    if not source.strip() or len(source) > MAX_CHARACTERS:
        raise UnsettableError("empty or too long")
    prepared = _prepared(source.strip())
    try:
        element = convert_to_element(prepared, display=display)
        return "".join(_written(element))
    except UnsettableError:
        raise
    except Exception as error:  # the converter raises anything at all on hostile input
        raise UnsettableError(type(error).__name__) from error


def _prepared(source: str) -> str:
    """Say the same in the words the converter knows."""
    _require_balance(source)
    source = _NOT_READ.sub("", source)
    source = _NUMBER.sub(lambda number: rf"\qquad\text{{({number[1]})}}", source)
    source = _LAST_ROW_END.sub("", _ROW_END.sub(lambda _: r"\\", source)).rstrip()
    outer = _outer_pieces(source)
    if r"\\" in outer:
        environment = "align*" if "&" in outer else "array}{c"
        return rf"\begin{{{environment}}}{_renamed(source)}\end{{{environment.split('}')[0]}}}"
    if "&" in outer:
        raise UnsettableError("columns outside a table")
    return _renamed(source)


def _require_balance(source: str) -> None:
    """Refuse what leaves a brace open, for which the converter drops commands."""
    bare = source.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    if bare.count("{") != bare.count("}"):
        raise UnsettableError("a brace is not closed")


def _outer_pieces(source: str) -> list[str]:
    """Return the line ends and column marks that lie in no environment and no braces."""
    depth = 0
    pieces = []
    for piece in _PIECE.findall(source):
        if piece == "{" or piece.startswith("\\begin"):
            depth += 1
        elif piece == "}" or piece.startswith("\\end"):
            depth -= 1
        elif depth == 0 and piece in (r"\\", "&"):
            pieces.append(piece)
    return pieces


def _renamed(source: str) -> str:
    r"""Give environments the names the converter sets; ``\end`` takes no column specification."""

    def known(match: re.Match[str]) -> str:
        name = _ENVIRONMENTS.get(match[2].strip())
        if name is None:
            raise UnsettableError(f"no environment {match[2]}")
        return rf"\{match[1]}{{{name if match[1] == 'begin' else name.split('}')[0]}}}"

    return _ENVIRONMENT.sub(known, source)


def _written(element: Element) -> Iterator[str]:
    r"""Write an element out, escaped and limited to known tags and attributes.

    The converter's own ``convert`` undoes the escaping of ``\text{<img …>}``, and ``\href``,
    ``\class`` and ``\style`` set attributes, so neither its writer nor its attributes are used
    as they are.
    """
    tag, css_class = element.tag, element.get(_RULED, "")
    if tag == "menclose" and element.get("notation") == "box":
        tag, css_class = "mrow", "ek-boxed"
    if tag not in MATHML_TAGS or element.get("linebreak"):
        raise UnsettableError(f"browsers do not draw {tag}")
    if tag == "mtable":
        _rule(element)
    is_letter = tag in ("mi", "mn") and element.get("mathvariant") in _VARIANTS
    attributes = {
        name: value
        for name, value in element.attrib.items()
        if name in MATHML_ATTRIBUTES and not (is_letter and name == "mathvariant")
    }
    if css_class:
        attributes["class"] = css_class
    listed = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    yield f"<{tag}{listed}>{html.escape(_characters(element))}"
    for child in element:
        yield from _written(child)
        yield html.escape(html.unescape(child.tail or ""))
    yield f"</{tag}>"


def _rule(table: Element) -> None:
    """Note at each cell of a table the rules above it and before it."""
    for number, row in enumerate(table):
        above = "ek-ruled-above" if _is_ruled(table.get("rowlines"), number) else ""
        for column, cell in enumerate(row):
            before = "ek-ruled-before" if _is_ruled(table.get("columnlines"), column) else ""
            cell.set(_RULED, f"{above} {before}".strip())


def _is_ruled(lines: str | None, index: int) -> bool:
    """Say whether a rule stands before a row or column; the last kind of rule goes on."""
    kinds = (lines or "none").split()
    return index > 0 and kinds[min(index, len(kinds)) - 1] != "none"


def _characters(element: Element) -> str:
    """Return the text of an element, in which the converter writes symbols as references."""
    written = element.text or ""
    text = html.unescape(written)
    if element.tag != "mtext" and (written == "&" or _COMMAND_LEFT.match(text)):
        raise UnsettableError(f"no command {text}")
    if element.tag not in ("mi", "mn"):
        return text
    style = _VARIANTS.get(element.get("mathvariant", ""))
    return "".join(_in_style(character, style) for character in text) if style else text


def _in_style(character: str, style: str) -> str:
    """Return a letter or digit in bold, script …: as a character of its own, where there is one."""
    bare = unicodedata.name(character, "")
    bare = bare.removeprefix("LATIN ").removeprefix("GREEK ").replace(" LETTER ", " ")
    # A few letters were characters before the others were: ℝ, ℒ, ℭ, ℎ.
    older = {"FRAKTUR": "BLACK-LETTER", "ITALIC": "PLANCK CONSTANT"}.get(style, style)
    for wanted in (f"MATHEMATICAL {style} {bare}", f"{older} {bare}"):
        try:
            return unicodedata.lookup(wanted)
        except KeyError:
            continue
    return character

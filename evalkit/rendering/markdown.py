"""Untrusted model text to safe HTML that keeps to the words of the text."""

import html
import re
import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from evalkit.rendering.indentation import keep_indentation
from evalkit.rendering.mathematics import add_mathematics
from evalkit.rendering.places import Placing, Run, lines_of, note_places
from evalkit.rendering.unfenced import read_unfenced_code

#: Beyond these the text is shown as it is: a degenerate response ("[[[[[…") must not stop a page.
MAX_CHARACTERS = 300_000
MAX_BRACKETS = 4_000
_MAX_NESTING = 60

#: Kinds of spaces that differ by width alone, and marks that have none: a habit of some models.
_SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2007\u2008\u2009\u200a\u202f"
_WITHOUT_WIDTH = "\u00ad\u2060\ufeff"
_BLANK = string.whitespace + "\u3000\u200b"
_AS_READ = str.maketrans(_SPACES, " " * len(_SPACES), _WITHOUT_WIDTH)
_UNCARRIABLE = re.compile("[\x00\ud800-\udfff]")
#: Blocks that find their own direction. What lies in a list, quotation or table has none of its
#: own: a browser leaves such parts out when it looks for the direction of the whole.
_DIRECTED = frozenset(("paragraph_open", "heading_open"))
_CONTAINERS = ("bullet_list", "ordered_list", "blockquote", "table")


def raw_html(text: str) -> str:
    """Return the text exactly as it is, escaped, every space and line break kept.

    Parameters
    ----------
    text : str
        Any text; NUL, which HTML cannot hold, becomes U+FFFD.
    """
    return f'<div class="ek-raw" dir="auto">{escape(text)}</div>'


def escape(text: str) -> str:
    """Return text that is safe as the content of an element or of a quoted attribute."""
    return html.escape(clean(text), quote=True)


def clean(text: str) -> str:
    """Put U+FFFD for what neither HTML nor UTF-8 can carry: NUL and lone surrogates."""
    return _UNCARRIABLE.sub("\ufffd", text)


@lru_cache(maxsize=512)
def render_note(words: str) -> str:
    """Return a sentence of ours where a text would be, set apart from all that a text can be."""
    return f'<div class="ek-note"><span class="ek-note-by">evalkit</span> {escape(words)}</div>'


#: Stands where a text would, so that nobody takes it for an empty one.
TEXT_ELSEWHERE = "The text is not in the files that were imported so far."


def render_response(text: str, *, error: str | None = None) -> str:
    """Render what a model wrote, or say in a note why nothing of it can be read.

    Parameters
    ----------
    text : str
        The response as it was recorded.
    error : str or None
        What went wrong instead of a response, in the words of its provider.

    Returns
    -------
    str
        HTML as by :func:`render_text`, never empty.
    """
    if error:
        return render_note(f"The model failed: {error}")
    if not text:
        return render_note("The model returned nothing.")
    return render_text(text) or render_note("The model returned only white space.")


def render_text(text: str) -> str:
    r"""Render one Markdown text as safe HTML that keeps to the words of the text.

    HTML in the text is shown, not obeyed. Nothing can be followed or loaded: a link keeps its
    target as a title, an image becomes its description and address in words. No character is
    rewritten (no typographer, emoji codes, arrows or entities), link definitions stay visible,
    line breaks stay line breaks, and lines keep their indentation. Mathematics between dollars,
    ``\(…\)`` and ``\[…\]`` becomes MathML; code that nobody fenced is shown literally. White
    space that nobody reads (around the text, at the ends of lines, by width alone) is left out,
    for it tells models apart. Every block finds its own direction.

    Parameters
    ----------
    text : str
        What a model, a document or a person wrote; trusted in nothing.

    Returns
    -------
    str
        HTML of a fixed set of tags and attributes; empty for a text without visible
        characters. A text too long, too deep or too full of brackets to be read as Markdown
        in reasonable time comes back as by :func:`raw_html`.
    """
    read = _as_read(text)
    environment: dict[str, Any] = {}
    tokens = _parsed(read, environment) if read else []
    if tokens is None:
        return raw_html(read)
    return str(_markdown().renderer.render(tokens, _markdown().options, environment))


def render_placed(text: str) -> tuple[str, list[Run]]:
    """Render a text as :func:`render_text` does, and say where its words were written.

    Parameters
    ----------
    text : str
        As it was written, with what no browser can carry replaced (see :func:`clean`).

    Returns
    -------
    html : str
        The same as by :func:`render_text`.
    runs : list of (int, int, int)
        Increasing stretches of the rendered text, which is that of all text nodes of ``html`` in
        order: where a stretch begins in it, where in ``text``, and its length, all in code
        points. Both texts hold the same characters there. What is drawn and was not written
        (numbers of a list, set formulas, spaces that were evened out) lies in no stretch.
    """
    read = _as_read(text)
    if not read:
        return "", []
    environment: dict[str, Any] = {}
    tokens = _parsed(read, environment)
    lines = lines_of(text, read, translated=_AS_READ, blank=_BLANK)
    renderer = cast("RendererHTML", _markdown().renderer)
    placing = Placing(renderer, _markdown().options, text, lines)
    if tokens is None:
        placing.plain()
        return raw_html(read), placing.runs
    return placing.html(tokens, environment), placing.runs


def _parsed(read: str, environment: dict[str, Any]) -> list[Token] | None:
    """Return a text's tokens, ready to be rendered; None if it is too much for Markdown."""
    if len(read) > MAX_CHARACTERS or read.count("[") > MAX_BRACKETS:
        return None
    try:
        tokens = _markdown().parse(clean(read), environment)
    except RecursionError:
        return None
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        return None  # markdown-it drops what lies deeper
    return _prepared(tokens)


def _as_read(text: str) -> str:
    """Leave out the white space that only tells who wrote a text, and keep what is read of it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_AS_READ)
    lines = [line.rstrip() for line in text.split("\n")]
    written = [line for line in lines if line.strip(_BLANK)]
    if not written:
        return ""
    indent = written[0][: len(written[0]) - len(written[0].lstrip())]
    others = written[1:]
    is_of_all = all(line.startswith(indent) for line in others)
    # One indented line at the start is no indentation of the text: a space that came before it.
    if is_of_all and any(not line[len(indent)].isspace() for line in others):
        lines = [line.removeprefix(indent) for line in lines]
    return "\n".join(lines).strip(_BLANK)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Build the parser once; parsing keeps its state in the tokens, so threads may share it."""
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
    markdown.enable(["table", "strikethrough"])
    # A definition "[1]: https://…" would vanish from the page: an invented source must be seen.
    markdown.disable(["reference", "entity"])
    keep_indentation(markdown)
    add_mathematics(markdown)
    read_unfenced_code(markdown)
    note_places(markdown)
    rules = {
        "text_special": _escaped,
        "image": _image,
        "link_open": _link_open,
        "link_close": _span_close,
        "softbreak": _line_break,
        "hardbreak": _line_break,
        "fence": _code_block,
        "code_block": _code_block,
        "table_open": _table_open,
        "table_close": _table_close,
    }
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _prepared(tokens: list[Token]) -> list[Token]:
    """Give every block its direction and every paragraph its element."""
    depth = 0
    for token in tokens:
        if token.type.removesuffix("_open").removesuffix("_close") in _CONTAINERS:
            depth += token.nesting
            if token.nesting == 1:
                token.attrSet("dir", "auto")
        elif token.type in _DIRECTED and depth == 0:
            token.attrSet("dir", "auto")
        elif token.type in ("td_open", "th_open"):
            alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if alignment:
                token.attrSet("class", f"ek-{alignment}")
        if token.hidden and token.type.startswith("paragraph_"):
            token.hidden = False  # so that spaces and breaks of a tight list are kept as well
            if token.nesting == 1:
                token.attrSet("class", "ek-tight")
    return tokens


# Render rules. markdown-it calls them with the renderer first.


def _escaped(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    return escape(tokens[index].content)


def _image(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    token = tokens[index]
    words = " ".join(part for part in (token.content, str(token.attrGet("src") or "")) if part)
    return f'<span class="ek-image">[image: {escape(words)}]</span>'


def _link_open(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    target = str(tokens[index].attrGet("href") or "")
    return f'<span class="ek-link" title="{escape(target)}">'


def _span_close(*_arguments: Any) -> str:
    return "</span>"


def _line_break(*_arguments: Any) -> str:
    return "\n"  # paragraphs are shown with white-space: pre-wrap


def _code_block(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    token = tokens[index]
    language = f' data-language="{escape(token.info.strip())}"' if token.info.strip() else ""
    return f'<pre class="ek-code" dir="ltr"{language}><code>{escape(token.content)}</code></pre>\n'


def _table_open(*_arguments: Any) -> str:
    return '<div class="ek-table"><table dir="auto">\n'


def _table_close(*_arguments: Any) -> str:
    return "</table></div>\n"

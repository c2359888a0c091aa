"""Keep the indentation of text that Markdown takes for prose: code that nobody fenced."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, code, paragraph
from markdown_it.rules_inline import StateInline, backtick, newline


def keep_indentation(markdown: MarkdownIt) -> None:
    """Teach a parser to keep the spaces at the start of lines, and the lines of a code span.

    What stands in a list or a quotation keeps what goes beyond the list's own indentation. A
    block that Markdown takes for code because of its four spaces keeps them as well.
    """
    markdown.inline.ruler.at("newline", _newline)
    markdown.inline.ruler.at("backticks", _code_span)
    markdown.block.ruler.at("paragraph", _with_lines_of(paragraph))
    markdown.block.ruler.at("code", _with_lines_of(code))


def _newline(state: StateInline, silent: bool) -> bool:
    """Break the line as ever, but leave the spaces of the next one to be read as text."""
    begun = state.pos
    is_break = newline(state, silent)
    if is_break:
        state.pos = begun + 1
    return is_break


def _code_span(state: StateInline, silent: bool) -> bool:
    """Read a code span as ever, but keep its lines: they would become one."""
    begun, n_tokens = state.pos, len(state.tokens)
    is_code = backtick(state, silent)
    if is_code and state.tokens[n_tokens:] and state.tokens[-1].type == "code_inline":
        n_ticks = len(state.tokens[-1].markup)
        inside = state.src[begun + n_ticks : state.pos - n_ticks]
        if "\n" in inside:
            state.tokens[-1].content = inside
    return is_code


_BlockRule = Callable[[StateBlock, int, int, bool], bool]


def _with_lines_of(rule: _BlockRule) -> _BlockRule:
    """Give what a rule found the lines as they are written, up to the block's own indentation."""

    def kept(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        n_tokens = len(state.tokens)
        is_found = rule(state, start, end, silent)
        for token in state.tokens[n_tokens:]:
            if token.content and token.map is not None:
                lines = state.getLines(token.map[0], token.map[1], state.blkIndent, False)
                token.content = lines.rstrip() + "\n" * token.content.endswith("\n")
        return is_found

    return kept

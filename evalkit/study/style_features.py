"""What the style of a response is: how long it is, and how much Markdown it is dressed in."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADER = re.compile(r"^ {0,3}#{1,6}(?:[ \t]|$)")
_LIST_ENTRY = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(?:(?!\1).)*?\S\1")
_INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class StyleFeatures:
    """Counts in one response: characters, headers, list entries, bold passages."""

    length: int
    headers: int
    lists: int
    bold: int


#: In the order of :class:`StyleFeatures`.
FEATURES = ("length", "headers", "lists", "bold")


def style_features(content: str) -> StyleFeatures:
    """Count what a reader sees before reading: length, headers, list entries, bold passages.

    Parameters
    ----------
    content : str
        A response as the model wrote it, read as Markdown.

    Returns
    -------
    StyleFeatures
        ``length`` is in characters without surrounding space: words would not count scripts
        that do not part them. Code blocks and inline code count for the length alone. An empty
        response has zeros.
    """
    headers = lists = bold = 0
    fence = ""
    for line in content.splitlines():
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
            continue
        if mark:
            fence = mark[1]
            continue
        headers += bool(_HEADER.match(line))
        lists += bool(_LIST_ENTRY.match(line))
        if "**" in line or "__" in line:
            bold += len(_BOLD.findall(_INLINE_CODE.sub("", line)))
    return StyleFeatures(len(content.strip()), headers, lists, bold)

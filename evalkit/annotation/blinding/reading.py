r"""A text as it is read: without the marks of Markdown and what nobody sees, letter by letter.

A name may be written `mistral\-large`, `**GPT**-4o`, with a zero-width space in it, in fullwidth
or mathematical letters, or with a Cyrillic letter that looks like a Latin one. A reader sees the
name all the same, so names are looked for in what is read, and taken out where it stands.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True)
class TextAsRead:
    """What is read of a text.

    Attributes
    ----------
    source : str
        The text itself.
    text : str
        What is read of it; targets of links stand at its end, on lines of their own.
    places : list of int
        For each character of ``text``, where in ``source`` it stands.
    """

    source: str
    text: str
    places: list[int]

    @cached_property
    def skeleton(self) -> str:
        """The same characters, those that look like plain Latin letters replaced by these."""
        if self.text.isascii():
            return self.text
        plain = "".join(map(_without_accents, self.text))
        n_latin = sum(map(len, _LATIN.findall(plain)))
        n_other = sum(map(len, _LOOKS_LATIN_SCRIPT.findall(plain)))
        is_latin = n_other * 4 < n_latin

        def folded(match: re.Match[str]) -> str:
            word = match[0]
            return word.translate(_LOOK_ALIKES) if is_latin or _LATIN.search(word) else word

        return _FOREIGN_WORD.sub(folded, plain)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the place of ``text[start:end]`` in the source.

        No mark of a pair is left alone, and where it is what a link is read as, so is its target.
        """
        first, last = self.places[start], self.places[end - 1] + 1
        for mark in _PAIRED:
            if self.source.count(mark, first, last) % 2:
                if self.source.endswith(mark, 0, first):
                    first -= len(mark)
                elif self.source.startswith(mark, last):
                    last += len(mark)
        opening = _LINK_OPENING.search(self.source, max(0, first - 4), first)
        closing = _LINK_CLOSING.match(self.source, last)
        if opening and closing:
            return opening.start(), closing.end()
        if opening and "](" in self.source[first:last]:
            return opening.start(), last
        return first, last


def read(text: str) -> TextAsRead:
    """Return what a reader sees of a Markdown text, and where it stands in it.

    Takes time in proportion to the text. What no mark is kept: line breaks, brackets,
    underscores within words.
    """
    parts: list[str] = []
    places: list[int] = []
    targets: list[tuple[int, int]] = []
    position = 0
    for match in _UNREAD.finditer(text):
        _append(text, position, match.start(), parts, places)
        position = match.end()
        if match.lastgroup == "escaped":
            _append(text, match.start() + 1, match.end(), parts, places)
        elif match.lastgroup == "target":
            targets.append(match.span("target"))
        elif match.lastgroup == "spelled":
            for place in range(match.start(), match.end(), 2):
                _append(text, place, place + 1, parts, places)
    _append(text, position, len(text), parts, places)
    for start, end in targets:
        parts.append(_APART)
        places.extend([start] * len(_APART))
        _append(text, start, end, parts, places)
    return TextAsRead(text, "".join(parts), places)


#: More than a name may have between its words, so that none goes on into a target.
_APART = "\n \n \n"

#: What nobody sees: soft hyphens, characters of no width, marks of direction, selectors, tags.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
#: What is in the text and not on the page, or not so.
_UNREAD = re.compile(
    rf"(?P<hidden>[{_INVISIBLE}]+)"
    r"|(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,40}>)"
    r"|(?P<spelled>(?<!\w)[A-Za-z](?P<between>[ .·_-])[A-Za-z]"
    r"(?:(?P=between)[A-Za-z0-9]){2,30}(?!\w))"
    r"|(?P<mark>\*+|`+|~~|(?<![^\W_])_+|_+(?![^\W_]))"
    r"|(?P<link>!?\[(?=[^\[\]\n]{1,200}\]\([^()\n]{0,300}\)))"
    r"|\]\((?P<target>[^()\n]{0,300})\)"
)
_LINK_OPENING = re.compile(r"\[[*_~`]{0,3}$")
_LINK_CLOSING = re.compile(r"[*_~`]{0,3}\]\([^()\n]{0,300}\)")
_PAIRED = ("**", "~~", "`")


def _append(text: str, start: int, end: int, parts: list[str], places: list[int]) -> None:
    """Take over a stretch of the text, compatibility forms (fullwidth, mathematical) made plain."""
    stretch = text[start:end]
    if stretch.isascii():
        parts.append(stretch)
        places.extend(range(start, end))
        return
    for place, character in enumerate(stretch, start):
        plain = _compatible(character)
        parts.append(plain)
        places.extend([place] * len(plain))


@lru_cache(maxsize=4096)
def _compatible(character: str) -> str:
    if "\ue000" <= character <= "\uf8ff":  # private use: means nothing to a reader
        return " "
    if character in _TYPOGRAPHIC:
        return _TYPOGRAPHIC[character]
    return unicodedata.normalize("NFKC", character)


#: Typographic variants of one character, so that GPT‑4 is GPT-4.
_TYPOGRAPHIC = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
}


@lru_cache(maxsize=4096)
def _without_accents(character: str) -> str:
    """Give a Latin letter without its accent; every other character as it is."""
    if character.isascii():
        return character
    plain = unicodedata.normalize("NFD", character)[0]
    return plain if plain.isascii() else character


_LATIN = re.compile(r"[A-Za-z]+")
_LOOKS_LATIN_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f]+")
_FOREIGN_WORD = re.compile(
    r"[A-Za-z]*[\u0131\u0251-\u0299\u029f\u0370-\u058f\u1d00-\u1d22\ua730\ua731][^\W_]*"
)
#: Letters of other alphabets that look like Latin ones (after Unicode's confusables, UTS 39).
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіїјкмнорстухԁԛԝһӏӀгп"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαειικνορτυχγϲη"
    "օսհցոԁ"
    "ıɑɡɩɪʏʀʟɴɢʜʙᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱ",
    "ABESIJKMHOPCTYXaesiijkmhopctyxdqwhllrn"
    "ABEZHIKMNOPTYXaeiikvoptuxycn"
    "ouhgnd"
    "iagiiyrlnghbacdejkmoptuvwzs",
)

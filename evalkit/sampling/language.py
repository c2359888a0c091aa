"""Which language a text is in, roughly: by its script, and by the words that only grammar needs."""

import re
from collections import Counter
from itertools import chain

UNCLEAR = "unclear"

#: So much of a text is looked at.
_LOOKED_AT = 600
#: So many words of a language's grammar, at least, must stand in a text.
_LEAST_WORDS = 2

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("Cyrillic", re.compile("[\u0400-\u04ff]")),
    ("Greek", re.compile("[\u0370-\u03ff]")),
    ("Arabic", re.compile("[\u0600-\u06ff]")),
    ("Hebrew", re.compile("[\u0590-\u05ff]")),
    ("Devanagari", re.compile("[\u0900-\u097f]")),
    ("Thai", re.compile("[\u0e00-\u0e7f]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = {
    "en": "the and is are to of in that it for on with this what how my can not you have do i",
    "de": "der die das und ist nicht ich ein eine mit auf zu wie mein den für von es sie wir",
    "fr": "le la les et est pas je un une avec sur des pour que mon dans vous ne du ce",
    "es": "el la los y es no que un una con por para mi en de se como las del yo",
    "it": "il la che è non un una con per mi di e sono come ho gli della le del si",
    "pt": "o a os e é não que um uma com por para meu em de se como do da eu",
    "nl": "de het een en is niet ik van met op te mijn dat voor hoe zijn naar aan we kan",
}
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _line in _WORDS.items():
    for _each in _line.split():
        _LANGUAGES[_each] = (*_LANGUAGES.get(_each, ()), _language)


def language_of(text: str) -> str:
    """Name the language of a text, its script, or ``unclear``.

    Letters of a script that is not Latin decide where they are a tenth of what stands there;
    Japanese is what holds kana. Latin texts have the language whose words of grammar (the, der,
    le) are most frequent in them: two at least, and more than of any other language.
    """
    start = text[:_LOOKED_AT]
    for name, script in () if start.isascii() else _SCRIPTS:
        if 10 * len(script.findall(start)) >= max(1, len(start.replace(" ", ""))):
            return name
    words = filter(_LANGUAGES.__contains__, _WORD.findall(start.lower()))
    hits = Counter(chain.from_iterable(map(_LANGUAGES.__getitem__, words)))
    ranked = hits.most_common(2)
    if not ranked or ranked[0][1] < _LEAST_WORDS:
        return UNCLEAR
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return UNCLEAR
    return ranked[0][0]


def is_of_grammar(word: str) -> bool:
    """Tell whether a word, in small letters, is one that only grammar needs, like *the*."""
    return word in _LANGUAGES

"""Where a text speaks of itself and names who wrote it, in twelve languages.

What is tried is a text with its names replaced by placeholders (see `names`). Phrases are tried
around the names only, and what must stand before one is looked for in its own sentence: so the
time grows with the text and not with what could be combined in it.
"""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.annotation.blinding.names import COMPANY, LOOSE, OWN, REST, STRICT
from evalkit.annotation.blinding.speech_asian import ASIAN
from evalkit.annotation.blinding.speech_english import ENGLISH
from evalkit.annotation.blinding.speech_european import EUROPEAN
from evalkit.annotation.blinding.speech_parts import ANY, M, Speech

_PLACES = {
    "{name}": f"(?P<name>[{ANY}]{REST}*)",
    "{known}": f"(?P<name>[{STRICT}{OWN}]{REST}*)",
    "{strict}": f"(?P<name>{STRICT}{REST}*)",
}
#: How far a phrase reaches before and after its name, and a sentence back to its head.
_BEFORE, _AFTER, _BACK = 200, 200, 400


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A `Speech` compiled; ``needs_name`` is False where the name may be one nobody knows."""

    pattern: re.Pattern[str]
    head: re.Pattern[str] | None
    turns: re.Pattern[str] | None
    is_introduction: bool
    needs_name: bool


@functools.cache
def _phrases() -> tuple[_Phrase, ...]:
    """Compile all phrases of all languages when they are first asked for."""
    return tuple(_compiled(speech) for speech in (*ENGLISH, *EUROPEAN, *ASIAN))


def _compiled(speech: Speech) -> _Phrase:
    filled = speech.words
    for place, pattern in _PLACES.items():
        filled = filled.replace(place, pattern)
    return _Phrase(
        pattern=re.compile(filled, re.IGNORECASE | re.MULTILINE),
        head=None if speech.head is None else re.compile(speech.head, re.IGNORECASE),
        turns=None if speech.turns is None else re.compile(speech.turns, re.IGNORECASE),
        is_introduction=speech.is_introduction,
        needs_name=filled != speech.words,
    )


def self_named(marked: str) -> Iterator[tuple[int, int]]:
    """Find the names by which a text says who wrote it.

    Parameters
    ----------
    marked : str
        A text with placeholders for its names, as by `StudyNames.marked`.
    """
    around = _around_names(marked)
    ends = [match.end() for match in _SENTENCE_END.finditer(marked)]
    for phrase in _phrases():
        for first, last in around if phrase.needs_name else [(0, len(marked))]:
            for match in phrase.pattern.finditer(marked, first, last):
                if _applies(phrase, marked, match, ends):
                    yield match.span("name")


def _around_names(marked: str) -> list[tuple[int, int]]:
    """Give the stretches of a text in which a phrase around a name can lie."""
    stretches: list[tuple[int, int]] = []
    for match in _NAME.finditer(marked):
        first = max(0, match.start() - _BEFORE)
        last = min(len(marked), match.end() + _AFTER)
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return stretches


def _applies(phrase: _Phrase, marked: str, match: re.Match[str], ends: list[int]) -> bool:
    """Tell whether what was found says who wrote the text, by what stands around it."""
    if phrase.is_introduction and not _introduces_a_maker(marked, match):
        return False
    is_word = marked[match.start("name")] in (OWN, LOOSE)
    if not phrase.is_introduction and is_word and _OF_PEOPLE.match(marked, match.end("name")):
        return False
    if phrase.head is None:
        return True
    begun = match.start()
    place = bisect_left(ends, begun)
    first = max(ends[place - 1] if place else 0, begun - _BACK)
    head = None
    for head in phrase.head.finditer(marked, first, min(len(marked), begun + _AFTER)):
        if head.end() >= begun:
            break
    if head is None or head.end() > match.start("name"):
        return False
    return phrase.turns is None or not phrase.turns.search(marked, head.end(), begun)


def _introduces_a_maker(marked: str, match: re.Match[str]) -> bool:
    """Tell whether "I am X" is said by what was made, and not by a person or of a thing.

    A name that means nothing else needs no more. A word of the study does not count where a
    person goes on ("I am Claude, the baker"), any other only where an assistant does.
    """
    start, end = match.span("name")
    kind = marked[start]
    if kind == COMPANY or not _CLOSED.match(marked, end):
        return False
    if kind == STRICT:
        return True
    if _is_quoted(marked, match):
        return False
    line_end = marked.find("\n", end)
    words_after = marked[end : min(end + 140, len(marked) if line_end < 0 else line_end)]
    person, assistant = _PERSON.search(words_after), _ASSISTANT.search(words_after)
    if person and not (assistant and assistant.start() < person.start()):
        return False
    return kind == OWN or assistant is not None


def _is_quoted(marked: str, match: re.Match[str]) -> bool:
    """Tell whether the words are in quotation marks within a longer text: somebody else's."""
    if match.start() == 0 or marked[match.start() - 1] not in _QUOTES:
        return False
    closing = _CLOSING.search(marked, match.end())
    return match.start() > 1 or (closing is not None and closing.end() < len(marked.rstrip()))


_NAME = re.compile(f"[{ANY}]{REST}*")
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')*_]|$)|[。！？\n]")
_QUOTES = '"«「『'
_CLOSING = re.compile('["»」』]')

#: After a name that stands for itself: no surname, no second half of a word, nothing it owns.
_CLOSED = re.compile(
    rf"(?!{M}(?:\s(?-i:[A-ZÀ-ÞА-ЯЁ])\w|-\w|'s\s"
    r"|\s?(?:的|の|의|さん|ちゃん|くん|君|氏|씨|선생|先生|老师|号|호)))",
    re.IGNORECASE,
)

_KIND = (
    r"(?:\bAI\b|\bA\.I\.|artificial\sintelligence|language\smodel|\bLLM\b|\bchat\s?bot|\bassistan?t"
    r"|\bmodel|\bbot\b|\bKI\b|KI-|sprachmodell|künstliche\sintelligenz|\bIA\b|intelligence\sartificielle"
    r"|modèle|agent\sconversationnel|inteligencia\sartificial|\basist|modelo|inteligência"
    r"|intelligenza|modello|taalmodel|kunstmatige|\bSI\b|\basyst|sztuczn|ИИ|языков|модел|ассистент"
    r"|чат-?бот|нейросет|искусственн|人工|语言模型|語言模型|大模型|助手|模型|机器人|言語モデル|アシスタント"
    r"|チャットボット|モデル|인공지능|모델|어시스턴트|챗봇)"
)
#: What an assistant goes on with.
_ASSISTANT = re.compile(
    rf"(?:{_KIND}(?!\s(?:engineer|research|developer|scien|expert|user|enthus|railway|train\b))"
    r"|\b(?:help|assist)\syou|(?:happy|glad|here|ready)\sto\s(?:help|assist)|at\syour\sservice"
    r"|\bask\s(?:me|away)\b|\b(?:how|what)\s(?:can|may)\sI\s|\b(?:wie|was)\skann\sich\s|\bfrag\smich"
    r"|comment\spuis-je|posez-moi|en\squé\spuedo|pregúntame|como\sposso|come\sposso|chiedimi"
    r"|waar(?:mee)?\skan\sik|w\sczym\smogę|чем\s(?:я\s)?могу|спрашивайте|お手伝い|何でも聞|도와\s?드릴"
    r"|帮(?:助)?[你您]|幫(?:助)?[你您]"
    rf"|(?:made|created|built|trained|developed)\sby\s[{ANY}])",
    re.IGNORECASE,
)
#: "…, our head chef": of people only.
_OF_PEOPLE = re.compile(rf"{M},\s(?:our|my|his|her)\s(?![^.!?\n]{{0,40}}?{_KIND})", re.IGNORECASE)
#: What a person goes on with: who they are, where they live, how old they are, what they do.
_PERSON = re.compile(
    r"^\W{0,3},?\s?(?:(?:an?|the|der|die|das|eine?|le|la|une?|el|una|il|lo|o|uma?|de|het|een)\s|l')"
    rf"(?![{ANY}])(?![^.!?\n]{{0,60}}?{_KIND})"
    r"|\b(?:born|years?\sold|grew\sup|married|divorced|retired|wife|husband|mother|father|sister"
    r"|brother|son|daughter|neighbou?r|colleague|student|teacher|engineer|painter|nurse|doctor"
    r"|I\s(?:live|lived|work|worked|teach|study|studied|moved)|(?:he|she|they)\s(?:said|says)"
    r"|said\s(?:he|she)|my\s(?:story|tale|invoice|order|appointment|job)|invoice"
    r"|jahre\salt|geboren|wohne|lebe|arbeite|schüler|studentin|ans|habite|née?|travaille|étudiante?"
    r"|años|vivo|nací|trabajo|anos|moro|nasci|trabalho|anni|abito|nat[oa]|lavoro|fratello|sorella"
    r"|jaar|woon|buurman|lat|mieszkam|pracuję|лет|живу|родил\w*|работаю|учусь)\b"
    r"|歳|住ん|生まれ|学生|会社員|살이|살아|태어|학생|岁|歲|住在|出生",
    re.IGNORECASE,
)

"""How a response speaks of itself, in eleven languages: the sentences around a maker's name.

The texts these are tried on have their names replaced by placeholders of the same length (see
`STRICT`), so that no pattern needs to know the names.
"""

import functools
import re
from dataclasses import dataclass

#: What stands for the first character of a name that can hardly mean anything else, of one that
#: is a word or a person too, of a company that does much else, and for every later character.
STRICT, LOOSE, COMPANY, REST = "\ue000", "\ue001", "\ue002", "\ue003"

_ANY = STRICT + LOOSE + COMPANY
_PLACES = {
    "{name}": f"(?P<name>[{_ANY}]{REST}*)",
    "{strict}": f"(?P<name>{STRICT}{REST}*)",
    "{loose}": f"(?P<name>{LOOSE}{REST}*)",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say who one is.

    ``pattern`` has a group ``name``. Where there is a ``head``, a sentence must begin like that,
    and ``pattern`` is looked for in the rest of it. ``needs_name`` is False where the name may be
    one that nobody has heard of.
    """

    pattern: re.Pattern[str]
    head: re.Pattern[str] | None
    needs_name: bool


@functools.cache
def phrases() -> tuple[Phrase, ...]:
    """Return all phrases of all languages; compiled when first asked for."""
    made = []
    for head, template in _SPEECH:
        filled = template
        for place, pattern in _PLACES.items():
            filled = filled.replace(place, pattern)
        made.append(
            Phrase(
                re.compile(filled, re.IGNORECASE | re.MULTILINE),
                None if head is None else re.compile(head, re.IGNORECASE),
                needs_name=filled != template,
            )
        )
    return tuple(made)


# Markup and quotation marks around a name; a name is often set in bold.
_M = r"[*_`\"'«»「『\[(<]{0,3}"

# English

_AI = (
    r"(?:\bAI\b|\bA\.I\.|artificial\sintelligence|language\smodel|\bLLM\b|\bchat\s?bot\b"
    r"|virtual\sassistant|\bassistant\b|\bmodel\b|\bbot\b)"
    r"(?!\s(?:engineer|research|develop(?:er|ment)|scien|team|expert|lead|user|product|compan|enthus|ethic"
    r"|manager|professor|train\b|village))"
)
_HELPING = (
    rf"(?:{_AI}|help\syou|assist\syou|(?:happy|glad|here)\sto\s(?:help|assist)|at\syour\sservice"
    rf"|(?:made|created|built|trained|developed)\sby\s[{_ANY}])"
)
_MADE = (
    r"(?:trained|developed|created|made|built|designed|fine-?\s?tuned|produced|released|provided"
    r"|powered|programmed|engineered|maintained|offered)"
)
_TEAM = (
    r"(?:the\s)?(?:(?:(?:a\s)?(?:large\s|skilled\s)?team(?:\sof\s[a-z]+(?:\s[a-z]+)?)?|people"
    r"|folks|researchers|engineers|scientists|developers|experts)\s(?:at|of|from|behind)\s)?"
    r"(?:the\s)?(?:company\s)?"
)
_ADVERBS = r"(?:(?:\w+ly|also|just|only|not|still|in\sfact)\s){0,3}"
_MADE_BY = rf"{_MADE}(?:,?\s(?:and|or)\s(?:\w+\s)?{_MADE})?(?:\s\w+ly)?"
_BY = rf"{_MADE_BY}\s(?:by|at|from)\s{_TEAM}{_M}"
_ON = rf"(?:based|built|run|running|trained)\s(?:up)?on\s(?:top\sof\s)?(?:the\s|an?\s)?{_M}"
_I_AM = r"\bI(?:'m|\sam)\s"
_I_WAS = r"\bI(?:'m|\sam|\swas|'ve\sbeen|\shave\sbeen)\s"
_CLOSED = (
    rf"{_M}(?=\s*(?:[.,;:!?)\]]|$|\s[-—]\s|\s(?:and|your|here|by|from|the|an?|{_MADE})\b)|'s\s)"
)

#: Any capitalised name, for makers nobody has heard of.
_UNKNOWN = (
    r"(?P<name>(?-i:(?!(?:The|An?|AI|Human|Humans|I|Open|Researchers|Engineers|Experts|My|Our)\b)"
    rf"[A-Z{_ANY}][\w&{REST}]*(?:[-.]\w+)*(?:\s[A-Z{_ANY}][\w&{REST}]*(?:[-.]\w+)*){{0,4}}))"
)

# Up to the noun: nothing that begins another thought.
_GAP = r"(?:(?!\b(?:my|your|who|with|about|using|on|at|of)\b)[^.!?;:\n]){0,60}?"

# Further on in the same sentence, as long as it does not turn to something else.
_STILL = r"\A(?:(?!\b(?:how|why|what|whether|about|like|than|explain|say|compare)\b)[^\n])*?\b"

# "I am an AI model …", "as a language model …": from here on the sentence is about itself.
_AS_AI = (
    rf"(?:{_I_AM}|\bas\s|\bbeing\s)(?:(?:just|only|merely|simply)\s)?(?:an?|the|one\sof(?:\sthe)?)"
    rf"\s{_GAP}{_AI}s?"
)
_I_AM_SOMEBODY = (
    rf"{_I_AM}{_M}(?-i:[A-Z{_ANY}])[\w .{REST}-]{{0,30}}{_M},"
    rf"\s(?:an?|the|your)\s[^.!?\n]{{0,60}}?{_AI}"
)

_ENGLISH: tuple[tuple[str | None, str], ...] = (
    # I was trained by X; I am based on X.
    (None, rf"(?:{_I_WAS}|\bbeing\s){_ADVERBS}(?:{_MADE_BY}\sby\s{_TEAM}{_M}|{_ON}){{name}}"),
    (None, rf"{_I_WAS}{_ADVERBS}{_BY}{{strict}}"),
    # I am X, made by Y; I run on X; I come from X; the company that made me is X.
    (None, rf"{_I_AM}{_M}[{_ANY}]{REST}*{_M},\s(?:\w+\s)?{_BY}{{name}}"),
    (None, rf"\bI\s(?:run|am\srunning|operate)\son\s(?:top\sof\s)?(?:the\s|an?\s)?{_M}{{strict}}"),
    (None, rf"\bI\s(?:come\sfrom|belong\sto)\s(?:the\s)?{_M}{{strict}}"),
    (
        None,
        rf"\b(?:company|organi[sz]ation|team|lab|people)\s(?:(?:that|who|which)\s{_MADE}|behind)\sme"
        rf"\s(?:is|are|was)\s{_M}{{name}}",
    ),
    # You are talking to X.
    (None, rf"\byou(?:'re|\sare)\s(?:talking|chatting|speaking)\s(?:to|with)\s{_M}{{strict}}"),
    (
        None,
        r"\byou(?:'re|\sare)\s(?:talking|chatting|speaking)\s(?:to|with)\s"
        rf"{_M}{{loose}}{_M},\s(?:an?|your)\s[^.!?\n]{{0,40}}?{_AI}",
    ),
    # As an AI model, I was trained by X, by researchers of Y (X), by Y and X.
    *(
        (head, rest)
        for head in (_AS_AI, _I_AM_SOMEBODY)
        for rest in (
            rf"{_STILL}{_BY}{{name}}",
            rf"{_STILL}{_ON}{{name}}",
            rf"{_STILL}{_BY}[^.!?\n]{{0,80}}?\(\s?{{name}}",
            rf"{_STILL}{_BY}[^.!?\n]{{0,40}}?(?:\sand|,)\s{{name}}",
            rf"\A\s(?:by|from|of)\s{_TEAM}{_M}{{name}}",
            rf"\A[,\s]+(?:called|named|known\sas)\s{_M}{{name}}",
            rf"{_STILL}{_MADE}\sby\s{_TEAM}{_M}{_UNKNOWN}",
        )
    ),
    # I am X; my name is X.
    (None, rf"{_I_AM}{_ADVERBS}(?:called\s|named\s|known\sas\s)?{_M}{{strict}}{_CLOSED}"),
    (
        None,
        rf"(?<!\"){_I_AM}{_ADVERBS}(?:called\s|named\s)?{_M}{{loose}}{_CLOSED}"
        rf"(?!,\s(?:an?|the)\s(?![^.!?\n]{{0,60}}?{_AI}))(?=[^\n]{{0,100}}?{_HELPING})",
    ),
    (None, rf"(?:my\sname\sis|\bcall\sme)\s{_M}{{strict}}"),
    (None, rf"(?<!\")my\sname\sis\s{_M}{{loose}}{_CLOSED}(?=[^\n]{{0,100}}?{_HELPING})"),
    (
        None,
        rf"(?:{_I_AM}|my\sname\sis\s){_M}{_UNKNOWN}{_M},\s(?:an?|your)\s[^.!?,\n]{{0,40}}?{_AI}",
    ),
    (None, rf"\bthis\sis\s{_M}{{strict}}(?:,|\shere|\sspeaking)"),
    # I am a GPT-4 model; I am Google's assistant; as OpenAI's chatbot.
    (
        None,
        rf"(?:{_I_AM}|\bas\s)(?:(?:an?|the)\s(?:(?!of\b|for\b|with\b|by\b|at\b)[a-z]+\s){{0,3}}?)?{_M}{{name}}{_M}(?:'s)?[\s-]"
        rf"(?:[\w-]+\s){{0,3}}?{_AI}",
    ),
    (None, rf"{_I_AM}(?:an?|the)\s(?:\w+\s){{0,2}}?(?:version|variant|instance)\sof\s{_M}{{name}}"),
    # As X, I; I, X, cannot.
    (None, rf"\bas\s{_M}{{strict}}{_M},\s"),
    (None, rf"\bas\s{_M}{{loose}}{_M},\s(?:I\b|my\b|an?\s[^,.\n]{{0,60}}?{_AI})"),
    (None, rf"\bI,\s{_M}{{name}}{_M},"),
    # ChatGPT: Sure …; ChatGPT here.
    (
        None,
        rf"\A\W*?(?:(?:hi|hey|hello)\W+)?{_M}{{name}}{_M}(?:\shere\b|\sat\syour\sservice|:{_M}\s*(?:I\b|I'|sure|hello|hi\b|yes|no\b|as\b|here"
        rf"|certainly|of\scourse|thank))",
    ),
    # My creators at X; X, who made me; X trained me.
    (
        None,
        rf"\bmy\s(?:\w+\s)?(?:creators?|developers?|makers?|parent\scompany|trainers?|training)"
        rf"(?:,|\s(?:is|are|at|by|from|team\sat)|\s?\()\s?{_TEAM}{_M}{{name}}",
    ),
    (
        None,
        rf"{{name}}{_M}(?:,?\s(?:the\s\w+\s)?(?:that|who|which))?(?:\s(?:has|have|had|also))?\s"
        rf"(?:trained|developed|created|built|designed|programmed|fine-?tuned)\sme\b",
    ),
    (
        None,
        rf"{{strict}}{_M}\s(?:has\s|have\s|had\s)?(?:not\s)?(?:instructed|configured|restricted)\sme\b",
    ),
    # I cannot, by OpenAI's policies.
    (
        r"(?:\bI(?:'m|\sam)?\s(?:can't|cannot|must|have\sto|unable|not\s(?:able|allowed))|\bmy\b)",
        r"{strict}'s\s(?:\w+\s){0,2}(?:polic(?:y|ies)|guidelines|terms)",
    ),
    # A line of its own: Generated by ChatGPT.
    (
        None,
        rf"^[\W_]*(?:this\s\w+\s(?:was|is)\s)?(?:generated|written|answered|produced)\s"
        rf"(?:by|with|using)\s{_M}{{name}}[\W_]*$",
    ),
)

# The other languages: how one says who one is, what one calls oneself, by whom one was made.


def _language(
    i_am: str, kind: str, made: tuple[str, ...], unknown: tuple[str, ...] = ()
) -> tuple[tuple[str | None, str], ...]:
    """Build the patterns of a language from its words for *I am*, *AI*, *made by X*."""
    about_itself = rf"(?:{i_am})[^.!?\n]{{0,60}}?(?:{kind})"
    return (
        (None, rf"(?:{i_am})\s?{_M}{{strict}}"),
        (None, rf"(?:{i_am})\s?{_M}{{loose}}{_M}(?=[^\n]{{0,80}}?(?:{kind}))"),
        *((rf"(?:{i_am})", rf"{by}") for by in made),
        *((about_itself, rf"{by}") for by in unknown),
    )


_GERMAN = _language(
    r"\b(?:ich\sbin|ich\sheiße|mein\sname\sist|ich\swurde|als\s(?=\w*\s?(?:KI|Sprachmodell|Chat)))",
    r"\bKI\b|KI-|sprachmodell|assistent|modell|chatbot|künstliche\sintelligenz",
    (
        rf"(?:von|durch)\s(?:der\sfirma\s)?{_M}{{name}}{_M}\s(?:\w+\s)?"
        r"(?:entwickelt|trainiert|erstellt|geschaffen|gebaut|programmiert|bereitgestellt)",
        r"(?:entwickelt|trainiert|erstellt|geschaffen|gebaut|programmiert)(?:\swurde)?\s(?:von|durch)"
        rf"\s{_M}{{name}}",
        rf"(?:modell|assistent|chatbot|KI)\svon\s{_M}{{name}}",
    ),
    (
        rf"von\s{_M}{_UNKNOWN}{_M}\s(?:entwickelt|trainiert|erstellt)",
        rf"(?:entwickelt|trainiert|erstellt)(?:\swurde)?\svon\s{_M}{_UNKNOWN}",
    ),
)
_GERMAN += (
    (
        None,
        rf"\bals\s(?:ein\w*\s)?von\s{_M}{{name}}{_M}\s(?:entwickelt|trainiert|erstellt)e\w*\s\w*-?"
        r"(?:KI|modell|assistent|chatbot)",
    ),
)
_FRENCH = _language(
    r"\b(?:je\ssuis|je\sm'appelle|mon\snom\sest|j'ai\sété|en\stant\squ(?:e\s|'))",
    r"\bIA\b|intelligence\sartificielle|modèle|assistant|chatbot|agent\sconversationnel",
    (
        r"(?:développé|entraîné|créé|conçu|formé|fabriqué|programmé)e?s?(?:\set\s\w+)?\spar\s"
        rf"(?:la\ssociété\s)?{_M}{{name}}",
        rf"(?:modèle|assistant|chatbot|IA)(?:\sde\slangage)?\s(?:de\s|d'){_M}{{name}}",
    ),
    (rf"(?:développé|entraîné|créé|conçu)e?s?\spar\s{_M}{_UNKNOWN}",),
)
_SPANISH = _language(
    r"\b(?:soy|me\sllamo|mi\snombre\ses|fui|he\ssido|como\s(?=(?:un\s|una\s)?(?:IA|modelo|asist|intel)))",
    r"\bIA\b|inteligencia\sartificial|modelo|asistente|chatbot",
    (
        r"(?:desarrollad|entrenad|cread|diseñad|hech|programad)[oa]s?(?:\sy\s\w+)?\spor\s"
        rf"(?:la\sempresa\s)?{_M}{{name}}",
        rf"(?:modelo|asistente|chatbot|IA)(?:\sde\slenguaje)?\sde\s{_M}{{name}}",
    ),
    (rf"(?:desarrollad|entrenad|cread)[oa]\spor\s{_M}{_UNKNOWN}",),
)
_PORTUGUESE = _language(
    r"\b(?:sou\so|sou\sa|eu\ssou|sou|me\schamo|meu\snome\sé|fui|como\s(?=(?:um\s|uma\s)?(?:IA|mod|assist)))",
    r"\bIA\b|inteligência\sartificial|modelo|assistente|chatbot",
    (
        r"(?:desenvolvid|treinad|criad|feit|projetad)[oa]s?(?:\se\s\w+)?\s(?:por|pela|pelo)\s"
        rf"(?:empresa\s)?{_M}{{name}}",
        rf"(?:modelo|assistente|chatbot|IA)(?:\sde\slinguagem)?\sd[aeo]\s{_M}{{name}}",
    ),
    (rf"(?:desenvolvid|treinad|criad)[oa]\s(?:por|pela|pelo)\s{_M}{_UNKNOWN}",),
)
_ITALIAN = _language(
    r"\b(?:sono|mi\schiamo|il\smio\snome\sè|in\squanto|come\s(?=(?:un'?\s?)?(?:IA|mod|assist|intel)))",
    r"\bIA\b|\bAI\b|intelligenza\sartificiale|modello|assistente|chatbot",
    (
        r"(?:sviluppat|addestrat|creat|progettat|realizzat)[oa](?:\se\s\w+)?\sda(?:lla)?\s"
        rf"(?:società\s)?{_M}{{name}}",
        rf"(?:modello|assistente|chatbot|IA)(?:\slinguistico)?\sdi\s{_M}{{name}}",
    ),
    (rf"(?:sviluppat|addestrat|creat)[oa]\sda\s{_M}{_UNKNOWN}",),
)
_DUTCH = _language(
    r"\b(?:ik\sben|mijn\snaam\sis|ik\sheet|als\s(?=(?:een\s)?(?:AI|taalmodel|KI)))",
    r"\bAI\b|taalmodel|assistent|chatbot|kunstmatige\sintelligentie",
    (
        r"(?:ontwikkeld|getraind|gemaakt|gebouwd|gecreëerd|ontworpen)\sdoor\s"
        rf"(?:het\sbedrijf\s)?{_M}{{name}}",
        rf"door\s{_M}{{name}}{_M}\s(?:is\s)?(?:ontwikkeld|getraind|gemaakt|gebouwd)",
        rf"(?:model|assistent|chatbot|AI)\svan\s{_M}{{name}}",
    ),
)
_POLISH = _language(
    r"\b(?:jestem|nazywam\ssię|mam\sna\simię|został[ea]m|jako\s(?=(?:model|AI|sztuczn|asyst)))",
    r"\bAI\b|\bSI\b|model|asystent|chatbot|sztuczn",
    (
        r"(?:stworzon|wytrenowan|opracowan|wyszkolon|zaprojektowan)\w+\sprzez\s"
        rf"(?:firmę\s)?{_M}{{name}}",
    ),
)
_RUSSIAN = _language(
    r"(?<!\w)(?:я(?:\s?[—-])?|меня\sзовут|как\s(?=\w*\s?(?:ИИ|языков|модель|ассист|нейро)))\s?",
    r"ИИ|языков|модел|ассистент|чат-?бот|нейросет|искусственн",
    (
        r"(?:создан|разработан|обучен)\w*\s(?:компанией\s|командой\s|в\s)?"
        rf"{_M}{{name}}",
        rf"(?:модель|ассистент|чат-?бот|нейросеть)\s(?:от\s)?(?:компании\s)?{_M}{{name}}",
    ),
)
_CHINESE = _language(
    r"(?:(?:我|本人)(?:是|叫做?)|我的名字(?:是|叫)|作为|作為|身为)(?:一个|一個|一款|由)?",
    r"AI|人工智能|人工智慧|语言模型|語言模型|大模型|助手|模型|机器人",
    (
        rf"(?:由|是|被)?\s?{_M}{{name}}{_M}\s?(?:公司|团队|團隊)?(?:所)?(?:开发|開發|训练|訓練|研发|研發|创建|创造"
        r"|打造|推出|设计|提供|自主研发)",
        rf"(?:基于|基於)\s?{_M}{{name}}",
    ),
)
_JAPANESE = _language(
    r"(?:私は|わたしは|僕は|私の名前は)、?",
    r"AI|人工知能|言語モデル|アシスタント|チャットボット|モデル",
    (
        rf"{_M}{{name}}{_M}\s?(?:社)?(?:によって|により|が|に|で|の)\s?(?:開発|訓練|作成|作ら|トレーニング|学習"
        r"|設計|提供|AI|言語モデル)",
    ),
)
_JAPANESE += ((None, rf"\A\s*{_M}{{strict}}{_M}です"),)
_KOREAN = _language(
    r"(?:저는|나는|제\s이름은|제가)\s?",
    r"AI|인공지능|언어\s?모델|어시스턴트|챗봇|모델",
    (
        rf"{_M}{{name}}{_M}\s?(?:사)?(?:에서|에\s의해|이|가|의|로부터)\s?(?:개발|훈련|만든|만들|학습|제작|설계|AI"
        r"|언어)",
    ),
)

_SPEECH: tuple[tuple[str | None, str], ...] = (
    *_ENGLISH,
    *_GERMAN,
    *_FRENCH,
    *_SPANISH,
    *_PORTUGUESE,
    *_ITALIAN,
    *_DUTCH,
    *_POLISH,
    *_RUSSIAN,
    *_CHINESE,
    *_JAPANESE,
    *_KOREAN,
)

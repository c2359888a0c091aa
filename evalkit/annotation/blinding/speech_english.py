"""How a response speaks of itself in English."""

from evalkit.annotation.blinding.names import REST
from evalkit.annotation.blinding.speech_parts import (
    ANY,
    UNKNOWN,
    M,
    Speech,
    introductions,
    statements,
)

_AI = (
    r"(?:\bAI\b|\bA\.I\.|artificial\sintelligence|language\smodel|\bLLM\b|\bchat\s?bot\b"
    r"|virtual\sassistant|\bassistant\b|\bmodel\b|\bbot\b)"
    r"(?!\s(?:engineer|research|develop(?:er|ment)|scien|team|expert|lead|user|product|compan|enthus|ethic"
    r"|manager|professor|train\b|village))"
)
_MADE = (
    r"(?:trained|developed|created|made|built|designed|fine-?\s?tuned|produced|released|provided"
    r"|powered|programmed|engineered|maintained|offered|conceived|put\stogether|brought\sto\slife)"
)
_TEAM = (
    r"(?:the\s)?(?:(?:(?:a\s)?(?:large\s|skilled\s)?team(?:\sof\s[a-z]+(?:\s[a-z]+)?)?|people"
    r"|folks|researchers|engineers|scientists|developers|experts)\s(?:at|of|from|behind)\s)?"
    r"(?:the\s)?(?:company\s)?"
)
_ADVERBS = r"(?:(?:\w+ly|also|just|only|not|still|in\sfact)\s){0,3}"
_MADE_BY = rf"{_MADE}(?:,?\s(?:and|or)\s(?:\w+\s)?{_MADE})?(?:\s\w+ly)?"
_BY = rf"{_MADE_BY}\s(?:by|at|from)\s{_TEAM}{M}"
_ON = rf"(?:based|built|run|running|trained)\s(?:up)?on\s(?:top\sof\s)?(?:the\s|an?\s)?{M}"
_I_AM = r"\bI(?:'m|\sam)\s"
_I_WAS = r"\bI(?:'m|\sam|\swas|'ve\sbeen|\shave\sbeen)\s"
# Up to the noun: nothing that begins another thought.
_GAP = r"(?:(?!\b(?:my|your|who|with|about|using|on|at|of)\b)[^.!?;:\n]){0,60}?"

# "I am an AI model …", "as a language model …": from here on the sentence is about itself.
_AS_AI = (
    rf"(?:{_I_AM}|\bas\s|\bbeing\s)(?:(?:just|only|merely|simply)\s)?(?:an?|the|one\sof(?:\sthe)?)"
    rf"\s{_GAP}{_AI}s?"
)
_I_AM_SOMEBODY = (
    rf"{_I_AM}{M}(?-i:[A-Z{ANY}])[\w .{REST}-]{{0,30}}{M},"
    rf"\s(?:an?|the|your)\s[^.!?\n]{{0,60}}?{_AI}"
)

# With these a sentence turns to something else.
_TURNS = r"\b(?:how|why|what|whether|about|like|than|explain|say|compare)\b"

_CAN_CALL = (
    r"(?:(?:you|people|they|users|everyone|please|just|feel\sfree\sto)\s)?"
    r"(?:(?:can|may|could)\s)?(?:also\s)?"
)
_ME = r"me(?=\s*(?:[.,;:!?]|$|\s(?:to|with|as|on|from|for|and|in|by|so|under)\b))"
_RULES = (
    r"(?:polic(?:y|ies)|guidelines?|terms|rules|principles|restrictions|constitution|safeguards"
    r"|content\s(?:filters?|standards)|safety\s\w+)"
)
_HINDER = (
    r"(?:(?:do(?:es)?n't|do(?:es)?\snot|won't|will\snot|never|can't|cannot)\s(?:let|allow|permit|want)"
    r"|(?:prevents?|prohibits?|forbids?|stops?|bars?|keeps?|blocks?|requires?|obliges?|instructs?"
    r"|asks?|tells?))\sme\b"
)

ENGLISH: tuple[Speech, ...] = (
    *introductions(
        rf"{_I_AM}{_ADVERBS}(?:called\s|named\s|known\sas\s)?{M}{{name}}",
        rf"\bI\s(?:happen\sto|may|might|could|would|must|will|'ll)\s(?:\w+ly\s|just\s|only\s)?be\s(?:called\s)?"
        rf"{M}{{name}}",
        rf"\b(?:name|names|named|call|calls|called|dubbed|christened|baptized|nicknamed)\sme\s{M}{{name}}",
        rf"{_I_WAS}{_ADVERBS}(?:named|called|christened|dubbed|introduced\sas|released\sas|launched\sas)\s{M}{{name}}",
        rf"\b(?:here(?:'s|\sis|\scomes)|this\sis|it(?:'s|\sis))\s{M}{{name}}(?={M},?\s(?:with\s(?:your|the|an?|some)"
        r"|to\s(?:help|answer|assist)|again|back|reporting|here))",
        rf"\b(?:assistant|model|chatbot|AI|bot)\s(?:that\s)?(?:you(?:'re|\sare)\s\w+ing(?:\s(?:to|with))?|answering\syou"
        rf"|behind\sthis\s\w+|here)\sis\s{M}{{name}}",
        rf"\b(?:behind|powering|running|driving)\s(?:this|the)\s(?:chat|assistant|conversation|app|service|window)"
        rf"\sis\s{M}{{name}}",
        rf"\bI(?:'ll)?\s(?:go|answer|respond|listen|write|work|run|operate)\s(?:by|to|under|as)\s"
        rf"(?:the\s(?:name|handle|moniker)\s(?:of\s)?)?{M}{{name}}",
        rf"\b(?:my|the)\s(?:\w+\s)?(?:name|designation|handle|moniker|identity)(?:'s|\sis|:)\s{M}{{name}}",
        rf"\bI(?:'m|\sam)\s(?:\w+\s)?(?:known|referred\sto|called)\s[^.!?,\n]{{0,40}}?(?:as|by\sthe\sname)\s{M}{{name}}",
        rf"\bintroduce\smyself(?::|,|\sas|\.\sI(?:'m|\sam))\s{M}{{name}}",
        rf"\byou(?:'re|\sare)\s(?:now\s|currently\s)?using\s{M}{{name}}",
        rf"(?:\A|[.!?,]\s){M}{{name}}(?={M}\sit\sis\b)",
        rf"{M}{{name}}(?={M},\s(?:at\syour\sdisposal|your\s(?:\w+\s){{0,2}}(?:partner|companion|helper|guide|tutor"
        r"|co-?pilot|buddy)\b))",
        rf"{M}{{name}}{M}\sis\s(?:the|my)\sname\b",
        rf"\b(?:who|what|which\smodel|what\smodel)\sam\sI\?\s{M}{{name}}",
        rf"\b(?:think\sof|know|consider)\sme\sas\s{M}{{name}}",
        rf"\byou(?:'ve|\shave)\sreached\s{M}{{name}}",
        rf"\b(?:it(?:'s|\sis)\sme|that(?:'s|\sis)\sme|yours\struly),\s{M}{{name}}",
        rf"\bbeing\s{M}{{name}}(?={M},\s(?:I\b|my\b))",
        rf"{_I_AM}(?:an?|the|your)\s(?:[\w-]{{1,30}}\s){{0,3}}?{_AI},?\s(?:(?:that\s)?you\s(?:may\s)?know\sas"
        rf"\s|called\s|named\s)?{M}{{name}}",
        rf"{M}{{name}}{M}\sis\s(?:what\s(?:they|people|you\scan)\scall\sme)\b",
        rf"\b{_CAN_CALL}call\sme\s{M}{{name}}",
        rf"\b(?:speaking|writing|responding|answering|acting)\sas\s{M}{{name}}(?={M}[,:])",
        rf"\bas\s{M}{{name}}(?={M},\s(?:I\b|my\b|an?\s[^,.\n]{{0,60}}?{_AI}))",
        rf"\bI,\s{M}{{name}}(?={M},)",
        rf"\byou(?:'re|\sare|'ve\sbeen|\shave\sbeen)\s(?:now\s|currently\s)?(?:talking|chatting"
        rf"|speaking|interacting|conversing)\s(?:to|with)\s{M}{{name}}",
        rf"(?:\A|[.!?]\s|\n|\b(?:hi|hey|hello)\W{{1,3}}(?:there\W{{1,3}})?){M}{{name}}"
        rf"(?={M}\s(?:here|speaking)\b)",
        rf"\b(?:this|it)(?:'s|\sis)\s{M}{{name}}(?={M}(?:,|\s(?:here|speaking|again|talking)))",
        rf"\byour\s[^.!?\n]{{0,40}}?{_AI},?\s{M}{{name}}",
        rf"{M}{{name}}(?={M},\syour\s[^.!?\n]{{0,40}}?{_AI})",
        rf"{_AI},?\s(?:named|called|known\sas|by\sthe\sname\sof|that\sgoes\sby)\s{M}{{name}}"
        rf"(?={M}[\s,.!]+(?:at\syour|here\b|ready|I\b))",
    ),
    # ChatGPT here; ChatGPT: Sure …
    *statements(
        rf"{{known}}{M}'s\s(?:the|my)\sname,",
        rf"{{name}}{M}\s(?:is\s)?(?:here\s)?at\syour\sservice",
        rf"\A\W*?(?:(?:hi|hey|hello)\W+)?{M}{{name}}{M}(?:\shere\b"
        rf"|(?:[\])]:?|:){M}[\])]?:?\s*(?:I\b|I'|sure|hello|hi\b|yes|no\b|as\b|here(?:'s|\sis|\sare|\syou|,)|certainly|of\scourse|thank"
        r"|absolutely|great|let))",
    ),
    # A line of its own: Model: X; Generated by X; Best regards, X.
    *statements(
        rf"^[\W_]*(?:this\s\w+\s(?:was|is)\s)?(?:generated|written|answered|produced|composed|drafted)\s"
        rf"(?:by|with|using)\s{M}{{name}}[\W_]*$",
        r"^\W*(?:model|assistant|ai|author|source|signed|responder|response\sby)\W{1,3}{known}\W*$",
        r"(?:regards|sincerely|truly|wishes|cheers|yours|greetings)\W{0,3}\n+\W*{known}"
        r"(?:\s\([^)\n]{0,40}\))?\W*\Z",
        r"^\s*[~—–-]{1,3}\s?{known}\W*\Z",
    ),
    # I was trained by X; I am based on X; I come from X.
    *statements(
        rf"(?:{_I_WAS}|\bbeing\s){_ADVERBS}(?:{_MADE_BY}\sby\s{_TEAM}{M}|{_ON}){{name}}",
        rf"{_I_WAS}{_ADVERBS}{_BY}{{known}}",
        rf"{_I_WAS}{_ADVERBS}{_MADE}\sin\s[^.!?,\n]{{0,40}}?\sby\s{_TEAM}{M}{{known}}",
        rf"\bas\sa\sproduct\sof\s{_TEAM}{M}{{known}}",
        rf"{{known}}{M}\s[^.!?\n]{{0,60}}?\bthey\s{_MADE}\sme\b",
        rf"{_I_AM}{M}[{ANY}]{REST}*{M},\s(?:\w+\s)?{_BY}{{name}}",
        rf"\bI\s(?:run|am\srunning|operate)\s(?:on|as)\s(?:top\sof\s)?(?:the\s|an?\s)?{M}{{strict}}",
        rf"\bI(?:'m|\sam)\srunning\s(?:on|as)\s(?:top\sof\s)?(?:the\s|an?\s)?{M}{{strict}}",
        rf"\bI\s(?:come|came|hail|stem|originate|belong)\s(?:out\sof|from|to)\s(?:the\s)?{M}{{strict}}",
        rf"\bI\s(?:come|came|hail|stem|originate)\s(?:out\sof|from)\s(?:the\s)?{M}{{name}}{M}'s\s"
        r"(?:\w+\s)?(?:labs?|research|servers|teams?|data)",
        rf"\b(?:company|organi[sz]ation|team|lab|people|ones?)\s(?:(?:that|who|which)\s{_MADE}|behind)"
        rf"\sme\s(?:is|are|was|work\s(?:at|for)|come\sfrom|sit\sat)\s{_TEAM}{M}{{name}}",
        rf"\bthis\s(?:assistant|chat|bot|chatbot|service|conversation)\sis\s(?:powered|run|provided"
        rf"|operated|backed|{_MADE})\sby\s{_TEAM}{M}{{known}}",
        rf"\byou(?:'re|\sare)\s(?:talking|chatting|speaking)\s(?:to|with)\s[^.!?\n]{{0,40}}?{_AI}\s"
        rf"(?:(?:that|which)\s)?{M}{{name}}{M}\s(?:has\s)?{_MADE}",
    ),
    # As an AI model, I was trained by X, by researchers of Y (X), by Y and X.
    *(
        Speech(words, head, _TURNS)
        for head in (_AS_AI, _I_AM_SOMEBODY)
        for words in (
            rf"\b{_BY}{{name}}",
            rf"\b{_ON}{{name}}",
            rf"\bproduct\sof\s{_TEAM}{M}{{name}}",
            rf"\b{_MADE}\sin\s[^.!?,\n]{{0,40}}?\sby\s{_TEAM}{M}{{name}}",
            rf"\b{_BY}[^.!?\n]{{0,80}}?\(\s?{{name}}",
            rf"\b{_BY}[^.!?\n]{{0,40}}?(?:\sand|,)\s{{name}}",
            rf"\b{_MADE}\sby\s{_TEAM}{M}{UNKNOWN}",
            rf"\b(?:(?:called|named|known\sas|by\sthe\sname\sof)\s|(?:my|whose)\sname\sis\s){M}{{name}}",
        )
    ),
    *(
        Speech(words)
        for head in (_AS_AI, _I_AM_SOMEBODY)
        for words in (
            rf"{head}\s(?:by|from|of)\s{_TEAM}{M}{{name}}",
            rf"{head}[,\s]+(?:called|named|known\sas)\s{M}{{name}}",
        )
    ),
    *statements(
        rf"(?:{_I_AM}|my\sname\sis\s){M}{UNKNOWN}{M},\s(?:an?|your)\s[^.!?,\n]{{0,40}}?{_AI}",
        # I am a GPT-4 model; I am Google's assistant; one of the Llama family.
        rf"(?:{_I_AM}|\bas\s)(?:(?:an?|the)\s(?:(?!of\b|for\b|with\b|by\b|at\b)[a-z]+\s){{0,3}}?)?{M}"
        rf"{{name}}{M}(?:'s)?[\s-](?:[\w-]{{1,30}}\s){{0,3}}?{_AI}",
        rf"{_I_AM}(?:an?|the)\s(?:\w{{1,30}}\s){{0,2}}?(?:version|variant|instance)\sof\s{M}{{name}}",
        rf"(?:{_I_AM}|\bas\s)(?:an?\s|the\s)?(?:part|member|one)\sof\s(?:the\s)?{M}{{name}}{M}"
        r"\s(?:\w+\s){0,2}(?:family|series|line|models)\b",
        rf"\bas\s{M}{{strict}}{M},\s",
        rf"\bI\s(?:use|employ|rely\son)\s[^.!?\n]{{0,30}}?{M}{{known}}{M}\s(?:\w{{1,20}}\s){{0,2}}(?:to\sanswer|for\smy\sanswers)",
        rf"\bmy\s(?:knowledge|answers|responses|training|weights|code)\s(?:\w+\s)?(?:comes?|stems?|originates?)\sfrom\s{M}{{name}}",
        rf"{{name}}{M},\swhere\sI\swas\s{_MADE}",
    ),
    # My creators at X; X, who made me; X trained me; people at X gave me.
    *statements(
        rf"\bmy\s(?:\w{{1,30}}\s)?(?:creators?|developers?|makers?|parent\scompany|trainers?|training)"
        rf"(?:,|\s(?:is|are|at|by|from|team\sat)|\s?\()\s?{_TEAM}{M}{{name}}",
        rf"{{name}}{M}(?:,?\s(?:the\s\w{{1,30}}\s)?(?:that|who|which))?(?:\s(?:has|have|had|also))?\s"
        r"(?:trained|developed|created|built|designed|programmed|fine-?tuned)\sme\b",
        rf"{{known}}{M}\s(?:has\s|have\s)?(?:also\s)?(?:released|launched|engineered|made|raised)\s{_ME}",
        rf"{{strict}}{M}\s(?:has\s|have\s|had\s)?(?:not\s)?(?:instructed|configured|restricted)\sme\b",
        rf"\b(?:folks|people|team|engineers|researchers|developers)\s(?:over\s)?(?:at|of|from|behind)"
        rf"\s{M}{{known}}{M}\s(?:\w{{1,30}}\s){{0,2}}me\b",
    ),
    # I cannot, by OpenAI's policies; X does not let me.
    *statements(
        rf"{{strict}}{M}'s\s(?:\w{{1,30}}\s){{0,2}}{_RULES}",
        head=r"(?:\bI(?:'m|\sam)?\s(?:can't|cannot|must|have\sto|unable|not\s(?:able|allowed))|\bmy\b)",
    ),
    *statements(
        rf"{{known}}{M}(?:'s?)?\s(?:\w{{1,30}}\s){{0,2}}{_RULES},?\s(?:[\w']{{1,30}}\s){{0,4}}?"
        rf"(?:{_HINDER}|I\s(?:have\sto|must|can't|cannot|may\snot|am\snot))",
        rf"{{known}}{M}\s{_HINDER}\s(?:to|from)?\b",
        rf"\b{_RULES}\s(?:that\s)?{M}{{known}}{M}\s(?:has\s|have\s)?(?:set|gave|given|wrote|written"
        r"|laid\sdown|imposed|put\sin\splace)\s(?:(?:for|on|to)\s)?me\b",
    ),
)

"""How a response speaks of itself in the languages of the continent, from German to Russian.

How one says who one is, what one calls oneself, by whom one was made.
"""

from evalkit.annotation.blinding.speech_parts import UNKNOWN, M, Speech, introductions, statements


def language(
    i: str,
    i_am: str,
    kind: str,
    made: tuple[str, ...],
    unknown: tuple[str, ...] = (),
    *,
    introduced: tuple[str, ...],
    named: str,
    made_me: tuple[str, ...],
    rules: str,
    forbids: str,
    service: str,
    family: str,
    role: str,
) -> tuple[Speech, ...]:
    """Build the phrases of a language from its words for *I am*, *AI*, *called X*, *made by X*."""
    about_itself = rf"(?:{i_am})[^.!?\n]{{0,60}}?(?:{kind})"
    return (
        *introductions(
            *introduced,
            rf"(?:{i_am})\s(?:[^\W\d_]{{1,20}}[\s'-]){{0,3}}?(?:[^\W\d_]{{0,20}})?(?:{kind})[^\W\d_]{{0,10}},?\s{M}{{name}}",
            rf"(?:{i}),?\s{M}{{name}}(?={M},)",
            rf"{M}{{name}}(?={M},?\s(?:{service}|(?:mein|mon|mi|meu|mio|mijn|moje)\sna(?:me|am)\b))",
            rf"\b{role}\s{M}{{name}}(?={M}(?:,|:|\s{i}\b|[^.!?\n]{{0,30}}{i}\b))",
        ),
        *statements(*made, rf"\b{named}\s{M}{{name}}", head=about_itself),
        *statements(*made, head=rf"(?:{i_am})"),
        *statements(*unknown, head=about_itself),
        *statements(*made_me, rules, rf"{{known}}{M}\s{forbids}"),
        *statements(
            family, head=rf"{i}\b|(?:{i_am})|\b(?:je|faccio|faço|formo|należę|принадлежу)\b"
        ),
        Speech(rf"\A\W*{M}{{name}}(?={M},\s[^.!?\n]{{0,30}}?(?:{kind}))", is_introduction=True),
    )


_GERMAN = language(
    r"\bich",
    r"\b(?:ich\sbin|ich\sheiße|mein\sname\sist|ich\swurde|als\s(?=\w*\s?(?:KI|Sprachmodell|Chat)))",
    r"\bKI\b|KI-|sprachmodell|assistent|modell|chatbot|künstliche\sintelligenz",
    (
        rf"(?:von|durch|bei)\s(?:der\sfirma\s)?{M}{{name}}{M}\s(?:\w+\s)?"
        r"(?:entwickelt|trainiert|erstellt|geschaffen|gebaut|programmiert|bereitgestellt)",
        r"(?:entwickelt|trainiert|erstellt|geschaffen|gebaut|programmiert)(?:\swurde)?\s(?:von|durch)"
        rf"\s{M}{{name}}",
        rf"(?:modell|assistent|chatbot|KI)\svon\s{M}{{name}}",
    ),
    (
        rf"von\s{M}{UNKNOWN}{M}\s(?:entwickelt|trainiert|erstellt)",
        rf"(?:entwickelt|trainiert|erstellt)(?:\swurde)?\svon\s{M}{UNKNOWN}",
    ),
    introduced=(
        rf"\b(?:ich\sbin(?:\shier\sals)?|ich\sheiße|mich\snennt\sman|ich\shöre\sauf\s(?:den\snamen\s)?|(?:mein|der)\sname(?:\sist|\slautet|:)|nenn(?:t|en\ssie)?\smich(?:\seinfach)?"
        rf"|man\snennt\smich|hier\s(?:ist|spricht)|mit\smir,)\s(?:der\s|die\s|das\s|übrigens\s|hier\s)?{M}{{name}}",
        rf"\b(?:kannst|können|darfst|dürfen)\s(?:du\s|sie\s)?mich\s(?:gerne?\s|einfach\s|auch\s)?{M}{{name}}(?={M}\snennen)",
        rf"\b(?:sprichst|sprechen|chattest|chatten|redest|reden|schreibst|schreiben)\s(?:du\s|sie\s)?(?:gerade\s"
        rf"|hier\s|jetzt\s)?mit\s{M}{{name}}",
        rf"\bals\s{M}{{name}}(?={M}\s(?:kann|darf|werde|möchte|muss|bin|habe|würde)\sich\b)",
    ),
    named=r"(?:namens|genannt|mit\s(?:dem\s)?namen|(?:ich\s)?heiße|und\sheiße)",
    made_me=(
        rf"{{name}}{M}\s(?:hat|haben|hatte)\smich\s(?:\w+\s)?(?:entwickelt|trainiert|erschaffen|geschaffen|gebaut"
        r"|programmiert|erstellt|gemacht)",
        rf"(?:entwickelt|trainiert|erschaffen|geschaffen|gebaut|programmiert|erstellt)\s(?:hat|haben|wurde|bin)\s"
        rf"(?:mich|ich)\s(?:von\s|bei\s)?(?:die\s|der\s)?(?:firma\s|unternehmen\s)?{M}{{name}}",
        rf"\bmein\w*\s(?:entwickler|schöpfer|hersteller|anbieter|macher)\w*\s(?:ist|sind|heißt|bei|von|,)\s{M}{{name}}",
        rf"\bals\s(?:ein\w*\s)?von\s{M}{{name}}{M}\s(?:entwickelt|trainiert|erstellt)e\w*\s\w*-?(?:KI|modell|assistent|chatbot)",
        rf"\bich\s(?:komme|stamme)\s(?:von|aus\sdem\shause)\s{M}{{known}}",
        rf"\bich\s(?:basiere|beruhe|laufe)\sauf\s{M}{{known}}",
    ),
    rules=rf"(?:richtlinien|regeln|vorgaben|nutzungsbedingungen|grundsätze)\s(?:von|der|des)\s(?:firma\s)?{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:mir|mich|ich)\b)",
    forbids=r"(?:(?:lässt|erlaubt|gestattet)\s(?:mich|mir)\s(?:\w+\s){0,4}?nicht|verbietet\s(?:es\s)?mir|hat\s(?:es\s)?mir\s(?:\w+\s)?(?:verboten|untersagt))",
    service=r"(?:zu\s(?:ihren|deinen|euren)\sdiensten)",
    family=rf"{M}{{name}}{M}[\s-](?:familie|reihe|serie)",
    role=r"als",
)
_FRENCH = language(
    r"\bmoi",
    r"\b(?:je\ssuis|je\sm'appelle|mon\snom\sest|j'ai\sété|moi,|en\stant\squ(?:e\s|'))",
    r"\bIA\b|intelligence\sartificielle|modèle|assistant|chatbot|agent\sconversationnel",
    (
        r"(?:développé|entraîné|créé|conçu|formé|fabriqué|programmé)e?s?(?:\set\s\w+)?\spar\s"
        rf"(?:la\ssociété\s)?{M}{{name}}",
        rf"(?:modèle|assistant|chatbot|IA)(?:\sde\slangage)?\s(?:de\s|d'){M}{{name}}",
    ),
    (rf"(?:développé|entraîné|créé|conçu)e?s?\spar\s{M}{UNKNOWN}",),
    introduced=(
        rf"\b(?:je\ssuis|je\sm'appelle|je\sme\snomme|je\sréponds\sau\s(?:doux\s)?nom\sde|mon\s(?:petit\s)?(?:pré)?nom(?:\sest|\s?:)|(?:on|vous\spouvez|tu\speux)"
        rf"\sm'appelle(?:r)?|appelle[sz]?-moi|moi,?\sc'est|ici|c'est)\s(?:bien\s)?{M}{{name}}",
        rf"\b(?:vous\s(?:parlez|discutez|échangez|conversez)|tu\s(?:parles|discutes|échanges))\s(?:actuellement\s"
        rf"|ici\s)?(?:avec|à)\s{M}{{name}}",
        rf"\ben\stant\sque\s{M}{{name}}(?={M},)",
    ),
    named=r"(?:appelée?|nommée?|dénommée?|baptisée?|du\snom\sde|qui\ss'appelle)",
    made_me=(
        rf"{{name}}{M}\s(?:qui\s)?m'(?:a|ont)\s(?:développé|entraîné|créé|conçu|formé|programmé)e?",
        rf"(?:développé|entraîné|créé|conçu|formé|programmé)e?s?\s(?:par|chez)\s(?:les\s(?:équipes|chercheurs"
        rf"|ingénieurs)\s(?:de\s|d')|l'entreprise\s)?{M}{{known}}",
        rf"\bc'est\s{M}{{name}}{M}\squi\sm'a\b",
        rf"\bm(?:on|es)\s(?:créateurs?|développeurs?|concepteurs?|fabricant)\s(?:est|sont|chez|de|,)\s{M}{{name}}",
        rf"\bje\s(?:viens|proviens)\sde\schez\s{M}{{known}}",
        rf"\bje\s(?:repose|fonctionne|tourne)\s(?:sur|avec)\s{M}{{known}}",
    ),
    rules=rf"(?:règles|politiques?|conditions|principes|consignes)(?:\sd'(?:utilisation|usage))?\s(?:de\s|d'|chez\s){M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:m'|me\b|je\b))",
    forbids=r"(?:(?:ne\s)?(?:m'|me\s)(?:permet|autorise|interdit|laisse|empêche)|m'a\s(?:interdit|demandé))",
    service=r"(?:à\s(?:votre|ton)\sservice)",
    family=rf"famille\s(?:de\smodèles\s|des\smodèles\s)?{M}{{name}}",
    role=r"en\stant\sque",
)
_SPANISH = language(
    r"\byo",
    r"\b(?:soy|respondo\s(?:al\snombre\sde|por)|me\sllamo|mi\snombre(?:\ses|:)|fui|he\ssido|como\s(?=(?:un\s|una\s)?(?:IA|modelo|asist|intel)))",
    r"\bIA\b|inteligencia\sartificial|modelo|asistente|chatbot",
    (
        r"(?:desarrollad|entrenad|cread|diseñad|hech|programad)[oa]s?(?:\sy\s\w+)?\spor\s"
        rf"(?:la\sempresa\s)?{M}{{name}}",
        rf"(?:modelo|asistente|chatbot|IA)(?:\sde\slenguaje)?\sde\s{M}{{name}}",
    ),
    (rf"(?:desarrollad|entrenad|cread)[oa]\spor\s{M}{UNKNOWN}",),
    introduced=(
        rf"\b(?:soy|respondo\s(?:al\snombre\sde|por)|me\sllamo|mi\snombre(?:\ses|:)|(?:puedes?|pueden)\sllamarme|llám[ae](?:me|nme)|me\s(?:llaman|dicen|conocen\scomo)"
        rf"|aquí|te\shabla|le\shabla)\s(?:el\s)?{M}{{name}}",
        rf"\b(?:estás?|están)\s(?:hablando|conversando|chateando|charlando)\scon\s{M}{{name}}",
        rf"\bcomo\s{M}{{name}}(?={M},)",
    ),
    named=r"(?:llamad[oa]|denominad[oa]|de\snombre|cuyo\snombre\ses|conocid[oa]\scomo)",
    made_me=(
        rf"{{name}}{M}\s(?:me\s(?:ha\s)?|es\squien\sme\s)(?:entren|desarroll|cre|diseñ|program)(?:ó|aron|ado)",
        rf"\bme\s(?:entren|desarroll|cre|diseñ|program)(?:ó|aron)\s(?:en\s|la\sempresa\s)?{M}{{name}}",
        rf"\bmi\w*\s(?:cread|desarrollad|fabrica)\w*\s(?:es|son|de|en|,)\s{M}{{name}}",
        rf"\b(?:vengo|provengo)\sde\s{M}{{known}}",
        rf"\b(?:funciono|me\sbaso)\s(?:con|en|sobre)\s{M}{{known}}",
    ),
    rules=rf"(?:políticas?|normas|reglas|directrices|condiciones)(?:\sde\suso)?\sde\s{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:me|mi|puedo|debo)\b)",
    forbids=r"(?:(?:no\sme\s(?:permite|deja|autoriza)|me\s(?:prohíbe|impide|ha\sprohibido)))",
    service=r"(?:a\s(?:tu|su|vuestro)\s(?:servicio|disposición))",
    family=rf"familia\s(?:de\smodelos\s)?(?:de\s)?{M}{{name}}",
    role=r"como",
)
_PORTUGUESE = language(
    r"\beu",
    r"\b(?:sou\so|sou\sa|eu\ssou|sou|me\schamo|meu\snome\sé|fui|como\s(?=(?:um\s|uma\s)?(?:IA|mod|assist)))",
    r"\bIA\b|inteligência\sartificial|modelo|assistente|chatbot",
    (
        r"(?:desenvolvid|treinad|criad|feit|projetad)[oa]s?(?:\se\s\w+)?\s(?:por|pela|pelo)\s"
        rf"(?:empresa\s)?{M}{{name}}",
        rf"(?:modelo|assistente|chatbot|IA)(?:\sde\slinguagem)?\sd[aeo]\s{M}{{name}}",
    ),
    (rf"(?:desenvolvid|treinad|criad)[oa]\s(?:por|pela|pelo)\s{M}{UNKNOWN}",),
    introduced=(
        rf"\b(?:sou|respondo\s(?:ao\snome\sde|por)|me\schamo|(?:o\s)?meu\snome(?:\sé|:)|(?:pode|podes|podem)\s(?:me\schamar|chamar-me)(?:\sde)?|chame-me(?:\sde)?"
        rf"|me\schame\sde|me\schamam\sde|aqui\s(?:é|quem\sfala\sé)|chamo-me)\s(?:o\s|a\s)?{M}{{name}}",
        rf"\b(?:está|estás|estão)\s(?:falando|conversando|a\sfalar|a\sconversar)\scom\s(?:o\s|a\s)?{M}{{name}}",
        rf"\bcomo\s(?:o\s|a\s)?{M}{{name}}(?={M},)",
    ),
    named=r"(?:chamad[oa]|denominad[oa]|de\snome|cujo\snome\sé|conhecid[oa]\scomo)",
    made_me=(
        rf"{{name}}{M}\s(?:quem\s)?me\s(?:trein|desenvolv|cri|projet|program)(?:ou|eu|aram|eram)",
        rf"\bme\s(?:trein|desenvolv|cri|projet|program)(?:ou|eu|aram|eram)\s(?:foi\s|foram\s)?(?:a\s|o\s|na\s|no\s)?"
        rf"(?:empresa\s)?{M}{{name}}",
        rf"\bmeus?\s(?:criador|desenvolvedor|fabricante)\w*\s(?:é|são|da|do|,)\s(?:a\s|o\s)?{M}{{name}}",
        rf"\b(?:venho|provenho)\s(?:da|do|de)\s{M}{{known}}",
        rf"\b(?:funciono|rodo)\s(?:com|em|sobre)\s(?:o\s|a\s)?{M}{{known}}",
    ),
    rules=rf"(?:políticas?|normas|regras|diretrizes|termos)(?:\sde\suso)?\sd[aeo]\s{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:me|eu|posso|devo|meu)\b)",
    forbids=r"(?:(?:não\sme\s(?:permite|deixa|autoriza)|me\s(?:proíbe|impede|proibiu)))",
    service=r"(?:(?:a|ao)\s(?:seu|teu)\s(?:serviço|dispor))",
    family=rf"família\s(?:de\smodelos\s)?(?:d[aeo]\s)?{M}{{name}}",
    role=r"como(?:\s[oa])?",
)
_ITALIAN = language(
    r"\bio",
    r"\b(?:sono|mi\schiamo|il\smio\snome\sè|in\squanto|come\s(?=(?:un'?\s?)?(?:IA|mod|assist|intel)))",
    r"\bIA\b|\bAI\b|intelligenza\sartificiale|modello|assistente|chatbot",
    (
        r"(?:sviluppat|addestrat|creat|progettat|realizzat)[oa](?:\se\s\w+)?\sda(?:lla)?\s"
        rf"(?:società\s)?{M}{{name}}",
        rf"(?:modello|assistente|chatbot|IA)(?:\slinguistico)?\sdi\s{M}{{name}}",
    ),
    (rf"(?:sviluppat|addestrat|creat)[oa]\sda\s{M}{UNKNOWN}",),
    introduced=(
        rf"\b(?:sono|rispondo\sal\snome\sdi|mi\schiamo|il\smio\snome(?:\sè|:)|(?:puoi|può|potete)\schiamarmi|chiamami|mi\schiamano|qui\s(?:è|parla))\s"
        rf"{M}{{name}}",
        rf"\b(?:stai|sta|state)\s(?:parlando|chattando|conversando)\scon\s{M}{{name}}",
        rf"\b(?:come|in\squanto)\s{M}{{name}}(?={M},)",
    ),
    named=r"(?:chiamat[oa]|denominat[oa]|di\snome|conosciut[oa]\scome|il\scui\snome\sè)",
    made_me=(
        rf"{{name}}{M}\smi\sha\s(?:sviluppat|addestrat|creat|progettat|realizzat|programmat)[oa]",
        rf"\bmi\s(?:ha|hanno)\s(?:sviluppat|addestrat|creat|progettat|realizzat|programmat)[oa]\s{M}{{name}}",
        rf"\bi?l?\s?mi(?:o|ei)\s(?:creator|sviluppator|produttor)\w*\s(?:è|sono|di|,)\s{M}{{name}}",
        rf"\b(?:vengo|provengo)\sda\s{M}{{known}}",
        rf"\b(?:funziono|mi\sbaso)\s(?:con|su)\s{M}{{known}}",
    ),
    rules=rf"(?:norme|politiche|regole|linee\sguida|condizioni)(?:\sd'uso|\sdi\sutilizzo)?\sdi\s{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:mi|io|posso|devo)\b)",
    forbids=r"(?:(?:non\smi\s(?:permette|consente|lascia|autorizza)|mi\s(?:vieta|impedisce|ha\svietato)))",
    service=r"(?:al\s(?:tuo|suo|vostro)\sservizio|a\stua\sdisposizione)",
    family=rf"famiglia\s(?:di\smodelli\s|dei\smodelli\s)?(?:di\s)?{M}{{name}}",
    role=r"(?:come|in\squanto)",
)
_DUTCH = language(
    r"\bik",
    r"\b(?:ik\sben|mijn\snaam\sis|ik\sheet|als\s(?=(?:een\s)?(?:AI|taalmodel|KI)))",
    r"\bAI\b|taalmodel|assistent|chatbot|kunstmatige\sintelligentie",
    (
        r"(?:ontwikkeld|getraind|gemaakt|gebouwd|gecreëerd|ontworpen)\sdoor\s"
        rf"(?:het\sbedrijf\s)?{M}{{name}}",
        rf"door\s{M}{{name}}{M}\s(?:is\s)?(?:ontwikkeld|getraind|gemaakt|gebouwd)",
        rf"(?:model|assistent|chatbot|AI)\svan\s{M}{{name}}",
    ),
    introduced=(
        rf"\b(?:ik\sben|ik\sluister\snaar\s(?:de\snaam)?|mijn\snaam(?:\sis|:)|ik\sheet|noem\sme(?:\sgerust|\smaar)?|(?:ze|mensen)\snoemen\sme|hier\s(?:is|spreekt)"
        rf"|je\sspreekt\smet)\s{M}{{name}}",
        rf"\b(?:mag|kunt|kan|mogen)\s(?:je\s|u\s)?(?:me|mij)\s(?:gerust\s|gewoon\s)?{M}{{name}}(?={M}\snoemen)",
        rf"\b(?:praat|spreekt|chat|praten)\s(?:je\s|u\s)?(?:nu\s|hier\s)?met\s{M}{{name}}",
        rf"\bals\s{M}{{name}}(?={M}\s(?:kan|mag|wil|moet|ben|heb|zou)\sik\b)",
    ),
    named=r"(?:genaamd|geheten|met\sde\snaam|die\s(?:\w+\s)?heet|bekend\sals)",
    made_me=(
        rf"{{name}}{M}\s(?:heeft|hebben)\s(?:mij|me)\s(?:ontwikkeld|getraind|gemaakt|gebouwd|ontworpen)",
        rf"\b(?:mij|me)\s(?:ontwikkeld|getraind|gemaakt|gebouwd)\sheeft\sis\s{M}{{name}}",
        rf"\bmijn\s(?:maker|ontwikkelaar|bedenker)s?\s(?:is|zijn|bij|van|,)\s{M}{{name}}",
        rf"\bik\skom\s(?:van|uit\sde\sstal\svan)\s{M}{{known}}",
        rf"\bik\s(?:draai|werk)\sop\s{M}{{known}}",
    ),
    rules=rf"(?:beleid|regels|richtlijnen|voorwaarden)\svan\s{M}{{known}}(?=[^.!?\n]{{0,60}}?\b(?:me|mij|ik)\b)",
    forbids=r"(?:(?:staat|laat)\s(?:het\s)?(?:me|mij)\s(?:\w+\s){0,4}?niet|verbiedt\s(?:me|mij))",
    service=r"(?:tot\s(?:uw|je|jouw)\sdienst|staat\svoor\s(?:je|u)\sklaar)",
    family=rf"{M}{{name}}{M}[\s-](?:familie|reeks|serie)",
    role=r"als",
)
_POLISH = language(
    r"\bja",
    r"\b(?:jestem|nazywam\ssię|mam\sna\simię|został[ea]m|jako\s(?=(?:model|AI|sztuczn|asyst)))",
    r"\bAI\b|\bSI\b|model|asystent|chatbot|sztuczn",
    (
        r"(?:stworzon|wytrenowan|opracowan|wyszkolon|zaprojektowan)\w+\sprzez\s"
        rf"(?:firmę\s)?{M}{{name}}",
    ),
    introduced=(
        rf"\b(?:jestem|nazywam\ssię|nazywają\smnie|mówią\sna\smnie|twój\sasystent|(?:mam\s)?na\simię(?:\smi|\smam)?|moje\simię\s(?:to|brzmi)|(?:możesz|możecie|może\span)"
        rf"\s(?:do\smnie\s)?(?:mówić|nazywać)\s(?:mi|mnie|na\smnie)|mów(?:cie)?\smi|z\stej\sstrony|tu|mówi)\s{M}{{name}}",
        rf"\b(?:rozmawiasz|rozmawiacie|piszesz)\s(?:teraz\s)?z\s(?:modelem\s|asystentem\s)?{M}{{name}}",
        rf"\bjako\s{M}{{name}}(?={M},)",
    ),
    named=r"(?:o\s(?:imieniu|nazwie)|nazwan\w+|zwan\w+|który\snazywa\ssię)",
    made_me=(
        rf"{{name}}{M}\s(?:mnie\s)?(?:stworzył|wytrenował|opracował|wyszkolił|zaprojektował)\w*(?:\smnie)?\b",
        rf"\b(?:stworzył|wytrenował|opracował|wyszkolił|zaprojektował)\w*\smnie\s(?:firma\s)?{M}{{name}}",
        rf"\b(?:moim|mój|moi)\s(?:twórc|producent|autor)\w+\s(?:jest|są|to|z|,)\s(?:firma\s)?{M}{{name}}",
        rf"\bmodel(?:em)?\s(?:językowy\w*\s|językowym\s)?{M}{{known}}(?=[^.!?\n]{{0,40}}$|[.!])",
        rf"\b(?:pochodzę|jestem)\sz\sfirmy\s{M}{{known}}",
        rf"\bdziałam\sna\s{M}{{known}}",
    ),
    rules=rf"(?:zasady|regulamin|polityka|wytyczne)\s(?:firmy\s)?{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?\b(?:mi|mnie|mogę|muszę)\b)",
    forbids=r"(?:(?:nie\spozwala\smi|mi\snie\spozwala|zabrania\smi|zabronił\w*\smi))",
    service=r"(?:do\s(?:twoich|państwa|pana|pani)\susług|twój\sasystent)",
    family=rf"rodziny\s(?:modeli\s)?{M}{{name}}",
    role=r"jako",
)
_RUSSIAN = language(
    r"(?<!\w)я",
    r"(?<!\w)(?:я(?:\s?[—-])?|меня\sзовут|как\s(?=\w*\s?(?:ИИ|языков|модель|ассист|нейро)))\s?",
    r"ИИ|языков|модел|ассистент|чат-?бот|нейросет|искусственн",
    (
        r"(?:создан|разработан|обучен)\w*\s(?:компанией\s|командой\s|в\s)?"
        rf"{M}{{name}}",
        rf"(?:модель|ассистент|чат-?бот|нейросеть)\s(?:от\s)?(?:компании\s)?{M}{{name}}",
    ),
    introduced=(
        rf"(?<!\w)(?:я\s?[—–-]?|меня\s(?:зовут|называют)|мо[её]\sимя\s?[—–-]?|(?:можете|можешь)\s(?:звать|называть)\sменя|зовите\sменя"
        rf"|называй(?:те)?\sменя|это|с\sвами)\s?{M}{{name}}",
        rf"(?<!\w)(?:разговариваете|общаетесь|говорите|общаешься|разговариваешь)\s(?:сейчас\s)?с\s{M}{{name}}",
        rf"(?<!\w)как\s{M}{{name}}(?={M},)",
    ),
    named=r"(?:по\sимени|под\sназванием|с\sименем|которого\sзовут|который\sназывается)",
    made_me=(
        rf"{{name}}{M}\s(?:меня\s)?(?:создал|разработал|обучил|сделал)\w*(?:\sменя)?\b",
        rf"(?<!\w)меня\s(?:создал|разработал|обучил|сделал)\w*\s(?:в\s)?(?:компани\w+\s|команд\w+\s)?{M}{{name}}",
        rf"(?<!\w)(?:создал|разработал|обучил)\w*\sменя\s(?:компания\s)?{M}{{name}}",
        rf"(?<!\w)мо[йи]\s(?:создател|разработчик|автор)\w*\s?(?:[—–-]|это|,|из)?\s?(?:компания\s)?{M}{{name}}",
        rf"(?<!\w)я\s(?:работаю|основан\w*)\sна\s(?:базе\s)?{M}{{known}}",
    ),
    rules=rf"(?:правила|политика|условия|принципы)\s(?:использования\s)?(?:компании\s)?{M}{{known}}"
    r"(?=[^.!?\n]{0,60}?(?:мне|меня|\bя\b|могу))",
    forbids=r"(?:(?:не\s(?:позволяет|разрешает)\sмне|мне\sне\s(?:позволяет|разрешает)|запрещает\sмне))",
    service=r"(?:к\s(?:вашим|твоим)\sуслугам|ваш\sпомощник|твой\sпомощник)",
    family=rf"семейств\w+\s(?:моделей\s)?{M}{{name}}",
    role=r"как",
)

EUROPEAN: tuple[Speech, ...] = (
    *_GERMAN,
    *_FRENCH,
    *_SPANISH,
    *_PORTUGUESE,
    *_ITALIAN,
    *_DUTCH,
    *_POLISH,
    *_RUSSIAN,
)

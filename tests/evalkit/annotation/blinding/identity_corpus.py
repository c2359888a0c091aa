"""Self-introductions and innocent sentences in twelve languages, with many names and disguises."""

from collections.abc import Iterator
from itertools import cycle

NAMES = ("Claude", "Gemini", "Llama", "Grok", "Mistral", "Nova", "Kimi", "Atlas")
CORPUS_STUDY = (
    "claude-opus-4",
    "google/gemini-2.5-pro",
    "meta-llama/Llama-3.1-8B-Instruct",
    "grok-3-mini",
    "mistral-small:24b",
    "amazon.nova-lite-v1",
    "kimi-k2-0711",
    "Atlas",
)

#: What a model says of itself, {} being its name.
INTRODUCTIONS = {
    "English": (
        "My name is {}. Ask me anything.",
        "I am {}. What shall we do today?",
        "Hello! I'm {}, and I can help you with that.",
        "You can call me {}.",
        "I'm an AI assistant called {}.",
        "You are talking to {}.",
        "As {}, I have no opinion on that.",
    ),
    "German": (
        "Mein Name ist {}. Wie kann ich helfen?",
        "Ich heiße {}.",
        "Ich bin {}, dein Assistent.",
        "Du sprichst mit {}.",
        "Ich bin ein Sprachmodell namens {}.",
    ),
    "French": (
        "Je m'appelle {}.",
        "Je suis {}, votre assistant.",
        "Bonjour, mon nom est {}.",
        "Vous discutez avec {}.",
        "Je suis un modèle de langage nommé {}.",
    ),
    "Spanish": (
        "Me llamo {}.",
        "Hola, soy {}.",
        "Mi nombre es {}. ¿Qué necesitas?",
        "Estás conversando con {}.",
        "Soy un modelo de lenguaje llamado {}.",
    ),
    "Portuguese": (
        "Me chamo {}.",
        "Olá, eu sou o {}.",
        "Meu nome é {}.",
        "Você está conversando com o {}.",
        "Sou um modelo de linguagem chamado {}.",
    ),
    "Italian": (
        "Mi chiamo {}.",
        "Ciao, sono {}.",
        "Il mio nome è {}.",
        "Stai chattando con {}.",
        "Sono un modello linguistico chiamato {}.",
    ),
    "Dutch": (
        "Ik heet {}.",
        "Hallo, ik ben {}.",
        "Mijn naam is {}.",
        "Je spreekt met {}.",
        "Ik ben een taalmodel genaamd {}.",
    ),
    "Polish": (
        "Nazywam się {}.",
        "Cześć, jestem {}.",
        "Mam na imię {}.",
        "Rozmawiasz z modelem {}.",
        "Jestem modelem językowym o nazwie {}.",
    ),
    "Russian": (
        "Меня зовут {}.",
        "Я {}, языковая модель.",
        "Моё имя — {}.",
        "Вы общаетесь с {}.",
        "Я языковая модель под названием {}.",
    ),
    "Japanese": (
        "私は{}です。",
        "私の名前は{}です。",
        "{}と申します。",
        "私は{}というAIアシスタントです。",
        "私はある会社が開発した{}です。",
    ),
    "Korean": (
        "저는 {}입니다.",
        "제 이름은 {}입니다.",
        "저는 {}라고 합니다.",
        "저는 {}라는 AI 모델입니다.",
        "저는 어느 회사가 만든 {}입니다.",
    ),
    "Chinese": (
        "我是{}。",
        "我叫{}，很高兴认识你。",
        "我的名字是{}。",
        "你可以叫我{}。",
        "我是一个名叫{}的人工智能助手。",
    ),
}

#: What people say of people, animals and things of that name.
INNOCENT = {
    "English": (
        "My brother {} lives in Lyon.",
        "I met {} at the station this morning.",
        "We named the boat {}.",
        "I am {}'s sister and I write on her behalf.",
        "My name is {} Martin and my parcel is late.",
        "I am {}, a nurse from Leeds.",
        "The hotel {} has a garden.",
    ),
    "German": (
        "Mein Bruder {} wohnt in Lyon.",
        "Ich habe {} am Bahnhof getroffen.",
        "Unser Boot heißt {}.",
        "Ich heiße {} Weber und suche meine Rechnung.",
        "Ich bin {}, die Nachbarin von oben.",
    ),
    "French": (
        "Mon frère {} habite à Lyon.",
        "J'ai rencontré {} à la gare.",
        "Notre bateau s'appelle {}.",
        "Je suis la sœur de {}.",
        "Je suis {}, une voisine du troisième.",
    ),
    "Spanish": (
        "Mi hermano {} vive en Lyon.",
        "Vi a {} en la estación.",
        "Nuestro barco se llama {}.",
        "Soy la hermana de {}.",
        "Me llamo {} Pérez y tengo una pregunta.",
    ),
    "Portuguese": (
        "Meu irmão {} mora em Lyon.",
        "Encontrei {} na estação.",
        "O nosso barco chama-se {}.",
        "Sou a irmã de {}.",
        "Me chamo {} Souza e tenho uma dúvida.",
    ),
    "Italian": (
        "Mio fratello {} abita a Lione.",
        "Ho visto {} alla stazione.",
        "La nostra barca si chiama {}.",
        "Sono la sorella di {}.",
        "Mi chiamo {} Rossi e ho una domanda.",
    ),
    "Dutch": (
        "Mijn broer {} woont in Lyon.",
        "Ik zag {} op het station.",
        "Onze boot heet {}.",
        "Ik ben de zus van {}.",
        "Ik heet {} Bakker en heb een vraag.",
    ),
    "Polish": (
        "Mój brat {} mieszka w Lyonie.",
        "Widziałem {} na dworcu.",
        "Nasza łódź nazywa się {}.",
        "Jestem siostrą {}.",
        "Nazywam się {} Nowak i mam pytanie.",
    ),
    "Russian": (
        "Мой брат {} живёт в Лионе.",
        "Я видел {} на вокзале.",
        "Наша лодка называется {}.",
        "Я сестра {}.",
        "Он читает книгу о {}.",
    ),
    "Japanese": (
        "弟の{}はリヨンに住んでいます。",
        "駅で{}に会いました。",
        "船の名前は{}号です。",
        "{}さんは先生です。",
        "昨日{}の本を読みました。",
    ),
    "Korean": (
        "제 동생 {}는 리옹에 살아요.",
        "역에서 {}를 만났어요.",
        "우리 배의 이름은 {}호예요.",
        "{} 선생님은 친절해요.",
        "어제 {}에 대한 책을 읽었어요.",
    ),
    "Chinese": (
        "我的弟弟{}住在里昂。",
        "我在车站遇见了{}。",
        "我们的船叫{}号。",
        "{}老师很亲切。",
        "昨天我读了一本关于{}的书。",
    ),
}

#: What these names are besides.
INNOCENT_THINGS = (
    "The Mistral is a cold wind from the north.",
    "As the Mistral drops, I go out to sail.",
    "Le mistral se lève, dit le pêcheur.",
    "I am a Gemini, and my sister is a Virgo.",
    "As a Gemini, I get along with Libras.",
    "Ich bin Zwilling (Gemini).",
    "The Nova programme trains teachers in rural schools.",
    "I applied for the Nova programme, and I was accepted.",
    "A nova may brighten a thousandfold.",
    "The llama is kept for its wool.",
    "I am afraid of llamas; a llama once bit me.",
    "La llama vive en los Andes, me dijo el guía.",
    "It is hard to grok monads at first.",
    "I grok it now, thank you.",
    "Atlas held up the heavens.",
    "I opened the atlas at Peru.",
    "I am reading an atlas of birds.",
    "Claude Monet painted the Seine.",
    "As Claude left, I closed the door.",
    "Kimi is a Finnish name.",
)


def _split_bold(name: str) -> str:
    return f"**{name[:2]}**{name[2:]}"


def _look_alike(name: str) -> str:
    """Put a Cyrillic letter for the first that has a twin."""
    twins = {"a": "а", "o": "о", "i": "і", "e": "е", "A": "А", "K": "К", "M": "М"}
    place = next(place for place, letter in enumerate(name) if letter in twins)
    return name[:place] + twins[name[place]] + name[place + 1 :]


DISGUISES = {
    "bold": lambda name: f"**{name}**",
    "half bold": _split_bold,
    "code": lambda name: f"`{name}`",
    "zero width": lambda name: f"{name[:3]}\u200b{name[3:]}",
    "soft hyphen": lambda name: f"{name[:2]}\u00ad{name[2:]}",
    "fullwidth": lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "mathematical": lambda name: "".join(
        chr(0x1D400 + ord(c) - 65) if c.isupper() else chr(0x1D41A + ord(c) - 97) for c in name
    ),
    "look-alike": _look_alike,
    "lower case": str.lower,
    "upper case": str.upper,
}


def self_introductions() -> Iterator[tuple[str, str]]:
    """Give every introduction with every name, plain and in one disguise: (kind, text)."""
    disguises = cycle(DISGUISES.items())
    for language, sentences in INTRODUCTIONS.items():
        for sentence in sentences:
            for name in NAMES:
                yield f"{language}, plain", sentence.format(name)
                disguise, hidden = next(disguises)
                yield f"{language}, {disguise}", sentence.format(hidden(name))


def innocent_texts() -> Iterator[tuple[str, str]]:
    """Give every innocent sentence with every name, plain and in bold."""
    for language, sentences in INNOCENT.items():
        for sentence in sentences:
            for name in NAMES:
                yield f"{language}, plain", sentence.format(name)
                yield f"{language}, bold", sentence.format(f"**{name}**")
    for text in INNOCENT_THINGS:
        yield "things", text

"""Whose model a model is, by its name: a judge may favour its own kin."""

import re

#: Beginnings of names that say who made a model, wherever it is served.
_MAKERS = {
    "openai": ("gpt", "chatgpt", "o1", "o3", "o4", "davinci"),
    "anthropic": ("claude",),
    "google": ("gemini", "gemma", "palm", "bard"),
    "meta": ("llama", "codellama"),
    "mistral": ("mistral", "mixtral", "ministral", "magistral", "codestral"),
    "alibaba": ("qwen", "qwq"),
    "deepseek": ("deepseek",),
    "cohere": ("command", "aya"),
    "microsoft": ("phi",),
    "xai": ("grok",),
    "amazon": ("nova", "titan"),
    "zhipu": ("glm", "chatglm"),
    "moonshot": ("kimi",),
}
_BEGINNINGS = {beginning: maker for maker, names in _MAKERS.items() for beginning in names}
#: What names begin with that say nothing of who made them.
_NO_NAMES = frozenset(
    {"the", "llm", "model", "judge", "system", "run", "test", "new", "old", "base", "demo"}
)
_LEAST = 3


def family_of(name: str) -> str:
    """Return the family of a model, the same for all of one maker.

    Parameters
    ----------
    name : str
        Of a model, or of a judge, which begins with its model's; ``maker/model`` as routers write
        it counts by the model.

    Returns
    -------
    str
        The maker where the name tells it, else the first word of the name in small letters; empty
        where that says nothing. A name is all that is known: of a model that is called by another
        name the family cannot be told.
    """
    own = name.casefold().strip().rsplit("/", maxsplit=1)[-1]
    own = re.sub(r"^judge\s*:\s*", "", own)
    for beginning, maker in _BEGINNINGS.items():
        # "o1-mini" but not "o1abc", "phi-3" but not "philip".
        if re.match(rf"{beginning}(?![a-z])", own):
            return maker
    word = re.match(r"[^\W\d_]+", own)
    if word is None or len(word[0]) < _LEAST or word[0] in _NO_NAMES:
        return ""
    return word[0]

"""Keys, tokens and passwords: by how their issuers write them, or by what they are assigned to."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from evalkit.redaction.kinds import FindingKind, FoundSpan

#: How issuers write their keys.
_ISSUED = re.compile(
    r"(?<![\w-])(?:sk-(?:proj-|ant-|svcacct-|admin-|or-)?(?=[\w-]*[0-9])[\w-]{16,}"
    r"|[srp]k_(?:live|test)_\w{10,}|whsec_\w{16,}"  # Stripe
    r"|gh[pousr]_\w{30,}|github_pat_\w{22,}|glpat-[\w-]{16,}"
    r"|xox[abeoprs]-[\w-]{10,}|shpat_[0-9a-fA-F]{24,}|dop_v1_[0-9a-f]{40,}"
    r"|A[KS]IA[0-9A-Z]{16}(?!\w)|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{30,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-AgEI[\w-]{30,}|AGE-SECRET-KEY-1[0-9A-Z]{40,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)"  # JSON Web Tokens
)
#: None of them is in a shorter word.
_SHORTEST_WORD = 15
_HOOK = re.compile(
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,}|(?<=discord\.com/api/webhooks/)[\w/-]{20,}"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:[^-]|-(?!----)){1,20000}-----END \1-----"
)
_BEARER = re.compile(r"\b(?:[Bb]earer|[Bb]asic|BEARER)\s+([\w.~+/=-]{16,})")

#: What a name begins or ends in that a secret is assigned to, in small letters.
_STEM_WORDS = ("key", "secret", "token", "auth", "cookie", "credential", "session")
_STEM = re.compile("|".join(_STEM_WORDS))
_PASSWORD_STEM = re.compile(r"passw|passphrase|pwd|kennwort|contraseña|mot de passe|\bpin\b")
_ASSIGNED_TO = r"[\"'`]?\s{0,3}(?:[:=]|=>|:=|is\b)\s{0,3}[\"'`]?"
_ASSIGNED = re.compile(
    rf"(?:[_-]?(?:id|key|token|secret|value|orization|s)){{0,2}}{_ASSIGNED_TO}"
    r"(?:(?:Bearer|Basic|Token) )?([^\s\"'`,;&<>()\[\]{}]{8,300})",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    rf"(?:ord|d|ort|t)?(?:{_ASSIGNED_TO}|[\"'`]?\s(?:ist|est|es|è)\s)"
    r"([^\s\"'`,;<>()\[\]{}]{4,200})",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(
    r"(?:.*[_\W]|.*[a-z](?=[A-Z])|)(?:(?:api|access|secret|private|account|encryption|signing|auth|session)[_-]?"
    r"(?:key|token|id|secret)(?:[_-]?id)?|secret|client[_-]?secret|token|credentials?|"
    r"authorization|cookie)",
    re.IGNORECASE,
)
_PASSWORD_FIELD = re.compile(
    r"(?:.*[_\W]|.*[a-z](?=[A-Z])|)(?:password|passwd|passphrase|passwort|kennwort|contraseña|pwd)",
    re.IGNORECASE,
)

#: Bits a sign, below which a text of its length is more likely words than a key.
_RANDOM = 3.0
#: A text as long as this is random enough with one digit.
_LONG = 24


def find_keys(text: str) -> Iterator[FoundSpan]:
    """Find keys, tokens and passwords."""
    yield from _issued(text)
    for scheme in _BEARER.finditer(text) if "earer" in text or "asic" in text else ():
        if is_random(scheme.group(1)):
            yield _span(scheme, 1)
    low = text.lower()
    if len(low) != len(text):
        low = text  # a letter that is two when small: places would not be the same
    for words, stem, pattern, is_secret in _BY_NAME:
        if any(word in low for word in words):
            for name in stem.finditer(low):
                assigned = pattern.match(text, name.end())
                if assigned and is_secret(assigned.group(1)):
                    yield _span(assigned, 1)


def _issued(text: str) -> Iterator[FoundSpan]:
    """Find what is written as an issuer's keys are, and private keys."""
    if any(len(word) >= _SHORTEST_WORD and _ISSUED.search(word) for word in text.split()):
        for key in _ISSUED.finditer(text):
            yield _span(key, 0)
    if "/services/" in text or "/webhooks/" in text:
        for key in _HOOK.finditer(text):
            yield _span(key, 0)
    if "PRIVATE KEY" in text:
        for key in _PRIVATE_KEY.finditer(text):
            yield _span(key, 0)


def is_secret_of(field: str, value: str) -> bool:
    """Tell whether a value is secret by the name of the field that holds it."""
    value = value.strip()
    if any(sign.isspace() for sign in value) or len(value) < 4:
        return False
    if _PASSWORD_FIELD.fullmatch(field):
        return True
    return bool(_SECRET_FIELD.fullmatch(field)) and is_random(value)


def is_random(text: str) -> bool:
    """Tell whether a text looks drawn at random: long, of letters and digits, none too often.

    Measured by Shannon's entropy of its signs, in bits a sign.
    """
    letters = sum(sign.isalpha() for sign in text)
    digits = sum(sign.isdigit() for sign in text)
    if len(text) < 12 or not letters or digits < (1 if len(text) >= _LONG else 2):
        return False
    counts = Counter(text).values()
    return -sum(n * math.log2(n / len(text)) for n in counts) / len(text) >= _RANDOM


def _is_password(text: str) -> bool:
    """Tell a password from the words that follow one in a sentence."""
    text = text.rstrip(".,!?")
    has_other = any(not sign.isalpha() for sign in text)
    is_variable = text.startswith(("$", "%", "{", "process.", "os.", "env.", "self.", "*"))
    return len(text) >= 4 and has_other and not is_variable


def _span(key: re.Match[str], group: int) -> FoundSpan:
    value = key.group(group).rstrip(".,:")
    start = key.start(group)
    return FoundSpan(start, start + len(value), FindingKind.KEY, value)


#: What must stand in a text in small letters, what begins a name there, what follows it, and what
#: tells that it is a secret.
_BY_NAME = (
    (_STEM_WORDS, _STEM, _ASSIGNED, is_random),
    (("pass", "pwd", "kennwort", "contrase", "pin"), _PASSWORD_STEM, _PASSWORD, _is_password),
)

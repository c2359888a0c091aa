"""All kinds of checks: page, command line and documentation come from here."""

from evalkit.checks.kind import CheckKind
from evalkit.checks.kinds.bleu import BLEU
from evalkit.checks.kinds.citation import CITATION
from evalkit.checks.kinds.code import CODE
from evalkit.checks.kinds.embedding import EMBEDDING
from evalkit.checks.kinds.exact import EXACT
from evalkit.checks.kinds.imported import IMPORTED
from evalkit.checks.kinds.json_schema import JSON_SCHEMA
from evalkit.checks.kinds.language import LANGUAGE
from evalkit.checks.kinds.length import LENGTH
from evalkit.checks.kinds.mentions import MENTIONS, NOT_CONTAINS
from evalkit.checks.kinds.number import NUMBER
from evalkit.checks.kinds.pattern import PATTERN
from evalkit.checks.kinds.refusal import REFUSAL
from evalkit.checks.kinds.rouge import ROUGE
from evalkit.checks.kinds.token_f1 import TOKEN_F1
from evalkit.errors import NotFoundError

KINDS = (
    MENTIONS,
    NOT_CONTAINS,
    PATTERN,
    NUMBER,
    EXACT,
    TOKEN_F1,
    ROUGE,
    BLEU,
    EMBEDDING,
    JSON_SCHEMA,
    CITATION,
    REFUSAL,
    LANGUAGE,
    LENGTH,
    CODE,
)
#: Those that a lead adds, and what files brought.
_BY_KEY = {kind.key: kind for kind in (*KINDS, IMPORTED)}


def kind_called(key: str) -> CheckKind:
    """Return the kind of a key.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    if key not in _BY_KEY:
        known = ", ".join(kind.key for kind in KINDS)
        raise NotFoundError(f"There is no kind of check “{key}”. There are: {known}.")
    return _BY_KEY[key]

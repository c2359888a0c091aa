"""Who a judge is: the hash of all that shapes its answers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from evalkit.judging.pair import PROMPT, PairQuestion, prompt_text
from evalkit.vocabulary import AnswerForm, Api

#: So much of its hash stands in the name of a judge.
HASH_LENGTH = 8


@dataclass(frozen=True, slots=True)
class JudgeIdentity:
    """A judge of pairs: another word in any of this makes another judge.

    ``base_url`` counts by its host alone: the path says how it is reached, not who answers.
    """

    model: str
    base_url: str
    api: Api
    form: AnswerForm
    parameters: Mapping[str, Any]
    asked: PairQuestion
    prompt: str = PROMPT

    def document(self) -> dict[str, Any]:
        """Return all that shapes its answers."""
        return {
            "model": self.model,
            "host": urlsplit(self.base_url).hostname or "",
            "api": str(self.api),
            "form": str(self.form),
            "parameters": dict(self.parameters),
            "prompt": self.prompt,
            "prompt_hash": _hash(prompt_text(self.prompt)),
            "question_hash": _hash(json.dumps(asdict(self.asked), sort_keys=True)),
        }

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the document, in hexadecimal."""
        return _hash(json.dumps(self.document(), sort_keys=True, ensure_ascii=False))

    @property
    def name(self) -> str:
        """Return what the judge is called: its model, its prompt, the beginning of its hash."""
        return f"{self.model} {self.prompt} {self.hash[:HASH_LENGTH]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

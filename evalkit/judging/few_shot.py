"""A case with the right answer, shown to a judge before what it is asked: a few-shot case."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evalkit.annotation.draft import Draft
from evalkit.annotation.task import BlindedResponse, TaskItem

#: More than these make every request longer than what is asked.
MOST_FEW_SHOT = 12


@dataclass(frozen=True, slots=True)
class FewShot:
    """What a judge is shown as asked and answered; ``responses`` are by side, as it sees them."""

    case_id: int
    messages: Sequence[Mapping[str, Any]]
    context: Sequence[Mapping[str, Any]]
    responses: Mapping[str, BlindedResponse]
    answer: Draft
    rationale: str
    checklist: tuple[TaskItem, ...] = ()

    @property
    def hash(self) -> str:
        """Return the SHA-256 of all of it, in hexadecimal: another word makes another judge."""
        document = {
            "messages": [dict(message) for message in self.messages],
            "context": [dict(passage) for passage in self.context],
            "responses": {side: asdict(of) for side, of in self.responses.items()},
            "answer": self.answer.as_json(),
            "rationale": self.rationale,
            "checklist": [asdict(item) for item in self.checklist],
        }
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

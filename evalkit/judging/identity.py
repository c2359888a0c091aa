"""Who a judge is: the hash of all that shapes its answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from evalkit.annotation.task import BlindedResponse, TaskItem
from evalkit.judging.few_shot import FewShot
from evalkit.judging.pair import PairQuestion
from evalkit.judging.response import ResponseQuestion
from evalkit.judging.soft import (
    STATED,
    probabilities,
    stated_properties,
    token_parameters,
    told,
)
from evalkit.judging.wording import JudgeVerdict, held_to, messages_for, prompt_text
from evalkit.running.request import Reply, Request
from evalkit.vocabulary import AnswerForm, Api, JudgeTask, SoftScore

#: So much of its hash stands in the name of a judge.
HASH_LENGTH = 8


@dataclass(frozen=True, slots=True)
class JudgeIdentity:
    """A judge of what is ``asked``: another word in any of this makes another judge.

    ``base_url`` counts by its host alone: the path says how it is reached, not who answers.
    """

    model: str
    base_url: str
    api: Api
    form: AnswerForm
    parameters: Mapping[str, Any]
    asked: PairQuestion | ResponseQuestion
    soft: SoftScore | None = None
    #: Shown as asked and answered before, in this order.
    few_shot: tuple[FewShot, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return all that shapes its answers."""
        # Judges of pairs were the first, and keep the hash they had.
        task = {} if self.asked.task is JudgeTask.PAIR else {"task": str(self.asked.task)}
        return {
            "model": self.model,
            "host": urlsplit(self.base_url).hostname or "",
            "api": str(self.api),
            "form": str(self.form),
            "parameters": dict(self.parameters),
            "prompt": self.asked.prompt,
            "prompt_hash": _hash(prompt_text(self.asked.prompt)),
            "question_hash": _hash(json.dumps(asdict(self.asked), sort_keys=True)),
            **task,
            **self._soft_document(),
            **({"few_shot": [each.hash for each in self.few_shot]} if self.few_shot else {}),
        }

    def _soft_document(self) -> dict[str, str]:
        if self.soft is None:
            return {}
        is_stated = self.soft is SoftScore.STATED
        words = {"soft_prompt_hash": _hash(prompt_text(STATED))} if is_stated else {}
        return {"soft": str(self.soft), **words}

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the document, in hexadecimal."""
        return _hash(json.dumps(self.document(), sort_keys=True, ensure_ascii=False))

    @property
    def name(self) -> str:
        """Return what the judge is called: its model, its prompt, the beginning of its hash."""
        return f"{self.model} {self.asked.prompt} {self.hash[:HASH_LENGTH]}"

    def request(
        self,
        *,
        messages: Sequence[Mapping[str, Any]],
        context: Sequence[Mapping[str, Any]],
        responses: Mapping[str, BlindedResponse],
        checklist: tuple[TaskItem, ...] = (),
    ) -> Request:
        """Make the request that asks this judge.

        Parameters
        ----------
        messages, context, checklist
            The case.
        responses : mapping
            By side, as annotators see them, of which the judge learns no more: no model, no cost.
        """
        asked = self.asked
        system = asked.words(checklist) + told(self.soft, asked)
        properties = asked.properties(checklist) | stated_properties(self.soft, asked)
        return Request(
            self.model,
            self._before(
                messages_for(
                    system,
                    messages=messages,
                    context=context,
                    responses=asked.called(responses),
                )
            ),
            parameters={
                **self.parameters,
                **token_parameters(self.soft, self.api),
                **held_to(self.form, properties, self.api),
            },
            api=self.api,
        )

    def _before(self, messages: list[dict[str, str]]) -> list[dict[str, str]]:
        """Put the few-shot cases, asked and answered, before what is asked."""
        system, question = messages
        before = []
        for each in self.few_shot:
            _, user = messages_for(
                "",
                messages=each.messages,
                context=each.context,
                responses=self.asked.called(each.responses),
            )
            answer = self.asked.answer(each.answer, each.rationale, each.checklist)
            before += [user, {"role": "assistant", "content": answer}]
        return [system, *before, question]

    def read(self, reply: Reply, checklist: tuple[TaskItem, ...] = ()) -> JudgeVerdict:
        """Read what this judge replied, with how sure it was where that was asked and given."""
        verdict = self.asked.read(reply.text, checklist)
        if verdict.content is None:
            return verdict
        return replace(verdict, probabilities=probabilities(self.soft, self.asked, reply))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

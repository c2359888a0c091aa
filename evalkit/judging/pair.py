"""A judge asked which of two responses is better: what it is told, and its answer read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from evalkit.annotation.draft import Draft
from evalkit.annotation.task import BlindedResponse, TaskCriterion, TaskItem
from evalkit.judging.wording import JudgeVerdict, read_answer, template
from evalkit.vocabulary import JudgeTask, Preference

#: What annotators are asked, of whom a judge takes the place.
QUESTION = "Which response is better?"

_MEANINGS = {
    Preference.LEFT: ("A", "response A is better"),
    Preference.RIGHT: ("B", "response B is better"),
    Preference.TIE: ("tie", "they are equally good"),
    Preference.BOTH_BAD: ("both_bad", "neither is acceptable"),
}


@dataclass(frozen=True, slots=True)
class PairQuestion:
    """What a study asks of two responses, as a judge is asked it.

    ``choices`` are the answers there are; a study without both bad does not offer it.
    """

    #: Another wording is another file, and so another judge.
    prompt: ClassVar[str] = "pair-1"
    task: ClassVar[JudgeTask] = JudgeTask.PAIR

    question: str
    guidelines: str
    criteria: tuple[TaskCriterion, ...] = ()
    choices: tuple[Preference, ...] = tuple(Preference)

    def words(self, checklist: tuple[TaskItem, ...] = ()) -> str:
        """Return what the judge is told; a checklist is of single responses."""
        return template(self.prompt).render(
            question=self.question,
            guidelines=self.guidelines,
            criteria=[criterion for criterion in self.criteria if not criterion.is_text],
            verdicts=" | ".join(json.dumps(_MEANINGS[choice][0]) for choice in self.choices),
            choices=[
                {"value": _MEANINGS[choice][0], "meaning": _MEANINGS[choice][1]}
                for choice in self.choices
            ],
        )

    def properties(self, checklist: tuple[TaskItem, ...] = ()) -> dict[str, Any]:
        """Return the fields of the verdict as a JSON schema has them."""
        values = [_MEANINGS[choice][0] for choice in self.choices]
        return {"verdict": {"type": "string", "enum": values}}

    def called(self, responses: Mapping[str, BlindedResponse]) -> dict[str, BlindedResponse]:
        """Return the responses by what the judge knows them as, in the order it sees them."""
        return {"response A": responses["left"], "response B": responses["right"]}

    def read(self, text: str, checklist: tuple[TaskItem, ...] = ()) -> JudgeVerdict:
        """Read a judge's answer: unreadable where it is not one of the choices."""
        answer = read_answer(text)
        verdict = str((answer.fields or {}).get("verdict", "")).strip().lower()
        chosen = {_MEANINGS[choice][0].lower(): choice for choice in self.choices}
        if verdict not in chosen:
            return JudgeVerdict(None, answer.rationale)
        return JudgeVerdict(Draft(chosen[verdict], {}, ""), answer.rationale)

    def answer(self, draft: Draft, rationale: str, checklist: tuple[TaskItem, ...] = ()) -> str:
        """Return what a judge would say that answers so."""
        if draft.preference is None:
            raise ValueError("A judge of pairs always says which is better, or that neither is.")
        verdict = _MEANINGS[draft.preference][0]
        return json.dumps({"rationale": rationale, "verdict": verdict}, ensure_ascii=False)

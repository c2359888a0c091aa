"""What a judging is to be: which study, which judge, of what, and for how much money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evalkit.errors import RefusedError
from evalkit.judging.few_shot import FewShot
from evalkit.judging.identity import HASH_LENGTH, JudgeIdentity
from evalkit.judging.pair import PairQuestion
from evalkit.judging.response import ResponseQuestion
from evalkit.records.checks import name as name_fault
from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import check_asking
from evalkit.running.prices import Prices
from evalkit.vocabulary import AnswerForm, Api, JudgeTask, SoftScore

#: More repeats than anybody needs to know how a judge varies.
MOST_REPEATS = 20


@dataclass(frozen=True, slots=True)
class JudgePlan:
    """A judge that is to judge responses of a study: each alone, or each two in both orders.

    They are those that people judged so, or all of the study with ``is_all``; each, or each order,
    is asked ``repeats`` times. ``budget_usd`` holds for the judging as a whole, resumed or not.
    With ``has_few_shot`` it is shown the few-shot cases of the study, and not asked about these.
    """

    study: str
    model: str
    endpoint: Endpoint
    api: Api = Api.CHAT
    form: AnswerForm = AnswerForm.SCHEMA
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prices: Prices | None = None
    budget_usd: float | None = None
    concurrency: int = 4
    repeats: int = 1
    is_all: bool = False
    task: JudgeTask = JudgeTask.PAIR
    soft: SoftScore | None = None
    has_few_shot: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be done, or not kept to."""
        # With as much behind it as the name of the judge will have.
        if fault := name_fault(f"{self.model} {ResponseQuestion.prompt} {'0' * HASH_LENGTH}"):
            raise RefusedError(f"The model is {fault.found}; expected is {fault.expected}.")
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise RefusedError(f"Repeats are a number from 1 to {MOST_REPEATS}.")
        if self.task is JudgeTask.ERRORS and self.repeats > 1:
            raise RefusedError(
                "Errors are asked for once: marks of several looks stand side by side, and no file "
                "could tell them apart. Let scores be repeated with them (response)."
            )
        if self.task is JudgeTask.ERRORS and self.soft is not None:
            raise RefusedError(
                "How sure a judge is can be told of verdicts and scores, not of errors."
            )
        if self.has_few_shot and self.soft is SoftScore.STATED:
            raise RefusedError(
                "A few-shot case does not say how sure to be: ask for logprobs, or leave it out."
            )
        check_asking(self)

    def identity(
        self, asked: PairQuestion | ResponseQuestion, few_shot: tuple[FewShot, ...] = ()
    ) -> JudgeIdentity:
        """Return who the judge is that is asked this, and shown these cases before."""
        return JudgeIdentity(
            self.model,
            self.endpoint.base_url,
            self.api,
            self.form,
            self.parameters,
            asked,
            self.soft,
            few_shot,
        )

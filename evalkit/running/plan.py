"""What a run is to be: which cases, which model, where, how, and for how much money."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evalkit.errors import RefusedError
from evalkit.records.checks import MAX_DOLLARS, is_number, name as name_fault
from evalkit.records.names import DEFAULT_RUN
from evalkit.running.endpoint import Endpoint
from evalkit.running.prices import Prices
from evalkit.running.request import MAX_TOKENS
from evalkit.vocabulary import Api

MOST_AT_ONCE = 64
_OURS = ("model", "messages", "input", "tools", "stream", "stream_options", "store", "n")


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run that evalkit is to make.

    ``model`` is what the endpoint calls it, ``name`` what it is called here (the same unless
    given); ``run`` tells several passes of a model apart. Without a ``version`` the newest of the
    eval set is meant. ``budget_usd`` holds for the run as a whole, resumed or not.
    """

    eval_set: str
    model: str
    endpoint: Endpoint
    version: int | None = None
    name: str = ""
    run: str = DEFAULT_RUN
    api: Api = Api.CHAT
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prices: Prices | None = None
    budget_usd: float | None = None
    concurrency: int = 4

    def __post_init__(self) -> None:
        """Refuse what cannot be done, or not kept to."""
        for what, value in (("model", self.model), ("name", self.called), ("run", self.run)):
            if fault := name_fault(value):
                raise RefusedError(f"The {what} is {fault.found}; expected is {fault.expected}.")
        check_asking(self)

    @property
    def called(self) -> str:
        """Return what the model is called here."""
        return self.name or self.model

    @property
    def max_tokens(self) -> int | None:
        """Return the limit of output tokens, where there is one."""
        return limit_of(self.parameters)


def limit_of(parameters: Mapping[str, Any]) -> int | None:
    """Return the limit of output tokens that parameters set, where they set one."""
    limit = parameters.get(MAX_TOKENS)
    return None if limit is None else int(limit)


def check_asking(plan: Any) -> None:
    """Refuse what cannot be kept to of a plan to ask an endpoint: of a run, or of a judge."""
    if not 1 <= plan.concurrency <= MOST_AT_ONCE:
        raise RefusedError(f"Requests at once are a number from 1 to {MOST_AT_ONCE}.")
    if ours := [key for key in plan.parameters if key in _OURS]:
        raise RefusedError(f"{ours[0]} is not a parameter to choose: evalkit sets it.")
    try:
        json.dumps(plan.parameters, allow_nan=False)
    except ValueError:
        raise RefusedError(
            "A parameter is a number that JSON does not have (NaN, or beyond all bounds). "
            "Leave it out, or write a number."
        ) from None
    limit = plan.parameters.get(MAX_TOKENS)
    if limit is not None and not (is_number(limit) and limit == int(limit) and limit >= 1):
        raise RefusedError(f"{MAX_TOKENS} is a whole number of 1 or more.")
    if plan.budget_usd is None:
        return
    if not 0 < plan.budget_usd <= MAX_DOLLARS:
        raise RefusedError("A budget is a number of US dollars above 0.")
    if plan.prices is None:
        raise RefusedError(
            f"No price of {plan.model} is known, so no budget can be kept to. State what a "
            "million input and output tokens cost (0 for a server of your own), or no budget."
        )


def parameters_of(
    *, temperature: float | None, max_tokens: int | None, more: str | None
) -> dict[str, Any]:
    """Put parameters together; ``more`` is a JSON object of whatever else the endpoint knows.

    Raises RefusedError for what is no JSON object.
    """
    try:
        others = json.loads(more) if more and more.strip() else {}
    except ValueError:
        others = None
    if not isinstance(others, dict):
        raise RefusedError(f'{more} is no JSON object. Expected is one like {{"seed": 1}}.')
    stated = {"temperature": temperature, MAX_TOKENS: max_tokens}
    return {key: value for key, value in stated.items() if value is not None} | others

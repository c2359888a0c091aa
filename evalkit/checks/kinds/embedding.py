"""Embedding: a model of an endpoint puts the response near the expected text."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalkit.checks.kind import (
    EXPECTED,
    NO_REFERENCE,
    CheckedResponse,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    JointChecker,
    SettingForm,
    expected_texts,
    told,
    untold,
)
from evalkit.errors import RefusedError
from evalkit.running.endpoint import Endpoint, configured_endpoints

if TYPE_CHECKING:
    from evalkit.running.embedding import Embedded

_EMPTY = "The response is empty, and has no embedding."


def _prepare_jointly(settings: Mapping[str, Any]) -> JointChecker:
    before: dict[str, Embedded] = {}

    def check(responses: Sequence[CheckedResponse]) -> list[CheckOutcome]:
        expected = [expected_texts(settings, response) for response in responses]
        pairs = list(zip(responses, expected, strict=True))
        nonlocal before
        # Of what was asked before only that is kept which is needed again: references repeat.
        before = _vectors(settings, _wanted(pairs), before)
        return [_told(response, texts, before, settings["least"]) for response, texts in pairs]

    return check


def _wanted(pairs: Sequence[tuple[CheckedResponse, tuple[str, ...]]]) -> list[str]:
    """List each text once that a vector is needed of."""
    compared = [(response, texts) for response, texts in pairs if response.content.strip()]
    texts = (text for response, texts in compared if texts for text in (response.content, *texts))
    return [text for text in dict.fromkeys(texts) if text.strip()]


def _vectors(
    settings: Mapping[str, Any], wanted: Sequence[str], before: Mapping[str, "Embedded"]
) -> dict[str, "Embedded"]:
    from evalkit.running.embedding import embedded  # the client takes a second to load
    from evalkit.running.failures import EndpointError

    new = [text for text in wanted if text not in before]
    try:
        asked = embedded(_endpoint(settings["endpoint"]), settings["model"], new) if new else []
    except EndpointError as error:
        raise RefusedError(
            f"{error} What it told before is kept; run the check again to go on."
        ) from None
    vectors = {**before, **dict(zip(new, asked, strict=True))}
    return {text: vectors[text] for text in wanted}


def _endpoint(name: str) -> Endpoint:
    """Return an endpoint by its name: who may write checks could send texts anywhere otherwise."""
    endpoints = configured_endpoints()
    if name not in endpoints:
        known = ", ".join(f"“{each}”" for each in endpoints) or "none"
        raise RefusedError(
            f"There is no endpoint “{name}”. There are: {known}. Whoever runs evalkit names one in "
            ".streamlit/secrets.toml, under [endpoints]; OpenAI's is there where OPENAI_API_KEY is "
            "set."
        )
    return endpoints[name]


def _told(
    response: CheckedResponse,
    expected: tuple[str, ...],
    vectors: Mapping[str, "Embedded"],
    least: float,
) -> CheckOutcome:
    if not expected:
        return untold(NO_REFERENCE)
    if not response.content.strip():
        return untold(_EMPTY)
    of = vectors[response.content]
    others = [vectors[text] for text in expected if text in vectors]
    if refused := of.refused or next((each.refused for each in others if each.refused), ""):
        return untold(refused)
    values = [_cosine(of.vector, each.vector) for each in others]
    known = [value for value in values if value is not None]
    if not known:
        return untold("A text has no direction among the embeddings.")
    value = max(known)
    return told(value >= least, f"The cosine is {value:.2f}, at least {least:g} is asked.", value)


def _cosine(first: Sequence[float] | None, second: Sequence[float] | None) -> float | None:
    from evalkit.running.embedding import cosine

    return None if first is None or second is None else cosine(first, second)


def _prepare(settings: Mapping[str, Any]) -> Checker:
    check = _prepare_jointly(settings)
    return lambda response: check([response])[0]


EMBEDDING = CheckKind(
    key="embedding",
    title="Embedding similarity",
    about="The response is near the expected text, as a model of embeddings sees what texts mean.",
    settings=(
        EXPECTED,
        CheckSetting(
            "least",
            "At least",
            SettingForm.NUMBER,
            None,
            "Cosine from which it passes. Each model has other levels: set it from responses "
            "people judged.",
            is_required=True,
            least=-1,
            most=1,
        ),
        CheckSetting(
            "model",
            "Model",
            SettingForm.LINE,
            "text-embedding-3-small",
            "As its endpoint calls it.",
        ),
        CheckSetting(
            "endpoint",
            "Endpoint",
            SettingForm.LINE,
            "OpenAI",
            "One that whoever runs evalkit named.",
        ),
    ),
    prepare=_prepare,
    prepare_jointly=_prepare_jointly,
    limits=(
        "Responses and expected texts are sent to the endpoint, which may charge for them. A text "
        "that says the opposite in the same words is near; a level of one model says nothing of "
        "another; what is longer than the model reads is undefined."
    ),
    measures="cosine, -1–1",
)

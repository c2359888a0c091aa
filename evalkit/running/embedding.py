"""Texts as vectors: asked of an endpoint a few at a time, each vector or why there is none."""

import asyncio
import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import openai

from evalkit.running.asking import Connection, connect
from evalkit.running.endpoint import Endpoint
from evalkit.running.failures import EndpointError, sentence, stopping

#: So many texts are sent in one request, and so many requests are under way at once.
MOST_TEXTS = 32
AT_ONCE = 4
#: What an endpoint answers where one text is at fault, too long most often.
_OF_THE_TEXT = (400, 413, 422)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vector of a text; ``refused`` says why the endpoint has none for it."""

    vector: Sequence[float] | None = None
    refused: str = ""


def embedded(endpoint: Endpoint, model: str, texts: Sequence[str]) -> list[Embedded]:
    """Ask for the vectors of texts, in their order.

    Parameters
    ----------
    endpoint : Endpoint
    model : str
    texts : sequence of str
        None of them empty.

    Raises
    ------
    RefusedError
        Where the key is nowhere to be found.
    EndpointError
        Where the endpoint cannot be asked, or sends what is no vector.
    """
    return asyncio.run(_all_of(endpoint, model, texts))


def cosine(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return the cosine of two vectors of one length, -1–1; None where one is 0 throughout."""
    lengths = math.hypot(*first) * math.hypot(*second)
    if not lengths:
        return None
    along = math.fsum(x * y for x, y in zip(first, second, strict=True))
    return max(-1.0, min(1.0, along / lengths))


async def _all_of(endpoint: Endpoint, model: str, texts: Sequence[str]) -> list[Embedded]:
    room = asyncio.Semaphore(AT_ONCE)
    async with connect(endpoint) as connection:

        async def part(some: Sequence[str]) -> list[Embedded]:
            async with room:
                return await _part(connection, model, some)

        parts = await asyncio.gather(
            *(part(texts[at : at + MOST_TEXTS]) for at in range(0, len(texts), MOST_TEXTS))
        )
    return [each for some in parts for each in some]


async def _part(connection: Connection, model: str, texts: Sequence[str]) -> list[Embedded]:
    """Ask once; one by one where the endpoint finds fault, so that only that text is without."""
    try:
        answer = await connection.client.embeddings.create(model=model, input=list(texts))
        return _read(answer.data, len(texts))
    except Exception as error:  # noqa: BLE001  (what servers write nobody foresees)
        if getattr(error, "status_code", None) not in _OF_THE_TEXT:
            raise _stopped(error, connection, model) from None
        if len(texts) > 1:
            return [each for text in texts for each in await _part(connection, model, (text,))]
        return [Embedded(refused=sentence(error, connection.secret))]


def _stopped(error: Exception, connection: Connection, model: str) -> Exception:
    if isinstance(error, EndpointError):
        return error
    stops = stopping(error, connection.endpoint, model, connection.secret)
    return stops or EndpointError(sentence(error, connection.secret))


def _read(data: Iterable[openai.types.Embedding], n_texts: int) -> list[Embedded]:
    """Read vectors by their place in the request, in whatever order they come."""
    by_place = {each.index: array("d", each.embedding) for each in data}
    vectors = [by_place.get(place) for place in range(n_texts)]
    sound = [vector for vector in vectors if vector and all(map(math.isfinite, vector))]
    if len(sound) < n_texts or len({len(vector) for vector in sound}) != 1:
        raise EndpointError(
            "The endpoint sent something that is no vector for each text. Check that the model is "
            "one that makes embeddings."
        )
    return [Embedded(vector) for vector in sound]

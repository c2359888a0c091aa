"""To whom tags are suggested, and what became of each suggestion: kept with what they submit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from evalkit.errors import RefusedError

#: One annotator in so many works without suggestions, so that it can be told what these do.
HELD_OUT_OF = 3
#: The most suggestions of one submission; a screen offers no more.
MAX_OFFERS = 100
_LONGEST_KEY = 500
_NO_OFFER = "A suggestion is not in the form this page sends."


class OfferSource(StrEnum):
    """What was typed."""

    COMMENT = "comment"
    NOTE = "note"


class OfferOutcome(StrEnum):
    """What became of a suggestion; one still open when the case is submitted was refused."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TagOffer:
    """One suggestion: which tag, from what, and what became of it."""

    tag: str
    source: OfferSource
    outcome: OfferOutcome

    def as_json(self) -> dict[str, str]:
        """Return it as screen and database keep it."""
        return {"tag": self.tag, "source": self.source.value, "outcome": self.outcome.value}

    def ended(self) -> "TagOffer":
        """Return it as it is once they have gone on."""
        is_open = self.outcome == OfferOutcome.OFFERED
        return replace(self, outcome=OfferOutcome.REFUSED) if is_open else self


def is_helped(*, seed: int, study_id: int, annotator_id: int) -> bool:
    """Tell whether somebody is offered suggestions in a study, the same at any time.

    Drawn by study and annotator: two in three are, whatever they do and whenever they begin.
    """
    drawn = hashlib.sha256(f"suggestions:{seed}:{study_id}:{annotator_id}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % HELD_OUT_OF != 0


def parse_offers(raw: object) -> tuple[TagOffer, ...]:
    """Read the suggestions of a draft.

    Raises
    ------
    RefusedError
        If they are not in the form the screen sends, or too many.
    """
    if raw is None:
        return ()
    if not isinstance(raw, list) or len(raw) > MAX_OFFERS:
        raise RefusedError(_NO_OFFER)
    return tuple(_offer(entry) for entry in raw)


def _offer(entry: Any) -> TagOffer:
    fields: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    tag = fields.get("tag")
    if not isinstance(tag, str) or not 0 < len(tag) <= _LONGEST_KEY or not _is_storable(tag):
        raise RefusedError(_NO_OFFER)
    try:
        return TagOffer(tag, OfferSource(fields["source"]), OfferOutcome(fields["outcome"]))
    except (ValueError, KeyError):
        raise RefusedError(_NO_OFFER) from None


def _is_storable(words: str) -> bool:
    return "\x00" not in words and not any("\ud800" <= each <= "\udfff" for each in words)

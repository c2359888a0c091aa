"""What can be chosen: a case as sampling sees it."""

from dataclasses import dataclass
from enum import StrEnum

from evalkit.sampling.language import language_of


class Trait(StrEnum):
    """What strata can be made of."""

    CATEGORY = "category"
    LANGUAGE = "language"
    LENGTH = "length"
    FEEDBACK = "feedback"
    ERROR = "error"
    MODEL = "model"


#: Lengths in characters, each up to its bound, and what they are called.
_BANDS = ((200, "short"), (1_000, "medium"), (4_000, "long"))
_LONGEST = "very long"
#: What lengths are called, the shortest first.
LENGTHS = (*(name for _, name in _BANDS), _LONGEST)


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """A case of a log.

    Attributes
    ----------
    case_id : int
    key : str
        Its id in records.
    content_hash : str
        Of what a model is given: all that decides, so that no order of lines and no name does.
    text : str
        What is compared with other texts: all but the system's messages.
    apart : str
        Two cases are near-duplicates only where this is the same: system's messages and tools.
    length : int
        Characters of all it says.
    category, feedback, error, model : str
        Empty where there is none.
    """

    case_id: int
    key: str
    content_hash: str
    text: str
    apart: str = ""
    length: int = 0
    category: str = ""
    feedback: str = ""
    error: str = ""
    model: str = ""

    def trait(self, trait: Trait) -> str:
        """Return what this case is of a trait, in words that make a stratum's name."""
        if trait is Trait.LANGUAGE:
            return language_of(self.text)
        if trait is Trait.LENGTH:
            return next((name for most, name in _BANDS if self.length <= most), _LONGEST)
        stated: str = getattr(self, trait.value)
        return stated or f"no {trait.value}"

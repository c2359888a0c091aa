"""How many different things the cases of an eval set ask: some repeat one content."""

from dataclasses import dataclass

from evalkit.phrases import counted


@dataclass(frozen=True, slots=True)
class Contents:
    """How many cases there are, and how many different contents they hold.

    The content of a case is what a model gets, see :func:`evalkit.evalset.hashing.case_hash`.
    """

    n_cases: int
    n_contents: int

    @property
    def n_repeats(self) -> int:
        """Return how many cases have the content of one before them."""
        return self.n_cases - self.n_contents

    @property
    def sentence(self) -> str:
        """Warn where cases repeat one content; empty where every case has its own."""
        if not (n_repeats := self.n_repeats):
            return ""
        repeat = "repeats" if n_repeats == 1 else "repeat"
        return (
            f"{counted(self.n_cases, 'case')} hold only {counted(self.n_contents, 'content')}:"
            f" {n_repeats:,} {repeat} the messages, passages and tools of another. Each counts as "
            "a case of its own, so intervals by case may come out too narrow."
        )

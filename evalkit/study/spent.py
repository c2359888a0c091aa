"""What judges' labels took, as their records say."""

from dataclasses import dataclass

from evalkit.stats.counts import FloatArray, IntArray

#: What is told of a label, as records call it.
MEASURES = ("cost_usd", "input_tokens", "output_tokens", "latency_ms")


@dataclass(frozen=True, slots=True, eq=False)
class Spent:
    """One entry per annotation of a judge that says what it took.

    Attributes
    ----------
    judge : tuple of str
    case, n : IntArray of shape (n_entries,)
        The case, and how many labels the annotation holds.
    totals : FloatArray of shape (n_entries, 4)
        What they took together, in the order of ``MEASURES``; ``NaN`` where nobody said.
    """

    judge: tuple[str, ...]
    case: IntArray
    n: IntArray
    totals: FloatArray

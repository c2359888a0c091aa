"""How probable judges held what they said, as their endpoints or they themselves told."""

from dataclasses import dataclass

from evalkit.stats.counts import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class SureAnswers:
    """One entry per verdict or score of a judge that says how probable it held it.

    Attributes
    ----------
    judge, criterion : tuple of str
        Whose; on which criterion, empty for which of two responses is better.
    left, right : IntArray of shape (n_entries,)
        Row numbers of the outputs; of a score both are the same.
    value : FloatArray of shape (n_entries,)
        Code of the preference, by side; or the score.
    probability : FloatArray of shape (n_entries,)
    """

    judge: tuple[str, ...]
    criterion: tuple[str, ...]
    left: IntArray
    right: IntArray
    value: FloatArray
    probability: FloatArray

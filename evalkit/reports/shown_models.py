"""Which of many models are shown: the first, the baseline, those pinned; numbers rest on all."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.phrases import joined

#: Of more models than this only some are shown.
MOST_MODELS = 12
#: So many of the best are shown then.
N_BEST = 10


@dataclass(frozen=True, slots=True)
class ShownModels:
    """The models that are shown, best first, out of all in ``order``.

    ``named`` are those that stand out of many: the baseline and the pinned; of few all.
    """

    models: tuple[str, ...]
    named: tuple[str, ...]
    order: tuple[str, ...]
    baseline: str | None = None

    @property
    def are_many(self) -> bool:
        """Say whether the models are more than can be read."""
        return len(self.order) > MOST_MODELS

    @property
    def sentence(self) -> str:
        """Say how many are hidden and by what the others were chosen; of few models nothing."""
        n_shown, n_models = len(self.models), len(self.order)
        if not self.are_many or n_shown == n_models:
            return ""
        why = [f"the best {N_BEST}", *(["the baseline"] if self.baseline else [])]
        why += ["those pinned"] if set(self.named) - {self.baseline} else []
        return (
            f"{n_shown:,} of {n_models:,} models are shown: {joined(why)}. Numbers and "
            "downloads are the same whoever is shown."
        )


def shown_models(
    order: Sequence[str],
    *,
    baseline: str | None = None,
    pinned: Sequence[str] = (),
    is_all: bool = False,
) -> ShownModels:
    """Choose which models are shown: up to 12 all, of more the first ten, baseline and pinned.

    Parameters
    ----------
    order : sequence of str
        All models, best first.
    baseline : str, optional
        What all are set against, where there is one.
    pinned : sequence of str
        The models somebody wants to see; others than those of ``order`` are left out.
    is_all : bool
        Whether all were asked for.

    Returns
    -------
    ShownModels
        In the given order, whoever is chosen.
    """
    known = [model for model in dict.fromkeys(pinned) if model in order]
    order = tuple(order)
    if len(order) <= MOST_MODELS:
        return ShownModels(order, order, order, baseline)
    apart = {*known, baseline}
    models = [m for place, m in enumerate(order) if is_all or place < N_BEST or m in apart]
    named = tuple(model for model in order if model in apart)
    return ShownModels(tuple(models), named, order, baseline)

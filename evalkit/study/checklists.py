"""What annotators said of the checklists of cases: shares of what is fulfilled, and agreement."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import Codings, IntArray, Scores, sum_by
from evalkit.vocabulary import CheckValue

#: The values of a check in the order of their codes.
VALUES = tuple(CheckValue)
_YES, _NO = VALUES.index(CheckValue.YES), VALUES.index(CheckValue.NO)


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """Checks as they were made; one entry each.

    Attributes
    ----------
    output, annotator : IntArray of shape (n_entries,)
        Indices into the outputs and annotators of the study.
    item : IntArray of shape (n_entries,)
        A code for each item of each response: the unit that annotators agree on, or do not.
    look : IntArray of shape (n_entries,)
        Numbers the annotations: who looked at a response again has several.
    value : IntArray of shape (n_entries,)
        Indices into ``VALUES``.
    """

    output: IntArray
    annotator: IntArray
    item: IntArray
    look: IntArray
    value: IntArray

    @property
    def n_not_applicable(self) -> int:
        """How many say that the item does not apply."""
        return int(np.count_nonzero((self.value != _YES) & (self.value != _NO)))

    def output_of(self, item: IntArray) -> IntArray:
        """Return the response of each of these items."""
        known, entry = np.unique(self.item, return_index=True)
        return self.output[entry[np.searchsorted(known, item)]]


_NOTHING = np.zeros(0, dtype=np.int64)
NO_CHECKS = Checks(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)


def fulfilled(
    checks: Checks,
    *,
    case: IntArray,
    model: IntArray,
    category: IntArray,
    models: tuple[str, ...],
    categories: tuple[str, ...],
) -> Scores:
    """Return the share of yes among yes and no, once per look at a response.

    Parameters
    ----------
    checks : Checks
    case, model, category : IntArray of shape (n_outputs,)
        Of the outputs.

    Returns
    -------
    Scores
        Values from 0 to 1. A look that says of nothing yes or no has no share and no entry.
    """
    counts = (checks.value == _YES) | (checks.value == _NO)
    output, look, value = checks.output[counts], checks.look[counts], checks.value[counts]
    key = look.astype(np.int64) * (int(output.max(initial=0)) + 1) + output
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    n_yes = sum_by(place, (value == _YES).astype(np.float64), n_codes=len(first))
    response = output[first]
    return Scores(
        case=case[response],
        model=model[response],
        category=category[response],
        value=n_yes / np.bincount(place, minlength=len(first)),
        n=np.ones(len(first), dtype=np.int64),
        models=models,
        categories=categories,
    )


def codings_of_checks(
    checks: Checks, *, case: IntArray, annotators: tuple[str, ...], every: bool = False
) -> Codings:
    """Return who said what of which item of which response, in the order in which they did.

    Of several looks the latest counts, or with ``every`` all. ``case`` is of the outputs. Without
    an order: not applicable is no middle of yes and no.
    """
    order = np.argsort(checks.look, kind="stable")
    if not every:
        backwards = order[::-1]
        key = checks.item[backwards].astype(np.int64) * max(len(annotators), 1)
        _, latest = np.unique(key + checks.annotator[backwards], return_index=True)
        order = backwards[np.sort(latest)[::-1]]
    return Codings(
        unit=checks.item[order],
        case=case[checks.output[order]],
        annotator=checks.annotator[order],
        value=checks.value[order],
        values=tuple(str(value) for value in VALUES),
        annotators=annotators,
    )

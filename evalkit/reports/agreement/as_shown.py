"""Agreement on preferences as they were shown, left or right: what other programs publish."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.agreement.reading import alpha_entry
from evalkit.stats.agreement.coefficients import fleiss_kappa, gwet_ac
from evalkit.stats.agreement.kappa import PairAgreements, agreement_with_rest
from evalkit.stats.agreement.krippendorff import (
    Agreement,
    PairAgreement,
    krippendorff_alpha,
    pairwise_agreement,
)
from evalkit.stats.annotators.profiles import SHOWN
from evalkit.stats.counts import Codings, offered_preferences
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected, latest_preferences, names
from evalkit.study.sides import sides_as_shown
from evalkit.vocabulary import Level

TURNED = (
    "Not all annotators are known to have seen a pair on the same sides, so there is no agreement "
    "on left and right."
)
AS_SHOWN = "Preference, as shown"
_BOTH = (
    "Of preferences both orientations of every pair are counted, so that no model's name decides "
    "what chance is."
)
_SHOWN = (
    "As shown takes left and right for values of their own, as published κ do: everybody saw each "
    "pair on the same sides."
)


@dataclass(frozen=True, slots=True)
class AsShown:
    """Agreement on which side was better; all None, with the reason, where sides differ.

    ``pairs`` are of every two annotators, ``with_rest`` is Cohen's kappa of each with all others.
    """

    alpha: Agreement | None
    fleiss: Agreement | None
    gwet: Agreement | None
    pairs: PairAgreements | None
    reason: str | None


NOT_AS_SHOWN = AsShown(None, None, None, None, TURNED)


def agreement_as_shown(collected: Collected) -> AsShown:
    """Measure agreement on left and right, of whom ``agreement_report`` counts.

    Judges count like people among the pairs of annotators, not in alpha, Fleiss' kappa and Gwet's
    AC1.
    """
    people = codings_as_shown(without_judges(collected))
    if people is None:
        return NOT_AS_SHOWN
    everybody = codings_as_shown(collected)
    return AsShown(
        alpha=krippendorff_alpha(people, Level.NOMINAL),
        fleiss=fleiss_kappa(people),
        gwet=gwet_ac(people),
        pairs=None if everybody is None else pairwise_agreement(everybody),
        reason=None if everybody else TURNED,
    )


def as_shown_document(as_shown: AsShown) -> dict[str, Any]:
    """Return its numbers; the shape is described in docs/reports.md."""
    return {
        "alpha": alpha_entry(as_shown.alpha) if as_shown.alpha else None,
        "fleiss_kappa": asdict(as_shown.fleiss) if as_shown.fleiss else None,
        "gwet_ac": asdict(as_shown.gwet) if as_shown.gwet else None,
        "pairs": [
            {"annotators": list(pair.annotators), "cohen_kappa": asdict(pair.cohen_kappa)}
            for pair in as_shown.pairs or ()
        ],
        "reason": as_shown.reason,
    }


def definitions(*, is_shown: bool) -> str:
    """Say what agreement on preferences is by default, and what it is as shown if that is there."""
    return f"{_BOTH} {_SHOWN if is_shown else TURNED}"


def kappas_of_pairs(as_shown: AsShown, pairs: Sequence[PairAgreement]) -> list[Estimate | None]:
    """Return Cohen's kappa as shown of each of these pairs; None where there is none."""
    known = [as_shown.pairs and as_shown.pairs.of(pair.annotators) for pair in pairs]
    return [pair.cohen_kappa if pair else None for pair in known]


def kappas_as_shown(collected: Collected, rest: Any) -> tuple[Estimate, ...]:
    """Return each annotator's kappa on left and right with the others that ``rest`` marks."""
    codings = codings_as_shown(collected)
    if codings is None:
        return tuple(Estimate(None, None, None, 0, TURNED) for _ in collected.annotators)
    return tuple(agreement.kappa for agreement in agreement_with_rest(codings, rest=rest))


def codings_as_shown(collected: Collected) -> Codings | None:
    """Return who chose which side, or None where a pair was not known to be seen on one side."""
    if not collected.preferences.is_seen.all():
        return None
    sides = sides_as_shown(collected)
    unit = np.unique(sides.unit, return_inverse=True)[1].reshape(-1)
    n_turned, n = np.bincount(unit, weights=sides.order), np.bincount(unit)
    if ((n_turned > 0) & (n_turned < n)).any():
        return None
    keep, preferences = latest_preferences(collected), collected.preferences
    codings = Codings(
        unit=unit[keep],
        case=collected.outputs.case[preferences.left[keep]],
        annotator=preferences.annotator[keep],
        value=preferences.preference[keep].astype(np.int64),
        values=SHOWN,
        annotators=names(collected),
    )
    return offered_preferences(codings, offers_all=bool(preferences.is_dealt.any()))

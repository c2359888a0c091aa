"""How far annotators agree, on preferences, scores and checklists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalkit.reports.agreement.as_shown import NOT_AS_SHOWN, AsShown, agreement_as_shown
from evalkit.reports.agreement.judges import JudgeAgreement, judges_with_people, without_judges
from evalkit.stats.agreement.kappa import PairAgreements
from evalkit.stats.agreement.krippendorff import (
    Agreement,
    krippendorff_alpha,
    pairwise_agreement,
    percent_agreement,
)
from evalkit.stats.agreement.weights import weights_of
from evalkit.stats.counts import Codings
from evalkit.study.by_criterion import preferred_on
from evalkit.study.collected import (
    Collected,
    codings_of_criterion,
    codings_of_preferences,
)
from evalkit.study.graded import graded
from evalkit.study.sentences import NOT_COMPARED
from evalkit.study.subjects import (
    CHECKED,
    GRADED,
    PREFERRED,
    Checked,
    Preferred,
    Scaled,
    Subject,
    better_on,
    codings_of,
)
from evalkit.study.who import identified
from evalkit.vocabulary import AnnotatorKind, Level


@dataclass(frozen=True, slots=True)
class AgreementOf:
    """How far annotators agree on one thing: the preference, a criterion or checklists."""

    subject: Subject
    level: Level
    alpha: Agreement
    percent: Agreement
    pairs: PairAgreements


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement on the preference, and on each criterion, and of each judge with people.

    Where people and judges annotated, alpha and percent agreement are those of people alone; pairs
    of annotators are of all. ``who`` is whose it is, and ``as_shown`` what the preference comes to
    by the sides that were seen. ``finer`` is agreement on by how much and on each
    criterion alone which is better, where somebody said so; ``checks`` that on the items of
    checklists, where anything was checked.
    """

    preference: AgreementOf
    criteria: tuple[AgreementOf, ...]
    judges: tuple[JudgeAgreement, ...] = ()
    who: str = "Annotators"
    as_shown: AsShown = NOT_AS_SHOWN
    finer: tuple[AgreementOf, ...] = ()
    checks: tuple[AgreementOf, ...] = ()

    @property
    def parts(self) -> list[AgreementOf]:
        """All that is measured: the preference, what is finer of it, criteria, checklists."""
        return [self.preference, *self.finer, *self.criteria, *self.checks]

    @property
    def judged(self) -> list[AgreementOf]:
        """What at least two annotators judged."""
        return [of for of in self.parts if of.alpha.n_units]


def agreement_report(collected: Collected) -> AgreementReport:
    """Measure agreement on preferences (nominal) and on each criterion at its own level.

    Of what one annotator judged twice, the latest counts for alpha and percent agreement; between
    two annotators every time counts in part. Judges are only set beside people. Who is not named
    agrees with nobody.
    """
    collected = identified(collected)
    kinds = {annotator.kind for annotator in collected.annotators}
    people = without_judges(collected)
    return AgreementReport(
        preference=_agreement_on_preference(collected, people),
        criteria=tuple(
            _agreement_of(
                codings_of_criterion(people, place),
                codings_of_criterion(collected, place, every=True),
                criterion,
            )
            for place, criterion in enumerate(collected.criteria)
        ),
        judges=judges_with_people(collected) if len(kinds) > 1 else (),
        who=_whose(kinds),
        as_shown=agreement_as_shown(collected),
        finer=_agreements(people, collected, _finer(collected)),
        checks=_agreements(people, collected, [CHECKED] if len(collected.checks.value) else []),
    )


def _finer(collected: Collected) -> list[Preferred]:
    finer = [GRADED] if len(graded(collected)) else []
    return finer + [better_on(criterion) for criterion in preferred_on(collected)]


def _agreements(
    people: Collected, collected: Collected, subjects: Sequence[Preferred | Checked]
) -> tuple[AgreementOf, ...]:
    return tuple(
        _agreement_of(codings_of(people, of), codings_of(collected, of, every=True), of)
        for of in subjects
    )


def _agreement_on_preference(collected: Collected, people: Collected) -> AgreementOf:
    of = _agreement_of(
        codings_of_preferences(people), codings_of_preferences(collected, every=True), PREFERRED
    )
    if collected.asks_preference:
        return of
    alpha, percent = (replace(each, reason=NOT_COMPARED) for each in (of.alpha, of.percent))
    return replace(of, alpha=alpha, percent=percent)


def _whose(kinds: set[AnnotatorKind]) -> str:
    if len(kinds) > 1:
        return "People"
    return "Judges" if AnnotatorKind.JUDGE in kinds else "Annotators"


def _agreement_of(codings: Codings, paired: Codings, subject: Scaled | Checked) -> AgreementOf:
    return AgreementOf(
        subject=subject,
        level=subject.level,
        alpha=krippendorff_alpha(codings, subject.level),
        percent=percent_agreement(codings),
        pairs=pairwise_agreement(paired, weights=weights_of(subject.level)),
    )

"""What was preferred on one criterion alone, in the place of the preference on the whole."""

from dataclasses import replace

from evalkit.study.collected import Collected, Criterion


def preferred_on(collected: Collected) -> tuple[Criterion, ...]:
    """Return the criteria on which somebody said which response is better, in their order."""
    pairs = zip(collected.criteria, collected.by_criterion, strict=False)
    return tuple(criterion for criterion, preferences in pairs if len(preferences.n))


def on_criterion(collected: Collected, criterion: Criterion) -> Collected:
    """Return the study as if the preference on a criterion were that on the whole."""
    place = collected.criteria.index(criterion)
    return replace(collected, preferences=collected.by_criterion[place])

"""How many responses of each model pass each check, and how far a check is from people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.checks.answers import Answers, QuestionOf
from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.by_value import value_rows
from evalkit.stats.judges.cases import cases_of
from evalkit.stats.judges.orders import kappa_with_people
from evalkit.study.collected import Collected
from evalkit.study.found_by_checks import FAILED, PASSED, UNTOLD, FoundByCheck
from evalkit.study.looks import acceptable, of_people, tagged
from evalkit.study.passing import level_name, scored_passes

_NOTHING = np.zeros(0, dtype=np.int64)
_Labels = tuple[IntArray, IntArray, FloatArray]


@dataclass(frozen=True, slots=True)
class CheckAgreement:
    """A check beside people, of the responses it passes or fails and people judged.

    Shares 0–1 with intervals by case, people of one response together counting as one; None, with
    the reason, where nothing was of that kind.

    Attributes
    ----------
    accuracy : Estimate
        How often check and people say the same.
    kappa : Estimate
        Cohen's, the same beyond chance.
    false_pass : Estimate
        How often the check passes what people fail.
    false_fail : Estimate
        How often it fails what people pass.
    n : int
        Responses that both judged.
    """

    accuracy: Estimate
    kappa: Estimate
    false_pass: Estimate
    false_fail: Estimate
    n: int


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: what it found, the share that passes by model, and how far it is from people.

    ``agreement`` is None where it stands beside nothing people are asked.
    """

    name: str
    kind: str
    revision: int
    case_key: str | None
    answers: Answers | None
    n_pass: int
    n_fail: int
    n_undefined: int
    models: tuple[tuple[str, Estimate], ...]
    agreement: CheckAgreement | None


@dataclass(frozen=True, slots=True)
class ChecksReport:
    """All checks of a study's eval set that are in use, in the order of their names."""

    study: str
    models: tuple[str, ...]
    rows: tuple[CheckRow, ...]

    @property
    def beside_people(self) -> tuple[tuple[CheckRow, CheckAgreement], ...]:
        """Return the checks that stand beside something people are asked."""
        return tuple((row, row.agreement) for row in self.rows if row.agreement)


def checks_report(collected: Collected, checks: Sequence[FoundByCheck]) -> ChecksReport:
    """Set what checks found beside what people said of the same responses.

    Parameters
    ----------
    collected : Collected
        Of the study; what judges said in it is left aside.
    checks : sequence of FoundByCheck
        Of the eval set of the study.
    """
    rows = tuple(_row(collected, check) for check in sorted(checks, key=lambda each: each.name))
    return ChecksReport(collected.study, collected.models, rows)


def _row(collected: Collected, check: FoundByCheck) -> CheckRow:
    output, result = _within(collected, check)
    return CheckRow(
        check.name,
        check.kind,
        check.revision,
        check.case_key,
        check.answers,
        n_pass=int((result == PASSED).sum()),
        n_fail=int((result == FAILED).sum()),
        n_undefined=int((result == UNTOLD).sum()),
        models=_by_model(collected, output, result),
        agreement=_agreement(collected, check.answers, output, result) if check.answers else None,
    )


def _within(collected: Collected, check: FoundByCheck) -> tuple[IntArray, IntArray]:
    """Return the indices of the responses of the study that count, and what was found of them."""
    ids = collected.outputs.id
    order = np.argsort(ids)
    place = np.searchsorted(ids, check.output_id, sorter=order)
    output = order[np.minimum(place, max(len(ids) - 1, 0))] if len(ids) else _NOTHING
    is_here = ids[output] == check.output_id if len(ids) else np.zeros(len(place), np.bool_)
    output, result = output[is_here[: len(output)]], check.result[is_here]
    counts = collected.outputs.is_counted[output]
    if wanted := collected.limits.categories:
        names = np.array(collected.categories)[collected.outputs.category[output]]
        counts &= np.isin(names, wanted)
    return output[counts], result[counts]


def _by_model(
    collected: Collected, output: IntArray, result: IntArray
) -> tuple[tuple[str, Estimate], ...]:
    is_told = result != UNTOLD
    means = clustered_means(
        collected.outputs.model[output[is_told]],
        case=collected.outputs.case[output[is_told]],
        value=(result[is_told] == PASSED).astype(np.float64),
        n=np.ones(int(is_told.sum()), dtype=np.int64),
        n_groups=len(collected.models),
    )
    return tuple((name, share_estimate(means, at)) for at, name in enumerate(collected.models))


def _agreement(
    collected: Collected, answers: Answers, output: IntArray, result: IntArray
) -> CheckAgreement:
    labels, missing = _labels(collected, answers)
    by_people, n_people = _by_output(collected, labels)
    is_both = (result != UNTOLD) & (n_people[output] > 0)
    units, passes = output[is_both], result[is_both] == PASSED
    if not len(units):
        reason = missing or "No response was both checked and judged by people."
        none = Estimate(None, None, None, 0, reason)
        return CheckAgreement(none, none, none, none, 0)
    rows = AnswersOfBoth(
        n_people=n_people[units],
        by_people=by_people[units],
        by_judge=np.stack([~passes, passes], axis=1).astype(np.float64),
        own=n_people[units].astype(np.float64),
        mirror=(),
        cases=cases_of(collected.outputs.case[units]),
    )
    failing, passing = value_rows(rows)
    return CheckAgreement(
        accuracy=passing.accuracy,
        kappa=kappa_with_people(rows),
        false_pass=_rest(failing.recall, "People fail none of these responses."),
        false_fail=_rest(passing.recall, "People pass none of these responses."),
        n=len(units),
    )


def _by_output(collected: Collected, labels: _Labels) -> tuple[FloatArray, IntArray]:
    """Return how many people fail and pass each output, each once, and how many these are."""
    output, voice, hit = labels
    is_person = of_people(collected, voice)
    output, voice, hit = output[is_person], voice[is_person], hit[is_person]
    pair = output.astype(np.int64) * (int(voice.max(initial=0)) + 1) + voice
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    passes = sum_by(place, hit, n_codes=len(first)) / np.bincount(place, minlength=len(first))
    n_outputs = len(collected.outputs.id)
    n_people = np.bincount(output[first], minlength=n_outputs)
    passed = sum_by(output[first], passes, n_codes=n_outputs)
    return np.stack([n_people - passed, passed], axis=1), n_people


def _labels(collected: Collected, answers: Answers) -> tuple[_Labels, str]:
    """Return output, voice and whether it passes of everybody, or why there is nothing."""
    nothing = _NOTHING, _NOTHING, np.zeros(0)
    if answers.of is QuestionOf.ACCEPTABLE:
        looks = acceptable(collected)
        missing = "" if len(looks.output) else "Whether a response is acceptable nobody said."
        return (looks.output, looks.annotator, looks.hit.astype(np.float64)), missing
    if answers.of is QuestionOf.CRITERION:
        by_key = {criterion.key: criterion for criterion in collected.criteria}
        if answers.key not in by_key:
            return nothing, f"The study has no criterion “{answers.key}”."
        level, scale = answers.level or 0.0, by_key[answers.key].values
        if scale and level > max(scale):
            return nothing, (
                f"No response can reach {level_name(level)} on “{answers.key}”: its scale ends at "
                f"{level_name(max(scale))}."
            )
        output, voice, hit, _ = scored_passes(collected, answers.key, level)
        return (output, voice, hit), ""
    keys = [tag.key for tag in collected.tags]
    if answers.key not in keys:
        return nothing, f"The study has no tag “{answers.key}”."
    looks = tagged(collected)[keys.index(answers.key)]
    return (looks.output, looks.annotator, (~looks.hit).astype(np.float64)), ""


def _rest(share: Estimate, reason: str) -> Estimate:
    """Return what is left of a share to the whole."""
    if share.value is None:
        return replace(share, reason=reason)
    low, high = (None if end is None else 1.0 - end for end in (share.high, share.low))
    return replace(share, value=1.0 - share.value, low=low, high=high)

"""Names of models, criteria and tags stand in sentences as they were given."""

from dataclasses import replace

import pytest

from evalkit import text
from evalkit.reports.agreement import coefficients
from evalkit.reports.agreement.document import agreement_document, coefficients_document
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import (
    agreement_meanings,
    agreement_verdict,
    trust,
)
from evalkit.reports.decision.document import decided, decision_document, decision_verdict
from evalkit.reports.decision.measures import available_measures
from evalkit.reports.decision.report import default_baseline
from evalkit.reports.decision.sentences import front_sentences
from evalkit.reports.errors.report import tags_report
from evalkit.reports.errors.sentences import commonest_errors, worst_error
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.sentences import category_findings, error_findings, pair_verdict
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.power.report import power_report
from evalkit.reports.power.sentences import pair_sentence, power_sentences
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.report import scores_report
from evalkit.study.collected import Criterion, Tag
from evalkit.study.subjects import PREFERRED, subject_key
from evalkit.vocabulary import Level
from tests.evalkit.collected_studies import LEFT, RIGHT, TIE, collected

NAMES = ("aya-8b", "de-bert", "eLM")


def study(criterion="aIRC", tag="iOS bug"):
    """Three models, each met by the others; two annotators; scores and marks."""
    beats = {(0, 1): LEFT, (0, 2): TIE, (1, 2): RIGHT}
    preferences = [
        (who, case, *pair, RIGHT if case % 5 == 0 else won)
        for case in range(16)
        for who in (0, 1)
        for pair, won in beats.items()
    ]
    scores = [
        (who, case, model, 1 + (case + model + who) % 5)
        for case in range(16)
        for model in range(3)
        for who in (0, 1)
    ]
    marks = [(0, case, model, 0 if model == 1 else -1) for case in range(16) for model in range(3)]
    made = collected(models=NAMES, preferences=preferences, scores=scores, marks=marks)
    scale = (1.0, 2.0, 3.0, 4.0, 5.0)
    renamed = Criterion(criterion, "Well?", Level.ORDINAL, scale, ("",) * 5)
    return replace(made, criteria=(renamed,), tags=(Tag("unsafe", tag),))


def every_sentence(made):
    """Give the sentences that pages, files and the terminal print of a study."""
    ranking, agreement = ranking_report(made), agreement_report(made)
    yield sentences.headline(ranking, scores_report(made))
    yield from sentences.standings(ranking.ranking)
    yield from agreement_meanings(agreement)
    yield agreement_verdict(agreement)
    yield from commonest_errors(tags_report(made), made.models)
    yield worst_error(tags_report(made))
    found = coefficients.coefficients(made)
    yield from trust(found)
    for measure in available_measures(made):
        baseline = default_baseline(made, measure)
        report = decided(made, quality=measure.key, baseline=baseline)
        yield decision_verdict(made, report)
        yield from front_sentences(report)
    pair = pair_report(made, significance_report(made), model=NAMES[0], other=NAMES[1])
    yield pair_verdict(pair)
    yield error_findings(pair)
    yield from category_findings(pair)
    plan = power_report(made)
    yield from power_sentences(plan)
    yield from (pair_sentence(plan, one) for one in plan.pairs)


def test_a_name_that_begins_small_stays_so_in_every_sentence():
    names = (*NAMES, "aIRC", "iOS bug")
    said = [one for one in every_sentence(study()) if one]

    for name in names:
        assert any(name in one for one in said)
        for one in said:
            for other in (name[:1].upper() + name[1:], name.lower(), name.upper()):
                assert other == name or other not in one


def test_words_of_one_case_are_inside_a_sentence_what_they_are():
    assert text.inside("Wrong fact") == "wrong fact"
    assert text.inside("PII leak") == "PII leak"
    assert text.inside("iOS bug") == "iOS bug"
    assert text.inside("") == ""


@pytest.fixture(scope="module")
def plain():
    """Give what every report says of a criterion that is called like nothing of ours."""
    made = study(criterion="other")
    return {
        document: document(made)
        for document in (agreement_document, scores_document, ranking_document)
    } | {
        quality: decision_document(made, quality=quality)["models"]
        for quality in ("preference", "other")
    }


@pytest.mark.parametrize("key", ["preference", "acceptable", "penalty", "any_error", "error:x"])
def test_a_criterion_called_like_something_of_ours_has_its_own_place_in_every_report(key, plain):
    made = study(criterion=key)
    own = subject_key(made.criteria[0])

    assert own == f"{key} (score)"
    for document in (agreement_document, scores_document, ranking_document):
        assert _renamed(plain[document], "other", key) == document(made)
    quality = decision_document(made, quality="preference")["models"]
    assert quality == plain["preference"]
    scored = decision_document(made, quality=own)["models"]
    assert scored == plain["other"]
    found = [subject_key(one.subject) for one in coefficients.coefficients(made)]
    assert sorted(found) == sorted({"preference", own})
    report = coefficients_document(made)["coefficients"]
    assert set(report) == {"preference", own}


def test_two_criteria_never_share_a_key_whatever_they_are_called():
    keys = ["preference", "preference (score)", "preference (score) (score)", "helpful", "Helpful"]
    made = [Criterion(key, "?", Level.ORDINAL, (1.0, 2.0), ("", "")) for key in keys]

    assert len({subject_key(one) for one in (PREFERRED, *made)}) == len(keys) + 1


def _renamed(found, old, new):
    if isinstance(found, dict):
        return {new if key == old else key: _renamed(one, old, new) for key, one in found.items()}
    if isinstance(found, list):
        return [_renamed(one, old, new) for one in found]
    # Of sentences only those of agreement name a criterion.
    return (
        found.replace(f" {old}:", f" {new.replace('_', ' ')} (score):")
        if isinstance(found, str)
        else found
    )

"""Every report as JSON: what docs/reports.md promises, valid whatever was collected."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.reports.agreement.document import agreement_document, coefficients_document
from evalkit.reports.annotators.leave_out import without_document
from evalkit.reports.annotators.report import annotators_document
from evalkit.reports.decision.document import decision_document
from evalkit.reports.decision.requirements import Requirements
from evalkit.reports.envelope import SCHEMA_VERSION, UNITS, enveloped
from evalkit.reports.models.document import models_document
from evalkit.reports.pair.document import significance_document
from evalkit.reports.power.report import power_document
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.style import style_entries, style_report
from evalkit.reports.regression.report import (
    AnsweredCase,
    Side,
    regression_document,
    regression_report,
)
from evalkit.reports.scores.document import scores_document
from evalkit.study.collected import VersionMark
from evalkit.study.marked_words import PlacedMarks
from evalkit.study.passing import PassRule, Verdict
from tests.evalkit.collected_studies import collected

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reports.md"
SHARED = {"study", "categories", "annotators", "simulated_annotators", "unidentified"}
SHARED |= {"filters", "judges", "as_of_version", "left_out"}
ESTIMATE = {"value", "low", "high", "n", "reason"}


def agreement(study):
    return agreement_document(study) | coefficients_document(study)


def style(study):
    features = np.random.default_rng(1).integers(0, 9, (len(study.outputs.id), 4)).astype(float)
    return {"style_control": style_entries(style_report(study, features))}


def annotators(study):
    found = annotators_document(study)
    return found | {"without": without_document(study, study, left_out=("Annotator 0",))}


OF_STUDIES = {
    "agreement": agreement,
    "ranking": ranking_document,
    "scores": scores_document,
    "models": models_document,
    "significance": significance_document,
    "power": power_document,
    "Style control": style,
    "annotators": annotators,
    "decision": lambda study: decision_document(study, requirements=Requirements(1.0, 1.0, 1.0)),
}


def full():
    """Return a study with everything: three annotators, two models, prices and times."""
    rng = np.random.default_rng(3)
    study = collected(
        n_cases=12,
        preferences=[
            (who, case, case % 2, 1 - case % 2, int(rng.choice(4, p=[0.5, 0.3, 0.1, 0.1])))
            for who in range(3)
            for case in range(12)
        ],
        scores=[
            (who, case, model, float(rng.integers(1, 6)))
            for who in range(3)
            for case in range(12)
            for model in (0, 1)
        ],
        marks=[
            (who, case, model, int(rng.integers(-1, 1)))
            for who in range(3)
            for case in range(12)
            for model in (0, 1)
        ],
        costs=[1.0, 2.0],
        latencies=[900.0, 100.0],
    )
    preferences = study.preferences
    strength = np.where(preferences.preference < 2, 1 + preferences.annotator % 2, 0)
    certainty = 1 + preferences.annotator % 2
    finer = replace(
        preferences, strength=strength, certainty=certainty, asks_strength=strength >= 0
    )
    marks = study.marks
    start = rng.integers(0, 20, len(marks.tag))
    words = PlacedMarks(marks.output, marks.annotator, marks.tag, 0 * start, start, start + 9)
    at_words = PlacedMarks(
        *(getattr(words, name)[marks.tag >= 0] for name in PlacedMarks.__slots__)
    )
    return replace(study, preferences=finer, marked_words=at_words)


@cache
def of_full(section):
    """Give the document of a study with everything, made once."""
    return OF_STUDIES[section](full())


def documented(section):
    """Return the words in quotation marks in the code blocks of a section of the docs."""
    text = DOCS.read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"```\n(.*?)```", body, flags=re.DOTALL)
    inline = re.findall(r"`(\{.*?\})`", body)
    return set(re.findall(r'"(\w+)"', " ".join(blocks + inline)))


def keys(found, names):
    """Return all keys of a document, but for those that are names of models, criteria or tags."""
    if isinstance(found, dict):
        own = {key for key in found if key not in names}
        return own.union(*(keys(value, names) for value in found.values()))
    if isinstance(found, list):
        return set().union(*(keys(one, names) for one in found))
    return set()


@pytest.mark.parametrize("section", OF_STUDIES)
def test_a_document_has_the_keys_its_description_names_and_no_others(section):
    names = {"A", "B", "helpful", "unsafe", "preference"}
    shared = SHARED | ESTIMATE | {"n_units", "n_labels", "standard_error"}

    names |= {"any_error"} if section == "annotators" else set()
    found = keys(of_full(section), names) - shared

    # What is shown for some data only: one judge, in both orders, a weight of a tag's own.
    rare = {"judge", "criterion", "kappa", "percent_agreement", "tag"}
    rare |= {"both_orders", "n_pairs", "first", "second", "mean_of_orders", "both_must_agree"}
    rare |= {"where_both_agree", "n_undecided", "positional_agreement", "primacy", "position_bias"}
    rare |= {"all_pass", "any_pass", "k"}  # where cases were tried several times
    rare |= {"checklists"}  # where cases have one
    # Who is ahead of the first model with style held equal: where the texts were read.
    rare |= {"ahead"}
    rare |= {"before", "after"}  # where a model has another place by another rule
    # Annotators hold rankings with and without some, described where the ranking is.
    elsewhere = documented("ranking") if section == "annotators" else set()
    assert found - documented(section) - elsewhere == set()
    assert documented(section) - found - shared - names - rare == set()


def test_the_document_of_a_regression_has_the_keys_its_description_names():
    old, new = (
        Side(name, tuple(AnsweredCase(one, one, "x", first + k) for k, one in enumerate(cases)))
        for name, cases, first in (("old", "abc", 0), ("new", "abd", 10))
    )
    verdicts = {0: Verdict(1, 1), 1: Verdict(1, 1), 10: Verdict(0, 1), 11: Verdict(1, 1)}
    report = regression_report(old, new, verdicts=verdicts, measure=PassRule())

    found = keys(regression_document(report, judged_in=[full()]), set())

    assert found == documented("regression") | {"study", "annotators", "simulated_annotators"}
    assert {"n_cases_needed", "new", "removed"} <= found


def without_a_unit(found, units, path=()):
    """Return the places of numbers whose unit the envelope does not tell."""
    if isinstance(found, dict):
        parts = [without_a_unit(value, units, (*path, key)) for key, value in found.items()]
        return set().union(*parts)
    if isinstance(found, list):
        return set().union(*(without_a_unit(value, units, path) for value in found))
    is_count = path and (path[-1] == "n" or path[-1].startswith("n_"))
    if isinstance(found, bool) or not isinstance(found, int | float) or is_count:
        return set()
    names = {path[-1].removesuffix("_low").removesuffix("_high"), *path}
    if path[-1] in ("low", "high"):  # of the value beside them
        names.add("value")
    return set() if names & set(units) else {path}


@pytest.mark.parametrize("section", OF_STUDIES)
def test_every_number_of_a_document_has_a_unit_in_the_envelope(section):
    report = {"Style control": "ranking"}.get(section, section)

    assert without_a_unit(of_full(section), UNITS[report]) == set()


def test_an_envelope_says_what_it_is_and_when_and_of_what_it_was_made():
    mark = VersionMark("support", 3, "ab" * 32)
    made = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    document = enveloped("models", models_document(full()), cases_of=[mark], created_at=made)

    own = json.loads(json.dumps(document))
    within = (
        {"eval_set", "version", "content_hash", "judges", "as_of_version", "left_out"}
        | ESTIMATE
        | {"kind", "n_people", "n_labels"}
    )
    assert (
        set(own)
        == SHARED - {"judges", "as_of_version", "left_out"}
        | {"models"}
        | documented("Every document") - within
    )
    assert (own["report"], own["schema_version"]) == ("models", SCHEMA_VERSION)
    assert own["created_at"] == "2026-03-01T12:00:00+00:00"
    assert own["eval_sets"] == [{"eval_set": "support", "version": 3, "content_hash": "ab" * 32}]
    assert (own["study"], own["filters"]["judges"]) == ("Trial", False)


def estimates(found):
    """Return everything in a document that has the keys of an estimate."""
    if isinstance(found, dict):
        own = [found] if {"value", "low", "high", "reason"} <= set(found) else []
        return own + [one for value in found.values() for one in estimates(value)]
    if isinstance(found, list):
        return [one for value in found for one in estimates(value)]
    return []


def studies():
    """Draw small studies: few cases, all of one kind, models nobody met, nothing at all."""
    comparison = st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.just(0), st.integers(1, 2), st.integers(0, 3)
    )
    score = st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.integers(1, 5).map(float)
    )
    mark = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.integers(-1, 0))
    numbers = st.none() | st.lists(st.sampled_from([0.0, 0.5, 3e5]), min_size=3, max_size=3)
    return st.builds(
        collected,
        models=st.just(("A", "B", "C")),
        n_cases=st.just(4),
        preferences=st.lists(comparison, max_size=12),
        scores=st.lists(score, max_size=12, unique_by=lambda one: one[:3]),
        marks=st.lists(mark, max_size=12),
        costs=numbers,
        latencies=numbers,
    )


@settings(max_examples=6)
@given(study=studies())
@pytest.mark.parametrize("section", OF_STUDIES)
def test_whatever_was_collected_a_document_is_json_and_gives_a_number_or_a_reason(section, study):
    document = json.loads(json.dumps(OF_STUDIES[section](study), allow_nan=False))

    for one in estimates(document):
        assert one["value"] is not None or one["reason"], one
        assert (one["low"] is None) == (one["high"] is None)
        if one["low"] is not None:
            assert one["low"] <= one["value"] + 1e-9
            assert one["value"] <= one["high"] + 1e-9

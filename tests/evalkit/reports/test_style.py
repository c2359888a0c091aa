"""Style: what is counted in a text, and the ranking with it held equal."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.html.document import About, html_report
from evalkit.reports.decision.document import decision_document
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.lead import LeadKind, report_lead
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.style import (
    SIDES_UNKNOWN,
    carried_style,
    effect_sentences,
    style_entries,
    style_report,
    style_verdict,
)
from evalkit.study.style_features import FEATURES, StyleFeatures, style_features
from tests.evalkit.collected_studies import LEFT, RIGHT, collected

A, B = range(2)

DRESSED = """# Title

Some **bold** and __more bold__, but not 2 ** 3 ** 4 nor `**code**`.

## Part
- one
* two
1. three
   - four

```python
# a comment, no header
- no entry
**no bold**
```
#no header
"""


def test_headers_list_entries_and_bold_are_counted_outside_code():
    # By hand: 2 headers; one, two, three, four; bold, more bold.
    assert style_features(DRESSED) == StyleFeatures(
        length=len(DRESSED.strip()), headers=2, lists=4, bold=2
    )


def test_an_empty_response_has_no_style():
    assert style_features("  \n ") == StyleFeatures(0, 0, 0, 0)


def test_a_fence_that_is_never_closed_runs_to_the_end():
    assert style_features("~~~\n# a\n```\n- b").headers == 0
    assert style_features("~~~\n# a\n```\n- b").lists == 0


@given(st.text())
def test_any_text_has_a_style_and_in_a_block_of_code_length_alone(text):
    assert style_features(text).length <= len(text)

    inside = text.replace("`", "").replace("~", "")
    fenced = style_features(f"```\n{inside}\n```")
    assert (fenced.headers, fenced.lists, fenced.bold) == (0, 0, 0)


@given(st.lists(st.sampled_from(["plain", "# head", "- entry", "**bold** text"])))
def test_counts_add_up_over_paragraphs(parts):
    found = style_features("\n\n".join(parts))

    assert found.headers == parts.count("# head")
    assert found.lists == parts.count("- entry")
    assert found.bold == parts.count("**bold** text")


def lengths(found, chosen):
    """Give features where only the length is set, per output."""
    table = np.zeros((len(found.outputs.id), len(FEATURES)))
    table[:, 0] = chosen
    return table


def by_length(seed=4, *, n_cases=1500, effect=1.0, shift=0.0):
    """Two models, B mostly longer; the longer wins, by a known effect, and A by ``shift``."""
    rng = np.random.default_rng(seed)
    length = np.concatenate([rng.integers(50, 400, n_cases), rng.integers(120, 600, n_cases)])
    more = (length[:n_cases] - length[n_cases:]) / (length[:n_cases] + length[n_cases:] + 1)
    chance = 1 / (1 + np.exp(-effect * more / more.std() - shift))
    won = rng.random(n_cases) < chance
    swap = rng.random(n_cases) < 0.5
    given = [
        (0, case, B, A, RIGHT if won[case] else LEFT)
        if swap[case]
        else (0, case, A, B, LEFT if won[case] else RIGHT)
        for case in range(n_cases)
    ]
    found = collected(n_cases=n_cases, preferences=given)
    return found, lengths(found, length), more


def test_a_model_that_leads_by_length_alone_leads_no_more():
    found, features, more = by_length()

    report = style_report(found, features)

    raw, held = ({row.model: getattr(row, name) for row in report.rows} for name in RANKINGS)
    assert raw["B"].low > 0 > raw["A"].high
    assert held["B"].low < 0 < held["B"].high  # the truth is 0
    # The effect is per standard deviation over the comparisons as shown, left minus right.
    shown = more * np.where(found.preferences.left < found.preferences.right, 1, -1)
    expected = shown.std() / more.std()
    effect = report.effects["length"]
    assert effect.low < expected < effect.high
    assert effect.high - effect.low < 0.5 * expected


RANKINGS = ("raw", "controlled")


def test_what_no_two_responses_differ_in_is_left_out_and_named():
    found, features, _ = by_length(n_cases=200)

    report = style_report(found, features)

    assert report.left_out == ("headers", "lists", "bold")
    assert set(report.effects) == {"length"}
    assert "no two compared responses differ" in effect_sentences(report)[-1]


def balanced(n_left):
    """Show 50 cases each way round; the left wins so many of both."""
    return collected(
        n_cases=100,
        preferences=[
            (0, case, *((A, B) if case < 50 else (B, A)), LEFT if case % 50 < n_left else RIGHT)
            for case in range(100)
        ],
    )


def test_the_left_side_preference_is_the_share_the_left_wins_of_equals():
    report = style_report(balanced(40), np.zeros((200, 4)))

    # Both models win alike, so the intercept alone carries the 40 of 50.
    assert report.left.value == pytest.approx(0.8)
    assert report.left.low > 0.5
    assert "annotators favour the left" in " ".join(effect_sentences(report))
    assert [row.controlled.value for row in report.rows] == pytest.approx([0, 0], abs=1e-9)


def test_nobody_is_said_to_favour_a_side_where_sides_were_not_dealt():
    study = balanced(40)
    unknown = replace(study.preferences, is_dealt=np.zeros(100, dtype=bool))

    report = style_report(replace(study, preferences=unknown), np.zeros((200, 4)))

    assert (report.left.value, report.left.reason) == (None, SIDES_UNKNOWN)
    assert SIDES_UNKNOWN in effect_sentences(report)


def test_a_fair_pair_of_sides_is_called_fair():
    report = style_report(balanced(25), np.zeros((200, 4)))

    assert report.left.value == pytest.approx(0.5)
    assert "Left-side preference: none beyond chance" in " ".join(effect_sentences(report))


def test_without_any_style_both_rankings_are_the_same():
    found = balanced(30)
    report = style_report(found, np.zeros((200, 4)))

    assert carried_style(report, lead_of_ranking(found)) == ""
    assert style_verdict(report, lead_of_ranking(found)) == (
        "No two responses differ in style, so both rankings are the same."
    )
    for row in report.rows:
        assert row.raw.value == pytest.approx(row.controlled.value, abs=1e-9)


def test_who_never_lost_cannot_be_told_from_style():
    found = collected(preferences=[(0, case, A, B, LEFT) for case in range(16)])

    report = style_report(found, lengths(found, np.arange(32)))

    assert report.rows == ()
    assert "never lost" in report.reason
    assert style_verdict(report, lead_of_ranking(found)).startswith("Style cannot be held equal")
    assert carried_style(report, lead_of_ranking(found)) == ""


def test_nothing_compared_has_a_reason():
    report = style_report(collected(), np.full((32, 4), math.nan))

    assert report.rows == ()
    assert report.reason


def lead_of_ranking(found):
    return report_lead(ranking_report(found))


@pytest.mark.slow
def test_a_lead_that_style_explains_is_called_level_in_every_verdict():
    # The longer response wins, whoever wrote it, and B writes longer ones.
    found, features, _ = by_length(n_cases=400)
    report = style_report(found, features)

    said = "With length held equal, A is level with B."
    assert carried_style(report, lead_of_ranking(found)) == said
    decision = decision_document(found, style=report)
    ranking = ranking_document(found, report)
    assert decision["verdict"].startswith("B is ahead of A")
    assert decision["verdict"].endswith(said)
    assert ranking["verdict"].endswith(said)
    assert decision["style_held_equal"] == ranking["style_held_equal"]
    assert ranking["style_held_equal"] == {
        "model": "B", "ahead": (), "level": ("A",), "behind": (),
    }  # fmt: skip
    about = About(datetime(2026, 11, 29, tzinfo=UTC), "1", found.models)
    assert said in html_report(found, about=about, style=report)
    assert "held equal" not in decision_document(found)["verdict"]
    assert decision_document(found)["style_held_equal"] is None


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        # How much stronger A truly is, in log-odds: B leads by length alone, then does not lead.
        (1.6, "With length held equal, A is ahead of B."),
        (-1.0, "With length held equal that stays so."),
    ],
)
def test_a_verdict_that_style_reverses_or_leaves_alone_is_said_so(shift, said):
    found, features, _ = by_length(effect=2.5, shift=shift)

    report = style_report(found, features)

    lead = lead_of_ranking(found)
    assert (lead.first, lead.behind) == ("B", ("A",))
    assert carried_style(report, lead) == said


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        # Too few cases to tell A and B apart; A is truly stronger, B comes first by length.
        (0.3, "With length held equal, A comes first, level with B."),
        (0.1, "With length held equal that stays so."),
    ],
)
def test_who_comes_first_with_style_held_equal_is_said_where_it_is_another_one(shift, said):
    found, features, _ = by_length(seed=7, n_cases=40, shift=shift)
    report, lead = style_report(found, features), lead_of_ranking(found)

    assert (lead.kind, lead.first) == (LeadKind.LEVEL, "B")
    assert not report.separated.any()
    first = min(report.rows, key=lambda row: row.controlled_rank)
    assert first.model == ("A" if "A comes first" in said else "B")
    assert carried_style(report, lead) == said


def test_what_is_said_with_style_held_equal_is_what_the_separation_holds():
    found, features, _ = by_length(n_cases=400)
    report = style_report(found, features)
    models = [row.model for row in report.rows]

    for place, model in enumerate(models):
        standing = report.standing_to(model)
        assert {*standing.ahead, *standing.level, *standing.behind} == set(models) - {model}
        for other in (*standing.ahead, *standing.behind):
            assert report.separated[place, models.index(other)]
        for other in standing.level:
            assert not report.separated[place, models.index(other)]


def test_the_part_of_the_document_is_plain_json_without_nan():
    found, features, _ = by_length(n_cases=200)

    entry = json.loads(json.dumps(style_entries(style_report(found, features)), allow_nan=False))
    assert {row["model"] for row in entry["models"]} == {"A", "B"}
    assert entry["left_side"]["n"] == 200

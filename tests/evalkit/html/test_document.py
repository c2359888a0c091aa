"""A study as one HTML file: complete, self-contained, and safe whatever names it holds."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import markupsafe
import numpy as np
import pytest

from evalkit import text
from evalkit.errors import RefusedError
from evalkit.html.document import About, html_report, write_report
from evalkit.html.render import ENVIRONMENT
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import judges_with_people
from evalkit.reports.blocks import Axis, Point, Quantity, Scatter
from evalkit.reports.decision.document import decided, decision_verdict
from evalkit.reports.decision.sentences import front_sentences
from evalkit.reports.errors.penalties import penalty_rows, weights_in_words
from evalkit.reports.models.report import models_report
from evalkit.reports.power.report import power_report
from evalkit.reports.power.sentences import ASSUMPTIONS, power_sentences
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import scores_report
from evalkit.stats.intervals import Estimate
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.ranking.win_rates import pairwise_win_rates
from evalkit.study.collected import (
    Collected,
    Criterion,
    Judged,
    Limits,
    Marks,
    Outputs,
    Penalties,
    Preferences,
    Tag,
    Values,
    comparisons,
)
from evalkit.vocabulary import AnnotatorKind, Level
from tests.evalkit.collected_studies import collected as trial

EVIL = "<script>alert('x')</script> & \"Atlas\""
OTHER = "Birch -> :red[x] $5"
N_CASES = 12
STARS = Criterion("helpful<b>", "How <i>helpful</i>?", Level.ORDINAL, (1.0, 2.0, 3.0), tuple("abc"))
VOID = {"meta", "line", "circle", "path", "br", "link", "img"}
SECTIONS = (
    "Decision",
    "Ranking",
    "Every two models",
    "Scores",
    "Acceptable responses",
    "Errors",
    "By other rules",
    "Agreement",
    "Cost and latency",
    "What more annotations would buy",
    "Annotators",
)


def escape(words):
    return str(markupsafe.escape(text.unbroken(words)))


def about(**changed):
    given = {
        "made_at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "schema": "0007",
        "models": (EVIL, OTHER),
    }
    return About(**given | changed)


@pytest.fixture(scope="module")
def collected():
    """Two models on twelve cases by three annotators, one of them simulated."""
    n = 2 * N_CASES
    rng = np.random.default_rng(1)
    case = np.tile(np.arange(N_CASES), 3)
    who = np.repeat(np.arange(3), N_CASES)
    output = np.concatenate([case, case + N_CASES])
    m = len(case)
    return Collected(
        study="Study <img src=x>",
        models=(EVIL, OTHER),
        categories=("", "code"),
        annotators=tuple(
            Judged(name, AnnotatorKind.HUMAN, name == "Sim") for name in ("Ada", "Bo", "Sim")
        ),
        criteria=(STARS,),
        tags=(Tag("tone", "Tone <u>"), Tag("unsafe", "Unsafe")),
        unsafe=(1,),
        outputs=Outputs(
            id=np.arange(n),
            case=np.arange(n) % N_CASES,
            model=np.arange(n) // N_CASES,
            category=np.arange(n) % 2,
            is_counted=np.ones(n, dtype=bool),
            latency_ms=rng.gamma(5, 300, n),
            cost_usd=rng.gamma(5, 0.001, n),
            input_tokens=rng.integers(50, 90, n).astype(float),
            output_tokens=rng.integers(50, 90, n).astype(float),
            reasoning_tokens=np.full(n, np.nan),
        ),
        preferences=Preferences(
            left=case,
            right=case + N_CASES,
            annotator=who,
            preference=rng.choice(4, m, p=[0.6, 0.2, 0.1, 0.1]),
            n=np.ones(m, dtype=np.int64),
            latest=np.arange(m),
            is_dealt=np.ones(m, dtype=bool),
            is_seen=np.ones(m, dtype=bool),
            strength=np.zeros(m, dtype=np.int64),
            certainty=np.zeros(m, dtype=np.int64),
            asks_strength=np.zeros(m, dtype=bool),
        ),
        n_unreadable=2,
        values=Values(
            criterion=np.zeros(2 * m, dtype=np.int64),
            output=output,
            annotator=np.tile(who, 2),
            value=rng.integers(1, 4, 2 * m).astype(float),
            n=np.ones(2 * m, dtype=np.int64),
            latest=np.arange(2 * m),
        ),
        marks=Marks(output, np.tile(who, 2), rng.integers(-1, 1, 2 * m), np.tile(who, 2)),
    )


@pytest.fixture(scope="module")
def document(collected):
    """The file of that study, which most tests read."""
    return html_report(collected, about=about())


class Reader(HTMLParser):
    """Read a document strictly: every tag closed in order; keep texts, tags and attributes."""

    def __init__(self, document):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def said(self):
        return "\n".join(self.words).replace("\N{NO-BREAK SPACE}", " ")


def test_the_document_is_well_formed_and_loads_nothing(document):
    reader = Reader(document)

    assert not {"script", "link", "iframe", "img", "object", "base", "form"} & set(reader.tags)
    loads = [value for name, value in reader.attributes if name in {"src", "href", "srcset"}]
    assert loads
    assert all(value.startswith("#") for value in loads)
    assert not any(name.startswith("on") for name, _ in reader.attributes)
    assert "http" not in document
    assert "url(" not in document
    assert "@import" not in document


def test_the_whole_study_is_there_and_its_method(document):
    found = re.findall("<h2>(.*?)</h2>", document)
    assert found == [*SECTIONS, "Method"]


def test_it_opens_with_the_verdict_of_the_decision(collected, document):
    report = decided(collected)
    said = decision_verdict(collected, report)
    assert f'<p class="verdict">{escape(said)}</p>' in document
    assert document.index(escape(said)) < document.index("<h2>")
    for sentence in front_sentences(report):
        assert sentence in Reader(document).said


def unjudged(collected, **kept):
    """Return the study without comparisons, scores and looks, but for what is kept."""
    nothing = np.zeros(0, dtype=np.int64)
    bare = {
        "preferences": Preferences(
            *[nothing] * 6, *[nothing.astype(bool)] * 2, *[nothing] * 2, nothing.astype(bool)
        ),
        "n_unreadable": 0,
        "values": Values(nothing, nothing, nothing, nothing.astype(float), nothing, nothing),
        "marks": Marks(*[nothing] * 4),
        "asks_acceptable": False,
    }
    return replace(collected, **bare | kept)


def verdict_of(document):
    return re.search('<p class="verdict">(.*?)</p>', document)[1].replace("\N{NO-BREAK SPACE}", " ")


def test_without_comparisons_scores_decide_the_headline(collected):
    scored = unjudged(collected, values=collected.values)

    verdict = verdict_of(html_report(scored, about=about()))

    assert "on helpful" in html.unescape(verdict)


def weighed(collected):
    """Ten looks at each model: four errors of weight 5 in the first, one of 1 in the second."""
    looks = np.concatenate([np.arange(10), np.arange(10) + N_CASES])
    weight = np.zeros(20)
    weight[:4], weight[10] = 5.0, 1.0
    found = np.where(weight > 0, 0, -1)
    marks = Marks(looks, np.zeros(20, dtype=np.int64), found, np.arange(20))
    return unjudged(collected, marks=marks, penalties=Penalties(looks, weight))


def test_where_errors_alone_were_marked_their_weight_decides_the_headline(collected):
    document = html_report(weighed(collected), about=about())

    verdict = html.unescape(verdict_of(document))
    assert "errors" in verdict
    assert EVIL in verdict
    assert OTHER in verdict
    # By hand: 4 x 5 / 10 looks, and 1 / 10.
    assert "2.00 [" in Reader(document).said
    assert "0.10 [" in Reader(document).said


def test_what_errors_weigh_is_shown_with_interval_and_n(collected):
    said = Reader(html_report(weighed(collected), about=about())).said

    for row in penalty_rows(weighed(collected)):
        if row.category is None:
            assert text.estimate(row.estimate) in said
            assert row.estimate.n == 10
    assert weights_in_words(ErrorWeights()) in said
    assert "n = 10" in said


def test_marks_of_what_errors_weigh_lie_within_their_picture(collected):
    drawn = html_report(weighed(collected), about=about())

    places = re.findall('(?:cx|cy|x|y|x1|x2|y1|y2)="([^"%]+)%"', drawn)
    assert places
    assert all(0 <= float(place) <= 100 for place in places)


def test_each_judge_is_set_beside_people(collected):
    judge = replace(collected.annotators[2], name="judge-1", kind=AnnotatorKind.JUDGE)
    judged = replace(collected, annotators=(*collected.annotators[:2], judge))

    said = Reader(html_report(judged, about=about())).said

    (sentence,) = judges_with_people(agreement_report(judged))
    assert sentence.startswith("judge-1 agrees with people on which response is better: κ ")
    assert sentence in said


def test_the_report_says_what_more_annotations_would_buy(collected, document):
    said = Reader(document).said

    plan = power_report(collected)
    assert ASSUMPTIONS in said
    for sentence in power_sentences(plan):
        assert sentence in said
    assert "New cases for ± 5 points" in said


def test_the_matrix_of_wins_has_an_interval_in_every_cell(collected, document):
    said = Reader(document).said

    for rate in pairwise_win_rates(comparisons(collected)):
        value = text.percent(rate.estimate.value)
        ends = text.estimate(rate.estimate, text.percent).removeprefix(value).strip()
        assert f"{ends}, n = {rate.estimate.n:,}" in said


def test_many_categories_are_not_listed_one_by_one(collected):
    names = tuple(f"category {place}" for place in range(N_CASES * 2))
    many = replace(
        collected,
        categories=names,
        outputs=replace(collected.outputs, category=np.arange(2 * N_CASES)),
    )

    said = Reader(html_report(many, about=about())).said

    assert "There are 24 categories: these are the 14 with a finding or most judgements." in said
    assert "There are 24 categories, more than are read here" in said
    assert "category 20" not in said


def test_links_within_the_document_lead_somewhere(document):
    reader = Reader(document)
    ids = {value for name, value in reader.attributes if name == "id"}

    assert {value[1:] for name, value in reader.attributes if name == "href"} == ids


def test_names_stay_text_whatever_they_hold(document):
    assert "<script" not in document
    assert EVIL in Reader(document).said
    assert OTHER in Reader(document).said
    assert "Study <img src=x>" in Reader(document).said
    assert "Tone <u>" in Reader(document).said


def test_the_numbers_are_those_of_the_reports(collected, document):
    said = Reader(document).said

    for row in ranking_report(collected).ranking.rows:
        assert text.estimate(row.win_rate, text.percent) in said
        assert f"{text.number(row.strength)} {text.interval(row.low, row.high)}" in said
    report = scores_report(collected)
    for row in report.criteria[0].means:
        assert text.number(row.estimate.value) in said
    for row in report.acceptable:
        assert text.percent(row.estimate.value) in said
    for row in models_report(collected):
        assert text.estimate(row.cost_usd, text.dollars_per_thousand) in said
        assert text.estimate(row.latency_median_ms, text.seconds) in said


def test_what_shaped_the_numbers_is_said(collected):
    narrowed = replace(collected, limits=Limits(categories=("code",), annotators=("Ada", "Bo")))
    said = Reader(html_report(narrowed, about=about())).said

    assert "36 comparisons on 12 cases by 3 annotators, 1 of them simulated." in said
    assert "2 verdicts could not be read and are left out." in said
    assert "Sim is simulated: a program gave these annotations, not a person." in said
    # Once at the top, and once in every section, so that none is read without it.
    shaped = "Only code; only by Ada, Bo; simulated annotators: Sim."
    assert said.count(shaped) == 1 + len(SECTIONS)
    assert "22 November 2026, 09:30 UTC" in said
    assert "database schema 0007" in said
    assert "clustered by case" in said


def test_the_same_model_has_the_colour_of_its_place_in_the_study(collected):
    document = html_report(collected, about=about(models=(OTHER, EVIL)))

    # Okabe and Ito's first colour belongs to the study's first model, wherever it is ranked.
    row = document[document.index(f"<b>{escape(OTHER)}</b>") :]
    assert row.index("#0072B2") < row.index("</svg>")


def test_a_study_nobody_annotated_still_makes_a_document(collected):
    nothing = np.zeros(0, dtype=np.int64)
    empty = Collected(
        study="Empty",
        models=collected.models,
        categories=("",),
        annotators=(),
        criteria=(STARS,),
        tags=(),
        unsafe=(),
        outputs=collected.outputs,
        preferences=Preferences(
            *[nothing] * 6, *[nothing.astype(bool)] * 2, *[nothing] * 2, nothing.astype(bool)
        ),
        n_unreadable=0,
        values=Values(nothing, nothing, nothing, nothing.astype(float), nothing, nothing),
        marks=Marks(*[nothing] * 4),
    )

    said = Reader(html_report(empty, about=about())).said

    assert "Nobody has annotated in this study yet." in said


def drawn(block):
    template = '{% from "blocks.html" import draw with context %}{{ draw(block) }}'
    return ENVIRONMENT.from_string(template).render(block=block, colours={"A": "#0072B2"})


def scatter(**changed):
    point = Point("A", Estimate(2.0, None, None, 3), Estimate(0.25, 0.0, 0.5, 3))
    axes = Quantity("Cost", text.dollars), Quantity("Win rate", text.percent)
    return Scatter(*axes, (point,), **changed)


def test_marks_of_a_scatter_stand_where_their_numbers_say():
    html = drawn(scatter())

    # The axis ends 8 % beyond the dearest: 1 / 1.08; a quarter of the way up is 75 % down.
    assert 'cx="92.59%" cy="75.00%"' in html
    assert 'y1="100.00%" y2="50.00%"' in html


def test_up_is_better_in_a_scatter_also_of_what_there_should_be_little_of():
    html = drawn(scatter(is_less_better=True))

    assert 'cx="92.59%" cy="25.00%"' in html


def test_a_number_is_not_parted_from_its_interval_its_unit_or_its_n():
    gap = "\N{NO-BREAK SPACE}"

    written = text.unbroken("wins 62 % [48, 74], n = 120, p < 0.001 in all")

    assert written == (f"wins 62{gap}%{gap}[48,{gap}74], n{gap}={gap}120, p{gap}<{gap}0.001 in all")


def test_what_lies_beyond_an_axis_ends_at_its_end():
    axis = Axis(1.0, 5.0, ())

    assert [axis.share(value) for value in (0.0, 1.0, 2.0, 5.0, 9.0)] == [0.0, 0.0, 0.25, 1.0, 1.0]


def test_the_file_is_small_and_appears_whole(document, tmp_path):
    file = tmp_path / "report.html"

    n_bytes = write_report(file, document)

    assert n_bytes == file.stat().st_size < 6_000_000
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_or_a_missing_folder_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(RefusedError, match="is a folder"):
        write_report(tmp_path, "x")
    with pytest.raises(RefusedError, match="there is no folder"):
        write_report(tmp_path / "missing" / "report.html", "x")


def test_what_stood_there_stays_when_writing_fails(tmp_path, monkeypatch):
    file = tmp_path / "report.html"
    file.write_text("before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RefusedError, match="No space left"):
        write_report(file, "after")

    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.slow
def test_of_many_models_one_table_holds_all_also_where_they_were_only_scored():
    names = tuple(f"Model {place:02d}" for place in range(14))
    scores = [(0, case, place, 1 + (case + place) % 5) for case in range(10) for place in range(14)]
    wins = [(0, case, case, (case + 1) % 14, 0) for case in range(14)]

    for where, judged in (
        ("Ranking", trial(models=names, preferences=wins, scores=scores)),
        ("Decision", trial(models=names, scores=scores)),
    ):
        document = html_report(judged, about=about(models=names))

        assert f"All stand in a table under {where};" in Reader(document).said
        section = document[document.index(f'<section id="{where.lower()}">') :]
        rows = section[: section.index("</section>")]
        assert all(re.search(f"<th[^>]*>{escape(name)}<", rows) for name in names)


def test_what_is_known_of_no_model_has_no_column(collected, document):
    unpriced = replace(
        collected, outputs=replace(collected.outputs, cost_usd=np.full(2 * N_CASES, np.nan))
    )

    assert "Cost of 1,000" in Reader(document).words
    assert "Cost of 1,000" not in Reader(html_report(unpriced, about=about())).words

"""Statistics on the real data beside the repository give the numbers that were published."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import ResultFilters, collect, result_study
from evalkit.records import record_line
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.stats.agreement.coefficients import fleiss_kappa
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, pairwise_agreement
from evalkit.stats.annotators.profiles import SHOWN
from evalkit.stats.counts import Codings, Scores, preference_codings
from evalkit.stats.scores import mean_amounts
from evalkit.vocabulary import PREFERENCE_CODES, Level, Preference

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder shared is not beside the repository"),
]


def records(name, kind):
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        return [record for record in map(json.loads, lines) if record["type"] == kind]


def codes(names):
    known, code = np.unique(names, return_inverse=True)
    return tuple(known.tolist()), code.reshape(-1)


@pytest.fixture(scope="module")
def pandalm_columns():
    rows = [
        row for row in records("pandalm.jsonl.gz", "comparison") if row["annotator_kind"] == "human"
    ]
    _, case = codes([row["case"] for row in rows])
    annotators, annotator = codes([row["annotator"] for row in rows])
    outputs, sides = codes([row[side]["model"] for side in ("left", "right") for row in rows])
    assert len(outputs) == 5
    left, right = np.split(sides, 2)
    preference = np.array([PREFERENCE_CODES[Preference(row["preference"])] for row in rows])
    return {
        "case": case,
        "left": left,
        "right": right,
        "preference": preference,
        "annotator": annotator,
        "annotators": annotators,
    }


def test_pandalm_annotators_agree_as_published_where_sides_are_values(pandalm_columns):
    both = preference_codings(**pandalm_columns)
    # All three saw each pair on the same sides, so what was shown can be compared.
    assert len(np.unique(both.unit)) == len(
        np.unique(np.column_stack([both.unit, pandalm_columns["left"]]), axis=0)
    )
    shown = replace(both, value=pandalm_columns["preference"], values=SHOWN[:3], mirror=())

    kappas = [pair.cohen_kappa.value for pair in pairwise_agreement(shown)]

    # Wang et al. (2024), "PandaLM", ICLR: 0.85, 0.88, 0.86; four digits from the data's notes.
    assert kappas == pytest.approx([0.8520, 0.8789, 0.8617], abs=5e-5)
    assert krippendorff_alpha(shown, Level.NOMINAL).value == pytest.approx(0.8642, abs=5e-5)
    assert fleiss_kappa(shown).value == pytest.approx(0.8642, abs=2e-4)


def test_pandalm_annotators_agree_whichever_model_is_called_the_first(pandalm_columns):
    both = preference_codings(**pandalm_columns)
    kappas = [pair.cohen_kappa.value for pair in pairwise_agreement(both)]

    # scikit-learn is given every pair twice, once in each orientation.
    twice = np.concatenate([both.value, np.array(both.mirror)[both.value]])
    who = np.tile(both.annotator, 2)
    unit = np.concatenate([both.unit, both.unit + both.unit.max() + 1])
    of = [twice[who == k][np.argsort(unit[who == k])] for k in range(3)]
    oracle = [cohen_kappa_score(of[a], of[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert kappas == pytest.approx(oracle, abs=1e-9)
    assert kappas == pytest.approx([0.8523, 0.8793, 0.8620], abs=5e-5)
    assert both.values == ("first model wins", "second model wins", "tie")


@pytest.mark.parametrize(
    ("criterion", "published"),
    [
        ("guidelines", 0.234),
        ("syntax", -0.014),
        ("superfluous", 0.085),
        ("incorrectness", None),
        ("unsubstantiated", 0.253),
        ("incoherence", -0.044),
    ],
)
def test_hannas_user_study_has_the_published_alphas(criterion, published):
    rows = [
        row for row in records("hanna.jsonl.gz", "score") if row["criterion"].startswith(criterion)
    ]
    _, unit = codes([row["case"] for row in rows])
    annotators, annotator = codes([row["annotator"] for row in rows])
    value = np.array([int(row["value"]) for row in rows])

    alpha = krippendorff_alpha(
        Codings(unit, unit, annotator, value, (0.0, 1.0), annotators), Level.NOMINAL
    )

    # Chhun, Suchanek & Clavel (2024), TACL 12, user study of the HANNA benchmark.
    if published is None:
        assert alpha.value is None
        assert "equal" in alpha.reason
    else:
        assert alpha.value == pytest.approx(published, abs=0.0005)
    assert alpha.n_units == 100


# Freitag et al. (2021), WMT21 metrics task, TED English–German; eTranslation is printed as 1.96
# where the data give 1.969.
PUBLISHED_PENALTIES = {
    "ref": 0.91,
    "Facebook-AI": 1.06,
    "Online-W": 1.12,
    "VolcTrans-AT": 1.24,
    "metricsystem3": 1.44,
    "VolcTrans-GLAT": 1.49,
    "HuaweiTSC": 1.50,
    "metricsystem1": 1.63,
    "metricsystem2": 1.69,
    "metricsystem5": 1.72,
    "UEdin": 1.77,
    "metricsystem4": 1.78,
    "eTranslation": 1.96,
    "Nemo": 2.14,
}


def mqm_weight(error):
    if error["tag"] is None:
        return 0.0
    if error["tag"].lower().startswith("non-translation"):
        return 25.0
    if error["severity"] == "minor":
        return 0.1 if error["tag"] == "Fluency/Punctuation" else 1.0
    return 5.0 if error["severity"] == "major" else 0.0


def test_mqm_penalties_rank_the_systems_as_published():
    errors = records("mqm_ted.jsonl.gz", "error")
    keys = sorted({(row["case"], row["model"], row["annotator"]) for row in errors})
    place = {key: k for k, key in enumerate(keys)}
    _, case = codes([key[0] for key in keys])
    models, model = codes([key[1] for key in keys])

    look = np.array([place[row["case"], row["model"], row["annotator"]] for row in errors])
    penalty = np.bincount(look, weights=[mqm_weight(row) for row in errors])
    one, talk = np.ones(len(keys), dtype=int), np.zeros(len(keys), dtype=int)
    rows = mean_amounts(Scores(case, model, talk, penalty, one, models, ("talk",)))

    found = {row.model: row.estimate.value for row in rows if row.category is None}
    assert found == pytest.approx(PUBLISHED_PENALTIES, abs=0.0095)


#: What WMT publishes, as severities of a taxonomy: a tag tells minor punctuation from minor.
WMT = {
    "type": "taxonomy",
    "taxonomy": "MQM",
    "severities": [
        {"key": "neutral", "name": "Neutral", "weight": 0},
        {"key": "minor-punctuation", "name": "Minor, punctuation", "weight": 0.1},
        {"key": "minor", "name": "Minor", "weight": 1},
        {"key": "major", "name": "Major", "weight": 5},
        {"key": "non-translation", "name": "Non-translation", "weight": 25},
    ],
}


def test_wmts_severities_come_in_by_their_names_and_out_at_the_published_penalties(
    sqlite_database, tmp_path
):
    path = tmp_path / "mqm.jsonl"
    with gzip.open(DATA / "mqm_ted.jsonl.gz", "rt", encoding="utf-8") as lines:
        header, *rest = map(json.loads, lines)
    for error in rest:
        is_light = error.get("tag") == "Fluency/Punctuation" and error["severity"] == "minor"
        if is_light:
            error["severity"] = "minor-punctuation"
    header = {**header, "version": 2, "study": "MQM"}
    path.write_text("".join(map(record_line, (header, WMT, *rest))), encoding="utf-8")
    import_file(path)

    with read_session() as session:
        study = result_study(session, name="MQM")
        collected = collect(session, study, filters=ResultFilters())
    names = [severity.name for severity in collected.weights.severities]
    assert names == [severity["name"] for severity in WMT["severities"]]
    rows = penalty_rows(collected)
    overall = {row.model: row.estimate.value for row in rows if row.category is None}
    assert overall == pytest.approx(PUBLISHED_PENALTIES, abs=0.0095)

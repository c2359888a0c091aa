"""What was published of judges comes out of the reports, from file to number."""

import gzip
import json
from pathlib import Path

import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import ResultFilters, collect, result_study
from evalkit.records import record_line
from evalkit.reports.judges.document import judges_document

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository"),
]


def records(name):
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def judges_of(path, **filters):
    """Import a file and return what the report says of each of its judges."""
    import_file(path, study="published")
    with read_session() as session:
        study = result_study(session, name="published")
        filters = ResultFilters(judges=True, every_judge=True, **filters)
        document = judges_document(collect(session, study, filters=filters))
    return {row["judge"]: row for row in document["judges"]}


def written(tmp_path, rows):
    path = tmp_path / "judges.jsonl"
    path.write_text("".join(map(record_line, rows)), encoding="utf-8")
    return path


# Wang et al. (2024), PandaLM, ICLR, as the data's notes recompute it: accuracy against the
# majority of three people, macro F1 over left, right and tie as shown.
PANDALM = {"judge:gpt-3.5-turbo": (0.7107, 0.5755), "judge:pandalm-7b": (0.6677, 0.5743)}


def test_pandalms_judges_are_as_right_as_published(sqlite_database, tmp_path):
    rows = list(records("pandalm.jsonl.gz"))
    for row in rows:
        # As the authors did: 25 verdicts that could not be read are ties.
        if row["type"] == "comparison" and row["preference"] is None:
            row["preference"] = "tie"

    judges = judges_of(written(tmp_path, rows))

    assert judges.keys() == PANDALM.keys()
    for name, (accuracy, macro_f1) in PANDALM.items():
        most = judges[name]["as_most_people"]
        assert most["accuracy"]["value"] == pytest.approx(accuracy, abs=5e-5)
        assert (most["accuracy"]["n"], most["n_split"]) == (999, 0)
        # Published F1 of "left" and of "right" are two; here which stood left counts for nothing,
        # which moves their mean by less than 0.0005.
        assert most["macro_f1"]["value"] == pytest.approx(macro_f1, abs=5e-4)
        assert most["macro_f1"]["low"] < macro_f1 < most["macro_f1"]["high"]


def test_pandalms_unreadable_verdicts_are_no_ties_unless_somebody_says_so(sqlite_database):
    judges = judges_of(DATA / "pandalm.jsonl.gz")

    # Counted from the file: 697 of the 974 that can be read are the majority's.
    accuracy = judges["judge:gpt-3.5-turbo"]["as_most_people"]["accuracy"]
    assert (accuracy["value"], accuracy["n"]) == (pytest.approx(697 / 974), 974)
    assert judges["judge:pandalm-7b"]["as_most_people"]["accuracy"]["n"] == 999


# Zeng et al. (2024), LLMBar, ICLR, tables of the appendix: GPT-4 with the plain prompt without
# rules; accuracy is the mean of both orders.
LLMBAR = {"natural": (0.935, 0.970), "neighbor": (0.642, 0.896)}


def test_llmbars_judge_is_as_right_and_as_steady_as_published(sqlite_database, tmp_path):
    judge = "judge:GPT-4/Vanilla_NoRules"
    rows = [
        row
        for row in records("llmbar.jsonl.gz")
        if row["type"] != "comparison" or row["annotator"] in ("gold", judge)
    ]
    for row in rows:
        if row["type"] == "case":
            row["category"] = row["id"].partition("-")[0]
    path = written(tmp_path, rows)

    for part, (accuracy, positional) in LLMBAR.items():
        orders = judges_of(path, categories=(part,))[judge]["both_orders"]
        mean, same = orders["mean_of_orders"], orders["positional_agreement"]
        assert mean["value"] == pytest.approx(accuracy, abs=5e-4)
        assert same["value"] == pytest.approx(positional, abs=5e-4)
        assert mean["low"] < accuracy < mean["high"]
        assert mean["n"] == same["n"] == orders["n_pairs"]
        # Where both orders agree and where they do not are all the pairs there are.
        n_decided = orders["where_both_agree"]["n"]
        assert n_decided + orders["n_undecided"] == orders["n_pairs"]
        assert n_decided / orders["n_pairs"] == pytest.approx(same["value"])

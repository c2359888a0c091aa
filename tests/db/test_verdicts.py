"""Verdicts of judges as other tools keep them: recognised, imported, counted as a judge's."""

import io
import json

import pytest

from db.commands.records import import_files
from db.queries.records.files import FileFormat, export_bytes
from evalkit.errors import RefusedError
from tests.db.record_files import exported, table_sizes

ALPACA = {
    "instruction": "Say yes.",
    "output_1": "Yes.",
    "generator_1": "base",
    "output_2": "No.",
    "generator_2": "new",
    "dataset": "koala",
    "annotator": "gpt-4",
    "preference": 1.0,
    "price_per_example": 0.01,
    "time_per_example": 2.0,
}


def brought(content, name="verdicts.json"):
    """Import a file of verdicts, and return its report and the labels that are there now."""
    text = content if isinstance(content, str) else json.dumps(content)
    report = import_files([(name, io.BytesIO(text.encode()))], eval_set="Set")
    records = [json.loads(line) for line in exported()]
    return report, [record for record in records if record["type"] in ("comparison", "score")]


def test_alpaca_eval_annotations_are_comparisons_by_a_judge(sqlite_database):
    rows = [{**ALPACA, "instruction": f"Say {n}.", "preference": preference}
            for n, preference in enumerate((1, 2, 1.5, 1.27, 1.9, 0, None))]  # fmt: skip
    report, labels = brought(rows)

    (reading,) = report.reading.files
    assert (reading.name, reading.sureness) == ("AlpacaEval annotations", "sure")
    answers = [label["preference"] for label in labels]
    assert answers == ["left", "right", "tie", "left", "right", None, None]
    assert {label["annotator_kind"] for label in labels} == {"judge"}
    assert (labels[0]["cost_usd"], labels[0]["latency_ms"]) == (0.01, 2000)


def test_our_own_alpaca_eval_file_comes_back_as_it_went(sqlite_database):
    rows = [ALPACA, {**ALPACA, "annotator": "Ann", "annotator_kind": "human", "preference": 2.0}]
    brought(rows)
    again = json.loads(export_bytes("x", study="Set", format=FileFormat.ALPACA_EVAL))

    assert [(row["annotator"], row["annotator_kind"], row["preference"]) for row in again] == [
        ("gpt-4", "judge", 1.0),
        ("Ann", "human", 2.0),
    ]
    # Ann's is there already; the judge's has lost what it cost, and so is another revision.
    report, _ = brought(again)
    assert (report.counts["comparison"].present, report.counts["case"].new) == (1, 0)


def test_mt_bench_pairs_are_two_comparisons_in_the_orders_shown_and_need_no_text(sqlite_database):
    row = {"question_id": 101, "model_1": "a", "model_2": "b", "g1_winner": "model_2",
           "g2_winner": "error", "judge": ["gpt-4", "pair-v2"], "g1_judgment": "Hm. [[B]]",
           "turn": 2, "tstamp": 1687219200.2}  # fmt: skip
    _, labels = brought(json.dumps(row), "gpt-4_pair.jsonl")

    assert [(label["left"], label["right"], label["preference"]) for label in labels] == [
        ("a", "b", "right"),
        ("b", "a", None),
    ]
    assert labels[0]["case"] == "101, turn 2"
    assert labels[0]["annotator"] == "gpt-4 pair-v2"
    assert labels[0]["rationale"] == "Hm. [[B]]"


def test_mt_bench_scores_are_scores_and_a_failed_one_is_none(sqlite_database):
    row = {"question_id": 1, "model": "a", "judge": ["gpt-4", "single-v1"], "score": 3, "turn": 1}
    rows = [row, {**row, "question_id": 2, "score": -1}]
    _, labels = brought("\n".join(map(json.dumps, rows)), "gpt-4_single.jsonl")

    assert [(label["criterion"], label["value"]) for label in labels] == [("mt_bench", 3)]


def test_llm_comparator_gives_each_rating_with_the_side_it_was_shown_on(sqlite_database):
    ratings = [
        {"score": 1.5, "is_flipped": False, "rationale": "Longer."},
        {"score": -0.5, "is_flipped": True},
        {"score": 0.0, "is_flipped": True},
    ]
    example = {"input_text": "Hi", "tags": ["Talk"], "output_text_a": "A", "output_text_b": "B"}
    rated = {**example, "score": 0.3, "individual_rater_scores": ratings}
    alone = {**example, "input_text": "Ho", "score": -1.0, "individual_rater_scores": []}
    _, labels = brought({"models": [{"name": "a"}, {"name": "b"}], "examples": [rated, alone]})

    # A score above 0 says that A is better, whatever side it stood on.
    assert [(label["left"], label["preference"]) for label in labels] == [
        ("a", "left"),
        ("b", "left"),
        ("b", "tie"),
        ("a", "right"),
    ]


def test_rows_of_openai_evals_become_cases_outputs_and_what_graders_said(sqlite_database):
    row = {
        "item": {"id": 7, "question": "2 + 2?", "ideal": "4"},
        "sample": {"model": "gpt", "output_text": "4", "usage": {"prompt_tokens": 5}},
        "results": [{"name": "match", "passed": True, "score": 1.0}],
    }
    hosted = {
        "datasource_item": {"topic": "sums"},
        "datasource_item_id": 8,
        "sample": {
            "model": "gpt",
            "input": [{"role": "user", "content": "3 + 3?"}],
            "output": [{"role": "assistant", "content": "7"}],
        },
        "results": [{"name": "match", "passed": False, "score": 0.0}],
    }
    _, labels = brought("\n".join(map(json.dumps, [row])), "rows.jsonl")
    assert [(label["case"], label["annotator"], label["value"]) for label in labels] == [
        ("7", "match", 1)
    ]
    _, labels = brought(json.dumps(hosted), "items.jsonl")
    assert [label["value"] for label in labels] == [1, 0]
    cases = [json.loads(line) for line in exported()]
    (first, second) = [record for record in cases if record["type"] == "case"]
    assert (first["input"][0]["content"], first["reference"]) == ("2 + 2?", "4")
    assert second["input"][0]["content"] == "3 + 3?"


def test_a_row_that_breaks_off_is_refused_with_its_number_and_nothing_is_stored(sqlite_database):
    broken = {key: value for key, value in ALPACA.items() if key != "output_2"}

    with pytest.raises(RefusedError, match=r"verdicts\.json, row 2: has no field 'output_2'"):
        brought([ALPACA, broken])


def test_what_is_no_format_of_anybody_is_refused_by_its_fields(sqlite_database):
    with pytest.raises(RefusedError, match=r"the fields rows: .* Nothing was stored"):
        brought({"rows": []})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            json.dumps([{**ALPACA, "output_1": "a\ud800"}]),
            "row 1: found half a character",
        ),
        ("[" * 200_000, "damaged or breaks off"),
        ('{"a":' * 200_000, "damaged or breaks off"),
        (
            json.dumps(
                {"question_id": 1, "model": "A", "judge": "J", "score": "three"},
            ),
            "row 1: ",
        ),
    ],
    ids=("half a character", "deep lists", "deep objects", "a score in words"),
)
def test_a_file_that_no_tool_writes_is_refused_in_words(sqlite_database, text, words):
    with pytest.raises(RefusedError, match=words):
        brought(text)
    assert table_sizes()["annotation"] == 0

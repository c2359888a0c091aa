"""How sure judges were, from records to the report: pairs in both orders and scores."""

import json

import pytest
from typer.testing import CliRunner

from db.commands.records import import_file
from db.engine import read_session
from db.queries import results
from db.queries.results import ResultFilters, collect, result_study
from evalkit.cli.report import app
from evalkit.records import record_line
from evalkit.reports.judges.sure import sure_report, sure_sentence, sure_table
from evalkit.study.subjects import PREFERRED

N_CASES = 40
HEADER = {"type": "header", "format": "evalkit", "version": 2, "eval_set": "Set", "study": "Sure"}
CRITERION = {
    "type": "criterion",
    "rubric": "R",
    "key": "good",
    "question": "Good?",
    "level": "nominal",
    "scale": [{"value": value, "label": str(value)} for value in (0, 1)],
}


def rows(*, probability=0.9, swapped=True):
    """Give two people who say A is better, and a judge that says so of three in four cases."""
    yield HEADER
    yield CRITERION
    judge = {"annotator": "gauge", "annotator_kind": "judge", "probability": probability}
    for number in range(N_CASES):
        case = f"c{number}"
        yield {"type": "case", "id": case, "input": [{"role": "user", "content": case}]}
        for model in "AB":
            yield {"type": "output", "case": case, "model": model, "content": f"{model} {case}"}
        says = "A" if number % 4 else "B"
        for who in ("Ada", "Bo"):
            pair = {"type": "comparison", "case": case, "annotator": who, "left": "A", "right": "B"}
            yield {**pair, "preference": "left"}
            score = {"type": "score", "case": case, "model": "A", "annotator": who}
            yield {**score, "criterion": "good", "value": 1}
        for left, right in ("AB", "BA")[: 1 + swapped]:
            pair = {"type": "comparison", "case": case, "left": left, "right": right, **judge}
            yield {**pair, "preference": "left" if left == says else "right"}
        score = {"type": "score", "case": case, "model": "A", "criterion": "good", **judge}
        yield {**score, "value": int(says == "A")}


def stored(tmp_path, given):
    path = tmp_path / "sure.jsonl"
    path.write_text("".join(map(record_line, given)), encoding="utf-8")
    import_file(path)
    filters = ResultFilters(judges=True, every_judge=True)
    with read_session() as session:
        study = result_study(session, name="Sure")
        answers = results.sure_answers(session, study, filters=filters)
        return collect(session, study, filters=filters), answers


def test_a_judge_sure_of_nine_in_ten_that_is_right_in_three_of_four_is_said_to_be_too_sure(
    database, tmp_path
):
    collected, answers = stored(tmp_path, rows())

    pairs, scores = sure_report(collected, answers)

    # 30 of 40 cases right, in both orders: sure of 90 %, right in 75 %.
    for row, n in ((pairs, 2 * N_CASES), (scores, N_CASES)):
        (only,) = row.calibration.bins
        assert (only.sure, only.right.n) == (pytest.approx(0.9), n)
        assert only.right.value == pytest.approx(0.75)
        assert row.calibration.surer.value == pytest.approx(0.15)
        assert row.calibration.brier.value == pytest.approx((3 * 0.1**2 + 0.9**2) / 4)
    assert (pairs.subject, scores.subject.key) == (PREFERRED, "good")
    assert "surer than right" in sure_sentence(pairs)
    # Both orders of a case say no more than one: intervals are as long.
    widths = [row.calibration.surer.high - row.calibration.surer.low for row in (pairs, scores)]
    assert widths[0] == pytest.approx(widths[1], rel=1e-6)


def test_the_terminal_and_json_hold_the_same(sqlite_database, tmp_path):
    collected, answers = stored(tmp_path, rows())
    (row, _) = sure_report(collected, answers)
    asked = ["judges", "--study", "Sure"]

    said = CliRunner().invoke(app, asked, terminal_width=400)
    entry = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)["sure"][0]

    assert entry["surer_than_right"]["value"] == row.calibration.surer.value
    assert entry["curve"][0]["gap"]["value"] == pytest.approx(-0.15)
    assert "How sure gauge is on which response is better is off by" in " ".join(
        said.stdout.split()
    )


def test_judges_that_say_nothing_of_it_have_no_row_and_few_verdicts_a_reason(
    sqlite_database, tmp_path
):
    silent = [{k: v for k, v in row.items() if k != "probability"} for row in rows()]
    collected, answers = stored(tmp_path, silent)
    assert sure_report(collected, answers) == ()
    assert not sure_table(())


def test_few_verdicts_give_a_reason_and_no_number(sqlite_database, tmp_path):
    few = [row for row in rows(swapped=False) if row.get("case", "c0") in ("c0", "c1", "c2")]
    collected, answers = stored(tmp_path, few)

    row = sure_report(collected, answers)[0]

    assert row.calibration.error.value is None
    assert "cannot be checked: it takes 30 verdicts" in sure_sentence(row)


def test_acceptance_goes_by_it_on_the_terminal_and_in_json(sqlite_database, tmp_path):
    stored(tmp_path, rows())
    asked = ["acceptance", "--study", "Sure"]

    said = " ".join(CliRunner().invoke(app, asked, terminal_width=400).stdout.split())
    judges = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)["judges"]

    assert [row["certainty"] for row in judges] == ["probability"] * 2
    assert [{point["threshold"] for point in row["curve"]} for row in judges] == [{0.9}] * 2
    assert "Sure by probability: the mean of what a judge gave" in said

"""Criteria on a continuous scale: from a file to the database, the reports, and back."""

import json
from pathlib import Path

import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.errors import RefusedError
from evalkit.reports.agreement.coefficients import coefficients
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import trust
from evalkit.reports.annotators.disagreements import disagreements
from evalkit.reports.annotators.sentences import what_was_said
from evalkit.reports.power.report import power_report
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.report import scores_report
from evalkit.stats.scores import QUANTILES
from evalkit.study.collected import Criterion
from evalkit.study.passing import PassRule, default_level, level_name, pass_levels
from evalkit.study.sentences import passes_by
from evalkit.vocabulary import Level
from tests.db.record_files import HEADER, case, exported, output, pair_of_outputs, score, write

CASES = Path(__file__).parents[1] / "cases"
RANGE = {"min": 0, "max": 100, "step": 0.5, "low": "Wrong", "high": "Right"}
CRITERION = {
    "type": "criterion",
    "rubric": "Sliders",
    "key": "helpful",
    "question": "How correct?",
    "level": "interval",
    "range": RANGE,
}


ROWS = [json.loads(line) for line in (CASES / "sliders_ranks_spans.jsonl").read_text().splitlines()]


def sliders():
    """Give the scores of the reviews as records: a case a passage, an output a response."""
    for row in ROWS:
        yield case(row["passage-id"], row["question"])
        for model, text in row["responses"].items():
            yield output(row["passage-id"], model, text)
        for review in row["reviews"]:
            for model, value in review["correctness"].items():
                yield score(
                    value,
                    case=row["passage-id"],
                    model=model,
                    annotator=f"worker {review['worker']}",
                )


def collected(study="Set"):
    with read_session() as session:
        return collect(session, result_study(session, name=study))


@pytest.fixture
def imported(database, tmp_path):
    import_file(write(tmp_path / "sliders.jsonl", [CRITERION, *sliders()]))
    return collected()


def test_means_of_sliders_are_those_of_the_file(imported):
    # expected.json beside the file: the means of the raw numbers, by model.
    (of,) = scores_report(imported).criteria
    means = {row.model: row.estimate for row in of.means if row.category is None}

    values = {model: number.value for model, number in means.items()}
    assert values == pytest.approx(
        {"alpha": 31.791666666666668, "beta": 51.083333333333336, "gold": 88.16666666666667}
    )
    assert all(number.n == 24 and number.low < number.value < number.high
               for number in means.values())  # fmt: skip


def test_the_document_has_the_ends_of_the_scale_and_quantiles_and_no_counts_of_levels(imported):
    entry = scores_document(imported)["criteria"]["helpful"]

    assert entry["range"] == [0, 100]
    assert "scale" not in entry
    assert entry["distributions"] == []
    gold = next(row for row in entry["quantiles"] if row["model"] == "gold")
    assert (gold["at"], gold["n"]) == (list(QUANTILES), 24)
    numbers = [review["correctness"]["gold"] for row in ROWS for review in row["reviews"]]
    assert (gold["values"][0], gold["values"][-1]) == (min(numbers), max(numbers))


def test_agreement_disagreements_power_and_passing_know_a_continuous_scale(imported):
    (of,) = agreement_report(imported).criteria
    (criterion,) = imported.criteria

    # Models differ by tens and people by a few, so nearly all that varies is shared.
    assert of.alpha.value > 0.9
    assert of.alpha.n_units == 24
    assert all(pair.weighted_cohen_kappa.value > 0.8 for pair in of.pairs)
    top = disagreements(imported, subject=criterion).rows[0]
    raw = sorted(float(value) for value in what_was_said(top, criterion).split(", "))
    # Of three values: all ordered pairs, each with itself, as a share of 100.
    between = sum(abs(x - y) for x in raw for y in raw) / 9 / 100
    assert top.distance == pytest.approx(between)
    plans = [plan for plan in power_report(imported).intervals if plan.subject == criterion]
    assert len(plans) == 3
    assert (pass_levels(criterion)[0], default_level(criterion)) == (5, 75)


def test_what_was_imported_is_exported_and_imported_again_byte_by_byte(imported, tmp_path):
    lines = exported()
    again = tmp_path / "again.jsonl"
    again.write_text("".join(f"{line}\n" for line in lines).replace('"Set"', '"Other"'))
    import_file(again)

    assert json.loads(lines[0])["version"] == 2
    assert next(json.loads(line) for line in lines if '"criterion"' in line)["range"] == RANGE
    assert [line.replace('"Other"', '"Set"') for line in exported("Other")] == lines


@pytest.mark.parametrize(
    ("value", "is_on"), [(0, True), (87.5, True), (87.25, False), (100.5, False)]
)
def test_a_score_off_the_range_is_refused_with_the_range_in_words(database, tmp_path, value, is_on):
    file = write(tmp_path / "one.jsonl", [CRITERION, *pair_of_outputs(), score(value)])

    if is_on:
        import_file(file)
        assert collected().values.value.tolist() == [value]
    else:
        with pytest.raises(RefusedError, match=r'"helpful": 0 to 100 in steps of 0\.5'):
            import_file(file)


def test_a_file_of_version_1_is_read_as_before(database, tmp_path):
    levels = {**CRITERION, "level": "ordinal", "scale": [{"value": 1}, {"value": 2}]}
    del levels["range"]
    file = write(
        tmp_path / "old.jsonl",
        [levels, *pair_of_outputs(), score(2)],
        header={**HEADER, "version": 1},
    )
    import_file(file)

    assert collected().values.value.tolist() == [2]
    assert "range" not in next(line for line in exported() if '"criterion"' in line)


def test_levels_of_a_scale_far_from_0_are_told_apart_and_named_as_they_are():
    # Twentieths of 1,000,000 to 1,000,010 are half steps; three quarters of the way is 7.5.
    far = Criterion("c", "?", Level.INTERVAL, (1_000_000.0, 1_000_010.0), ("", ""), True)

    named = {level_name(level) for level in pass_levels(far)}

    assert len(named) == 20
    assert level_name(default_level(far)) == "1000007.5"
    assert "score it 1000007.5 or above" in passes_by(PassRule("c", default_level(far)))


def test_of_a_continuous_scale_no_sentence_compares_alpha_with_what_is_not_counted(imported):
    assert trust(coefficients(imported)) == []

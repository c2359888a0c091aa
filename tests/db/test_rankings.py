"""Rankings of several responses: imported, kept as they are, counted as the pairs they imply."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from db.commands.records import import_file
from db.engine import read_session
from db.models import Annotation, Assignment, Output, RankedOutput
from db.queries import results
from db.queries.integrity import integrity_findings
from db.queries.responses.answers import answers
from evalkit.errors import RefusedError
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.sentences import basis
from evalkit.study.sides import sides_as_shown
from tests.db.record_files import (
    case,
    comparison,
    empty_tables,
    exported,
    exported_labels,
    output,
    study_csv,
    table_sizes,
    write,
)

CASES = Path(__file__).parents[1] / "cases"
THREE = [case(), *(output(model=model, content=f"By {model}.") for model in "ABC")]


def ranking(*order, **fields):
    made = {"type": "ranking", "case": "c1", "annotator": "Ann", "order": list(order)}
    return {**made, **fields}


def collected(study="Set"):
    with read_session() as session:
        return results.collect(session, results.result_study(session, name=study))


def reviews():
    """Turn the reviews of the case file into records: a case, its responses, its rankings."""
    for line in (CASES / "sliders_ranks_spans.jsonl").read_text().splitlines():
        review = json.loads(line)
        key = review["passage-id"]
        yield case(key, review["question"])
        for model, text in review["responses"].items():
            yield output(key, model, text)
        for one in review["reviews"]:
            ranks = one["rank"]
            order = [
                [model for model, place in ranks.items() if place == wanted]
                for wanted in sorted(set(ranks.values()))
            ]
            yield ranking(*order, case=key, annotator=f"worker {one['worker']}")


def test_the_rankings_of_the_reviews_come_out_at_their_right_numbers(database, tmp_path):
    import_file(write(tmp_path / "reviews.jsonl", reviews()))

    study = collected()
    report = ranking_report(study)

    # expected.json of the case: 24 rankings of three, which imply 24 * 3 = 72 pairs.
    assert (study.n_rankings, report.n_comparisons) == (24, 72)
    # Of the file's 24 rankings 23 are gold, beta, alpha, and one is gold, alpha, beta.
    rates = {(pair.wins, pair.losses) for pair in [report.matrix["beta"]["alpha"]]}
    assert rates == {(23, 1)}
    assert (report.matrix["gold"]["alpha"].wins, report.matrix["gold"]["beta"].wins) == (24, 24)
    assert [row.model for row in report.ranking.rows] == ["gold", "beta", "alpha"]
    assert basis(study, report) == (
        "72 comparisons (with those implied by 24 rankings) on 8 cases by 3 annotators."
    )
    assert agreement_report(study).preference.alpha.n_units == 24
    assert integrity_findings()


def test_nothing_is_said_of_sides_where_outputs_were_ranked(database, tmp_path):
    import_file(write(tmp_path / "reviews.jsonl", reviews()))

    study = collected()

    assert not study.preferences.is_seen.any()
    assert not sides_as_shown(study).is_dealt.any()
    annotators_report(study)


def test_a_place_that_several_share_is_a_tie_between_them(database, tmp_path):
    records = [*THREE, ranking(["B"], ["A", "C"])]
    import_file(write(tmp_path / "ties.jsonl", records))

    matrix = ranking_report(collected()).matrix

    assert (matrix["B"]["A"].wins, matrix["B"]["C"].wins) == (1, 1)
    assert (matrix["A"]["C"].ties, matrix["A"]["B"].losses) == (1, 1)
    with read_session() as session:
        places = session.exec(select(RankedOutput.place).order_by(RankedOutput.output_id)).all()
    assert places == [1, 0, 1]


def test_rankings_leave_and_come_back_byte_for_byte(database, tmp_path):
    records = [*THREE, ranking(["C", "A"], ["B"]), comparison(), ranking(["B"], ["C"])]
    import_file(write(tmp_path / "first.jsonl", records))
    lines, sizes = exported(), table_sizes()
    file = tmp_path / "second.jsonl"
    file.write_text("".join(lines))

    assert not import_file(file).has_news
    empty_tables()
    report = import_file(file)

    assert exported() == lines
    assert (report.counts["ranking"].new, report.counts["comparison"].new) == (2, 1)
    same = ("assignment", "annotation", "ranked_output")
    assert {table: table_sizes()[table] for table in same} == {
        table: sizes[table] for table in same
    }
    orders = [label["order"] for label in exported_labels() if label["type"] == "ranking"]
    assert orders == [[["A", "C"], ["B"]], [["B"], ["C"]]]


def test_a_ranking_of_the_same_responses_takes_the_place_of_the_one_before(database, tmp_path):
    records = [*THREE, ranking(["A"], ["B"], ["C"]), comparison()]
    import_file(write(tmp_path / "first.jsonl", records))
    again = ranking(["C"], ["B"], ["A"], revision=2)
    import_file(write(tmp_path / "second.jsonl", [again]), study="Set")

    study = collected()

    assert study.n_rankings == 1
    # C is first of three, and the comparison of A with B still stands.
    assert ranking_report(study).matrix["C"]["A"].wins == 1
    assert ranking_report(study).n_comparisons == 4
    with read_session() as session:
        assert len(session.exec(select(Annotation)).all()) == 3
        assert len(session.exec(select(Assignment)).all()) == 2


@pytest.mark.parametrize(
    ("record", "field", "sentence"),
    [
        (ranking(["A"]), "order", "at least two outputs"),
        (ranking(["A"], ["A"]), "order", "every output once"),
        (ranking(), "order", "a list of at least 1 places"),
        (ranking(["A"], []), "order", "a list of at least 1 outputs"),
        (ranking(["A"], ["B"], ["D"]), "order", "models with an output for case"),
        (ranking(["A"], ["D"]), "order", "models with an output for case"),
        (ranking(["A"], ["B"], case="c9"), "case", "a case of this file"),
    ],
)
def test_a_ranking_of_what_is_not_there_is_refused_with_its_line(
    sqlite_database, tmp_path, record, field, sentence
):
    with pytest.raises(RefusedError) as refused:
        import_file(write(tmp_path / "bad.jsonl", [*THREE, record]))

    (problem,) = refused.value.problems
    assert (problem.line, problem.field.split("[")[0]) == (6, field)
    assert sentence in problem.expected
    assert table_sizes()["annotation"] == 0


def test_csv_has_the_order_of_a_ranking_and_wide_the_pairs_it_implies(sqlite_database, tmp_path):
    import_file(write(tmp_path / "csv.jsonl", [*THREE, ranking(["C"], ["A", "B"])]))

    with read_session() as session:
        study = results.result_study(session, name="Set").study_id
        long = list(study_csv(session, study_id=study))
        wide = list(study_csv(session, study_id=study, shape="wide"))

    assert len(long) == 2
    assert '[[""C""], [""A"", ""B""]]' in long[1]
    answers = [line.strip().split(",")[-1] for line in wide[1:]]
    assert answers == ["tie", "second", "second"]


def test_what_was_ranked_is_found_from_each_of_its_outputs(database, tmp_path):
    import_file(write(tmp_path / "ranks.jsonl", [*THREE, ranking(["B"], ["A", "C"])]))

    with read_session() as session:
        ids = session.exec(select(Output.id).order_by(Output.id)).all()
        read = [answers(session, [output_id]) for output_id in ids]

    assert [len(answer) for answer in read] == [1, 1, 1]
    assert {answer[0].ranking for answer in read} == {((ids[1],), (ids[0], ids[2]))}

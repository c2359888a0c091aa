"""What is looked at in a database, on either: references, what hangs on nothing, and all counts."""

from db.commands.records import import_file
from db.engine import write_session
from db.models import CheckAnswer, Criterion, CriterionPreference, Rubric
from db.queries.integrity import integrity_findings
from tests.db.record_files import comparison, pair_of_outputs, write
from tests.factories import annotate, make_eval_set, make_study


def test_of_a_whole_database_nothing_is_found(database, tmp_path):
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison()]))

    findings = integrity_findings()

    assert {finding.check for finding in findings} >= {"schema version", "orphans"}
    assert [finding for finding in findings if finding.problems] == []


def test_answers_about_another_case_and_preferences_on_another_rubric_are_found(database):
    made = make_eval_set()
    make_study(made)
    annotation_id = annotate(made, "Ada", "case-0/Model one", "case-0/Model two", "left")
    with write_session() as session:
        rubrics = [Rubric(name="Another"), Rubric(name="Rubric of Study", version=2)]
        session.add_all(rubrics)
        session.flush()
        asked = {"key": "x", "position": 0, "question": "X?", "level": "ordinal", "scale": []}
        criteria = [Criterion(rubric_id=rubric.id, **asked) for rubric in rubrics]
        session.add_all(criteria)
        session.flush()
        for output in ("case-0/Model one", "case-1/Model one"):
            answer = {"output_id": made[output], "item": "polite", "value": "yes"}
            session.add(CheckAnswer(annotation_id=annotation_id, **answer))
        for criterion_id in (made["helpfulness"], *(criterion.id for criterion in criteria)):
            answer = {"criterion_id": criterion_id, "preference": "left"}
            session.add(CriterionPreference(annotation_id=annotation_id, **answer))

    told = "\n".join(problem for finding in integrity_findings() for problem in finding.problems)
    assert "1 answers to a checklist are on an output of another case than their assign" in told
    assert "1 preferences by criterion are on a criterion of another rubric than their stu" in told

from dataclasses import replace

from evalkit.study.collected import VersionMark
from evalkit.study.sentences import cases_judged
from tests.evalkit.collected_studies import BOTH_BAD, LEFT, collected

SET = VersionMark("Support", 2, "0123456789abcdef")


def test_cases_count_as_judged_where_anything_was_said_of_them_and_only_those():
    # Case 0 was compared, case 3 scored, case 5 looked at for errors; three of sixteen.
    study = collected(
        preferences=[(0, 0, 0, 1, LEFT), (1, 0, 0, 1, BOTH_BAD)],
        scores=[(0, 3, 1, 4.0)],
        marks=[(0, 5, 0, -1)],
    )

    assert cases_judged(study) == "3 of 16 cases"
    assert cases_judged(replace(study, cases_of=SET)) == (
        "3 of 16 cases of Support, version 2 (01234567)"
    )


def test_where_all_were_judged_there_is_no_word_of_how_many():
    study = collected(n_cases=2, preferences=[(0, 0, 0, 1, LEFT), (0, 1, 0, 1, LEFT)])

    assert cases_judged(study) == "2 cases"


def test_of_a_case_that_left_the_version_nothing_is_said():
    study = collected(n_cases=2, preferences=[(0, 0, 0, 1, LEFT), (0, 1, 0, 1, LEFT)])
    gone = replace(study.outputs, is_counted=study.outputs.case != 1)

    assert cases_judged(replace(study, outputs=gone)) == "1 case"

"""A file that does not know who saw what on which side: no statistic counts its sides."""

import json

import pytest

from db.commands.records import import_records
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators import report as annotators
from evalkit.reports.ranking.document import ranking_document
from evalkit.stats.annotators.sides import NO_SIDE
from tests.db.record_files import HEADER, case, comparison, exported, output

FLIPPED = {"left": "right", "right": "left"}


def records(*, turned=False):
    """Thirty cases; Ann and Ben always choose A, which the file always names first."""
    found = []
    for number in range(30):
        of = {"case": f"c{number}"}
        found += [case(f"c{number}", f"Question {number}"), output(f"c{number}")]
        found.append(output(f"c{number}", "B", "No."))
        for person in ("Ann", "Ben"):
            preference = "right" if number % 6 == 0 else "left"
            if turned:
                of |= {"left": "B", "right": "A"}
                preference = FLIPPED[preference]
            found.append(comparison(preference, annotator=person, **of))
    return found


def collected(sides=None, **how):
    header = {**HEADER, "study": "Study", **({"sides": sides} if sides else {})}
    import_records([header, *records(**how)], source_name="f")
    with read_session() as session:
        return collect(session, result_study(session, name="Study"))


def test_nothing_is_told_by_side(sqlite_database):
    study = collected("unknown")

    report = annotators.annotators_report(study)
    assert [row.profile.left_rate.reason for row in report.rows] == [NO_SIDE, NO_SIDE]
    kinds = {flag.kind for row in report.rows for flag in row.profile.flags}
    assert not kinds & {"run", "one_sided"}
    assert agreement_report(study).as_shown.alpha is None
    assert not study.preferences.is_seen.any()


def test_where_sides_are_known_agreement_on_them_is_told(sqlite_database):
    """The test above can fail: without the word of the header the same file has sides."""
    study = collected()

    assert agreement_report(study).as_shown.alpha is not None
    assert study.preferences.is_seen.all()


def test_an_export_says_again_that_sides_are_unknown(sqlite_database):
    collected("unknown")

    header, *_ = exported("Study")

    assert json.loads(header)["sides"] == "unknown"


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_in_which_a_file_names_two_models_moves_no_number(sqlite_database, turned):
    document = ranking_document(collected("unknown", turned=turned))

    ahead = document["models"][0]
    # 25 of 30 cases by two people each: 50 of 60.
    assert (ahead["model"], ahead["raw_win_rate"]) == ("A", pytest.approx(50 / 60))


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        (["unknown", None], "unknown"),
        (["dealt", "unknown"], "unknown"),
        (["dealt", None], None),
        (["dealt"], "dealt"),
    ],
)
def test_an_export_claims_no_more_of_sides_than_is_known_of_every_comparison(
    sqlite_database, stated, known
):
    lines = [case(), output(), output(model="B", content="No.")]
    for who, sides in enumerate(stated):
        header = {**HEADER, "study": "Study", **({"sides": sides} if sides else {})}
        import_records([header, *lines, comparison(annotator=f"p{who}")], source_name="f")

    assert json.loads(exported("Study")[0]).get("sides") == known

"""Checks beside people: every number derived by hand, and judges in none of them."""

import pytest

from db.checking import run_check
from db.commands.checks import add_check
from db.commands.taxonomies import change_taxonomy
from db.commands.versions import revise_case
from db.engine import read_session
from db.queries.case_life import cases_called
from db.queries.checks import checks_of
from db.queries.results import ResultFilters, collect, result_study
from db.queries.results.automated_checks import automated_checks, state_of_checks
from evalkit.checks.answers import read_answers
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.reports.checks.report import checks_report
from evalkit.reports.checks.sentences import agreement_in_words, checks_verdict
from tests.factories import annotate, make_eval_set, make_study

EVAL_SET = "Support questions"
N_CASES = 10


def store():
    """Store ten cases; the check passes Model one's responses, "Text 0 …", and fails the others.

    People score 4 or more: of Model one all but cases 0 and 1, of Model two only cases 0 to 2.
    """
    ids = make_eval_set(n_cases=N_CASES)
    make_study(ids)
    for case in range(N_CASES):
        one, two = (f"case-{case}/Model {name}" for name in ("one", "two"))
        values = ((one, 2 if case < 2 else 5), (two, 4 if case < 3 else 1))
        scores = [(output, "helpfulness", value) for output, value in values]
        annotate(ids, "Ada", one, two, "tie", scores=scores, marks=[(one, None), (two, "tone")])
        # A judge that contradicts everybody must change nothing.
        turned = [(output, "helpfulness", 6 - value) for output, value in values]
        annotate(ids, "Judge", one, two, "left", scores=turned, is_judge=True)
    return ids


def add(name, answers, *, phrases=("Text 0",), case_key=None):
    read = read_answers(answers)
    add_check(
        EVAL_SET, name, "mentions", {"phrases": list(phrases)}, answers=read, case_key=case_key
    )


@pytest.fixture
def ids(database, store_once):
    return store_once(store)


def run_all(ids):
    with read_session() as session:
        checks = checks_of(session, ids["eval_set"])
    for check in checks:
        run_check(check)


def told(**filters):
    with read_session() as session:
        study = result_study(session, name="Study")
        collected = collect(session, study, filters=ResultFilters(**filters))
        return checks_report(collected, automated_checks(session, study))


def test_a_level_beyond_the_scale_is_said_and_no_number(ids):
    add("Text 0", "helpfulness>=40")
    run_all(ids)
    row = told().rows[0]

    assert row.agreement.accuracy.value is None
    assert agreement_in_words(row, row.agreement) == (
        "“Text 0” beside helpfulness at 40 or more: no response can reach 40 on “helpfulness”: "
        "its scale ends at 5."
    )


@pytest.mark.parametrize("judges", [False, True])
def test_a_check_beside_a_criterion_is_right_as_often_as_counted_by_hand(ids, judges):
    add("Text 0", "helpfulness>=4")
    run_all(ids)
    row = told(judges=judges).rows[0]
    of = row.agreement

    # People pass 8 + 3 = 11 of 20 and fail 9; the check passes 10 and fails 10. Both pass 8, both
    # fail 7: 15 of 20. By chance (11 * 10 + 9 * 10) / 400 = 1/2, so kappa = (.75 - .5) / .5.
    assert (row.n_pass, row.n_fail, row.n_undefined, of.n) == (10, 10, 0, 20)
    assert of.accuracy.value == pytest.approx(15 / 20)
    assert of.kappa.value == pytest.approx(0.5)
    assert of.false_pass.value == pytest.approx(2 / 9)
    assert of.false_fail.value == pytest.approx(3 / 11)
    for share in (of.accuracy, of.kappa, of.false_pass, of.false_fail):
        assert share.low < share.value < share.high


def test_what_passes_of_each_model_has_wilsons_interval(ids):
    add("Text 0", "")
    run_all(ids)
    (first, one), (second, two) = told().rows[0].models

    # Wilson's lower end where all pass is n / (n + t²), with Student's t of 9 degrees from a table.
    expected = N_CASES / (N_CASES + 2.262157**2)
    assert (first, one.value, one.n) == ("Model one", 1.0, N_CASES)
    assert (one.low, one.high) == pytest.approx((expected, 1.0))
    assert (second, two.value) == ("Model two", 0.0)
    assert told().rows[0].agreement is None
    assert "none is set beside" in checks_verdict(told())


def test_beside_a_tag_what_fails_should_have_it(ids):
    # Ada marks tone on all of Model two and on none of Model one: the check says the same.
    add("Tone", "tag:tone")
    run_all(ids)
    of = told().rows[0].agreement

    assert of.accuracy.value == of.kappa.value == 1.0
    assert of.false_pass.value == of.false_fail.value == 0.0
    assert of.false_pass.high > 0


def test_people_of_one_response_count_in_parts_and_together_as_one(ids):
    one, two = "case-9/Model one", "case-9/Model two"
    for who in ("Bo", "Cy"):
        scores = [(one, "helpfulness", 1), (two, "helpfulness", 1)]
        annotate(ids, who, one, two, "tie", scores=scores)
    add("Text 0", "helpfulness>=4")
    run_all(ids)
    of = told().rows[0].agreement

    # Of case 9, Model one passes for one of three: 14 others are right, and a third of this one.
    assert of.n == 20
    assert of.accuracy.value == pytest.approx((14 + 1 / 3) / 20)
    assert of.false_pass.value == pytest.approx((2 + 2 / 3) / (9 + 2 / 3))


def test_an_assertion_on_one_case_is_set_beside_people_on_that_case(ids):
    add("Mine", "helpfulness>=4", case_key="case-2")
    run_all(ids)

    assert told().rows[0].agreement.n == 2
    assert told(categories=("code",)).rows[0].agreement.n == 0  # case 2 is billing


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ("nothing>=1", "The study has no criterion “nothing”."),
        ("tag:nothing", "The study has no tag “nothing”."),
        ("polite>=1", "No response was both checked and judged by people."),
    ],
)
def test_what_cannot_be_set_beside_people_says_why_and_is_never_zero(ids, answers, reason):
    add("Text 0", answers)
    run_all(ids)
    row = told().rows[0]

    assert row.agreement.accuracy.value is None
    assert row.agreement.kappa.reason == reason
    assert reason[0].lower() + reason[1:] in agreement_in_words(row, row.agreement)
    assert "No check can be set beside people yet" in checks_verdict(told())


def test_where_people_fail_nothing_a_false_pass_is_undefined(ids):
    add("Text 0", "helpfulness>=1")
    run_all(ids)
    of = told().rows[0].agreement

    assert of.false_pass.value is None
    assert of.false_pass.reason == "People fail none of these responses."
    assert of.false_fail.value == pytest.approx(0.5)


def test_an_assertion_counts_no_response_to_a_text_its_case_had_before(ids):
    add("Mine", "tag:tone", case_key="case-2")
    run_all(ids)
    with read_session() as session:
        study = result_study(session, name="Study")
        before = state_of_checks(session, study)
        (former,) = cases_called(session, EVAL_SET, ["case-2"])
    # Model one's response to the case passes, Model two's fails; Ada marks tone on the latter.
    assert numbers() == (1, 1, 0, 2)

    revise_case(former, "What else?", reason="It was unclear")

    assert numbers() == (0, 0, 0, 0)
    with read_session() as session:
        assert state_of_checks(session, study) != before
        (listed,) = checks_of(session, ids["eval_set"])
    assert (listed.n_pass, listed.n_fail, listed.n_undefined) == (0, 0, 0)


def numbers():
    (row,) = told().rows
    return row.n_pass, row.n_fail, row.n_undefined, row.agreement.n


def test_a_check_stands_beside_what_became_of_its_tag(ids):
    add("Text 0", "tag:tone")
    run_all(ids)
    before = told().rows[0].agreement.accuracy

    renamed = TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice")
    change_taxonomy("Taxonomy of Study", renamed, reason="As people say", opened=1)

    assert before.value is not None
    assert told().rows[0].agreement.accuracy == before

"""Error marks as they are read: in the order in which they were given."""

from db.engine import read_session
from db.queries.results import ResultFilters, collect, collected, result_study
from tests.factories import annotate, make_eval_set, make_study


def test_marks_are_in_the_order_of_time_however_the_database_gives_them(database, monkeypatch):
    made = make_eval_set(n_cases=4)
    make_study(made)
    for case in (2, 0, 3, 1):
        left, right = f"case-{case}/Model one", f"case-{case}/Model two"
        annotate(made, "Ada", left, right, marks=[(left, "tone")])
    table = collected.numbers_of
    monkeypatch.setattr(collected, "numbers_of", lambda *args, **more: table(*args, **more)[::-1])

    with read_session() as session:
        study = result_study(session, name="Study")
        found = collect(session, study, filters=ResultFilters())

    ids = [made[f"case-{case}/Model one"] for case in (2, 0, 3, 1)]
    assert found.outputs.id[found.marks.output].tolist() == ids

"""Overview of a study whose models fall into groups that never met."""

from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.pages.test_results import written


def test_groups_that_never_met_are_ranked_side_by_side(app, sign_in, sqlite_database):
    models = ("ash", "beech", "dogwood", "elm")
    ids = make_eval_set(n_cases=6, models=models)
    make_study(ids)
    for case in range(6):
        pair = models[:2] if case % 2 else models[2:]
        annotate(ids, "Ada", *(f"case-{case}/{model}" for model in pair), "left")
    sign_in(app, Role.LEAD)

    at_page(app, "results/overview.py").run()

    assert not app.exception
    assert "never compared with each other" in written(app)
    assert "Each group is ranked in itself" in written(app)

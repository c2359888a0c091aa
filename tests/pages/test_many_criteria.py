"""Results pages of a study with a criterion for every case, as many benchmarks have."""

import pytest

from db.commands.records import import_records
from evalkit.vocabulary import Role
from tests.pages.conftest import at_page, new_app
from tests.pages.test_annotate import sent


def records(n_criteria):
    """Score both models on each case by a criterion of its own; two annotators."""
    scale = [{"value": value, "label": str(value)} for value in (1, 2, 3)]
    for k in range(n_criteria):
        about = {"question": "How good?", "level": "interval", "scale": scale}
        yield {"type": "criterion", "rubric": "Quality", "key": f"criterion {k:02}", **about}
    for k in range(n_criteria):
        content = [{"role": "user", "content": "Question?"}]
        yield {"type": "case", "id": f"case {k}", "input": content}
        for model in ("A", "B"):
            response = {"case": f"case {k}", "model": model}
            yield {"type": "output", **response, "content": f"Answer of {model}."}
            for annotator in (0, 1):
                score = {"criterion": f"criterion {k:02}", "value": 1 + (k + annotator) % 3}
                yield {"type": "score", **response, "annotator": f"person {annotator}", **score}


@pytest.mark.parametrize("page", ["overview", "agreement", "decision", "compare"])
def test_a_page_sends_no_more_however_many_criteria_there_are(sqlite_database, sign_in, page):
    size = {}
    for n_criteria in (20, 60):
        name = f"{n_criteria} criteria"
        import_records(records(n_criteria), source_name="f", eval_set=name, study=name)
        app = new_app()
        sign_in(app, Role.LEAD)
        app.query_params["study"] = name
        at_page(app, f"results/{page}.py").run()
        assert not app.exception
        size[n_criteria] = len(sent(app))

    # What grows are the names of criteria to choose from.
    assert size[60] < 1.1 * size[20]

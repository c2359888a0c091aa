"""The style of responses: read once, only of those that were compared."""

import numpy as np

from db.engine import read_session, write_session
from db.models import Output
from db.queries.results import collect, result_study
from db.queries.results.style import style_table
from tests.factories import annotate, make_eval_set, make_study


def test_only_compared_responses_are_read_and_in_the_order_of_the_outputs(database):
    ids = make_eval_set(n_cases=3)
    make_study(ids)
    with write_session() as session:
        output = session.get(Output, ids["case-1/Model two"])
        output.content = "# Head\n\n- **one**\n- two"
        session.add(output)
    annotate(ids, "Ada", "case-1/Model one", "case-1/Model two", "left")

    with read_session() as session:
        collected = collect(session, result_study(session, name="Study"))
        table = style_table(session, collected)

    of = dict(zip(collected.outputs.id.tolist(), table.tolist(), strict=True))
    assert of[ids["case-1/Model two"]] == [23, 1, 2, 1]  # counted by hand
    assert of[ids["case-1/Model one"]] == [len("Text 0 about case-1."), 0, 0, 0]
    assert np.isnan(of[ids["case-0/Model one"]]).all()


def test_a_study_without_comparisons_reads_nothing(database):
    ids = make_eval_set()
    make_study(ids)

    with read_session() as session:
        collected = collect(session, result_study(session, name="Study"))
        assert np.isnan(style_table(session, collected)).all()

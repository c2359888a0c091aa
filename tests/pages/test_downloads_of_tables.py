"""A download holds every column of the table it stands under, on every page with results.

Maps are pictures: the download under one has a row for each of its cells.
"""

import pandas as pd
import pytest

from evalkit.vocabulary import Role
from pages.shared.display import blocks, exhibits, html_tables
from tests.factories import annotate, make_eval_set, make_study

MODELS = ("Model one", "Model two", "Model three")
PAGES = ("overview", "decision", "compare", "regression", "agreement", "annotators", "failures")


def store_study():
    """Store nine cases compared, scored and read for errors by three people and a judge."""
    ids = make_eval_set(models=MODELS, n_cases=9)
    make_study(ids)
    for case in range(9):
        one, two = (f"case-{case}/{MODELS[(case + of) % 3]}" for of in (0, 1))
        for place, who in enumerate(("Ada", "Bo", "Cy", "judge")):
            annotate(
                ids,
                who,
                one,
                two,
                "right" if (case + place) % 4 == 0 else "left",
                scores=[(one, "helpfulness", 1 + (case + place) % 5)],
                marks=[(one, "tone" if case % 3 == place else None)],
                is_judge=who == "judge",
            )
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


@pytest.fixture
def offered(monkeypatch):
    """Note for every download the columns of the table above it, and its own."""
    above, seen = [()], []

    def noting(module, name, columns_of):
        real = getattr(module, name)

        def noted(of, *more, **options):
            above[0] = columns_of(of)
            return real(of, *more, **options)

        monkeypatch.setattr(module, name, noted)

    noting(exhibits.st, "dataframe", lambda frame: tuple(frame.columns))
    noting(html_tables, "show", lambda table: () if table.is_map else table.columns)
    noting(exhibits, "picture", lambda figure: ())
    real = exhibits.download

    def noted(make, *, key):
        seen.append((key, above[0], tuple(make().columns)))
        return real(make, key=key)

    monkeypatch.setattr(exhibits, "download", noted)
    return seen


@pytest.mark.parametrize("page", PAGES)
def test_a_download_holds_the_columns_of_the_table_above_it(app, sign_in, study, offered, page):
    sign_in(app, Role.LEAD)
    app.query_params["judges"] = "1"
    app.run()
    offered.clear()
    app.switch_page(f"results/{page}.py").run()
    assert not app.exception

    assert offered
    lacking = {
        key: [name for name in columns if name not in held] for key, columns, held in offered
    }
    assert {key: names for key, names in lacking.items() if names} == {}


@pytest.mark.parametrize("page", ["decision", "agreement"])
def test_no_download_is_made_before_somebody_asks_for_it(app, sign_in, study, monkeypatch, page):
    made = []
    monkeypatch.setattr(blocks, "numbers", lambda table: made.append(table.title) or pd.DataFrame())
    monkeypatch.setattr(pd, "json_normalize", lambda rows, **_: made.append(rows) or pd.DataFrame())
    sign_in(app, Role.LEAD)
    app.query_params.update({"judges": "1", "style": "1"})
    app.run()
    app.switch_page(f"results/{page}.py").run()

    assert not app.exception
    assert any(link.proto.label == "Download as CSV" for link in app.get("link_button"))
    assert made == []

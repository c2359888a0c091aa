import json
from datetime import date
from itertools import pairwise

import pytest

from db.commands.leaderboards import import_leaderboard
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

HEADER = b"model,benchmark,score,date,source\n"


def written(app):
    said = [
        str(getattr(e, "value", "")) for kind in ("info", "title", "text") for e in app.get(kind)
    ]
    return " ".join([*said, *(element.proto.body for element in app.get("html"))])


def store_study():
    """Model one wins every case against model two."""
    ids = make_eval_set(n_cases=12)
    make_study(ids)
    for case in range(12):
        annotate(
            ids,
            annotator="Ada",
            left=f"case-{case}/Model one",
            right=f"case-{case}/Model two",
            preference="left",
        )


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_without_a_study_or_a_board_the_page_says_what_to_do(app, sign_in):
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    assert not app.exception
    assert "no study yet" in written(app)


def test_a_board_that_ranks_a_model_higher_than_we_do_overrates_it(app, sign_in, study):
    board = HEADER + b"model-one,Arena,50,2026-10-01,x\nModel two,Arena,60,2026-10-01,x\n"
    import_leaderboard(board + b"Elsewhere,Arena,99,2026-10-01,x\n", source_name="a.csv")
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    assert not app.exception
    assert "rank correlation −1.00" in written(app)
    assert "Not in this study: Elsewhere" in written(app)
    table = app.dataframe[0].value.set_index("Model")["The board"]
    assert table["Model two"] == "overrates it by 1 place"
    assert table["Model one"] == "underrates it by 1 place"


def test_a_board_only_overrates_beyond_what_our_own_ranking_leaves_open(
    app, sign_in, sqlite_database
):
    # First beats Second and Third on every case; these two have won equally often.
    ids = make_eval_set(models=("First", "Second", "Third"), n_cases=12)
    make_study(ids)
    for case in range(12):
        for other in ("Second", "Third"):
            annotate(ids, "Ada", f"case-{case}/First", f"case-{case}/{other}", "left")
        said = "left" if case in (0, 1, 2, 3, 4, 5, 6) else "right"
        annotate(ids, "Ada", f"case-{case}/Second", f"case-{case}/Third", said)
    scores = b"First,Arena,10,2026-10-01,x\nSecond,Arena,20,2026-10-01,x\n"
    import_leaderboard(HEADER + scores + b"Third,Arena,30,2026-10-01,x\n", source_name="a.csv")
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    table = app.dataframe[0].value.set_index("Model")
    assert dict(table["Our rank"]) == {"First": "1", "Second": "2 (2–3)", "Third": "3 (2–3)"}
    assert dict(table["The board"]) == {
        "First": "underrates it by 2 places",
        "Second": "ranks it as we do",
        "Third": "overrates it by 2 places",
    }


def test_a_board_without_a_common_model_says_so(app, sign_in, study):
    import_leaderboard(HEADER + b"Elsewhere,Arena,99,2026-10-01,x\n", source_name="a.csv")
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    assert not app.exception
    assert "no model in common" in written(app)


def test_a_study_without_a_ranking_says_that_it_has_none_and_why(app, sign_in, sqlite_database):
    make_study(make_eval_set(n_cases=2))
    import_leaderboard(HEADER + b"Model one,Arena,99,2026-10-01,x\n", source_name="a.csv")
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    assert not app.exception
    assert "This study has no ranking yet to set beside Arena: No " in written(app)
    assert "no model in common" not in written(app)
    assert "Not in this study" not in written(app)


def test_a_ranking_by_simulated_annotators_says_so_here_too(app, sign_in, sqlite_database):
    ids = make_eval_set(n_cases=2)
    make_study(ids)
    for case in ("case-0", "case-1"):
        shown = f"{case}/Model one", f"{case}/Model two"
        annotate(ids, "Robin", *shown, "left", is_simulated=True)
    board = HEADER + b"Model one,Arena,50,2026-10-01,x\nModel two,Arena,60,2026-10-01,x\n"
    import_leaderboard(board, source_name="a.csv")
    sign_in(app, Role.LEAD)

    at_page(app, "results/leaderboards.py").run()

    assert "All annotators are simulated" in written(app)


def test_of_more_than_twelve_models_ten_and_those_pinned_are_drawn_one_below_the_other(
    app, sign_in, sqlite_database
):
    # Every model beats the next one on every case; the board has the opposite order.
    models = tuple(f"Model {place:02}" for place in range(14))
    ids = make_eval_set(models=models, n_cases=2)
    make_study(ids)
    for case in range(2):
        for better, worse in pairwise(models):
            annotate(ids, "Ada", f"case-{case}/{better}", f"case-{case}/{worse}", "left")
    lines = "".join(f"{m},Arena,{n},2026-10-01,x\n" for n, m in enumerate(models))
    import_leaderboard(HEADER + lines.encode(), source_name="a.csv")
    sign_in(app, Role.LEAD)

    page = at_page(app, "results/leaderboards.py").run()
    drawn = json.loads(page.get("plotly_chart")[0].proto.spec)
    page.multiselect[0].set_value(["Model 13"]).run()
    pinned = json.loads(page.get("plotly_chart")[0].proto.spec)

    assert not app.exception
    assert "11 of 14 models are shown" in written(app)
    of_lines = [line for line in drawn["data"] if line["mode"] == "lines+markers"]
    assert sorted(line["y"] for line in of_lines) == [[1.0 + k, 10.0 - k] for k in range(10)]
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert "Model 00  1" in texts
    assert "14  Model 00" in texts
    assert pinned["layout"]["height"] == drawn["layout"]["height"] + 34
    # The table has all of them.
    assert len(app.dataframe[0].value) == 14


def uploaded(page, name, content):
    page.file_uploader[0].set_value((name, content, "text/csv")).run()
    assert not page.exception
    return page


def test_a_foreign_board_is_guessed_asked_about_once_and_stored(app, sign_in, study):
    sign_in(app, Role.LEAD)
    content = b"rank;Modello;Punteggio;Voti\n1;maker/model-one;61,5;9\n2;Model two+;58,25;8\n"

    page = uploaded(at_page(app, "results/leaderboards.py").run(), "board.csv", content)
    guessed = {box.label: box.value for box in page.selectbox}
    asked = written(page)
    page.text_input[0].set_value("Arena")
    page.text_input[1].set_value("arena.example")
    page.date_input[0].set_value(date(2026, 10, 1)).run()
    preview = page.dataframe[0].value
    next(button for button in page.button if button.label == "Add").click().run()

    assert not page.exception
    assert (guessed["Column of models"], guessed["Column of scores"]) == ("Modello", "Punteggio")
    assert "does not say its benchmark, day and source" in asked
    assert list(preview["Score"]) == ["61.5", "58.25"]
    assert page.success[0].value == "2 new scores stored."
    # "maker/model-one" is Model one; "Model two+" is not Model two.
    named = {box.label.replace("\\", ""): box.value for box in page.selectbox}
    assert named["Model one (same name but for the maker)"] == "maker/model-one"
    assert named["Model two (no name like it)"] == "Not on the board"


def test_another_column_of_scores_can_be_chosen_before_a_board_is_stored(app, sign_in, study):
    sign_in(app, Role.LEAD)
    content = b"model,benchmark,score,other,date,source\nModel one,Arena,1,70,2026-10-01,x\n"

    page = uploaded(at_page(app, "results/leaderboards.py").run(), "board.csv", content)
    box = next(box for box in page.selectbox if box.label == "Column of scores")
    box.set_value("other").run()

    assert list(page.dataframe[0].value["Score"]) == ["70"]


def test_a_file_that_is_no_board_is_refused_in_words(app, sign_in, study):
    sign_in(app, Role.LEAD)

    page = uploaded(at_page(app, "results/leaderboards.py").run(), "notes.csv", b"Only words.")

    assert "Nothing was stored" in page.error[0].value
    assert "no table" in page.code[0].value


def test_names_that_are_matched_by_hand_are_kept_and_compared(app, sign_in, study):
    board = HEADER + b"t/one-0125,Arena,50,2026-10-01,x\nModel two,Arena,60,2026-10-01,x\n"
    import_leaderboard(board, source_name="a.csv")
    sign_in(app, Role.LEAD)

    page = at_page(app, "results/leaderboards.py").run()
    box = next(box for box in page.selectbox if box.label.startswith("Model one"))
    offered = list(box.options)
    box.set_value("t/one-0125")
    next(button for button in page.button if button.label == "Keep").click().run()

    assert not page.exception
    assert sorted(offered) == ["Model two", "Not on the board", "t/one-0125"]
    assert "rank correlation −1.00" in written(page)
    assert "Not on the board:" not in written(page)
    labels = [box.label.replace("\\", "") for box in page.selectbox]
    assert "Model one (matched by hand)" in labels

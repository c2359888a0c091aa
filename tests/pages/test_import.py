"""The page that imports records: what a file would bring, what was chosen, what is stored."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from db.commands.mappings import kept_columns
from db.engine import read_session
from db.models import Case
from db.queries.results import collect, result_study
from evalkit.redaction.kinds import FindingKind
from evalkit.reports.scores.report import scores_report
from evalkit.vocabulary import Role
from pages.shared.labels import digest
from tests.db.record_files import CRITERION, pair_of_outputs, score, write
from tests.pages.conftest import at_page

PAGE = "library/import_records.py"
CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize(
    ("choice", "mean", "what_counts"),
    [
        ("As the file says, else the latest look", 3, "The latest look counts"),
        ("The latest look counts", 3, "The latest look counts"),
        ("The mean of looks counts", 4, "Every look counts"),
    ],
)
def test_a_lead_chooses_which_look_counts_and_is_told_the_rule(
    app, sign_in, choice, mean, what_counts
):
    # One person gives 5, then 3: expected.json beside the file.
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.selectbox(key="import-looks").set_value(choice)
    content = (CASES / "two_looks.jsonl").read_bytes()

    app.file_uploader[0].set_value(("two_looks.jsonl", content, "application/jsonl")).run()

    assert not app.exception
    assert what_counts in app.warning[0].value
    next(button for button in app.button if button.label == "Import").click().run()
    assert not app.exception
    with read_session() as session:
        study = collect(session, result_study(session, name="two-looks"))
    (of,) = scores_report(study).criteria
    estimate = next(row.estimate for row in of.means if (row.model, row.category) == ("m", None))
    assert estimate.value == mean


def test_several_files_are_one_import_in_any_order(app, sign_in, tmp_path):
    labels = write(tmp_path / "labels.jsonl", [CRITERION, score(2)])
    texts = write(tmp_path / "texts.jsonl", pair_of_outputs())
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    files = [(path.name, path.read_bytes(), "application/jsonl") for path in (labels, texts)]
    app.file_uploader[0].set_value(files).run()

    assert not app.exception
    preview = "2 outputs, 1 score from labels.jsonl, texts.jsonl"
    assert any(preview in element.value for element in app.text)
    next(button for button in app.button if button.label == "Import").click().run()
    assert not app.exception
    assert app.success[0].value.startswith("Imported 1 criterion")


def test_images_come_beside_records_or_later(app, sign_in, tmp_path):
    made = io.BytesIO()
    Image.new("L", (4, 3)).save(made, "PNG")
    images = [
        {"role": "user", "content": [{"type": "image", "image": name}]}
        for name in ("a.png", "b.png")
    ]
    records = write(tmp_path / "records.jsonl", [{"type": "case", "id": "c1", "input": images}])
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    files = [("records.jsonl", records.read_bytes(), ""), ("a.png", made.getvalue(), "image/png")]

    app.file_uploader[0].set_value(files).run()
    assert any("2 images that records refer to did not come" in each.value for each in app.warning)
    next(button for button in app.button if button.label == "Import").click().run()

    assert not app.exception
    assert "1 image for eval set" in app.success[0].value
    assert "1 image still missing" in app.success[0].value
    app.file_uploader[0].set_value([("b.png", made.getvalue(), "image/png")]).run()
    assert "to which eval set" in app.info[0].value
    app.text_input(key="import-eval-set").set_value("Set").run()
    next(button for button in app.button if button.label == "Store the images").click().run()
    assert not app.exception
    assert "No image is missing" in app.success[0].value


def test_what_is_no_image_is_refused_on_the_page(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.text_input(key="import-eval-set").set_value("Set")

    app.file_uploader[0].set_value([("a.png", b"<svg/>", "image/png")]).run()

    assert not app.exception
    assert "Nothing was stored" in app.error[0].value


def test_the_page_says_what_a_file_is_shows_its_first_record_and_lets_one_correct_it(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    pairs = b'{"prompt": "Which river?", "chosen": "The Po.", "rejected": "The Arno."}\n'

    app.file_uploader[0].set_value(("pairs.jsonl", pairs, "")).run()

    assert not app.exception
    assert any("is probably preference pairs" in element.value for element in app.text)
    assert '"content": "Which river?"' in app.code[0].value
    assert "Import" not in [button.label for button in app.button]  # only probable: not stored
    app.selectbox(key="import-format").set_value("AlpacaEval annotations").run()
    assert "has no field 'instruction'" in app.code[0].value
    app.selectbox(key="import-format").set_value("preference pairs").run()
    next(button for button in app.button if button.label == "Import").click().run()
    assert not app.exception
    assert app.success[0].value.startswith("Imported 1 case")


def test_a_mapping_of_columns_is_made_on_the_page_and_kept(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    table = b"question,answer_gpt,answer_other\nQ0,A0,B0\n"

    app.file_uploader[0].set_value(("table.csv", table, "")).run()
    assert "a table with the columns question" in app.code[0].value
    app.selectbox(key="import-mapping").set_value("A new one, made here").run()
    app.selectbox(key="import-column-0").set_value("question")
    app.multiselect(key="import-outputs").set_value(["answer_gpt", "answer_other"]).run()

    assert not app.exception
    assert any("Would import 1 case, 2 outputs" in element.value for element in app.text)
    app.text_input(key="import-mapping-name").set_value("Ours").run()
    next(button for button in app.button if button.label == "Keep").click().run()
    assert not app.exception
    assert kept_columns("Ours").outputs == {"gpt": "answer_gpt", "other": "answer_other"}


def button(app, label):
    return next(each for each in app.button if each.label == label)


def test_a_lead_sees_what_would_be_replaced_in_context_lets_one_through_and_confirms(
    app, sign_in, tmp_path
):
    text = "I am ada@example.org, my card is 4111 1111 1111 1111; ask help@example.org"
    file = write(tmp_path / "file.jsonl", [{**pair_of_outputs()[0], "note": text}])
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.file_uploader[0].set_value([(file.name, file.read_bytes(), "")]).run()
    assert not any("What would be replaced" in each.value for each in app.markdown)

    app.checkbox(key="import-redact").check().run()

    assert not app.exception
    assert any(
        "at 3 places: 2 e-mail addresses and 1 card number" in each.value for each in app.text
    )
    assert any("Not found are names" in each.value for each in app.text)
    finding = next(each for each in app.checkbox if ":orange-background[help" in each.label)
    finding.check().run()
    assert any("Let through: e-mail addresses at 1 place" in each.value for each in app.text)
    number = list(FindingKind).index(FindingKind.CARD)
    app.checkbox(key=f"import-redact-kind-{number}").uncheck().run()
    app.text_area(key="import-deny").set_value("my card").run()
    assert not app.exception
    button(app, "Import").click().run()

    assert not app.exception
    with read_session() as session:
        (stored,) = session.exec(select(Case)).all()
    assert stored.note == ("I am [EMAIL_1], [TERM_1] is 4111 1111 1111 1111; ask help@example.org")


def test_a_list_with_a_bad_pattern_is_refused_on_the_page(app, sign_in, tmp_path):
    file = write(tmp_path / "file.jsonl", pair_of_outputs())
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.file_uploader[0].set_value([(file.name, file.read_bytes(), "")]).run()
    app.checkbox(key="import-redact").check().run()

    app.text_area(key="import-allow").set_value("/(/").run()

    assert not app.exception
    assert "is no pattern" in app.error[0].value
    assert not any(each.label == "Import" for each in app.button)


def test_raw_logs_are_redacted_unless_a_lead_says_otherwise(app, sign_in):
    message = {"role": "user", "content": "I am ada@example.org"}
    answer = {"role": "assistant", "content": "Hello."}
    line = json.dumps({"messages": [message, answer]}).encode()
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.text_input(key="import-eval-set").set_value("Set")

    app.file_uploader[0].set_value([("log.jsonl", line, "")]).run()

    assert not app.exception
    assert app.checkbox(key="import-redact").value
    assert any("1 e-mail address" in each.value for each in app.text)
    assert not any("ada@example" in each.value for each in app.code)
    app.checkbox(key="import-redact").uncheck().run()
    assert not app.checkbox(key="import-redact").value
    assert any("ada@example" in each.value for each in app.code)


def test_each_of_several_files_is_corrected_by_itself(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    pairs = b'{"prompt": "Which river?", "chosen": "The Po.", "rejected": "The Arno."}\n'
    answer = {"role": "assistant", "content": "Ho"}
    lines = json.dumps({"messages": [{"role": "user", "content": "Hi"}, answer]}).encode()

    app.file_uploader[0].set_value([("pairs.jsonl", pairs, ""), ("log.jsonl", lines, "")]).run()

    assert not app.exception
    told = [element.value for element in app.text]
    assert any("pairs.jsonl is probably preference pairs" in each for each in told)
    assert any("log.jsonl is OpenAI calls" in each for each in told)
    assert "Import" not in [each.label for each in app.button]
    picker = app.selectbox(key=f"import-format-{digest('pairs.jsonl')}")
    picker.set_value("preference pairs").run()
    assert not app.exception
    told = [element.value for element in app.text]
    assert any("pairs.jsonl is as chosen, preference pairs" in each for each in told)
    assert any("log.jsonl is OpenAI calls" in each for each in told)
    assert button(app, "Import")


def test_the_page_tells_of_a_table_what_to_choose_on_it(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    app.file_uploader[0].set_value(("t.csv", b"question,answer\nQ,A\n", "")).run()

    assert not app.exception
    assert "on the page Import under “Mapping of columns”" in app.code[0].value
    assert "Mapping of columns" in [each.label for each in app.selectbox]

"""What files are taken for, and the traps of each format: right values from files written here."""

import gzip
import io
import json
import zipfile

import pytest
import zstandard

from evalkit.checks.settings import read_settings
from evalkit.checks.table import kind_called
from evalkit.errors import RefusedError
from evalkit.formats.read.interface import Sureness
from evalkit.formats.read.table import READABLE
from evalkit.records import schema
from tests.evalkit.formats import samples
from tests.evalkit.formats.samples import SAMPLES, document, lines, of_type, read


@pytest.mark.parametrize(("key", "files"), SAMPLES, ids=lambda value: str(value)[:40])
def test_every_format_is_known_by_its_content_and_gives_sound_records(key, files):
    records, reading = read(*files)

    assert {each.format for each in reading.files} == {key}
    assert records
    assert [fault for record in records for fault in schema.faults(record)] == []


def test_every_format_has_a_sample():
    assert {key for key, _ in SAMPLES} == set(READABLE)


def test_a_failed_call_is_an_output_with_its_error_and_another_run():
    failed = {"request": samples.CALL["request"], "response": None,
              "error": {"message": "Slow down", "code": "rate_limit"}}  # fmt: skip
    records, _ = read(("log.jsonl", lines(samples.CALL, failed)))

    first, second = of_type(records, "output")
    assert (first["content"], first["model"], first["latency_ms"]) == ("The Po.", "m", 7)
    assert first["metadata"]["response_model"] == "m-2026-01-01"
    assert (second["run"], second["error"]) == ("2", "Slow down (rate_limit)")


def test_a_call_of_a_tool_and_text_in_parts_are_kept_as_what_they_are():
    parts = [{"role": "user", "content": [{"type": "text", "text": "Weather?"}]}]
    called = {"id": "1", "type": "function", "function": {"name": "w", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [called]}
    choices = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    row = {"request": {"model": "m", "messages": parts}, "response": {"choices": choices}}
    records, _ = read(("log.jsonl", lines(row)))

    assert of_type(records, "case")[0]["input"][0]["content"] == "Weather?"
    assert of_type(records, "output")[0]["content"] == [
        {"role": "assistant", "tool_calls": [called]}
    ]


def test_responses_are_read_with_their_spelling_of_tokens_and_their_reasoning():
    output = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "It is long."}]},
        {"type": "message", "role": "assistant",
         "content": [{"type": "output_text", "text": "The Po."}]},
    ]  # fmt: skip
    response = {"object": "response", "output": output, "model": "m", "status": "completed",
                "usage": {"input_tokens": 9, "output_tokens": 4}}  # fmt: skip
    row = {"request": {"model": "m", "input": "Which?", "instructions": "Be brief."},
           "response": response}  # fmt: skip
    records, _ = read(("log.jsonl", lines(row)))

    (of_case,), (of_output,) = of_type(records, "case"), of_type(records, "output")
    assert [message["role"] for message in of_case["input"]] == ["system", "user"]
    assert (of_output["content"], of_output["reasoning"]) == ("The Po.", "It is long.")
    assert (of_output["input_tokens"], of_output["output_tokens"]) == (9, 4)


def test_a_batch_lists_what_has_no_prompt_and_keeps_it_where_that_is_asked_for():
    orphan = {**samples.BATCH_OUT, "custom_id": "r9"}
    expired = {"id": "b", "custom_id": "r1", "response": None,
               "error": {"code": "batch_expired", "message": "Too late."}}  # fmt: skip
    files = [("out.jsonl", lines(orphan, expired)), ("in.jsonl", lines(samples.BATCH_IN))]

    records, reading = read(*files)
    kept_records, _ = read(*files, keeps_orphans=True)

    (failed,) = of_type(records, "output")
    assert (failed["case"], failed["error"]) == ("r1", "Too late. (batch_expired)")
    assert any("1 answer without a prompt in these files (r9)" in line for line in reading.lines)
    assert len(of_type(kept_records, "output")) == 2


def test_litellm_times_are_told_apart_and_nothing_private_is_kept():
    records, reading = read(("log.json", document(samples.LITELLM)))

    (output,) = of_type(records, "output")
    # Streamed: 0.4 s to the first token, 2.5 s to the end.
    assert (output["time_to_first_token_ms"], output["latency_ms"]) == (400, 2500)
    assert output["metadata"]["metadata"] == {"team": "maps"}
    assert reading.dropped == {
        "hashes of keys": 1,
        "e-mail addresses": 1,
        "network addresses": 1,
    }


def test_litellm_calls_without_texts_are_counted_and_left_out():
    row = {**samples.LITELLM, "messages": "redacted-by-litellm"}
    records, reading = read(("log.jsonl", lines(samples.LITELLM, row)))

    assert len(of_type(records, "output")) == 1
    assert reading.dropped.items() >= {"calls whose texts LiteLLM had redacted": 1}.items()
    with pytest.raises(RefusedError, match="1 calls whose texts LiteLLM had redacted"):
        read(("log.jsonl", lines(row)))


def test_lm_eval_rows_of_several_filters_are_one_output_with_a_score_each():
    other = {**samples.LM_EVAL, "filter": "flexible", "exact_match": 0.0}
    model = {"results": {}, "configs": {}, "versions": {}, "model_name": "org/m"}
    records, _ = read(
        ("run/samples_rivers_2026-01-01T10-00-00.jsonl", lines(samples.LM_EVAL, other)),
        ("run/results_2026-01-01T10-00-00.json", document(model)),
    )

    (output,) = of_type(records, "output")
    assert output["model"] == "org/m"
    said = {each["check"]: (each["result"], each["value"]) for each in of_type(records, "finding")}
    assert said == {
        "lm-eval: exact_match, strict": ("pass", 1),
        "lm-eval: exact_match, flexible": ("fail", 0),
    }


def test_lm_eval_likelihoods_answer_with_the_likeliest_continuation():
    arguments = {
        "a": {"arg_0": "Sky?", "arg_1": " green"},
        "b": {"arg_0": "Sky?", "arg_1": " blue"},
    }
    row = {**samples.LM_EVAL, "arguments": arguments, "target": "1",
           "resps": [[["-9.2", "False"]], [["-0.1", "True"]]]}  # fmt: skip
    records, _ = read(("samples_sky.jsonl", lines(row)))

    assert of_type(records, "output")[0]["content"] == "blue"
    assert of_type(records, "case")[0]["reference"] == "blue"


def test_preferences_that_name_no_model_are_only_likely_and_favour_no_name():
    rows = [{**samples.PREFERENCE, "chosen": f"The Po {n}."} for n in range(40)]
    records, reading = read(("pairs.jsonl", lines(*rows)))

    assert [each.sureness for each in reading.files] == [Sureness.LIKELY]
    lefts = [record["preference"] == "left" for record in of_type(records, "comparison")]
    # A fair coin gives fewer than 8 or more than 32 of 40 once in 20,000 times.
    assert 8 <= sum(lefts) <= 32


def test_hh_texts_are_split_into_turns_and_the_common_ones_are_the_prompt():
    longer = {side: f"\n\nHuman: Hi\n\nAssistant: Hello{text}" for side, text in samples.HH.items()}
    records, _ = read(("hh.jsonl", lines(longer)))

    (of_case,) = of_type(records, "case")
    assert [message["content"] for message in of_case["input"]] == ["Hi", "Hello", "Which river?"]
    assert {output["content"] for output in of_type(records, "output")} == {"The Po.", "The Arno."}


def test_mt_bench_turns_are_cases_of_their_own_and_answers_hold_the_dialogue():
    records, _ = read(("q.jsonl", lines(samples.QUESTION)), ("a.jsonl", lines(samples.MT_ANSWER)))

    first, second = of_type(records, "output")
    assert (first["case"], first["content"]) == ("1", "The Po.")
    assert second["case"] == "1, turn 2"
    assert [message["content"] for message in second["content"]] == [
        "The Po.",
        "How long?",
        "652 km.",
    ]


def test_a_review_whose_answers_are_missing_says_so():
    row = {"question_id": 1, "answer1_id": "a", "answer2_id": "b", "score": [7.5, 8]}

    with pytest.raises(RefusedError, match="answer 'a' is in none of the files"):
        read(("review.jsonl", lines(row)))


def test_spans_without_texts_are_counted_and_numbers_are_read_from_texts():
    bare = samples.otlp(samples.attribute("gen_ai.operation.name", "chat"))
    records, reading = read(("t.jsonl", lines(samples.SPAN, bare)))

    (output,) = of_type(records, "output")
    assert (output["input_tokens"], output["latency_ms"]) == (9, 1500)
    assert "calls whose texts were not recorded (content is opt-in)" in reading.dropped


def test_mlflow_attributes_are_decoded_twice_and_assessments_are_scores():
    records, _ = read(("t.json", document(samples.MLFLOW)))

    (output,), (score,) = of_type(records, "output"), of_type(records, "score")
    assert (output["model"], output["content"], output["input_tokens"]) == ("m", "The Po.", 9)
    assert (score["annotator"], score["annotator_kind"], score["value"]) == ("ada", "human", 1)


def test_inspect_letters_epochs_targets_and_attachments_are_read():
    records, _ = read(("log.json", document(samples.INSPECT)))

    (of_case,), (output,) = of_type(records, "case"), of_type(records, "output")
    assert (of_case["input"][0]["content"], of_case["reference"]) == ("Which river?", "Po")
    assert (output["run"], output["model"], output["latency_ms"]) == ("2", "openai/m", 1500)
    # C is correct, P is half, as Inspect's own reducers count them.
    # The scorer match is a program; what grade is, nobody can tell from its name.
    (matched,) = of_type(records, "finding")
    assert (matched["check"], matched["run"], matched["result"]) == ("Inspect: match", "2", "pass")
    assert [score["value"] for score in of_type(records, "score")] == [0.5]


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, 93])
def test_an_inspect_zip_gives_the_same_as_its_json(packing):
    header = {name: value for name, value in samples.INSPECT.items() if name != "samples"}
    members = {"header.json": header, "samples/1_epoch_2.json": samples.INSPECT_SAMPLE}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if packing == 93 else packing) as archive:
        for name, value in members.items():
            content = json.dumps(value).encode()
            if packing == 93:
                content = zstandard.ZstdCompressor().compress(content)
            archive.writestr(name, content)
    whole = packed.getvalue()
    if packing == 93:  # Python 3.11 cannot write it: stored members are marked as packed
        for magic, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            place = -1
            while (place := whole.find(magic, place + 1)) >= 0:
                whole = whole[: place + at] + (93).to_bytes(2, "little") + whole[place + at + 2 :]

    records, _ = read(("log.eval", whole))

    assert records == read(("log.json", document(samples.INSPECT)))[0]


def test_what_an_assertion_of_promptfoo_said_is_no_error_of_the_answer():
    records, _ = read(("out.json", document(samples.PROMPTFOO)))

    (output,) = of_type(records, "output")
    assert (output["content"], output.get("error")) == ("The Po.", None)
    # A program timed it, and no model was asked: all three are a check's, and no judge's.
    said = {each["check"]: (each["result"], each["value"]) for each in of_type(records, "finding")}
    assert said == {
        "promptfoo: passes": ("fail", 0),
        "promptfoo: score": ("undefined", 0.5),
        "promptfoo: latency: 9": ("fail", 0),
    }
    assert of_type(records, "score") == []


def test_what_a_model_graded_for_promptfoo_is_a_judge_s():
    result = samples.PROMPTFOO["results"]["results"][0]
    graded = {"pass": True, "reason": "Polite.", "assertion": {"type": "llm-rubric", "value": "ok"}}
    parts = [*result["gradingResult"]["componentResults"], graded]
    mixed = {**result, "gradingResult": {**result["gradingResult"], "componentResults": parts}}
    records, _ = read(("out.jsonl", lines(mixed)))

    scores = {score["criterion"]: score["value"] for score in of_type(records, "score")}
    assert scores == {"passes": 0, "score": 0.5, "llm-rubric: ok": 1}
    assert [each["check"] for each in of_type(records, "finding")] == ["promptfoo: latency: 9"]


def test_an_answer_of_helm_is_what_was_said_with_the_choice_beside_it():
    records, _ = read(("scenario_state.json", document(samples.HELM)))

    (output,) = of_type(records, "output")
    assert (output["content"], output["metadata"]["chosen"]) == ("B", "Po")
    assert of_type(records, "case")[0]["reference"] == "Po"


def test_a_trajectory_of_tau_bench_keeps_its_calls_and_trials():
    records, _ = read(("tau.json", document(samples.TAU)))

    (output,), (reward,) = of_type(records, "output"), of_type(records, "finding")
    assert [message["role"] for message in output["content"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert (output["run"], reward["run"], reward["result"]) == ("2", "2", "pass")


def test_cancelled_annotations_of_label_studio_are_none_and_nobody_is_named_by_e_mail():
    records, reading = read(("export.json", document(samples.LABEL_STUDIO)))

    (comparison,), (mark,) = of_type(records, "comparison"), of_type(records, "error")
    assert (comparison["left"], comparison["preference"]) == ("a", "right")
    assert (comparison["annotator"], comparison["seconds"]) == ("annotator 2", 3.5)
    assert (mark["model"], mark["start"], mark["end"]) == ("b", 4, 8)
    assert reading.dropped["annotations that were cancelled (skipped)"] == 1


def test_suggestions_of_argilla_are_a_judge_s_and_responses_people_s():
    records, _ = read(("records.json", document(samples.ARGILLA)))

    kinds = {
        record.get("annotator_kind", "human"): record["preference"]
        for record in of_type(records, "comparison")
    }
    assert kinds == {"human": "right", "judge": "left"}


def test_quality_controls_of_appraise_are_no_scores():
    records, reading = read(("scores.csv", samples.APPRAISE))

    (score,) = of_type(records, "score")
    assert (score["value"], score["seconds"]) == (85, 9.5)
    assert reading.dropped == {"quality controls (BAD, REF, CHK)": 1}


def test_marks_of_the_mqm_viewer_are_placed_in_the_text_without_them():
    records, _ = read(("mqm.tsv", samples.VIEWER))

    marked, clean = of_type(records, "error")
    assert (marked["start"], marked["end"], marked["quote"]) == (4, 8, "Fluß")
    assert clean["tag"] is None


@pytest.mark.parametrize(
    ("name", "pack", "word"),
    [
        ("log.jsonl.gz", gzip.compress, "gzip"),
        ("log.jsonl.zst", zstandard.ZstdCompressor().compress, "zstd"),
        ("log.jsonl", lambda data: b"\xef\xbb\xbf" + data, "UTF-8 with a byte order mark"),
        ("log.jsonl", lambda data: data.decode().encode("utf-16"), "UTF-16"),
        ("log.jsonl", lambda data: data.decode().encode("utf-16-le"), "UTF-16 without a byte"),
        ("log.jsonl", lambda data: data.replace(b"Po", b"P\xf2"), "Latin-1"),
    ],
    ids=("gzip", "zstd", "mark", "UTF-16", "UTF-16 bare", "Latin-1"),
)
def test_packed_and_otherwise_encoded_files_are_read_and_it_is_said(name, pack, word):
    records, reading = read((name, pack(lines(samples.CALL))))

    assert word in reading.files[0].sentence
    answer = of_type(records, "output")[0]["content"]
    assert answer == ("The Pò." if word == "Latin-1" else "The Po.")


def test_the_files_of_a_zip_are_read_but_for_hidden_ones_and_images():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/log.jsonl", lines(samples.CALL))
        archive.writestr("a/.hidden", b"x")
        archive.writestr("a/cat.png", b"x")

    _, reading = read(("logs.zip", packed.getvalue()))

    assert [each.file for each in reading.files] == ["a/log.jsonl"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("array.json", document([{"prompt": "Q", "response": "A"}]), "fields prompt, response"),
        ("table.csv", b"question,gpt,other\nQ,A,B\n", "a table with the columns question, gpt"),
        ("notes.txt", b"Dear diary\n", "plain text"),
        ("empty.jsonl", b"\n\n", "is empty"),
        ("half.json", b'{"a": [1, 2', "breaks off"),
        ("other.json", document({"weather": 1}), "one JSON document with weather"),
    ],
)
def test_what_is_nothing_we_know_is_named_in_one_sentence_with_what_to_do(name, content, words):
    with pytest.raises(RefusedError) as refused:
        read((name, content))

    told = str(refused.value)
    assert words in told
    assert told.startswith(name)
    assert "docs/import.md" in told
    assert "\n" not in told
    assert told.endswith("Nothing was stored.")


def test_a_fault_of_many_rows_is_said_once_with_how_many_and_where():
    broken = {name: value for name, value in samples.ANNOTATION.items() if name != "output_2"}
    rows = [samples.ANNOTATION, *[broken] * 40]

    with pytest.raises(RefusedError) as refused:
        read(("annotations.json", document(rows)))

    told = str(refused.value)
    assert told.count("output_2'") == 1
    assert "row 2: has no field 'output_2' (and 39 rows more: 3, 4, 5, 6, 7, …)" in told
    assert "A file of AlpacaEval annotations begins like" in told


def test_a_chosen_format_is_taken_at_its_word():
    _, reading = read(("pairs.jsonl", lines(samples.PREFERENCE)), formats={"*": "preference"})

    assert [each.sureness for each in reading.files] == [Sureness.CHOSEN]


def test_a_list_is_read_item_by_item_whatever_its_size():
    # Longer than a block that is read at once, with items of every size.
    rows = [{**samples.ANNOTATION, "output_1": "x" * (n * 997)} for n in range(120)]
    records, _ = read(("annotations.json", document(rows)))

    assert len(of_type(records, "comparison")) == 120


def graders(*criteria):
    evaluation = {"object": "eval", "name": "Rivers", "testing_criteria": list(criteria)}
    return read(("eval.json", document(evaluation)))


OUTPUT = "{{sample.output_text}}"


def test_what_a_hosted_grader_asked_a_model_can_be_asked_of_people():
    say = [{"role": "developer", "content": "Is {{sample.output_text}} kind to {{item.who}}?"},
           {"role": "user", "content": {"type": "input_text", "text": OUTPUT}}]  # fmt: skip
    label = {"type": "label_model", "name": "tone", "model": "m", "input": say,
             "labels": ["rude", "kind"], "passing_labels": ["kind"]}  # fmt: skip
    score = {"type": "score_model", "name": "depth", "model": "m", "range": [1, 7], "input": say}
    records, _ = graders(label, score)

    tone, depth = of_type(records, "criterion")
    # What only shows the response is no question, and a field stands by its name.
    assert tone["question"] == depth["question"] == "Is [output_text] kind to [who]?"
    assert tone["level"] == "nominal"
    assert tone["scale"] == [
        {"value": 0, "label": "rude"},
        {"value": 1, "label": "kind", "anchor": "Passes"},
    ]
    assert (depth["level"], depth["range"]) == ("interval", {"min": 1, "max": 7})


@pytest.mark.parametrize(
    ("grader", "check"),
    [
        (("string_check", "eq", "Po"), ("exact", {"normal": "exact", "expected": ["Po"]})),
        (("string_check", "eq", "{{item.ideal}}"), ("exact", {"normal": "exact"})),
        (("string_check", "ilike", "Po"),
         ("mentions", {"phrases": ["Po"], "same_case": False, "whole_words": False})),
        (("text_similarity", "rouge_l", "{{ item.answer }}"), ("rouge", {"of": "L", "least": 0.4})),
        (("text_similarity", "bleu", "Po"), ("bleu", {"least": 40.0, "expected": ["Po"]})),
    ],
)  # fmt: skip
def test_a_hosted_grader_that_is_a_program_becomes_the_check_that_passes_the_same(grader, check):
    kind, how, reference = grader
    records, reading = graders(
        {"type": kind, "name": "g", "input": OUTPUT, "reference": reference, "operation": how,
         "evaluation_metric": how, "pass_threshold": 0.4}
    )  # fmt: skip

    (made,) = of_type(records, "automated_check")
    assert (made["name"], made["kind"], made["settings"]) == ("g", *check)
    assert read_settings(kind_called(made["kind"]), made["settings"]).items() >= check[1].items()
    assert reading.sentences == ()


@pytest.mark.parametrize(
    "grader",
    [
        {"type": "python", "source": "def grade(sample, item): return 1"},
        {"type": "string_check", "operation": "ne", "input": OUTPUT, "reference": "Po"},
        # The field is no reference of the case, and the text is not the response.
        {"type": "string_check", "operation": "eq", "input": OUTPUT, "reference": "{{item.river}}"},
        {"type": "string_check", "operation": "eq", "input": "{{item.a}}", "reference": "Po"},
        {"type": "text_similarity", "evaluation_metric": "meteor", "input": OUTPUT,
         "reference": "Po", "pass_threshold": 0.4},
    ],
)  # fmt: skip
def test_a_hosted_grader_without_its_like_is_named_and_not_taken_for_another(grader):
    taken = {"type": "string_check", "name": "t", "operation": "eq", "input": OUTPUT,
             "reference": "Po"}  # fmt: skip
    records, reading = graders({"name": "strict", **grader}, taken)

    assert [record["name"] for record in records] == ["t"]
    assert len(reading.sentences) == 1
    assert f"“strict” ({grader['type']})" in reading.sentences[0]

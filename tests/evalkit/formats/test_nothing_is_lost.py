"""Nothing of foreign files is lost without a word, and nothing is given to the wrong model."""

import gzip
import io
import json
import zipfile
from contextlib import ExitStack

import pytest

from evalkit.cli.inputs import input_files
from evalkit.errors import RefusedError
from tests.evalkit.formats import samples
from tests.evalkit.formats.samples import document, lines, of_type, read


def header_and_cases():
    return [
        {"type": "header", "format": "evalkit", "version": 2, "eval_set": "rivers"},
        {"type": "case", "id": "a", "input": samples.ASKED},
    ]


def test_no_line_of_our_own_records_is_lost_however_they_are_encoded():
    header, case = map(json.dumps, header_and_cases())
    broken = f'{header}\n{case}\n{{"type": "case", "id": \n'.encode("utf-16")
    with pytest.raises(RefusedError, match="row 3: is no JSON"):
        read(("own.jsonl", broken))

    with pytest.raises(RefusedError, match="row 3: is no object"):
        read(("own.json", document([*header_and_cases(), "stray"])))

    with pytest.raises(RefusedError, match="1 row cannot be read so"):
        read(("own.json", document(header_and_cases() * 20)[:-1]))


def batch(model, custom_id="r1", **answered):
    """Make the files of a batch of one request: what was asked, and what came back."""
    asked = {**samples.BATCH_IN, "custom_id": custom_id}
    asked["body"] = {**asked["body"], "model": model}
    body = samples.chat(f"By {model}.", model=f"{model}-2026-01-01")
    response = {"status_code": 200, "request_id": "q", "body": body}
    answer = {**samples.BATCH_OUT, "custom_id": custom_id, "response": response, **answered}
    return [(f"in-{model}.jsonl", lines(asked)), (f"out-{model}.jsonl", lines(answer))]


def test_answers_of_two_batches_with_the_same_ids_stay_those_of_their_models():
    records, _ = read(*batch("gpt-4o"), *batch("gpt-4o-mini"))

    told = {output["model"]: output["content"] for output in of_type(records, "output")}
    assert told == {"gpt-4o": "By gpt-4o.", "gpt-4o-mini": "By gpt-4o-mini."}


def test_an_answer_that_may_be_of_two_models_of_a_batch_is_refused():
    failed = {"response": None, "error": {"code": "batch_expired", "message": "Too late."}}
    with pytest.raises(RefusedError, match="import the batches one after the other"):
        read(*batch("gpt-a"), *batch("gpt-b", **failed))


def test_two_requests_of_one_id_that_ask_different_things_are_refused():
    (name, asked), *_ = batch("gpt-b")
    with pytest.raises(RefusedError, match="asks something else"):
        read(*batch("gpt-a"), (name, asked.replace(b"river", b"lake")))


def helm_run(folder, model):
    """Return the files of a run of one instance, measured."""
    state = {**samples.HELM, "adapter_spec": {"model": model}}
    measured = {"name": {"name": "exact_match"}, "mean": 1.0}
    stats = {"instance_id": "id1", "train_trial_index": 0, "stats": [measured]}
    return [
        (f"{folder}scenario_state.json", document(state)),
        (f"{folder}per_instance_stats.json", document([stats])),
    ]


def test_scores_of_helm_are_those_of_the_run_they_lie_beside():
    records, _ = read(*helm_run("a/", "m/a"), *helm_run("b/", "m/b"))
    assert sorted(each["model"] for each in of_type(records, "finding")) == ["m/a", "m/b"]

    (state_a, stats_a), (state_b, stats_b) = helm_run("", "m/a"), helm_run("", "m/b")
    files = [state_a, stats_a, (f"b-{state_b[0]}", state_b[1]), (f"b-{stats_b[0]}", stats_b[1])]
    with pytest.raises(RefusedError, match="any of 2 runs whose files lie together"):
        read(*files)


def lm_eval_results(model):
    return document({"results": {}, "configs": {}, "versions": {}, "model_name": model})


def test_a_folder_of_lm_eval_without_results_has_not_the_model_of_another():
    sample = lines(samples.LM_EVAL)
    beside = ("f/A/results_2026-01-01T00-00-00.1.json", lm_eval_results("model-A"))
    files = [(f"f/{name}/samples_t_2026-01-01T00-00-00.1.jsonl", sample) for name in "AB"]

    records, reading = read(beside, *files)
    assert {output["model"] for output in of_type(records, "output")} == {"model-A", "B"}
    assert any("B'" in line and "names no model" in line for line in reading.lines)


def test_results_of_several_models_in_a_folder_are_told_by_their_times():
    sample = lines(samples.LM_EVAL)
    results = [(f"f/results_2026-01-0{day}T00-00-00.1.json", lm_eval_results(f"m{day}"))
               for day in (1, 2)]  # fmt: skip
    records, _ = read(*results, ("f/samples_t_2026-01-02T00-00-00.1.jsonl", sample))
    assert {output["model"] for output in of_type(records, "output")} == {"m2"}

    with pytest.raises(RefusedError, match="a folder of its own"):
        read(*results, ("f/samples_t_2026-01-03T00-00-00.1.jsonl", sample))


def test_what_is_packed_twice_is_read_and_what_is_packed_without_end_refused():
    inner = gzip.compress(lines(samples.CALL))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jsonl.gz", inner)
    records, reading = read(("a.zip", buffer.getvalue()))
    assert len(of_type(records, "output")) == 1
    assert reading.files[0].packed == ("zip", "gzip")

    for _ in range(9):
        inner = gzip.compress(inner)
    with pytest.raises(RefusedError, match="packed more than 4 times over"):
        read(("a.gz", inner))


def test_files_of_one_name_are_named_with_the_folders_that_tell_them_apart(tmp_path):
    for folder in ("x/a", "x/b"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("scenario_state.json", "stats.json"):
            (tmp_path / folder / name).write_text("{}")
    files = [tmp_path / "x" / "a" / "scenario_state.json", tmp_path / "x" / "b" / "stats.json"]
    apart = [*files, tmp_path / "x" / "b" / "scenario_state.json"]

    with ExitStack() as stack:
        assert [name for name, _ in input_files(files, stack)] == [
            "scenario_state.json",
            "stats.json",
        ]
        assert [name for name, _ in input_files(apart, stack)] == [
            "a/scenario_state.json",
            "b/stats.json",
            "b/scenario_state.json",
        ]
        folders = [name for name, _ in input_files([tmp_path / "x" / "a"], stack)]
        assert folders == ["a/scenario_state.json", "a/stats.json"]

"""Every sample of the formats, as the tools write them, is known and imports with its labels."""

import json
from collections import Counter

import pytest

from db.commands.records import import_files
from tests.external.test_records import DATA

FORMATS = DATA.parent / "formats"
CASES = DATA.parent / "cases"
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not FORMATS.exists(), reason="the formats are not beside the repository"),
]


def brought(*paths, **choices):
    """Import files together, into nothing, and return their format and how many records."""
    sources = [(path.name, path) for path in paths]
    report = import_files(sources, dry_run=True, **choices)
    (key,) = {each.format for each in report.reading.files}
    return key, Counter({kind: count.new for kind, count in report.counts.items()})


@pytest.mark.parametrize(
    ("files", "key", "counts"),
    [
        # Counted in the samples by hand: the rows, and what each holds.
        (["openai_chat/request_response.jsonl"], "openai-chat", {"case": 2, "output": 3}),
        (["openai_chat/finetune_style.jsonl"], "openai-chat", {"case": 1, "output": 1}),
        (["openai_batch/input.jsonl", "openai_batch/output.jsonl", "openai_batch/errors.jsonl"],
         "openai-batch", {"case": 2, "output": 2}),
        (["litellm/standard_logging_payload.json"], "litellm", {"case": 1, "output": 1}),
        (["openai_evals/230417220821DPM75QNS_test-match.jsonl"], "openai-evals-log",
         {"case": 3, "output": 3, "finding": 3}),
        (["lm_eval/samples_gsm8k_2026-11-01T10-00-00.000000.jsonl"], "lm-eval",
         {"case": 1, "output": 1, "finding": 2}),
        (["lm_eval/samples_mc_loglikelihood.jsonl"], "lm-eval",
         {"case": 1, "output": 1, "finding": 2}),
        (["llm_comparator/example_tiny.json"], "llm-comparator",
         {"case": 5, "output": 10, "comparison": 8}),
        (["langfuse/trace_full.json"], "langfuse",
         {"case": 1, "output": 1, "score": 2, "criterion": 2}),
        (["langfuse/scores.json", "langfuse/observations_v2.json"], "langfuse",
         {"case": 1, "output": 1, "score": 2, "criterion": 2}),
        (["otel_genai/otlp_traces.json"], "opentelemetry", {"case": 1, "output": 1}),
        (["otel_genai/otlp_traces_legacy_openllmetry.json"], "opentelemetry",
         {"case": 1, "output": 1}),
        (["otel_genai/console_exporter_span.json"], "opentelemetry", {"case": 1, "output": 1}),
        (["mlflow/trace.json"], "mlflow", {"case": 1, "output": 1}),
        (["inspect_ai/popularity.eval"], "inspect", {"case": 10, "output": 10}),
        (["inspect_ai/log_formats.json"], "inspect",
         {"case": 1, "output": 1, "finding": 1}),
        (["inspect_ai/popularity_2025-05.json"], "inspect",
         {"case": 3, "output": 3, "finding": 3}),
        (["promptfoo/sample-export.trimmed.json"], "promptfoo",
         {"case": 1, "output": 2, "score": 6, "criterion": 3, "finding": 6}),
        (["helm/run_spec.json", "helm/per_instance_stats.json", "helm/scenario_state.json"],
         "helm", {"case": 1, "output": 1, "finding": 1}),
        (["label_studio/export.json"], "label-studio",
         {"case": 1, "output": 2, "comparison": 2, "error": 2, "tag": 1}),
        (["argilla/records.json"], "argilla",
         {"case": 1, "output": 2, "comparison": 3, "ranking": 1}),
        (["fastchat_mtbench/arena_hard_answer_sample.jsonl"], "fastchat",
         {"case": 2, "output": 2}),
    ],
    ids=lambda value: value[0].split("/")[-1] if isinstance(value, list) else None,
)  # fmt: skip
def test_a_sample_is_known_by_its_content_and_brings_what_it_holds(
    sqlite_database, files, key, counts
):
    assert brought(*(FORMATS / file for file in files)) == (key, Counter(counts))


def test_all_files_of_mt_bench_are_read_together(sqlite_database):
    key, counts = brought(*sorted((FORMATS / "fastchat_mtbench").glob("*bench*.jsonl")))

    assert key == "fastchat"
    assert counts["comparison"] == 1


def expected(name):
    return json.loads((CASES / "expected.json").read_text(encoding="utf-8"))[name]


def test_a_batch_is_joined_in_any_order_and_what_has_no_prompt_is_left_out(sqlite_database):
    right = expected("batch/")
    paths = [CASES / "batch" / name for name in ("output.jsonl", "input.jsonl")]

    for files in (paths, paths[::-1]):
        _, counts = brought(*files)
        assert counts == {"case": right["cases"], "output": right["outputs"]}


def test_pairs_of_label_studio_have_their_turns_models_and_verdicts(sqlite_database):
    right = expected("label_studio_pairs.json")

    _, counts = brought(CASES / "label_studio_pairs.json")

    assert counts["case"] == right["cases"]
    assert counts["comparison"] == right["comparisons"]


def test_reviews_are_joined_by_the_ids_of_answers(sqlite_database):
    _, counts = brought(*sorted((CASES / "reviews").glob("*.jsonl")))

    # 20 questions, four models, three pairs of models, two scores a review.
    assert (counts["case"], counts["output"]) == (20, 80)
    assert (counts["comparison"], counts["score"]) == (60, 120)

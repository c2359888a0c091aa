# ruff: noqa: E501 (rows are written as they stand in files)
"""A small file of each format, written here in the shape that the tool has, and reading them."""

import io
import json
from contextlib import ExitStack

from evalkit.formats.read.taking_in import take_in


def lines(*rows):
    """Write rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def document(value):
    """Write a value as indented JSON, as most tools do."""
    return json.dumps(value, indent=2).encode()


def read(*files, **choices):
    """Take files in, and return the records without headers, and what was said of them."""
    with ExitStack() as stack:
        taken, reading = take_in(
            [(name, io.BytesIO(content)) for name, content in files], stack, **choices
        )
        records = []
        for each in taken:
            each.file.seek(0)
            records += [json.loads(line) for line in each.file if line.strip()]
    return [record for record in records if record["type"] != "header"], reading


def of_type(records, kind):
    """Return the records of a type, joined where several say something of one case or output."""
    return [record for record in records if record["type"] == kind]


def chat(text, model="m-2026-01-01", **more):
    """Make a response of chat completions."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1760000000,
        "model": model,
        "choices": [{**choice, "finish_reason": "stop"}],
        "usage": usage,
        **more,
    }


ASKED = [{"role": "user", "content": "Which river is this?"}]
CALL = {"request": {"model": "m", "messages": ASKED}, "response": chat("The Po."), "latency_ms": 7}
BATCH_IN = {"custom_id": "r1", "method": "POST", "url": "/v1/chat/completions",
            "body": {"model": "m", "messages": ASKED}}  # fmt: skip
BATCH_OUT = {"id": "b", "custom_id": "r1", "error": None,
             "response": {"status_code": 200, "request_id": "q", "body": chat("The Po.")}}  # fmt: skip
LITELLM = {
    "id": "x", "call_type": "acompletion", "status": "success", "stream": True, "model": "m",
    "custom_llm_provider": "openai", "startTime": 1760000000.0, "endTime": 1760000002.5,
    "completionStartTime": 1760000000.4, "messages": ASKED, "response": chat("The Po."),
    "response_cost": 0.002, "prompt_tokens": 9, "completion_tokens": 4,
    "metadata": {"user_api_key_hash": "ab" * 32, "user_api_key_user_email": "a@b.example",
                 "requester_ip_address": "10.0.0.7", "team": "maps"},
}  # fmt: skip
EVALS_LOG = (
    {"spec": {"completion_fns": ["m"], "eval_name": "rivers.s1", "base_eval": "rivers"}},
    {"final_report": {"accuracy": 1.0}},
    {"run_id": "1", "event_id": 0, "sample_id": "s.0", "type": "sampling",
     "data": {"prompt": "Which river?", "sampled": ["The Po."]}},
    {"run_id": "1", "event_id": 1, "sample_id": "s.0", "type": "match",
     "data": {"correct": True, "expected": "Po", "picked": "Po", "sampled": "The Po."}},
)  # fmt: skip
EVALS_ROW = {"item": {"id": 7, "question": "Which river?"},
             "sample": {"model": "m", "output_text": "The Po."},
             "results": [{"name": "match", "passed": True, "score": 1.0}]}  # fmt: skip
EVALS_EVAL = {
    "object": "eval", "id": "eval_1", "name": "Rivers", "testing_criteria": [
        {"type": "label_model", "name": "tone", "model": "gpt-4o", "labels": ["kind", "rude"],
         "passing_labels": ["kind"],
         "input": [{"role": "developer", "content": "Is it kind?"},
                   {"role": "user", "content": "{{sample.output_text}}"}]},
        {"type": "string_check", "name": "names it", "input": "{{sample.output_text}}",
         "reference": "{{item.ideal}}", "operation": "eq"},
    ],
}  # fmt: skip
LM_EVAL = {
    "doc_id": 0, "doc": {"q": "Which river?"}, "target": "Po", "filter": "strict",
    "arguments": {"gen_args_0": {"arg_0": "Q: Which river?", "arg_1": {"until": ["\n"]}}},
    "resps": [["The Po."]], "filtered_resps": ["Po"], "metrics": ["exact_match"],
    "doc_hash": "d", "exact_match": 1.0,
}  # fmt: skip
ANNOTATION = {"instruction": "Which river?", "output_1": "The Po.", "generator_1": "a",
              "output_2": "The Arno.", "generator_2": "b", "annotator": "j", "preference": 1.0}  # fmt: skip
COMPARATOR = {
    "metadata": {}, "models": [{"name": "a"}, {"name": "b"}],
    "examples": [{"input_text": "Which river?", "tags": ["maps"], "output_text_a": "The Po.",
                  "output_text_b": "The Arno.", "score": 0.5, "individual_rater_scores": []}],
}  # fmt: skip
OBSERVATION = {
    "id": "o1", "traceId": "t1", "type": "GENERATION", "startTime": "2026-01-01T10:00:00Z",
    "endTime": "2026-01-01T10:00:02Z", "level": "DEFAULT", "input": ASKED, "model": "m",
    "output": {"role": "assistant", "content": "The Po."}, "totalCost": 0.002,
    "usageDetails": {"input": 9, "output": 4},
}  # fmt: skip
SCORE = {"id": "s1", "traceId": "t1", "observationId": "o1", "name": "helpful", "value": 4,
         "source": "ANNOTATION", "dataType": "NUMERIC", "authorUserId": "ann"}  # fmt: skip


def attribute(key, value):
    """Make an attribute of OTLP."""
    return {"key": key, "value": {"stringValue": value}}


def otlp(*attributes, **more):
    """Make a document of OTLP with one span."""
    span = {
        "traceId": "t", "spanId": "s", "name": "chat m", "kind": 3,
        "startTimeUnixNano": "1760000000000000000", "endTimeUnixNano": "1760000001500000000",
        "attributes": list(attributes), **more,
    }  # fmt: skip
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]}


PARTS = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Which river?"}]}])
ANSWER = json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "The Po."}]}])
SPAN = otlp(
    attribute("gen_ai.operation.name", "chat"),
    attribute("gen_ai.request.model", "m"),
    {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "9"}},
    attribute("gen_ai.input.messages", PARTS),
    attribute("gen_ai.output.messages", ANSWER),
)
MLFLOW = {
    "info": {"trace_id": "tr-1", "request_time": "2026-01-01T10:00:00Z", "state": "OK",
             "assessments": [{"assessment_name": "right", "feedback": {"value": True},
                              "source": {"source_type": "HUMAN", "source_id": "ada"}}]},
    "data": {"spans": [{
        "span_id": "a", "parent_span_id": None, "name": "call", "status": {"code": "STATUS_CODE_OK"},
        "start_time_unix_nano": 1760000000000000000, "end_time_unix_nano": 1760000001000000000,
        "attributes": {"mlflow.spanType": '"CHAT_MODEL"',
                       "mlflow.spanInputs": json.dumps({"model": "m", "messages": ASKED}),
                       "mlflow.spanOutputs": json.dumps(chat("The Po.")),
                       "mlflow.chat.tokenUsage": '{"input_tokens": 9, "output_tokens": 4}'}}]},
}  # fmt: skip
INSPECT_SAMPLE = {
    "id": 1, "epoch": 2, "input": "Which river?", "target": " Po",
    "messages": [{"role": "user", "content": "attachment://" + "0" * 32},
                 {"role": "assistant", "content": "The Po."}],
    "output": {"model": "m-1", "choices": [{"message": {"role": "assistant", "content": "The Po."},
               "stop_reason": "stop"}], "usage": {"input_tokens": 9, "output_tokens": 4},
               "time": 1.5},
    "scores": {"match": {"value": "C", "answer": "Po"}, "grade": {"value": "P"}},
    "attachments": {"0" * 32: "Which river?"},
}  # fmt: skip
INSPECT = {"version": 2, "status": "success", "eval": {"task": "rivers", "model": "openai/m"},
           "samples": [INSPECT_SAMPLE]}  # fmt: skip
PROMPTFOO_RESULT = {
    "testIdx": 0, "promptIdx": 0, "vars": {"x": "y"}, "provider": {"id": "openai:m", "label": ""},
    "prompt": {"raw": "Which river?", "label": "l"}, "latencyMs": 900, "cost": 0.002,
    "response": {"output": "The Po.", "tokenUsage": {"prompt": 9, "completion": 4}},
    "success": False, "failureReason": 1, "error": "too slow", "score": 0.5,
    "gradingResult": {"pass": False, "componentResults": [
        {"pass": False, "reason": "too slow", "assertion": {"type": "latency", "threshold": 9}}]},
}  # fmt: skip
PROMPTFOO = {"evalId": "e", "results": {"version": 3, "prompts": [], "results": [PROMPTFOO_RESULT]}}
HELM = {
    "adapter_spec": {"model": "m"},
    "request_states": [{
        "instance": {"id": "id1", "input": {"text": "Which?"}, "split": "test", "references": [
            {"output": {"text": "Arno"}, "tags": []},
            {"output": {"text": "Po"}, "tags": ["correct"]}]},
        "train_trial_index": 0, "output_mapping": {"A": "Arno", "B": "Po"},
        "request": {"model": "m", "prompt": "Which? A. Arno B. Po"},
        "result": {"success": True, "completions": [{"text": "B"}], "request_time": 0.4}}],
}  # fmt: skip
TAU = [{"task_id": 3, "reward": 1.0, "trial": 1, "info": {"task": {"instruction": "Cancel it."}},
        "traj": [{"role": "system", "content": "Policy."}, {"role": "user", "content": "Hello"},
                 {"role": "assistant", "content": None, "tool_calls": [
                     {"id": "1", "type": "function", "function": {"name": "get", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "1", "content": "[]"},
                 {"role": "assistant", "content": "Done."}]}]  # fmt: skip
LABEL_STUDIO = [{
    "id": 5, "data": {"prompt": "Which river?", "model_a": "a", "model_b": "b",
                      "response_a": "The Po.", "response_b": "The Arno."},
    "annotations": [
        {"id": 1, "completed_by": {"id": 2, "email": "x@y.example"}, "was_cancelled": False,
         "lead_time": 3.5, "created_at": "2026-01-01T10:00:00Z", "result": [
             {"type": "pairwise", "from_name": "pw", "to_name": "pw", "value": {"selected": "right"}},
             {"type": "labels", "from_name": "mark", "to_name": "response_b",
              "value": {"start": 4, "end": 8, "text": "Arno", "labels": ["False"]}}]},
        {"id": 2, "completed_by": 3, "was_cancelled": True, "result": []}],
}]  # fmt: skip
ARGILLA = [{"id": "r1", "fields": {"prompt": "Which?", "response1": "Po", "response2": "Arno"},
            "metadata": {"model1": "a", "model2": "b"},
            "suggestions": {"best": {"value": "1", "agent": "j"}},
            "responses": {"best": [{"value": "2", "user_id": "u"}]}}]  # fmt: skip
POTATO = {"id": "i1", "displayed_text": "The Po.", "user_id": "ada",
          "label_annotations": {"good": {"scale_4": "4"}}, "span_annotations": {}}  # fmt: skip
APPRAISE = (
    b"u1,sys-a,17,TGT,eng,deu,85,doc1,False,1760000000.0,1760000009.5\n"
    b"u1,sys-a,18,BAD,eng,deu,5,doc1,False,1760000010.0,1760000012.0\n"
)
VIEWER = (
    "system\tdoc\tdoc_seg_id\tglobal_seg_id\trater\tsource\ttarget\tcategory\tseverity\n"
    "sys-a\td\t1\t1\tr1\tThe river.\tDer <v>Fluß</v>.\tFluency/Spelling\tMinor\n"
    "sys-b\td\t1\t1\tr1\tThe river.\tDer Fluss.\tNo-error\tNo-error\n"
).encode()
PREFERENCE = {"prompt": "Which river?", "chosen": "The Po.", "rejected": "The Arno."}
HH = {"chosen": "\n\nHuman: Which river?\n\nAssistant: The Po.",
      "rejected": "\n\nHuman: Which river?\n\nAssistant: The Arno."}  # fmt: skip
QUESTION = {"question_id": 1, "category": "maps", "turns": ["Which river?", "How long?"]}
MT_ANSWER = {"question_id": 1, "answer_id": "x", "model_id": "a",
             "choices": [{"index": 0, "turns": ["The Po.", "652 km."]}], "tstamp": 1760000000.0}  # fmt: skip
OWN = ({"type": "header", "format": "evalkit", "version": 2, "eval_set": "S"},
       {"type": "case", "id": "c", "input": ASKED})  # fmt: skip

#: Files of each format, by what one types for it: names, and what they hold.
SAMPLES = [
    ("evalkit", [("own.jsonl", lines(*OWN))]),
    ("openai-chat", [("log.jsonl", lines(CALL, CALL))]),
    ("openai-chat", [("train.jsonl", lines({"messages": [*ASKED, {"role": "assistant",
                                                                  "content": "The Po."}]}))]),
    ("openai-batch", [("out.jsonl", lines(BATCH_OUT)), ("in.jsonl", lines(BATCH_IN))]),
    ("litellm", [("log.json", document(LITELLM))]),
    ("openai-evals-log", [("log.jsonl", lines(*EVALS_LOG))]),
    ("openai-evals", [("rows.jsonl", lines(EVALS_ROW))]),
    ("openai-evals-graders", [("eval.json", document(EVALS_EVAL))]),
    ("lm-eval", [("samples_rivers_2026-01-01T10-00-00.jsonl", lines(LM_EVAL))]),
    ("fastchat", [("question.jsonl", lines(QUESTION)), ("a.jsonl", lines(MT_ANSWER))]),
    ("alpaca-eval", [("annotations.json", document([ANNOTATION]))]),
    ("alpaca-eval-outputs", [("outputs.json", document(
        [{"instruction": "Which river?", "output": "The Po.", "generator": "a"}]))]),
    ("llm-comparator", [("side.json", document(COMPARATOR))]),
    ("langfuse", [("o.json", document({"data": [OBSERVATION], "meta": {}})),
                  ("s.json", document({"data": [SCORE]}))]),
    ("opentelemetry", [("trace.json", document(SPAN))]),
    ("mlflow", [("trace.json", document(MLFLOW))]),
    ("inspect", [("log.json", document(INSPECT))]),
    ("promptfoo", [("out.json", document(PROMPTFOO))]),
    ("promptfoo", [("out.jsonl", lines(PROMPTFOO_RESULT))]),
    ("helm", [("scenario_state.json", document(HELM))]),
    ("tau-bench", [("tau.json", document(TAU))]),
    ("label-studio", [("export.json", document(LABEL_STUDIO))]),
    ("argilla", [("records.json", document(ARGILLA))]),
    ("potato", [("annotated_instances.jsonl", lines(POTATO))]),
    ("wmt", [("scores.csv", APPRAISE)]),
    ("wmt", [("mqm.tsv", VIEWER)]),
    ("preference", [("pairs.jsonl", lines(PREFERENCE))]),
    ("preference", [("hh.jsonl", lines(HH))]),
]  # fmt: skip

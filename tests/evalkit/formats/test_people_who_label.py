"""Labels of Potato, Appraise and tau-bench in the layouts that their own source writes."""

import json

import pytest

from evalkit.errors import RefusedError
from tests.evalkit.formats.samples import document, lines, of_type, read

INSTANCE = {
    "id": "i1",
    "displayed_text": "The Po is long.",
    "label_annotations": {"mood": {"neutral": "true"}},
    "span_annotations": [{"annotation": "river", "start": 4, "end": 6, "span": "Po"}],
    "behavioral_data": {"time_string": "4s"},
}
#: A person's state, as newer versions write it: pairs of a label and its value, and no texts.
STATE = {
    "user_id": "bob",
    "instance_id_to_label_to_value": {
        "i1": [[{"schema": "mood", "name": "happy"}, "true"]],
        "i2": [[{"schema": "mood", "name": "sad"}, "true"]],
    },
    "instance_id_to_span_to_value": {
        "i1": [[{"schema": "rivers", "name": "river", "start": 4, "end": 6}, "true"]]
    },
}


def test_a_folder_of_potato_has_each_label_once_under_the_name_of_its_folder():
    records, reading = read(
        ("out/annotated_instances.jsonl", lines(INSTANCE)),
        ("out/ada@example.org/annotated_instances.jsonl", lines(INSTANCE)),
        ("out/ada@example.org/assigned_user_data.json", document({"i1": {"id": "i1"}})),
    )

    (mood,) = of_type(records, "score")
    assert mood["annotator"] == "ada@example.org"
    (mark,) = of_type(records, "error")
    assert (mark["tag"], mark["start"], mark["end"], mark["quote"]) == ("river", 4, 6, "Po")
    assert any("labels of all together" in what for what in reading.dropped)


def test_the_state_of_a_person_gives_labels_and_finds_texts_where_they_are():
    records, _ = read(
        ("out/bob/user_state.json", document(STATE)),
        ("out/bob/assigned_user_data.json", document({"i1": {"text": "The Po is long."}})),
        ("out/bob/annotation_history.jsonl",
         lines({"action_type": "add_label", "instance_id": "i1", "user_id": "bob"})),
    )  # fmt: skip

    assert {each["case"]: each["annotator"] for each in of_type(records, "score")} == {
        "i1": "bob",
        "i2": "bob",
    }
    texts = {each["case"]: each.get("content") for each in of_type(records, "output")}
    assert texts == {"i1": "The Po is long.", "i2": None}
    (mark,) = of_type(records, "error")
    assert mark["quote"] == "Po"


def test_labels_of_a_person_count_once_where_two_files_have_them():
    records, _ = read(
        ("out/bob/user_state.json", document(STATE)),
        ("out/bob/annotated_instances.jsonl", lines(INSTANCE)),
    )

    assert sorted(each["case"] for each in of_type(records, "score")) == ["i1", "i2"]


MQM = '"[{""start_i"": 0, ""end_i"": 3, ""severity"": ""major""}]"'
SENTENCE = "u1,sys-a,17,TGT,eng,deu,17,1760000000.0,1760000009.5\n"
FORMER = "u1,sys-a,17,TGT,eng,deu,17,doc1,False,1760000000.0,1760000009.5\n"
TODAY = f"u1,sys-a,17,TGT,eng,deu,17,doc1,False,{MQM},1760000000.0,1760000009.5\n"


@pytest.mark.parametrize(
    ("line", "case_id", "n_marks"),
    # ExportSystemScoresToCSV: of sentences, of documents before they had spans, and since.
    [(SENTENCE, "eng-deu/17", 0), (FORMER, "doc1/17", 0), (TODAY, "doc1/17", 1),
     (TODAY.replace("\n", ",3,991\n"), "doc1/17", 1)],
)  # fmt: skip
def test_appraise_is_read_in_each_of_its_layouts(line, case_id, n_marks):
    # The item and its score are both 17: a first line with two cells alike is no header.
    records, reading = read(("scores.csv", (line + line.replace("sys-a", "sys-b")).encode()))

    assert reading.files[0].format == "wmt"
    first, second = of_type(records, "score")
    assert (first["model"], second["model"]) == ("sys-a", "sys-b")
    assert (first["case"], first["value"], first["seconds"]) == (case_id, 17, 9.5)
    marks = of_type(records, "error")
    assert len(marks) == 2 * n_marks
    assert all(mark["severity"] == "major" for mark in marks)


def test_a_table_with_two_columns_of_one_name_is_still_refused_where_it_has_numbers():
    with pytest.raises(RefusedError, match="several columns called '1'"):
        read(("t.csv", b"1,1,2,q\na,b,c,d\n"), formats={"t.csv": "preference"})


def test_a_trajectory_of_tau2_keeps_calls_and_who_made_them():
    call = {"id": "c1", "name": "get_line", "arguments": {"id": 7}, "requestor": "assistant"}
    steps = [
        {"role": "user", "content": "My phone is dead."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_messages": [
            {"role": "tool", "id": "c1", "content": "off", "requestor": "assistant"}]},
        {"role": "user", "content": None, "tool_calls": [
            {"id": "u1", "name": "restart", "arguments": {}, "requestor": "user"}]},
        {"role": "tool", "id": "u1", "content": "done", "requestor": "user"},
        {"role": "assistant", "content": "Good."},
    ]  # fmt: skip
    run = {"task_id": "t1", "trial": 0, "messages": steps, "reward_info": {"reward": 1.0}}
    run |= {"duration": 2.0, "termination_reason": "agent_stop"}
    info = {"agent_info": {"llm": "m"}}
    told = {"info": info, "tasks": [{"id": "t1"}], "simulations": [run]}

    records, _ = read(("results.json", document(told)))

    (output,) = of_type(records, "output")
    roles = [step["role"] for step in output["content"]]
    assert roles == ["user", "assistant", "tool", "user", "user", "assistant"]
    (called,) = output["content"][1]["tool_calls"]
    assert json.loads(called["function"]["arguments"]) == {"id": 7}
    assert output["content"][2]["tool_call_id"] == "c1"
    assert "restart" in output["content"][3]["content"]  # by the user, not by the model

"""Every export format, out of the database and read back, by its own loader where it is small."""

import csv
import hashlib
import io
import json

import evalica
import judgy
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import yaml
from sqlmodel import select

from db.commands.records import import_records
from db.commands.studies import weigh_errors
from db.engine import read_session, write_session
from db.models import Study
from db.queries.records.export import exported_study
from db.queries.records.files import FileFormat, export_bytes, export_file
from db.queries.records.source import StudySource
from evalkit.contamination.canary import canary_of
from evalkit.errors import RefusedError
from evalkit.formats.csv_long import LONG_COLUMNS
from evalkit.formats.material import ExportOption, ExportOptions, HeldBack
from evalkit.formats.table import FORMATS, OPTION_HELP
from evalkit.judging.pair import PairQuestion
from evalkit.judging.split import split_of
from evalkit.records.schema import TYPES
from evalkit.reports.errors.penalties import read_weights
from evalkit.vocabulary import ConsensusRule, LeakPolicy
from tests.db.record_files import CRITERION, TAG, case, comparison, mark, output, score

JUDGE = {"annotator": "J", "annotator_kind": "judge"}
ALL = tuple(HeldBack)
#: Ann and Bo prefer A on c1, the judge B; on c2 Ann finds a tie, and the judge cannot be read.
STUDY = [
    CRITERION,
    TAG,
    case("c1", "Say {{yes}}.", category="=SUM(1)", reference="Yes."),
    case("c2", "And no\u2028more?", checklist=[{"key": "short", "question": "Is it short?"}]),
    output("c1", "A", "=Yes.", metadata={"trace_id": "trace-1"}),
    output("c1", "B", "No."),
    output("c2", "A", "Perhaps."),
    output("c2", "B", "Never."),
    comparison("left", case="c1", comment="Right."),
    comparison("right", case="c1", annotator="Bo", left="B", right="A"),
    comparison("right", case="c1", **JUDGE),
    comparison("tie", case="c2"),
    comparison(None, case="c2", **JUDGE),
    score(3, case="c1"),
    score(1, case="c1", model="B"),
    score(2, case="c1", annotator="Bo"),
    score(1, case="c1", **JUDGE),
    score(3, case="c2", **JUDGE),
    mark("tone", case="c1", model="B", severity="major"),
    {"type": "check", "case": "c2", "model": "A", "annotator": "Ann", "item": "short",
     "value": "yes"},
]  # fmt: skip


@pytest.fixture
def study(sqlite_database):
    import_records(STUDY, source_name="the test", eval_set="Set", study="Study")


def written(format, **chosen):
    options = ExportOptions(**chosen)
    return export_bytes("file", study="Study", format=FileFormat(format), options=options)


def lines(format, **chosen):
    return [json.loads(line) for line in written(format, **chosen).decode().split("\n") if line]


def table(format, **chosen):
    text = written(format, **chosen).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_has_every_format_and_says_of_every_option_what_it_does():
    assert set(FORMATS) == set(FileFormat)
    assert set(OPTION_HELP) == set(ExportOption)
    assert all(made_as.title and made_as.purpose for made_as in FORMATS.values())


def test_preferences_are_read_back_from_openai_dpo_kto_and_judge_chats(study):
    (dpo,) = lines("openai-dpo", also=ALL)
    assert dpo == {
        "input": {"messages": [{"role": "user", "content": "Say {{yes}}."}]},
        "preferred_output": [{"role": "assistant", "content": "=Yes."}],
        "non_preferred_output": [{"role": "assistant", "content": "No."}],
    }

    # The scale ends at 3, so 2 lets pass: A by Ann and Bo, B not by Ann.
    kto = lines("kto", also=ALL, criterion="helpful")
    of = [(row["model"], row["label"], row["n"]) for row in kto]
    assert of == [("A", True, 2), ("B", False, 1)]
    assert kto[0]["completion"] == [{"role": "assistant", "content": "=Yes."}]

    # Both orders of the pair, then of the tie: our own judge reads each answer as it was meant.
    chats = [row["messages"] for row in lines("openai-sft", also=ALL)]
    asked = PairQuestion("Which response is better?", "")
    verdicts = [asked.read(chat[-1]["content"]).content.preference for chat in chats]
    assert verdicts == ["left", "right", "tie", "tie"]
    assert [chat[0]["role"] for chat in chats] == ["system"] * 4
    first, second = (chat[1]["content"] for chat in chats[:2])
    assert first.index("=Yes.") < first.index("No.")
    assert second.index("No.") < second.index("=Yes.")


def test_a_judge_is_taught_what_annotators_saw_and_no_name_of_a_model(sqlite_database):
    words = [output("c1", "Zephyr", "I am Zephyr."), output("c1", "Orca", "Hello.")]
    vote = {"type": "comparison", "case": "c1", "annotator": "Ann", "preference": "left"}
    records = [case("c1"), *words, {**vote, "left": "Zephyr", "right": "Orca"}]
    import_records(records, source_name="the test", eval_set="Set", study="Study")
    with write_session() as session:
        session.exec(select(Study)).one().leak_policy = LeakPolicy.MASK

    assert b"Zephyr" not in written("openai-sft", also=ALL)


def test_names_to_mask_are_read_once_however_many_chats_are_written(sqlite_database):
    # They come from every output of a study that nothing stored them for, as an import's.
    def n_readings(name, n_cases):
        records = [case(f"c{number}") for number in range(n_cases)]
        for number in range(n_cases):
            key = f"c{number}"
            records += [output(key, "A", "Yes."), output(key, "B", "No."),
                        comparison("left", case=key)]  # fmt: skip
        import_records(records, source_name="the test", eval_set=name, study=name)
        asked = []
        with read_session() as session:
            sa.event.listen(
                session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2])
            )
            of = exported_study(session, name=name)
            source = StudySource(session, of, ExportOptions(also=ALL))
            chats = list(FORMATS[FileFormat.OPENAI_SFT].write(source))
        assert len(chats) == 2 * n_cases
        return sum("DISTINCT" in each and "provider" in each for each in asked)

    assert n_readings("Two", 2) == n_readings("Six", 6) == 1


def test_alpaca_eval_and_mt_bench_hold_each_annotation_as_it_was_shown(study):
    rows = json.loads(written("alpaca-eval"))
    assert [(row["generator_1"], row["annotator"], row["preference"]) for row in rows] == [
        ("A", "Ann", 1.0),
        ("B", "Bo", 2.0),
        ("A", "J", 2.0),
        ("A", "Ann", 1.5),
        ("A", "J", None),
    ]
    assert rows[0]["instruction"] == "Say {{yes}}."
    assert rows[1]["output_2"] == "=Yes."

    votes = lines("mt-bench")
    assert [(row["model_a"], row["judge"], row["winner"], row["turn"]) for row in votes] == [
        ("A", "expert_Ann", "model_a", 1),
        ("B", "expert_Bo", "model_b", 1),
        ("A", "J", "model_b", 1),
        ("A", "expert_Ann", "tie", 1),
    ]
    assert votes[0]["conversation_a"][-1] == {"role": "assistant", "content": "=Yes."}
    single = lines("mt-bench", criterion="helpful")
    assert [(row["model"], row["judge"], row["score"]) for row in single[:2]] == [
        ("A", "expert_Ann", 3),
        ("B", "expert_Ann", 1),
    ]


def test_evalica_ranks_the_battles_and_arena_rank_reads_its_words(study):
    rows = table("evalica")
    winners = {"left": evalica.Winner.X, "right": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    counted = evalica.counting(
        [row["left"] for row in rows],
        [row["right"] for row in rows],
        [winners[row["winner"]] for row in rows],
    )
    # A won twice and tied once: counting takes a tie as half a win of both.
    assert counted.scores.to_dict() == {"A": 2.5, "B": 0.5}
    assert [row["winner"] for row in table("arena-rank", judges=True)] == [
        "model_a",
        "model_b",
        "model_b",
        "tie",
    ]


def test_the_alternative_annotator_test_gets_labels_by_annotator_whatever_the_sides(study):
    document = json.loads(written("alt-test"))
    assert document["humans_annotations"] == {
        "Ann": {"c1: A / B": "first", "c2: A / B": "tie"},
        "Bo": {"c1: A / B": "first"},
    }
    assert document["llm_annotations"] == {"J": {"c1: A / B": "second"}}
    scored = json.loads(written("alt-test", criterion="helpful"))
    assert scored["humans_annotations"]["Ann"] == {"c1: A": 3, "c1: B": 1}
    with pytest.raises(RefusedError, match=r"Nobody scored 'wit' .* There is: “helpful”"):
        written("alt-test", criterion="wit")


def test_judgy_reads_its_arrays(study):
    arrays = json.loads(written("judgy", criterion="helpful"))["J"]
    # A on c1 passes after people and not after the judge; A on c2 only the judge scored.
    assert arrays == {"test_labels": [1], "test_preds": [0], "unlabeled_preds": [1]}
    more = {key: value * 40 + [0, 1] for key, value in arrays.items()}
    # p = 41/42, TNR = 1, TPR = 1/41: (p + TNR - 1) / (TPR + TNR - 1) is 40, cut to 1.
    rate, _, _ = judgy.estimate_success_rate(**more, bootstrap_iterations=20)
    assert rate == 1


def test_promptfoo_is_yaml_that_takes_no_prompt_for_a_template(study):
    document = yaml.safe_load(written("promptfoo"))
    first, second = document["tests"]
    assert document["prompts"] == ["{{messages}}"]
    whole = first["vars"]["messages"].removeprefix("{% raw %}").removesuffix("{% endraw %}")
    assert json.loads(whole) == [{"role": "user", "content": "Say {{yes}}."}]
    assert "And no\u2028more?" in json.loads(second["vars"]["messages"])[0]["content"]
    assert [rule["type"] for rule in first["assert"]] == ["llm-rubric"] * 2
    assert "Yes." in first["assert"][0]["value"]
    assert first["assert"][1]["value"].endswith("Pass from 2 on.")
    assert second["assert"][0]["value"].startswith("Is it short?")


def test_langsmith_has_an_example_per_case_with_its_split(study):
    first, second = lines("langsmith")
    assert first["inputs"] == {"messages": [{"role": "user", "content": "Say {{yes}}."}]}
    assert first["outputs"] == {"reference": "Yes."}
    assert second["split"] == split_of(second["metadata"]["content_hash"])


def test_langfuse_scores_stand_on_the_trace_of_their_response(study):
    rows = lines("langfuse")
    first, other = rows[:2]
    assert (first["traceId"], first["value"], first["dataType"]) == (
        "trace-1",
        "won",
        "CATEGORICAL",
    )
    # As Langfuse makes a trace's id of a seed: the first half of its SHA-256.
    assert other["traceId"] == hashlib.sha256(b"c1/B/1").hexdigest()[:32]
    numbers = [row["value"] for row in rows if row["dataType"] == "NUMERIC"]
    assert sorted(numbers) == [1, 1, 2, 3, 3]
    assert len({row["id"] for row in rows}) == len(rows)


def test_argilla_has_people_as_responses_and_judges_as_suggestions(study):
    records = {record["id"]: record for record in json.loads(written("argilla"))}
    (pair,) = [record for record in records.values() if "response1" in record["fields"]
               and record["metadata"]["case"] == "c1"]  # fmt: skip
    of_a = "1" if pair["fields"]["response1"] == "=Yes." else "2"
    assert [said["value"] for said in pair["responses"]["preference"]] == [of_a] * 2
    assert pair["suggestions"]["preference"]["agent"] == "J"
    single = records["c1: B"]
    assert single["responses"]["errors"][0]["value"] == ["tone"]
    ann = single["responses"]["helpful"][0]["user_id"]
    assert ann == records["c1: A"]["responses"]["helpful"][0]["user_id"]


def test_parquet_has_the_rows_of_the_long_table_with_types(study):
    read = pq.read_table(io.BytesIO(written("parquet", texts=True)))
    rows = table("csv", texts=True)
    assert read.num_rows == len(rows)
    assert read.column("case").to_pylist() == [row["case"] for row in rows]
    assert sorted(filter(None, read.column("value").to_pylist())) == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert read.column("check").to_pylist().count("yes") == 1


def test_parquet_writes_whatever_a_record_may_say_of_a_judgement_and_numbers_as_numbers(
    sqlite_database,
):
    numbers = {
        "seconds": 2.5, "cost_usd": 0.25, "input_tokens": 7, "output_tokens": 3, "latency_ms": 12.5,
        "inclusion_probability": 0.5, "probability": 0.875,
    }  # fmt: skip
    words = {
        "strength": "much", "certainty": "sure", "sampling": "random", "rationale": "Why.",
        "comment": "Right.", "created_at": "2026-01-02T03:04:05Z",
        "assignment": "a1", "annotator_kind": "judge", "revision": 1,
    }  # fmt: skip
    told = comparison("left", case="c1", **numbers, **words)
    of_schema = set(TYPES["comparison"].checks) & set(LONG_COLUMNS)
    assert of_schema <= {*told, "texts", "n_annotators"}, "a new field needs a value here"
    import_records([*STUDY[:8], told], source_name="t", eval_set="Set", study="Study")

    (row,) = pq.read_table(io.BytesIO(written("parquet"))).to_pylist()

    assert {column: row[column] for column in numbers} == numbers


@pytest.mark.parametrize("format", ["csv", "csv-wide"])
def test_words_that_a_spreadsheet_would_run_are_harmless(study, format):
    (row, *_) = table(format, texts=True)
    assert row["category"] == "'=SUM(1)"
    assert row["left_text" if format == "csv" else "first_text"] == "'=Yes."
    assert row["prompt"] == "Say {{yes}}."


def test_every_answer_is_a_line_where_no_consensus_is_asked_for(study):
    rows = lines("dpo", also=ALL, rule=ConsensusRule.EVERY, judges=True)
    assert [(row["chosen_model"], row["n"]) for row in rows] == [("A", 1), ("A", 1), ("B", 1)]


def test_dawid_skene_says_how_sure_it_is(study):
    (row,) = lines("dpo", also=ALL, rule=ConsensusRule.DAWID_SKENE)
    assert row["chosen_model"] == "A"
    assert 0.5 < row["confidence"] <= 1


def test_the_manifest_says_what_a_file_rests_on(study, tmp_path):
    file = tmp_path / "labels.csv"
    exported = export_file(file, study="Study", format=FileFormat.CSV)
    told = json.loads((tmp_path / "labels.csv.manifest.json").read_text())

    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (told["n_rows"], told["unit"]) == (exported.n_lines, "row")
    assert told["annotators"] == {"human": 2, "judge": 1}
    assert told["eval_set"]["version"] == 1
    assert told["canary"] == canary_of(told["eval_set"]["content_hash"])
    assert "3f7b1d52-8c5e-4e0b-9a44-6d1c2e97a0f3" in told["canary"]
    assert told["rubric"]["name"] == "Quality"
    assert sum(told["split"].values()) == 2
    # Five comparisons; A on c1 by Ann, Bo and J, B by Ann, A on c2 by J and, its checks, by Ann.
    (odds,) = told["inclusion_probabilities"]
    assert odds == {"sampling": None, "n": 11, "n_known": 0, "lowest": None, "highest": None}
    assert told["agreement"]["preference"]["n_units"] == 1
    assert told["options"] == {"include_superseded": False, "texts": False}


def test_a_taxonomy_that_weighs_otherwise_has_another_hash_in_the_manifest(study, tmp_path):
    hashes = []
    for weight in ("1", "1", "5"):
        with write_session() as session:
            study_id = session.exec(select(Study.id)).one()
        weigh_errors(study_id, weights=read_weights([f"minor={weight}"]))
        export_file(tmp_path / f"{len(hashes)}.csv", study="Study", format=FileFormat.CSV)
        told = json.loads((tmp_path / f"{len(hashes)}.csv.manifest.json").read_text())
        hashes.append(told["taxonomy"]["content_hash"])

    # The tags are the same throughout.
    assert hashes[0] == hashes[1] != hashes[2]

"""Identity leaks in real outputs: what is found is listed, and false alarms are rare."""

import gzip
import json
from pathlib import Path

import pytest

from evalkit.annotation.blinding.leaks import Evidence, identity_leaks
from tests.evalkit.annotation.blinding.identity_held_out import HELD_OUT_STUDY

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.external


def leaks_of(name, *, models=None):
    """Return (number of outputs, every leak that counts, every mention)."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the repository")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    cases = {
        record["id"]: " ".join(message["content"] for message in record["input"])
        for record in records
        if record["type"] == "case"
    }
    outputs = [record for record in records if record["type"] == "output"]
    names = frozenset(models or (output["model"] for output in outputs))
    counted, mentioned = [], []
    for output in outputs:
        case_text = cases[output["case"]]
        for leak in identity_leaks(output["content"], names=names, case_text=case_text):
            if leak.counts and (models is None or leak.why is Evidence.SAYS_SO):
                counted.append((output["model"], leak.matched))
            else:
                mentioned.append((output["model"], leak.matched))
    print(name, "count:", counted, "mentions:", mentioned)
    return len(outputs), counted, mentioned


def test_real_outputs_that_name_nobody_are_left_alone():
    # Read by eye for every maker, "as an AI", "trained by", "I am": none of the 1,133 outputs
    # of 60 models says who wrote it, though models here are called command, Koala and Weaver.
    n_outputs, counted, _ = leaks_of("llmfao_outputs")

    assert n_outputs == 1133
    assert counted == []


@pytest.mark.parametrize("name", ["pandalm", "llmbar", "mqm_ted", "hanna"])
def test_false_alarms_are_rare_in_other_real_outputs(name):
    # None of these was seen to say who wrote it, so whatever counts is a false alarm.
    n_outputs, counted, _ = leaks_of(name)

    assert len(counted) <= 0.001 * n_outputs


def test_responses_about_makers_are_mentions():
    _, counted, mentioned = leaks_of("llmbar")

    assert counted == []
    assert {"OpenAI", "ChatGPT"} <= {name for _, name in mentioned}


@pytest.mark.parametrize("name", ["llmfao_outputs", "pandalm", "llmbar", "mqm_ted", "hanna"])
def test_no_real_output_speaks_of_itself_as_a_model_that_is_a_word_or_a_person_too(name):
    # As if models of these names had written them: nobody here says "I am Claude" or the like.
    _, counted, _ = leaks_of(name, models=(*HELD_OUT_STUDY, "command-r", "titan-text", "koala-13b"))

    assert counted == []

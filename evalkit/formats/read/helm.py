"""HELM: the folder of a run, with what was asked, answered and measured."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    fault_in_words,
)
from evalkit.formats.read.pieces import (
    amount,
    as_messages,
    as_text,
    case,
    measured,
    moment,
    name_of,
    number,
    rest,
    without_nothing,
)

#: What is measured of the answer; counts of tokens and times have places of their own.
_OF_CALLS = ("num_", "inference_", "batch_size", "max_prob", "training_", "finish_reason",
             "prompt_truncated", "logprob", "estimated_")  # fmt: skip
_STATES, _STATS, _SPEC = "request_states", "stats", "adapter_spec"


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    """Read what was asked and answered, then what was measured, folder by folder."""
    places: dict[tuple[str, ...], Row] = {}
    n_states: Counter[str] = Counter()
    for part in parts:
        for row in part:
            if isinstance(row, dict) and _STATES in row:
                n_states[_folder(part)] += 1
                model = name_of(row[_SPEC].get("model"), otherwise="unknown model")
                for state in row[_STATES]:
                    try:
                        yield from _state(state, model, _folder(part), places, notes)
                    except ROW_FAULTS as error:
                        notes.fault(fault_in_words(error))
    for part in parts:
        for row in part:
            if isinstance(row, dict) and _STATS in row and "instance_id" in row:
                try:
                    _refuse_several(n_states[_folder(part)])
                    yield from _stats(row, _folder(part), places, notes)
                except ROW_FAULTS as error:
                    notes.fault(fault_in_words(error))


def _refuse_several(n_states: int) -> None:
    """Refuse statistics that may be of any of several runs."""
    if n_states > 1:
        raise ValueError(
            f"may be of any of {n_states} runs whose files lie together: "
            "give their folders, or a zip of these, so that statistics stand beside their answers"
        )


def _folder(part: Part) -> str:
    return PurePosixPath(part.name).parent.as_posix()


def _state(
    state: Row, model: str, folder: str, places: dict[Any, Any], notes: ReadingNotes
) -> Iterator[Row]:
    instance, request = state["instance"], state["request"]
    perturbation = (instance.get("perturbation") or {}).get("name") or ""
    named = as_text(instance["id"])
    if perturbation:
        named += f", {perturbation}"
    if state.get("reference_index") is not None:
        named += f", reference {state['reference_index']}"
    asked = request.get("messages") or request.get("prompt") or instance["input"].get("text")
    correct = [
        as_text(reference["output"].get("text"))
        for reference in instance.get("references") or ()
        if "correct" in (reference.get("tags") or ())
    ]
    run_name = PurePosixPath(folder).name if folder not in (".", "") else ""
    case_id = f"{run_name.split(',model=')[0]}/{named}" if ":" in run_name else named
    run = notes.runs.named(case_id, model)
    of = {"case": case_id, "model": model, **run}
    key = (folder, as_text(instance["id"]), perturbation, str(state.get("train_trial_index", 0)))
    places.setdefault(key, of)
    result = state.get("result") or {}
    completion = (result.get("completions") or [{}])[0]
    text, mapping = as_text(completion.get("text")), state.get("output_mapping") or {}
    seconds = amount(result.get("request_time"))
    finish = completion.get("finish_reason")
    yield case(
        as_messages(asked),
        id=case_id,
        reference="\n".join(correct),
        source="benchmark",
        metadata=rest({"split": instance.get("split")}),
    )
    yield {
        "type": "output",
        **of,
        "content": text,
        **without_nothing(
            latency_ms=None if seconds is None or result.get("cached") else 1000 * seconds,
            finish_reason=as_text(finish.get("reason") if isinstance(finish, Mapping) else finish),
            error=_error(result),
            created_at=moment(result.get("request_datetime")),
            metadata=rest({"chosen": mapping.get(text.strip()), "output_mapping": mapping}),
        ),
    }


def _error(result: Row) -> str | None:
    return as_text(result.get("error") or "failed") if result.get("success") is False else None


def _stats(row: Row, folder: str, places: dict[Any, Any], notes: ReadingNotes) -> Iterator[Row]:
    perturbation = (row.get("perturbation") or {}).get("name") or ""
    trial = str(row.get("train_trial_index", 0))
    at = places.get((folder, as_text(row["instance_id"]), perturbation, trial))
    if at is None:
        notes.drop("statistics of instances that are not in these files")
        return
    scores = [
        (stat["name"]["name"], number(stat.get("mean")))
        for stat in row["stats"]
        if not stat["name"]["name"].startswith(_OF_CALLS)
    ]
    yield from measured(scores, by="HELM", **at)


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if {_SPEC, _STATES} <= first.keys():
        return Fit(Sureness.SURE, "it has adapter_spec and request_states: the scenario's state")
    if {"instance_id", "train_trial_index", _STATS} <= first.keys():
        return Fit(Sureness.SURE, "its items have instance_id and stats: statistics by instance")
    if {_SPEC, "scenario_spec"} <= first.keys():
        return Fit(Sureness.SURE, "it has scenario_spec and adapter_spec: the spec of a run")
    base = PurePosixPath(start.name).name
    if base in ("stats.json", "instances.json", "scenario.json") and start.rows:
        return Fit(Sureness.SURE, "it lies in the folder of a run, and is not needed")
    return None


HELM = ReadFormat(
    "helm",
    "HELM run",
    "The folder of a run: `scenario_state.json`, and `per_instance_stats.json` for its scores",
    '{"adapter_spec": {"model": "…"}, "request_states": [{"instance": {…}, "result": {…}}]}',
    _recognise,
    _read,
    files="FOLDER",
    counts_runs=True,
)

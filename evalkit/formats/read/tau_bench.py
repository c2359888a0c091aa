"""tau-bench and tau2-bench: trajectories of agents with their rewards."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    as_message,
    as_text,
    case,
    measured,
    moment,
    name_of,
    number,
    rest,
    without_nothing,
)


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    for part in parts:
        for row in part:
            try:
                if "simulations" in row:
                    info = row.get("info") or {}
                    model = (info.get("agent_info") or {}).get("llm")
                    tasks = {str(task["id"]): task for task in row.get("tasks") or ()}
                    for run in row["simulations"]:
                        yield from _run(run, run["messages"], model, tasks, notes)
                else:
                    yield from _run(row, row["traj"], row.get("model"), {}, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))


def _run(
    row: Row,
    steps: Sequence[Any],
    model: Any,
    tasks: Mapping[str, Row],
    notes: ReadingNotes,
) -> Iterator[Row]:
    """Read a trial: the task is what the user wants, the trajectory all that was said and done."""
    named = str(row["task_id"])
    messages = [_message(step) for step in _apart(steps)]
    system = [each for each in messages[:1] if each["role"] == "system"]
    dialogue = messages[len(system) :]
    info = row.get("info") or {}
    task = info.get("task") if isinstance(info.get("task"), dict) else tasks.get(named, {})
    told = (task or {}).get("instruction") or (task or {}).get("user_scenario")
    asked = as_text(told) or as_text(dialogue[0]["content"] if dialogue else "") or f"Task {named}"
    if not model:
        notes.say(f"{notes.part_name} names no model: its runs are stored as by "
                  f"{notes.nameless!r}.")  # fmt: skip
    by = name_of(model, otherwise=notes.nameless)
    trial = row.get("trial") or 0
    of = {"case": named, "model": by, **({} if trial == 0 else {"run": str(trial + 1)})}
    seconds = amount(row.get("duration"))
    reward = row.get("reward", (row.get("reward_info") or {}).get("reward"))
    yield case([{"role": "user", "content": asked}], id=named, source="benchmark")
    yield {
        "type": "output",
        **of,
        "content": [_plain(each) for each in dialogue],
        **without_nothing(
            latency_ms=None if seconds is None else 1000 * seconds,
            cost_usd=amount(row.get("agent_cost")),
            finish_reason=row.get("termination_reason"),
            error=as_text(info.get("error")) or None,
            created_at=moment(row.get("start_time")),
            metadata=rest({"policy": system[0]["content"] if system else None, "trial": trial}),
        ),
    }
    yield from measured([("reward", number(reward))], by="tau-bench", **of)


def _apart(steps: Sequence[Any]) -> Iterator[Row]:
    """Yield the steps one by one: several results at once are a step each."""
    for step in steps:
        yield from step.get("tool_messages") or [step]


def _message(step: Row) -> Row:
    """Return a step as a message: tau2 has its own form of calls, and lets the user call too."""
    calls = [_call(call) for call in step.get("tool_calls") or ()]
    if step.get("role") == "user" and calls:
        called = "; ".join(f"{call['function']['name']}({call['function']['arguments']})"
                           for call in calls)  # fmt: skip
        told = as_text(step.get("content"))
        return {"role": "user", "content": f"{told}\n[calls {called}]".strip()}
    if step.get("role") == "tool" and step.get("requestor") == "user":
        return {"role": "user", "content": f"[is told {as_text(step.get('content'))}]"}
    if step.get("role") == "tool" and step.get("id"):
        return as_message({**step, "tool_call_id": step["id"]})
    return as_message({**step, "tool_calls": calls})


def _call(call: Row) -> Row:
    if "function" in call:
        return call
    arguments = call.get("arguments")
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    function = {"name": call["name"], "arguments": written}
    return {"id": call.get("id"), "type": "function", "function": function}


def _plain(message: Row) -> Row:
    """Leave out an empty text beside calls."""
    if message.get("tool_calls") and not message["content"]:
        return {name: value for name, value in message.items() if name != "content"}
    return message


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if {"task_id", "traj", "reward"} <= first.keys():
        return Fit(Sureness.SURE, "its items have task_id, reward and traj")
    if {"simulations", "tasks"} <= first.keys():
        return Fit(Sureness.SURE, "it has tasks and simulations")
    return None


TAU_BENCH = ReadFormat(
    "tau-bench",
    "tau-bench trajectories",
    "What tau-bench and tau2-bench write: a trajectory per task and trial, with its reward",
    '[{"task_id": 0, "reward": 1.0, "info": {…}, "traj": [{"role": "system", …}], "trial": 0}]',
    _recognise,
    _read,
    counts_runs=True,
)

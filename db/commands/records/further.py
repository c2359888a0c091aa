"""Answers to what was answered before: each is a further run, not another text of the first.

A log names no runs, so those of a file are counted from 1. Where the same model answered the same
case in an earlier import, that count says nothing: an answer that is stored already keeps its run,
and another one gets the next that is free.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from db.commands.records.pictures import as_read_now
from db.engine import read_session
from db.models import EvalSet
from db.queries.records.rows import output_records
from evalkit.phrases import counted
from evalkit.records.names import DEFAULT_RUN, side_of
from evalkit.records.normal import fingerprint, normal
from evalkit.records.reader import Record

#: Case, model and run.
_Key = tuple[str, str, str]
#: What is compared of an output: not what names it.
_NAME_OF_RUN = frozenset({"run"})


class FurtherRuns:
    """The runs under which the answers of logs are stored in an eval set that has some already."""

    def __init__(self, eval_set: str | None) -> None:
        self._eval_set = eval_set
        self._stored: dict[tuple[str, str], dict[str, bytes | None]] | None = None
        self._names: dict[_Key, str] = {}
        self._taken: set[_Key] = set()
        self.n_further = 0

    @property
    def sentences(self) -> list[str]:
        """Say how many answers are stored beside former ones."""
        if not self.n_further:
            return []
        if self.n_further == 1:
            told = "1 output is another answer of a model to a case that it had answered before"
            return [f"{told}: it is stored as a further run."]
        told = f"{counted(self.n_further, 'output')} are other answers of models to cases that "
        return [f"{told}they had answered before: each is stored as a further run."]

    def record(self, record: Record, header: Mapping[str, Any]) -> Record:
        """Return a record with the runs that its outputs have in the eval set.

        That is the one that was chosen, else that of the header. An output comes before what is
        said of it.
        """
        if self._stored is None:
            self._stored = _stored_outputs(self._eval_set or header.get("eval_set"))
        if not self._stored or not record.is_sound:
            return record
        fields = normal(record.type, record.fields)
        if record.type == "output":
            return replace(record, fields=self._output(fields, self._stored))
        return replace(record, fields=self._renamed(fields)) if self._names else record

    def _output(
        self, fields: dict[str, Any], of_set: Mapping[tuple[str, str], dict[str, bytes | None]]
    ) -> dict[str, Any]:
        case_id, model = fields["case"], fields["model"]
        stored = of_set.get((case_id, model))
        if stored is None or fields.get("elsewhere"):
            return fields
        asked_for = fields.get("run", DEFAULT_RUN)
        key = case_id, model, asked_for
        if key not in self._names:
            self._names[key] = self._name(key, fingerprint(fields, without=_NAME_OF_RUN), stored)
        return fields | {"run": self._names[key]}

    def _name(self, key: _Key, digest: bytes, stored: Mapping[str, bytes | None]) -> str:
        """Return the run of an answer: that of the same one, which is stored, or a free one."""
        case_id, model, asked_for = key
        alike = (run for run, other in stored.items() if other == digest)
        for name in (asked_for, *alike):
            is_there = name in stored and stored[name] in (digest, None)
            if is_there and (case_id, model, name) not in self._taken:
                self._taken.add((case_id, model, name))
                return name
        self.n_further += 1
        name, number = asked_for, 2
        while name in stored or (case_id, model, name) in self._taken:
            name, number = str(number), number + 1
        self._taken.add((case_id, model, name))
        return name

    def _renamed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what was said of outputs, of the runs under which they are stored."""
        case_id = fields.get("case")
        if "model" in fields:
            run = self._names.get((case_id, *side_of(fields)))  # type: ignore[arg-type]
            return fields if run is None else fields | {"run": run}
        changed = dict(fields)
        for side in ("left", "right"):
            if side in fields:
                changed[side] = self._side(case_id, fields[side])
        if "order" in fields:
            changed["order"] = [
                [self._side(case_id, side) for side in place] for place in fields["order"]
            ]
        if "shown" in fields:
            changed["shown"] = [self._side(case_id, side) for side in fields["shown"]]
        return changed

    def _side(self, case_id: Any, side: Any) -> Any:
        model, run = side_of(side)
        return {"model": model, "run": self._names.get((case_id, model, run), run)}


def _stored_outputs(eval_set: str | None) -> dict[tuple[str, str], dict[str, bytes | None]]:
    """Return what the runs of an eval set answered, by case and model; None is no text yet."""
    stored: dict[tuple[str, str], dict[str, bytes | None]] = {}
    with read_session() as session:
        eval_set_id = session.scalar(
            sa.select(col(EvalSet.id)).where(col(EvalSet.name) == eval_set)
        )
        if eval_set_id is None:
            return stored
        for _, record in output_records(session, eval_set_id=eval_set_id):
            fields = as_read_now("output", record)
            digest = None
            if not fields.get("elsewhere"):
                digest = fingerprint(fields, without=_NAME_OF_RUN)
            runs = stored.setdefault((fields["case"], fields["model"]), {})
            runs[fields.get("run", DEFAULT_RUN)] = digest
    return stored

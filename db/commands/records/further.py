"""Answers to what was answered before: each is a further run, not another text of the first.

A log names no runs, so those of a file are counted from 1. Where the same model answered the same
case in an earlier import, that count says nothing: an answer that is stored already keeps its run,
and another one gets the next that is free. Metadata makes no other answer of it: another export of
a log has other row numbers or times in it, and an older evalkit kept less of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from evalkit.redaction.kinds import PLACEHOLDER
from evalkit.redaction.records import redacted_record
from evalkit.redaction.redaction import Redaction

#: Case, model and run.
_Key = tuple[str, str, str]
#: What is compared of an output: not what names it, and not what only goes with it.
_NAME_OF_RUN = frozenset({"run"})
_BESIDE_ANSWER = _NAME_OF_RUN | {"metadata"}


@dataclass(frozen=True, slots=True)
class _LoggedAnswer:
    """An answer by its digests: of its whole record without its run, of that without metadata.

    ``stored`` is the digest of the record itself, as it is stored; ``unnumbered`` that of the
    answer alone whatever numbers its placeholders have, ``None`` where it has none.
    """

    whole: bytes
    alone: bytes
    stored: bytes
    unnumbered: bytes | None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "_LoggedAnswer":
        whole, alone = (
            fingerprint(fields, without=each) for each in (_NAME_OF_RUN, _BESIDE_ANSWER)
        )
        return cls(whole, alone, fingerprint(fields), _unnumbered(fields))


#: What the runs of an eval set answered, by case and model; None is no text yet.
_Stored = dict[tuple[str, str], dict[str, _LoggedAnswer | None]]


class FurtherRuns:
    """The runs under which the answers of logs are stored in an eval set that has some already."""

    def __init__(self, eval_set: str | None) -> None:
        self._eval_set = eval_set
        self._stored: _Stored | None = None
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
            return self._output(record, fields, self._stored)
        return replace(record, fields=self._renamed(fields)) if self._names else record

    def is_there_plain(self, record: Record, redacted: Record) -> bool:
        """Tell whether an answer is stored as its file has it, with what redaction replaces in it.

        Asked of a record once its redacted form has its run: stored beside it, it would be there
        twice. One in which nothing is replaced is another trial.
        """
        there = self._beside(record)
        if not there:
            return False
        alone = _LoggedAnswer.of(normal(record.type, record.fields)).alone
        if alone == _LoggedAnswer.of(redacted.fields).alone:
            return False
        return any(answer.alone == alone for answer in there.values())

    def is_there_redacted(self, record: Record, stored_as: Record) -> bool:
        """Tell whether an answer is stored redacted, with other placeholders than it has now.

        Asked of a record once the one that is to be stored, ``stored_as``, has its run. Numbers of
        placeholders are of one import, and a plain answer has none: that it is the same answer
        cannot be told, nor that it is another. A stored one that this import brought again as it is
        speaks of no other answer.
        """
        there = [
            answer
            for run, answer in self._beside(record).items()
            if answer.unnumbered and (*_answered(stored_as.fields), run) not in self._taken
        ]
        if not there:
            return False
        fields = redacted_record("output", stored_as.fields, Redaction()).fields
        unnumbered = _unnumbered(normal("output", fields))
        return any(answer.unnumbered == unnumbered for answer in there)

    def _beside(self, record: Record) -> dict[str, _LoggedAnswer]:
        """Return the answers by run that an output would be a further run of; of others nothing."""
        if not self._stored or record.type != "output" or not record.is_sound:
            return {}
        fields = normal(record.type, record.fields)
        stored = self._stored.get(_answered(fields), {})
        name = self._names.get((*_answered(fields), fields.get("run", DEFAULT_RUN)))
        if name is None or name in stored:
            return {}
        return {run: answer for run, answer in stored.items() if answer is not None}

    def _output(self, record: Record, fields: dict[str, Any], of_set: _Stored) -> Record:
        case_id, model = fields["case"], fields["model"]
        stored = of_set.get((case_id, model))
        if stored is None or fields.get("elsewhere"):
            return replace(record, fields=fields)
        asked_for = fields.get("run", DEFAULT_RUN)
        key = case_id, model, asked_for
        answer = _LoggedAnswer.of(fields)
        if key not in self._names:
            self._names[key] = self._name(key, answer, stored)
        there = stored.get(self._names[key])
        same_as = there.stored if there and there.alone == answer.alone else None
        return replace(record, fields=fields | {"run": self._names[key]}, same_as=same_as)

    def _name(
        self, key: _Key, answer: _LoggedAnswer, stored: Mapping[str, _LoggedAnswer | None]
    ) -> str:
        """Return the run of an answer: that of the same one, which is stored, or a free one.

        Of several that are the same but for their metadata it is the one that has its own.
        """
        case_id, model, asked_for = key
        names = [asked_for] if asked_for in stored else []
        names += [run for run in stored if run != asked_for and stored[run]]
        free = [run for run in names if (case_id, model, run) not in self._taken]
        same = [
            run for run in free if (there := stored[run]) is None or there.whole == answer.whole
        ]
        alike = (run for run in free if (there := stored[run]) and there.alone == answer.alone)
        for name in (*same, *alike):
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


def _answered(fields: Mapping[str, Any]) -> tuple[str, str]:
    return fields["case"], fields["model"]


def _unnumbered(fields: Mapping[str, Any]) -> bytes | None:
    """Return the digest of an answer with placeholders of no number; None where it has none."""
    text = json.dumps({name: fields[name] for name in fields if name not in _BESIDE_ANSWER})
    bare, n = PLACEHOLDER.subn(r"[\1]", text)
    return fingerprint(json.loads(bare)) if n else None


def _stored_outputs(eval_set: str | None) -> _Stored:
    """Return what the runs of an eval set answered."""
    stored: _Stored = {}
    with read_session() as session:
        eval_set_id = session.scalar(
            sa.select(col(EvalSet.id)).where(col(EvalSet.name) == eval_set)
        )
        if eval_set_id is None:
            return stored
        for _, record in output_records(session, eval_set_id=eval_set_id):
            fields = as_read_now("output", record)
            runs = stored.setdefault((fields["case"], fields["model"]), {})
            is_here = not fields.get("elsewhere")
            runs[fields.get("run", DEFAULT_RUN)] = _LoggedAnswer.of(fields) if is_here else None
    return stored

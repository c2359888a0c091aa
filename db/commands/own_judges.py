"""Judges that ask nobody, the baseline and panels: who they are, and what they say at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from db.columns import number_of
from db.commands.changes import results_changed
from db.commands.judgings import judge_named, store_judgement
from db.models import AskedVerdict, Judging, Study
from db.queries.to_judge import ToJudge, judged_before
from evalkit.judging.identity import HASH_LENGTH
from evalkit.judging.wording import JudgeVerdict
from evalkit.vocabulary import AskedState, AskingState


@dataclass(frozen=True, slots=True)
class OwnJudge:
    """A judge that asks nobody: ``kind`` is what it is called by, ``identity`` all it goes by."""

    kind: str
    identity: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """Return the SHA-256 of its identity, in hexadecimal."""
        text = json.dumps(self.identity, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """Return what it is called: its kind and the beginning of its hash."""
        return f"{self.kind} {self.hash[:HASH_LENGTH]}"


def store_own_verdicts(
    session: Session,
    study: Study,
    judge: OwnJudge,
    verdicts: Sequence[tuple[ToJudge, JudgeVerdict]],
) -> int:
    """Store what such a judge says that it did not say before; return how many that are."""
    judging = session.exec(
        select(Judging).where(Judging.study_id == study.id, Judging.identity_hash == judge.hash)
    ).first() or Judging(
        study_id=number_of(study),
        annotator_id=judge_named(session, judge.name),
        identity=dict(judge.identity),
        identity_hash=judge.hash,
        model=judge.kind,
        base_url="",
        parameters={},
        state=AskingState.DONE,
    )
    session.add(judging)
    session.flush()
    judged = judged_before(session, study, judging.annotator_id)
    new = [(of, verdict) for of, verdict in verdicts if of.presentation not in judged]
    for of, verdict in new:
        asked = AskedVerdict(
            judging_id=number_of(judging),
            case_id=of.case_id,
            left_output_id=of.left,
            right_output_id=of.right,
            presentation=of.presentation,
            state=AskedState.ANSWERED,
        )
        session.add(asked)
        fields = {"rationale": verdict.rationale or None}
        store_judgement(session, judging, asked, verdict, fields, looked=False)
    if new:
        results_changed(session, number_of(study))
    return len(new)

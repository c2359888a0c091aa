"""The pairs of a study on which most annotators agree, as lines to train on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Case, Output
from db.queries.annotation.cases import is_readable
from db.queries.records.rows import BATCH
from db.queries.results import ResultFilters, collect, result_study
from evalkit.annotation.blinding.leaks import texts_of
from evalkit.formats.preferences import preference_line
from evalkit.images.references import with_images
from evalkit.phrases import counted, joined
from evalkit.records import record_line
from evalkit.rendering.pictures import raw_image
from evalkit.stats.counts import BoolArray, IntArray
from evalkit.study.consensus import Consensus, consensus

#: What a response without a word may hold, in the words of SQL's trim.
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """Ids of cases and responses, of the pairs that are written, and how many are left out why."""

    case: IntArray
    chosen: IntArray
    rejected: IntArray
    of: Consensus
    model_of_run: dict[int, str]
    left_out: dict[str, int]


def training_pairs(session: Session, *, study: str, judges: bool = False) -> TrainingPairs:
    """Choose the pairs to train on: by consensus, of responses that did not fail, no canaries.

    People's votes count, with ``judges`` those of judges too. A case with a canary says that it
    must never turn up in training data.
    """
    result = result_study(session, name=study)
    collected = collect(session, result, filters=ResultFilters(judges=judges))
    of, outputs = consensus(collected), collected.outputs
    runs = [run.run_id for run in result.runs]
    failed = session.scalars(
        select(col(Output.id)).where(
            col(Output.run_id).in_(runs),
            col(Output.error).is_not(None) | col(Output.id).in_(_silent(session, runs)),
        )
    )
    secret = session.scalars(
        select(col(Case.id))
        .where(col(Case.canary).is_not(None))
        .where(col(Case.id).in_(select(col(Output.case_id)).where(col(Output.run_id).in_(runs))))
    )
    elsewhere = session.scalars(
        select(col(Output.id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.run_id).in_(runs))
        .where(~is_readable())
    )
    case, chosen, rejected = outputs.case[of.chosen], outputs.id[of.chosen], outputs.id[of.rejected]
    has_canary = np.isin(case, _ids(secret))
    has_no_text = np.isin([chosen, rejected], _ids(elsewhere)).any(axis=0) & ~has_canary
    has_failed = np.isin([chosen, rejected], _ids(failed)).any(axis=0)
    has_failed &= ~has_canary & ~has_no_text
    keep = ~has_canary & ~has_failed & ~has_no_text
    left_out = {
        "without a majority": of.n_undecided,
        "with a failed or empty response": int(has_failed.sum()),
        "of a case with a canary": int(has_canary.sum()),
    }
    if has_no_text.any():
        left_out["whose text is in no file that came"] = int(has_no_text.sum())
    models = {run.run_id: run.own_model for run in result.runs}
    return TrainingPairs(case[keep], chosen[keep], rejected[keep], _at(of, keep), models, left_out)


def left_out_in_words(left_out: dict[str, int]) -> str:
    """Say how many pairs are left out why, to be put behind what is written; empty for none."""
    numbers = [f"{counted(n, 'pair')} {why}" for why, n in left_out.items() if n]
    return f" Left out: {joined(numbers)}." if numbers else ""


def preference_lines(session: Session, pairs: TrainingPairs) -> Iterator[str]:
    """Yield a line per pair, in the order of cases, reading some cases and responses at a time."""
    for start in range(0, len(pairs.case), BATCH):
        part = slice(start, start + BATCH)
        cases = _cases(session, np.unique(pairs.case[part]).tolist())
        outputs = _outputs(
            session, pairs, np.union1d(pairs.chosen[part], pairs.rejected[part]).tolist()
        )
        for place in range(len(pairs.case))[part]:
            line = preference_line(
                cases[int(pairs.case[place])],
                chosen=outputs[int(pairs.chosen[place])],
                rejected=outputs[int(pairs.rejected[place])],
                n=int(pairs.of.n[place]),
                agreement=float(pairs.of.agreement[place]),
                strength=float(pairs.of.strength[place]),
            )
            yield record_line(line)


def _silent(session: Session, run_ids: list[int]) -> list[int]:
    """Return the outputs that hold neither a word nor an image nor a call of a tool."""
    statement = select(col(Output.id), col(Output.steps)).where(
        col(Output.run_id).in_(run_ids),
        (sa.func.trim(col(Output.content), _BLANKS) == "") | col(Output.steps).is_not(None),
    )
    return [
        output_id
        for output_id, steps in session.execute(statement, execution_options={"yield_per": BATCH})
        if not any(text.strip() for text in texts_of(with_images(steps or (), raw_image)))
    ]


def _cases(session: Session, ids: list[int]) -> dict[int, dict[str, Any]]:
    statement: Any = select(
        col(Case.id).label("row_id"),
        col(Case.key).label("id"),
        col(Case.input).label("input"),
        col(Case.context).label("context"),
        col(Case.tools).label("tools"),
        col(Case.category).label("category"),
    ).where(col(Case.id).in_(ids))
    return {row.row_id: row._asdict() for row in session.execute(statement)}


def _outputs(session: Session, pairs: TrainingPairs, ids: list[int]) -> dict[int, dict[str, Any]]:
    statement = select(
        col(Output.id), col(Output.run_id), col(Output.content), col(Output.steps)
    ).where(col(Output.id).in_(ids))
    return {
        row.id: {
            "model": pairs.model_of_run[row.run_id],
            "content": row.content if row.steps is None else row.steps,
        }
        for row in session.execute(statement)
    }


def _ids(rows: Any) -> IntArray:
    return np.array(rows.all(), dtype=np.int64)


def _at(of: Consensus, keep: BoolArray) -> Consensus:
    return replace(
        of,
        chosen=of.chosen[keep],
        rejected=of.rejected[keep],
        n=of.n[keep],
        agreement=of.agreement[keep],
        strength=of.strength[keep],
    )

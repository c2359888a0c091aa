"""The pairs and responses of a study that may be trained on, by what annotators agree on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Case, GoldAnswer, Output
from db.queries.annotation.cases import is_readable
from db.queries.lessons import adjudicated_pairs
from db.queries.records.rows import BATCH, stream
from db.queries.results import ResultFilters, ResultStudy, collect
from evalkit.annotation.blinding.leaks import texts_of
from evalkit.formats.material import ExportOptions, HeldBack
from evalkit.images.references import with_images
from evalkit.judging.split import Split, split_of
from evalkit.phrases import counted, joined
from evalkit.rendering.pictures import raw_image
from evalkit.stats.counts import BoolArray, IntArray
from evalkit.study.consensus import Consensus, consensus

#: What a response without a word may hold, in the words of SQL's trim.
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

#: A case with this among its tags is run again and again to notice drift, and never trained on.
ANCHOR = "anchor"

_WHY = {
    HeldBack.CANARIES: "of a case with a canary",
    HeldBack.ANCHORS: "of an anchor",
    HeldBack.GOLD: "of a case with a right answer",
    HeldBack.DEV: "of the dev split",
    HeldBack.TEST: "of the test split",
}

#: On the dev split thresholds are chosen and judges corrected: one that learnt it looks too good.
_HELD_BACK = {Split.DEV: HeldBack.DEV, Split.TEST: HeldBack.TEST}


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """Row numbers of cases and responses of the pairs that are written, by consensus."""

    case: IntArray
    chosen: IntArray
    rejected: IntArray
    places: IntArray
    of: Consensus


@dataclass(slots=True)
class Withheld:
    """What is not trained on: cases by why, and responses that failed or have no text.

    ``left_out`` counts what was withheld, by why, as it is asked about; a thing counts once.
    """

    cases: dict[str, IntArray]
    failed: IntArray
    elsewhere: IntArray
    left_out: dict[str, int]

    def keep(self, case: IntArray, *outputs: IntArray) -> BoolArray:
        """Tell which of some things, each of a case and some responses, may be trained on."""
        keep = np.ones(len(case), dtype=np.bool_)
        for why, ids in self.cases.items():
            self._drop(keep, np.isin(case, ids), why)
        for why, ids in (
            ("whose text is in no file that came", self.elsewhere),
            ("with a failed or empty response", self.failed),
        ):
            for output in outputs:
                self._drop(keep, np.isin(output, ids), why)
        return keep

    def _drop(self, keep: BoolArray, is_out: BoolArray, why: str) -> None:
        n = int((is_out & keep).sum())
        if n:
            self.left_out[why] = self.left_out.get(why, 0) + n
        keep &= ~is_out


def withheld(
    session: Session, study: ResultStudy, options: ExportOptions, left_out: dict[str, int]
) -> Withheld:
    """Find what of a study is not trained on, but for what was asked for."""
    runs = [run.run_id for run in study.runs]
    failed = session.scalars(
        select(col(Output.id)).where(
            col(Output.run_id).in_(runs),
            col(Output.error).is_not(None) | col(Output.id).in_(_silent(session, runs)),
        )
    )
    elsewhere = session.scalars(
        select(col(Output.id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.run_id).in_(runs))
        .where(~is_readable())
    )
    return Withheld(
        {
            _WHY[why]: ids
            for why, ids in _held_back(session, study, runs).items()
            if why not in options.also
        },
        np.array(failed.all(), dtype=np.int64),
        np.array(elsewhere.all(), dtype=np.int64),
        left_out,
    )


def training_pairs(
    session: Session, study: ResultStudy, options: ExportOptions, out: Withheld, *, ties: bool
) -> TrainingPairs:
    """Choose the pairs to train on: by consensus, without what is withheld.

    People's votes count, with ``judges`` those of judges too. Pairs with ``ties`` are also those
    of which annotators agree that neither is better.
    """
    collected = collect(session, study, filters=ResultFilters(judges=options.judges))
    decided = adjudicated_pairs(session, study.study_id)
    of = consensus(collected, options.rule, with_ties=ties, adjudicated=decided)
    outputs = collected.outputs
    case, chosen, rejected = outputs.case[of.chosen], outputs.id[of.chosen], outputs.id[of.rejected]
    if of.n_undecided:
        out.left_out["without a majority"] = of.n_undecided
    keep = out.keep(case, chosen, rejected)
    return TrainingPairs(case[keep], chosen[keep], rejected[keep], np.flatnonzero(keep), of)


def left_out_in_words(left_out: dict[str, int], noun: str = "pair") -> str:
    """Say how much is left out why, to be put behind what is written; empty for nothing."""
    numbers = [f"{counted(n, noun)} {why}" for why, n in left_out.items() if n]
    return f" Left out: {joined(numbers)}." if numbers else ""


def _held_back(session: Session, study: ResultStudy, runs: list[int]) -> dict[HeldBack, IntArray]:
    """Return the cases that stay out of training, by why; a case may be there for several."""
    ids: dict[HeldBack, list[int]] = {why: [] for why in HeldBack}
    of_study = select(col(Output.case_id)).where(col(Output.run_id).in_(runs))
    statement: Any = select(
        col(Case.id), col(Case.case_hash), col(Case.canary).is_not(None), col(Case.tags)
    ).where(col(Case.id).in_(of_study))
    for case_id, content_hash, has_canary, tags in map(tuple, stream(session, statement)):
        if has_canary:
            ids[HeldBack.CANARIES].append(case_id)
        if ANCHOR in (tags or ()):
            ids[HeldBack.ANCHORS].append(case_id)
        split = split_of(content_hash)
        if split in _HELD_BACK:
            ids[_HELD_BACK[split]].append(case_id)
    gold: Any = (
        select(col(Output.case_id))
        .join(GoldAnswer, col(GoldAnswer.left_output_id) == col(Output.id))
        .where(col(GoldAnswer.study_id) == study.study_id)
        .distinct()
    )
    ids[HeldBack.GOLD] = list(session.scalars(gold))
    return {why: np.array(of, dtype=np.int64) for why, of in ids.items()}


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

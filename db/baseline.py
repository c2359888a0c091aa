"""The baseline judge on a study: taught by people on the train split, asked about the others."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.columns import number_of
from db.commands.own_judges import OwnJudge, store_own_verdicts
from db.engine import read_session, wait_for_imports, write_session
from db.models import Annotation, Annotator, Assignment, Case, Output, Study
from db.queries.annotation.form import form_of
from db.queries.annotation.task import fresh_task
from db.queries.judgings import study_called
from db.queries.results.studies import COUNTED_KINDS
from db.queries.to_judge import ToJudge, is_here, to_judge
from evalkit.annotation.draft import Draft
from evalkit.judging.baseline import BASELINE, Baseline, TaughtPair, fit_baseline
from evalkit.judging.soft import PREFERENCE
from evalkit.judging.split import Split, split_of
from evalkit.judging.wording import JudgeVerdict, response_words
from evalkit.vocabulary import DECIDED, AnnotatorKind, JudgeTask, Preference


@dataclass(frozen=True, slots=True)
class BaselineJudged:
    """What came of it: the judge by name, what it learnt from, and how much it said that is new."""

    judge: str
    baseline: Baseline
    n_verdicts: int
    n_new: int


def judge_by_baseline(name: str, *, is_all: bool = False) -> BaselineJudged:
    """Teach the baseline by people's preferences on the train split, and let it judge the rest.

    Pairs of cases to train on are not judged: on these it would look better than it is. Raises
    NotFoundError for an unknown study, RefusedError where there is too little to learn from, or
    nothing to judge.
    """
    with read_session() as session:
        study = study_called(session, name)
        hashes = case_hashes(session, study)
        taught = sorted(_taught(session, study, hashes), key=_digest)
        baseline = fit_baseline(taught)
        learnt = hashlib.sha256("".join(map(_digest, taught)).encode()).hexdigest()
        judge = OwnJudge("baseline", {"model": BASELINE, "taught": learnt})
        asked = [
            pair
            for pair in to_judge(session, study, JudgeTask.PAIR, is_all=is_all, repeats=1)
            if split_of(hashes[pair.case_id]) is not Split.TRAIN
        ]
        verdicts = [(each, _verdict(baseline, *_texts(session, study, each))) for each in asked]
    with write_session() as session:
        wait_for_imports(session)
        n_new = store_own_verdicts(session, study_called(session, name), judge, verdicts)
    return BaselineJudged(judge.name, baseline, len(verdicts), n_new)


def case_hashes(session: Session, study: Study) -> dict[int, str]:
    """Return the hash of each case of the eval set, by its id: it says which split it is in."""
    rows = session.execute(
        sa.select(col(Case.id), col(Case.case_hash)).where(
            col(Case.eval_set_id).in_(
                sa.select(col(Case.eval_set_id))
                .join(Assignment, col(Assignment.case_id) == col(Case.id))
                .where(col(Assignment.study_id) == study.id)
            )
        )
    )
    return {row.id: row.case_hash for row in rows}


def _taught(session: Session, study: Study, hashes: dict[int, str]) -> Iterable[TaughtPair]:
    """Yield what people preferred on cases to train on, each two responses once.

    From what is kept without its text there is nothing to learn.
    """
    first, second = aliased(Output), aliased(Output)
    rows = session.execute(
        sa.select(
            col(Assignment.case_id),
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Annotation.preference),
        )
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(first, col(first.id) == col(Assignment.left_output_id))
        .join(second, col(second.id) == col(Assignment.right_output_id))
        .where(
            *(is_here(table) for table in (Case, first, second)),
            col(Assignment.study_id) == number_of(study),
            col(Assignment.kind).in_(COUNTED_KINDS),
            col(Annotator.kind) != AnnotatorKind.JUDGE,
            col(Annotation.preference).in_(DECIDED),
            ~col(Annotation.is_superseded),
        )
    )
    counts: Counter[tuple[int, int, int]] = Counter()
    for case_id, left, right, preference in rows:
        if split_of(hashes[case_id]) is Split.TRAIN:
            better = (left, right) if preference == Preference.LEFT else (right, left)
            counts[case_id, *better] += 1
    for case_id, low, high in {(case_id, *sorted(pair)) for case_id, *pair in counts}:
        texts = _texts(session, study, ToJudge(case_id, low, high, ""))
        n = counts[case_id, low, high], counts[case_id, high, low]
        yield TaughtPair(hashes[case_id], *texts, *n)


def _texts(session: Session, study: Study, pair: ToJudge) -> tuple[str, str]:
    """Return two responses as annotators see them: where names are masked, it learns none."""
    presented = Assignment(
        study_id=number_of(study),
        annotator_id=0,
        case_id=pair.case_id,
        left_output_id=pair.left,
        right_output_id=pair.right,
        presentation="",
    )
    task = fresh_task(session, study, presented, form_of(session, study, presented))
    return response_words(task.responses["left"]), response_words(task.responses["right"])


def _verdict(baseline: Baseline, left: str, right: str) -> JudgeVerdict:
    chance = baseline.chance(left, right)
    if chance == 0.5:
        return JudgeVerdict(Draft(Preference.TIE, {}, ""), "")
    preference = Preference.LEFT if chance > 0.5 else Preference.RIGHT
    sure = {PREFERENCE: round(max(chance, 1 - chance), 6)}
    return JudgeVerdict(Draft(preference, {}, ""), "", sure)


def _digest(pair: TaughtPair) -> str:
    return hashlib.sha256(repr(pair).encode("utf-8", "surrogatepass")).hexdigest()

"""The baseline judge of scores: taught by people on the train split, asked about the others."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from db.baseline import case_hashes
from db.columns import number_of
from db.commands.own_judges import OwnJudge, store_own_verdicts
from db.engine import read_session, wait_for_imports, write_session
from db.models import Annotation, Annotator, Assignment, Case, Criterion, Output, Score, Study
from db.queries.annotation.form import definitions, form_of
from db.queries.annotation.task import fresh_task
from db.queries.judgings import study_called
from db.queries.results.studies import COUNTED_KINDS
from db.queries.to_judge import ToJudge, is_here, to_judge
from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.annotation.task import TaskCriterion
from evalkit.errors import RefusedError
from evalkit.judging.baseline_scores import (
    SCORES_BASELINE,
    ScoreBaseline,
    TaughtScores,
    fit_scores,
)
from evalkit.judging.split import Split, split_of
from evalkit.judging.wording import JudgeVerdict, response_words
from evalkit.vocabulary import AnnotatorKind, JudgeTask

_SIDE = "left"


@dataclass(frozen=True, slots=True)
class ScoresJudged:
    """What came of it: the judge by name, each criterion's baseline, how much it said, and new.

    ``untaught`` are criteria of which there is too little to learn from, by key.
    """

    judge: str
    baselines: Mapping[str, ScoreBaseline]
    untaught: tuple[str, ...]
    n_verdicts: int
    n_new: int


def judge_scores_by_baseline(name: str, *, is_all: bool = False) -> ScoresJudged:
    """Teach the baseline by people's scores on the train split, and let it score the rest.

    Responses to cases to train on are not scored: on these it would look better than it is. Raises
    NotFoundError for an unknown study, RefusedError where there is too little to learn from on
    every criterion, or nothing to score.
    """
    with read_session() as session:
        study = study_called(session, name)
        asked = [
            criterion for criterion in definitions(session, study).criteria if not criterion.is_text
        ]
        if not asked:
            raise RefusedError("The rubric of this study has no criterion that is scored.")
        hashes = case_hashes(session, study)
        taught = _taught(session, study, hashes)
        baselines = _fitted(asked, taught)
        learnt = hashlib.sha256(repr(sorted(taught.items())).encode("utf-8", "surrogatepass"))
        identity = {
            "model": SCORES_BASELINE,
            "task": JudgeTask.SCORES,
            "taught": learnt.hexdigest(),
        }
        judge = OwnJudge("baseline", identity)
        verdicts = [
            (each, _verdict(baselines, _text(session, study, each)))
            for each in to_judge(session, study, JudgeTask.SCORES, is_all=is_all, repeats=1)
            if split_of(hashes[each.case_id]) is not Split.TRAIN
        ]
    with write_session() as session:
        wait_for_imports(session)
        n_new = store_own_verdicts(session, study_called(session, name), judge, verdicts)
    untaught = tuple(each.key for each in asked if each.key not in baselines)
    return ScoresJudged(judge.name, baselines, untaught, len(verdicts), n_new)


def _fitted(
    asked: list[TaskCriterion], taught: Mapping[str, list[TaughtScores]]
) -> dict[str, ScoreBaseline]:
    """Fit each criterion of which there is enough. Raises RefusedError where that is none."""
    baselines, refused = {}, None
    for criterion in asked:
        scale = criterion.range or tuple(level.value for level in criterion.levels)
        try:
            baselines[criterion.key] = fit_scores(taught.get(criterion.key, []), scale)
        except RefusedError as error:
            refused = error
    if refused is not None and not baselines:
        raise refused
    return baselines


def _taught(
    session: Session, study: Study, hashes: Mapping[int, str]
) -> dict[str, list[TaughtScores]]:
    """Return what people scored on cases to train on, by criterion, each response once."""
    rows = session.execute(
        sa.select(col(Criterion.key), col(Output.case_id), col(Output.id), col(Score.value))
        .join(Criterion, col(Criterion.id) == col(Score.criterion_id))
        .join(Output, col(Output.id) == col(Score.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotation, col(Annotation.id) == col(Score.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *(is_here(table) for table in (Case, Output)),
            col(Assignment.study_id) == number_of(study),
            col(Assignment.kind).in_(COUNTED_KINDS),
            col(Annotator.kind) != AnnotatorKind.JUDGE,
            ~col(Score.is_superseded),
        )
    )
    values: dict[tuple[str, int, int], list[float]] = defaultdict(list)
    for key, case_id, output_id, value in rows:
        if split_of(hashes[case_id]) is Split.TRAIN:
            values[key, case_id, output_id].append(value)
    texts = {
        (case_id, output_id): _text(session, study, ToJudge(case_id, output_id, None, ""))
        for _, case_id, output_id in values
    }
    taught = defaultdict(list)
    for (key, case_id, output_id), scores in values.items():
        of = TaughtScores(hashes[case_id], texts[case_id, output_id], tuple(sorted(scores)))
        taught[key].append(of)
    return {
        key: sorted(of, key=lambda each: (each.case, each.text, each.values))
        for key, of in taught.items()
    }


def _text(session: Session, study: Study, asked: ToJudge) -> str:
    """Return a response as annotators see it: where names are masked, the baseline learns none."""
    presented = Assignment(
        study_id=number_of(study),
        annotator_id=0,
        case_id=asked.case_id,
        left_output_id=asked.left,
        right_output_id=None,
        presentation="",
    )
    task = fresh_task(session, study, presented, form_of(session, study, presented))
    return response_words(task.responses[_SIDE])


def _verdict(baselines: Mapping[str, ScoreBaseline], text: str) -> JudgeVerdict:
    scores = {key: baseline.value(text) for key, baseline in baselines.items()}
    return JudgeVerdict(Draft(None, {_SIDE: ResponseDraft(scores, {})}, ""), "")

"""``judge``: let a model judge the responses of a study, alone or each two in both orders."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from db.columns import new_token
from db.engine import read_session
from evalkit.cli.asking import (
    ApiOption,
    BaseUrlOption,
    BudgetOption,
    ConcurrencyOption,
    DryRunFlag,
    InputPriceOption,
    KeyEnvOption,
    MaxTokensOption,
    OutputPriceOption,
    ParametersOption,
    TemperatureOption,
    TimeoutOption,
    bar,
    dollars,
    how_to_ask,
    tell_estimate,
    tell_stopped,
)
from evalkit.cli.terminal import JsonFlag, notes, out, print_json, require_database
from evalkit.phrases import counted
from evalkit.vocabulary import AnswerForm, Api, AskingState, JudgeTask, SoftScore

if TYPE_CHECKING:
    from db.queries.judgings import JudgingProgress
    from evalkit.judging.plan import JudgePlan

StudyOption = Annotated[str, typer.Option(help="The study whose responses are judged.")]
FormOption = Annotated[
    AnswerForm,
    typer.Option(
        help="How the endpoint is held to an answer that can be read: by a JSON schema, as any "
        "JSON, or by the words of the prompt alone."
    ),
]
JudgeModelOption = Annotated[
    str, typer.Option("--model", help="The judge's model, as the endpoint calls it.")
]
RepeatsOption = Annotated[int, typer.Option(help="How often each is asked.")]
TaskOption = Annotated[
    JudgeTask,
    typer.Option(
        help="What the judge is asked: which of two is better, in both orders (pair); or of each "
        "response its scores on the rubric (scores), the errors in it (errors), both (response)."
    ),
]
SoftOption = Annotated[
    SoftScore | None,
    typer.Option(
        help="How probable the judge holds its verdict or its scores: by the chance of the tokens "
        "that say it (logprobs, where the endpoint gives them), or as it states itself (stated)."
    ),
]
FewShotFlag = Annotated[
    bool,
    typer.Option(
        "--few-shot",
        help="Show the judge the study's few-shot cases first (page Differences). It is another "
        "judge then, and is not asked about these cases.",
    ),
]
AnchorsFlag = Annotated[
    bool,
    typer.Option(
        "--anchors",
        help="Ask about the frozen anchors alone, each twice in every order, and say whether the "
        "judge has moved since it was asked before.",
    ),
]
AllFlag = Annotated[
    bool,
    typer.Option(
        "--all/--people",
        "--all-pairs",
        help="Every model on every case of the study, or only what people judged so.",
        show_default=False,
    ),
]


BaselineFlag = Annotated[
    bool,
    typer.Option(
        "--baseline",
        help="No model at all: what length and words know of people's preferences, or with --task "
        "scores of their scores, on the train split. Every judge must beat it; it asks no "
        "endpoint.",
    ),
]
PanelOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A judge of the study, by name, that votes with the others so named, as one judge."
    ),
]


def judge_command(
    study: StudyOption,
    model: JudgeModelOption = "",
    baseline: BaselineFlag = False,
    panel: PanelOption = None,
    task: TaskOption = JudgeTask.PAIR,
    base_url: BaseUrlOption = None,
    key_env: KeyEnvOption = None,
    api: ApiOption = Api.CHAT,
    form: FormOption = AnswerForm.SCHEMA,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    parameters: ParametersOption = None,
    concurrency: ConcurrencyOption = 4,
    budget: BudgetOption = None,
    input_price: InputPriceOption = None,
    output_price: OutputPriceOption = None,
    timeout: TimeoutOption = 300.0,
    repeats: RepeatsOption = 1,
    soft: SoftOption = None,
    few_shot: FewShotFlag = False,
    anchors: AnchorsFlag = False,
    is_all: AllFlag = False,
    dry_run: DryRunFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Let a model judge; the same command once more goes on with the rest."""
    require_database()
    if baseline or panel:
        members = [] if baseline else panel or []
        _ask_nobody(study, members, task, is_all=is_all, as_json=as_json)
        return
    from evalkit.judging.plan import JudgePlan

    asking = how_to_ask(
        model=model,
        base_url=base_url,
        key_env=key_env,
        api=api,
        temperature=temperature,
        max_tokens=max_tokens,
        parameters=parameters,
        concurrency=concurrency,
        budget=budget,
        input_price=input_price,
        output_price=output_price,
    )
    asking |= {"task": task, "form": form, "repeats": repeats, "soft": soft}
    plan = JudgePlan(study=study, is_all=is_all, has_few_shot=few_shot, **asking)
    run = _check_anchors if anchors else _run
    run(plan, timeout=timeout, is_dry=dry_run, as_json=as_json)


def _ask_nobody(
    study: str, panel: list[str], task: JudgeTask, *, is_all: bool, as_json: bool
) -> None:
    """Let the baseline judge, or the panel where there is one."""
    from evalkit.errors import RefusedError

    if panel and task is not JudgeTask.PAIR:
        raise RefusedError("Panels vote on pairs only.")
    if panel:
        _let_vote(study, panel, as_json=as_json)
    elif task is JudgeTask.PAIR:
        _ask_baseline(study, is_all=is_all, as_json=as_json)
    elif task is JudgeTask.SCORES:
        _ask_scored_baseline(study, is_all=is_all, as_json=as_json)
    else:
        raise RefusedError(
            "The baseline judges pairs (--task pair) and gives scores (--task scores)."
        )


def _check_anchors(plan: "JudgePlan", *, timeout: float, is_dry: bool, as_json: bool) -> None:
    from evalkit.errors import RefusedError
    from evalkit.judging.anchors import MOST_ANCHORS, N_LOOKS

    if is_dry:
        most = 2 * N_LOOKS * MOST_ANCHORS
        raise RefusedError(f"A check of anchors has no dry run: it is {most} requests at most.")
    from db.anchors import check_anchors
    from db.queries.anchors import drift_of
    from evalkit.reports.drift.sentences import row_in_words

    checked = check_anchors(plan, timeout_s=timeout)
    with read_session() as session:
        report = drift_of(session, study_id=checked.study_id, study=plan.study)
    row = [each for each in report.rows if each.look.judge == checked.judge][-1]
    if as_json:
        print_json({**asdict(checked), "standing": row.standing, "sentence": row_in_words(row)})
    else:
        out().print(row_in_words(row))
    if checked.n_failed:
        notes().print(f"{counted(checked.n_failed, 'request')} failed and are in no number.")
    if checked.n_changed:
        notes().print(f"Changed since they were frozen: {counted(checked.n_changed, 'anchor')}.")


def _run(plan: "JudgePlan", *, timeout: float, is_dry: bool, as_json: bool) -> None:
    _estimate(plan, as_json=as_json and is_dry)
    if not is_dry:
        _work(plan, timeout=timeout, as_json=as_json)


def _ask_baseline(study: str, *, is_all: bool, as_json: bool) -> None:
    from db.baseline import judge_by_baseline
    from evalkit.judging.baseline_words import judged_in_words, learnt_in_words

    judged = judge_by_baseline(study, is_all=is_all)
    learnt = judged.baseline
    if as_json:
        print_json(
            {
                "judge": judged.judge,
                "n_verdicts": judged.n_verdicts,
                "n_new": judged.n_new,
                "n_train_pairs": learnt.n_pairs,
                "n_train_cases": learnt.n_cases,
                "left_out_accuracy": asdict(learnt.accuracy),
                "longer_accuracy": asdict(learnt.longer),
            }
        )
        return
    told = judged_in_words(judged.judge, study, n_verdicts=judged.n_verdicts, n_new=judged.n_new)
    out().print(f"{told} {learnt_in_words(learnt)}")


def _ask_scored_baseline(study: str, *, is_all: bool, as_json: bool) -> None:
    from db.scored_baseline import judge_scores_by_baseline
    from evalkit.judging.baseline_words import judged_in_words, scores_in_words

    scored = judge_scores_by_baseline(study, is_all=is_all)
    if not as_json:
        told = judged_in_words(
            scored.judge, study, n_verdicts=scored.n_verdicts, n_new=scored.n_new
        )
        out().print(" ".join([told, *scores_in_words(scored.baselines, scored.untaught)]))
        return
    print_json(
        {
            "judge": scored.judge,
            "n_verdicts": scored.n_verdicts,
            "n_new": scored.n_new,
            "untaught": list(scored.untaught),
            "criteria": [
                {
                    "criterion": key,
                    "n_train_responses": baseline.n_responses,
                    "n_train_cases": baseline.n_cases,
                    "left_out": asdict(baseline.left_out),
                    "constant": asdict(baseline.constant),
                }
                for key, baseline in scored.baselines.items()
            ],
        }
    )


def _let_vote(study: str, members: list[str], *, as_json: bool) -> None:
    from db.panels import let_panel_vote

    voted = let_panel_vote(study, members)
    if as_json:
        told = {"judge": voted.judge, "n_verdicts": voted.n_verdicts, "n_new": voted.n_new}
        print_json(told)
        return
    out().print(
        f"{voted.judge} on {study}: {voted.n_verdicts:,} judged, {voted.n_new:,} of them new."
    )


def _estimate(plan: "JudgePlan", *, as_json: bool) -> None:
    from db.judging import estimate_judging

    estimate = estimate_judging(plan)
    if as_json:
        print_json(
            {
                "is_dry_run": True,
                "n_verdicts": estimate.n_cases,
                "input_tokens": estimate.input_tokens,
                "output_per_verdict": estimate.output_per_case,
                "cost_usd": estimate.cost_usd,
            }
        )
        return
    tell_estimate(estimate, plan.prices, "verdict")


def _work(plan: "JudgePlan", *, timeout: float, as_json: bool) -> None:
    """Begin the judging, or go on with it, and tell how it ended."""
    from db.commands.judgings import begin_judging
    from db.judging import judge_on

    plan.endpoint.key()  # refused here, before anything is stored
    token = new_token()
    begun = begin_judging(plan, lease=token)
    before = _progress_of(begun.judging_id)
    if not begun.is_new:
        notes().print(
            f"Going on: {before.n_done:,} of {before.n_verdicts:,} are there, "
            f"{before.n_waiting:,} are left."
        )
    with bar(before.judge, before.n_verdicts, before.n_done, before.n_failed) as on_stored:
        judge_on(begun.judging_id, token, on_stored=on_stored, timeout_s=timeout)
    _tell(_progress_of(begun.judging_id), as_json=as_json)


def _progress_of(judging_id: int) -> "JudgingProgress":
    from db.queries.judgings import judging_progress

    with read_session() as session:
        return judging_progress(session, judging_id)


def _tell(progress: "JudgingProgress", *, as_json: bool) -> None:
    """Say how it ended, and end with 1 unless all was asked and answered."""
    if as_json:
        print_json(
            {
                "study": progress.study,
                "judge": progress.judge,
                "task": progress.task,
                "state": progress.state,
                "reason": progress.reason,
                "n_asked_for": progress.n_verdicts,
                "n_verdicts": progress.n_answered,
                "n_unreadable": progress.n_unreadable,
                "n_failed": progress.n_failed,
                "n_begun_again": progress.n_again,
                "cost_usd": progress.cost_usd,
                "failures": [{"error": error, "n": n} for error, n in progress.reasons],
            }
        )
    else:
        out().print(
            f"{progress.judge} on {progress.study}: {progress.n_answered:,} of "
            f"{progress.n_verdicts:,} judged, {progress.n_unreadable:,} unreadable, "
            f"{progress.n_failed:,} failed; {dollars(progress.cost_usd)}."
        )
    for error, n in progress.reasons:
        notes().print(f"{counted(n, 'request')} failed: {error}")
    if progress.n_again:
        notes().print(
            f"Asked more than once, as after a kill: {counted(progress.n_again, 'verdict')}."
        )
    tell_stopped(progress.state, progress.reason)
    if progress.state is AskingState.DONE and progress.n_failed:
        notes().print("The same command asks once more for what failed.")
    if progress.n_failed or progress.state is not AskingState.DONE:
        raise typer.Exit(1)

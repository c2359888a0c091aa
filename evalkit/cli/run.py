"""``run``: ask a model every case of an eval set, and store what it answers."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.columns import new_token
from db.commands.askings import begin_run
from db.engine import read_session
from db.queries.askings import AskingProgress, asking_failures, askings
from evalkit.cli.asking import (
    ApiOption,
    BaseUrlOption,
    BudgetOption,
    ConcurrencyOption,
    DryRunFlag,
    InputPriceOption,
    KeyEnvOption,
    MaxTokensOption,
    ModelOption,
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
from evalkit.records.names import DEFAULT_RUN
from evalkit.vocabulary import Api, AskingState

if TYPE_CHECKING:
    from evalkit.running.plan import RunPlan

EvalSetOption = Annotated[str, typer.Option(help="The eval set whose cases are asked.")]
VersionOption = Annotated[
    int | None, typer.Option(help="The version of the eval set; default: the newest.")
]
NameOption = Annotated[
    str, typer.Option(help="What the model is called here; default: as the endpoint does.")
]
RunOption = Annotated[
    str, typer.Option(help="Which pass of the model this is, where there are several.")
]


def run_command(
    eval_set: EvalSetOption,
    model: ModelOption,
    version: VersionOption = None,
    base_url: BaseUrlOption = None,
    key_env: KeyEnvOption = None,
    api: ApiOption = Api.CHAT,
    name: NameOption = "",
    run: RunOption = DEFAULT_RUN,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    parameters: ParametersOption = None,
    concurrency: ConcurrencyOption = 4,
    budget: BudgetOption = None,
    input_price: InputPriceOption = None,
    output_price: OutputPriceOption = None,
    timeout: TimeoutOption = 300.0,
    dry_run: DryRunFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Run a model on an eval set; the same command once more goes on with what is left."""
    require_database()
    from evalkit.running.plan import RunPlan

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
    plan = RunPlan(eval_set=eval_set, version=version, name=name, run=run, **asking)
    _estimate(plan, as_json=as_json and dry_run)
    if not dry_run:
        _work(plan, timeout=timeout, as_json=as_json)


def _estimate(plan: "RunPlan", *, as_json: bool) -> None:
    from db.running import estimate_run

    estimate = estimate_run(plan)
    if as_json:
        print_json({"is_dry_run": True, **estimate.document()})
        return
    tell_estimate(estimate, plan.prices, "case")


def _work(plan: "RunPlan", *, timeout: float, as_json: bool) -> None:
    """Begin the run, or go on with it, and tell how it ended."""
    from db.running import work_on

    plan.endpoint.key()  # refused here, before anything is stored
    token = new_token()
    begun = begin_run(plan, lease=token)
    before = _progress_of(begun.run_id)
    if not begun.is_new:
        left = before.n_waiting + before.n_asked
        notes().print(
            f"Going on: {before.n_done:,} of {before.n_cases:,} are there, {left:,} are left."
        )
    with bar(before.model, before.n_cases, before.n_done, before.n_failed) as on_stored:
        work_on(begun.run_id, token, on_stored=on_stored, timeout_s=timeout)
    _tell(_progress_of(begun.run_id), as_json=as_json)


def _progress_of(run_id: int) -> AskingProgress:
    with read_session() as session:
        (progress,) = askings(session, run_id=run_id)
    return progress


def _tell(progress: AskingProgress, *, as_json: bool) -> None:
    """Say how it ended, and end with 1 unless every case was asked."""
    with read_session() as session:
        failures = asking_failures(session, progress.run_id)
    if as_json:
        print_json(
            {
                "run_id": progress.run_id,
                "eval_set": progress.eval_set,
                "version": progress.version_number,
                "model": progress.model,
                "run": progress.run,
                "state": progress.state,
                "reason": progress.reason,
                "n_cases": progress.n_cases,
                "n_answered": progress.n_answered,
                "n_failed": progress.n_failed,
                "n_begun_again": progress.n_again,
                "cost_usd": progress.cost_usd,
                "failures": [
                    {"error": failure.error, "n": failure.n, "case": failure.case}
                    for failure in failures
                ],
            }
        )
    else:
        out().print(_outcome(progress))
    for failure in failures:
        notes().print(f"{counted(failure.n, 'response')} failed ({failure.case}): {failure.error}")
    if progress.n_again:
        notes().print(
            f"Asked again after work on them was broken off: {counted(progress.n_again, 'case')}, "
            "for which the endpoint may charge twice."
        )
    tell_stopped(progress.state, progress.reason)
    if progress.state is not AskingState.DONE:
        raise typer.Exit(1)


def _outcome(progress: AskingProgress) -> str:
    return (
        f"{progress.model}, run {progress.run}, on {progress.eval_set} version "
        f"{progress.version_number}: {progress.n_answered:,} of {progress.n_cases:,} answered, "
        f"{progress.n_failed:,} failed; {dollars(progress.cost_usd)}."
    )

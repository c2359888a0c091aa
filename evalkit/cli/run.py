"""``run``: ask a model every case of an eval set, and store what it answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from db.columns import new_token
from db.commands.askings import begin_run
from db.engine import read_session
from db.queries.askings import AskingProgress, asking_failures, askings
from evalkit.cli.terminal import JsonFlag, notes, out, print_json, require_database
from evalkit.phrases import counted
from evalkit.records.names import DEFAULT_RUN
from evalkit.vocabulary import Api, AskingState

if TYPE_CHECKING:
    from db.working import Stored
    from evalkit.running.plan import RunPlan

EvalSetOption = Annotated[str, typer.Option(help="The eval set whose cases are asked.")]
ModelOption = Annotated[str, typer.Option(help="The model, as the endpoint calls it.")]
VersionOption = Annotated[
    int | None, typer.Option(help="The version of the eval set; default: the newest.")
]
BaseUrlOption = Annotated[
    str | None, typer.Option(help="An OpenAI-compatible endpoint; default: OpenAI's.")
]
KeyEnvOption = Annotated[
    str | None,
    typer.Option(
        help="The name of the environment variable, or of the Streamlit secret, that holds the "
        "key; default: OPENAI_API_KEY for OpenAI, none elsewhere."
    ),
]
ApiOption = Annotated[Api, typer.Option(help="Which API of the endpoint to ask.")]
NameOption = Annotated[
    str, typer.Option(help="What the model is called here; default: as the endpoint does.")
]
RunOption = Annotated[
    str, typer.Option(help="Which pass of the model this is, where there are several.")
]
TemperatureOption = Annotated[float | None, typer.Option(help="Sampling temperature.")]
MaxTokensOption = Annotated[int | None, typer.Option(help="The most tokens a response may have.")]
ConcurrencyOption = Annotated[int, typer.Option(help="Requests at once, at most.")]
BudgetOption = Annotated[
    float | None, typer.Option(help="US dollars at which it stops, to be resumed or not.")
]
InputPriceOption = Annotated[
    float | None, typer.Option(help="US dollars per million input tokens; default: as known.")
]
OutputPriceOption = Annotated[
    float | None, typer.Option(help="US dollars per million output tokens; default: as known.")
]
TimeoutOption = Annotated[
    float, typer.Option(help="Seconds without a word from the endpoint until it is given up.")
]
DryRunFlag = Annotated[
    bool, typer.Option("--dry-run", help="Say what it will take, and ask nothing.")
]
ParametersOption = Annotated[
    str | None,
    typer.Option(help='More parameters of the endpoint, as JSON: {"seed": 1}.'),
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
    # Here and not above, for what asks models takes half a second, and no other command needs it.
    from evalkit.running.endpoint import endpoint_at
    from evalkit.running.plan import RunPlan, parameters_of
    from evalkit.running.prices import known_prices, stated_prices

    endpoint = endpoint_at(base_url, key_env)
    prices = stated_prices(input_price, output_price) or known_prices(model, endpoint.base_url)
    plan = RunPlan(
        eval_set=eval_set,
        model=model,
        endpoint=endpoint,
        version=version,
        name=name,
        run=run,
        api=api,
        parameters=parameters_of(temperature=temperature, max_tokens=max_tokens, more=parameters),
        prices=prices,
        budget_usd=budget,
        concurrency=concurrency,
    )
    _estimate(plan, as_json=as_json and dry_run)
    if not dry_run:
        _work(plan, timeout=timeout, as_json=as_json)


def _estimate(plan: "RunPlan", *, as_json: bool) -> None:
    from db.running import estimate_run

    estimate = estimate_run(plan)
    if as_json:
        print_json({"is_dry_run": True, **estimate.document()})
        return
    notes().print(estimate.sentence)
    if plan.prices is not None:
        notes().print(f"Reckoned with {plan.prices.sentence}.")


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
    if progress.state is not AskingState.DONE:
        notes().print(f"Stopped. {progress.reason or 'Somebody else goes on with it.'}")
        raise typer.Exit(1)


def _outcome(progress: AskingProgress) -> str:
    return (
        f"{progress.model}, run {progress.run}, on {progress.eval_set} version "
        f"{progress.version_number}: {progress.n_answered:,} of {progress.n_cases:,} answered, "
        f"{progress.n_failed:,} failed; {dollars(progress.cost_usd)}."
    )


def dollars(cost: float | None) -> str:
    """Say what something cost so far."""
    return "cost unknown" if cost is None else f"{cost:.4f} US dollars"


@contextmanager
def bar(
    name: str, n: int, n_done: int, n_failed: int
) -> Iterator[Callable[["Stored"], None] | None]:
    """Show how far it is and what it cost so far, where somebody watches."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=n, completed=n_done)

        def show(stored: "Stored") -> None:
            nonlocal n_failed
            n_failed += stored.error is not None
            cost = dollars(stored.spent_usd)
            failed = f", {n_failed:,} failed" if n_failed else ""
            progress.update(task, advance=1, description=f"{name}: {cost}{failed}")

        yield show

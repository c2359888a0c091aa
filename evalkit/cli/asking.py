"""What asking an endpoint takes on the command line: options, the estimate, how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from evalkit.cli.terminal import notes
from evalkit.vocabulary import Api, AskingState

if TYPE_CHECKING:
    from db.working import Stored
    from evalkit.running.estimate import RunEstimate
    from evalkit.running.prices import Prices

ModelOption = Annotated[str, typer.Option(help="The model, as the endpoint calls it.")]
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
TemperatureOption = Annotated[float | None, typer.Option(help="Sampling temperature.")]
MaxTokensOption = Annotated[int | None, typer.Option(help="The most tokens a response may have.")]
ParametersOption = Annotated[
    str | None,
    typer.Option(help='More parameters of the endpoint, as JSON: {"seed": 1}.'),
]
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


def how_to_ask(
    *,
    model: str,
    base_url: str | None,
    key_env: str | None,
    api: Api,
    temperature: float | None,
    max_tokens: int | None,
    parameters: str | None,
    concurrency: int,
    budget: float | None,
    input_price: float | None,
    output_price: float | None,
) -> dict[str, Any]:
    """Return these options as the fields that every plan to ask an endpoint has."""
    # Here and not above, for what asks models takes half a second, and no other command needs it.
    from evalkit.running.endpoint import endpoint_at
    from evalkit.running.plan import parameters_of
    from evalkit.running.prices import known_prices, stated_prices

    endpoint = endpoint_at(base_url, key_env)
    return {
        "model": model,
        "endpoint": endpoint,
        "api": api,
        "parameters": parameters_of(
            temperature=temperature, max_tokens=max_tokens, more=parameters
        ),
        "prices": stated_prices(input_price, output_price)
        or known_prices(model, endpoint.base_url),
        "budget_usd": budget,
        "concurrency": concurrency,
    }


def tell_estimate(estimate: "RunEstimate", prices: "Prices | None", noun: str) -> None:
    """Say what it will take, and what that was reckoned with."""
    notes().print(estimate.in_words(noun))
    if prices is not None:
        notes().print(f"Reckoned with {prices.sentence}.")


def tell_stopped(state: AskingState, reason: str | None) -> None:
    """Say why not all was asked, where that is so."""
    if state is not AskingState.DONE:
        notes().print(f"Stopped. {reason or 'Somebody else goes on with it.'}")


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

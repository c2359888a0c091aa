"""The options of `study create` that speak of kinds of task: of all of them, or KIND=… of one."""

from collections.abc import Collection, Sequence

from evalkit.annotation.planning import TaskPlan, collected_together
from evalkit.errors import RefusedError
from evalkit.vocabulary import TaskKind


def tasks_of_options(
    kinds: Sequence[str] | None,
    overlaps: Sequence[str] | None,
    collects: Sequence[str] | None,
    *,
    named: frozenset[str],
    of_preference: frozenset[str],
) -> list[TaskPlan]:
    """Return the kinds of task that options name, each with what is said of it.

    What a named rubric or taxonomy is for goes to single responses where there are any, what is
    asked of a preference besides to pairs.

    Raises
    ------
    RefusedError
        Where an option cannot be read, or speaks of a kind that is not asked for.
    """
    shares = {
        _kind(kind): _share(share)
        for kind, _, share in (text.partition("=") for text in kinds or [TaskKind.PAIR])
    }
    if len(shares) < len(kinds or []):
        raise RefusedError("--kind names the same kind twice. Name each kind only once.")
    n_of = _by_kind("--overlap", overlaps or [], shares)
    collected_by = _by_kind("--collect", collects or [], shares)
    usual = collected_together(tuple(shares))
    tasks = []
    for kind, share in shares.items():
        if kind in collected_by:
            collected = frozenset(names_of(collected_by[kind]))
        elif kind == TaskKind.SINGLE or TaskKind.SINGLE not in shares:
            collected = usual[kind] | named
        else:
            collected = usual[kind]
        if kind == TaskKind.PAIR or TaskKind.PAIR not in shares:
            collected |= of_preference
        overlap = _whole(n_of.get(kind, "2"))
        tasks.append(TaskPlan(kind=kind, overlap=overlap, share=share, collects=collected))
    return tasks


def _by_kind(
    option: str, values: Sequence[str], kinds: Collection[TaskKind]
) -> dict[TaskKind, str]:
    """Return what an option says of each kind: of all, unless it is said of one."""
    of_all = [text for text in values if "=" not in text]
    if len(of_all) > 1:
        raise RefusedError(f"{option} is given twice. Give it once, or once for each kind: KIND=…")
    said_of = {kind: text for text in of_all for kind in kinds}
    for text in values:
        name, is_of_kind, value = text.partition("=")
        if is_of_kind:
            kind = _kind(name)
            if kind not in kinds:
                raise RefusedError(f"{option} speaks of {kind}, but no --kind names it.")
            said_of[kind] = value
    return said_of


def _kind(name: str) -> TaskKind:
    if name not in set(TaskKind):
        raise RefusedError(f"“{name}” is no kind of task. Choose from {', '.join(TaskKind)}.")
    return TaskKind(name)


def _share(text: str) -> float:
    """Read a share: nothing is all, 20% and 0.2 are the same."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number or 1) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise RefusedError(f"“{text}” is no share of the cases. Write 20% or 0.2.") from None
    return share


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise RefusedError(f"“{text}” is no number of annotators. Write a whole number.")
    return int(text)


def names_of(text: str) -> tuple[str, ...]:
    """Return names that are listed with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())

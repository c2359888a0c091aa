"""Patterns that others write, which may not run for ever."""

from typing import Any

from evalkit.checks.kind import TookTooLongError
from evalkit.errors import RefusedError

#: A pattern may take so long on one response, in seconds.
LONGEST_ON_A_RESPONSE = 1.0
_LONGEST_PATTERN = 2_000
#: A pattern that repeats what repeats is written out when it is read: so often at most.
_MOST_REPEATS = 10_000


def compiled(written: str, *, where: str, ignore_case: bool = False) -> Any:
    """Compile a pattern that knows when to stop.

    Raises
    ------
    RefusedError
        If it is none, or too large; ``where`` says where it stands.
    """
    import regex  # knows when to stop, which Python's own does not; only patterns need it

    if len(written) > _LONGEST_PATTERN:
        raise RefusedError(
            f"{where}: the pattern has {len(written):,} characters; {_LONGEST_PATTERN:,} are read."
        )
    repeats = 1
    for low, high in regex.findall(r"\{(\d{1,9})?(?:,(\d{1,9})?)?\}", written):
        repeats *= max(1, int(low or 0), int(high or 0))
    if repeats > _MOST_REPEATS:
        raise RefusedError(
            f"{where}: the pattern repeats its parts {repeats:,} times in all; "
            f"{_MOST_REPEATS:,} are allowed. Write + or * instead of a large number."
        )
    try:
        return regex.compile(written, regex.IGNORECASE if ignore_case else 0)
    except (regex.error, ValueError, OverflowError, RecursionError) as fault:
        raise RefusedError(
            f"{where}: /{written}/ is no pattern ({fault}). Put a backslash before signs that "
            "stand for themselves."
        ) from None


def matched(pattern: Any, text: str, *, whole: bool = False) -> Any:
    """Return where a pattern matches a text, or all of it; None where it does not.

    Raises
    ------
    TookTooLongError
        If it takes longer than ``LONGEST_ON_A_RESPONSE``.
    """
    match = pattern.fullmatch if whole else pattern.search
    try:
        return match(text, timeout=LONGEST_ON_A_RESPONSE)
    except TimeoutError:
        raise TookTooLongError(
            f"The pattern /{pattern.pattern[:60]}/ ran longer than {LONGEST_ON_A_RESPONSE:g} "
            "second. Write it so that no part repeats what repeats already."
        ) from None

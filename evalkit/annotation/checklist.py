"""What is said of the items of a checklist, in words."""

from collections.abc import Iterable

from evalkit.vocabulary import CheckValue

#: What the values of a check are called in sentences, in their order.
CHECKED_VALUES = ("yes", "no", "not applicable")


def items_in_words(checks: Iterable[tuple[str, CheckValue]]) -> str:
    """Say what was said of each item: ``dated yes, polite not applicable``."""
    values = list(CheckValue)
    return ", ".join(
        f"{item.replace('_', ' ')} {CHECKED_VALUES[values.index(value)]}" for item, value in checks
    )

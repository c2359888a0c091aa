"""What is said of judges that saw pairs in both orders: one table and its words, everywhere."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.agreement.judges import JudgeAgreement

ORDER_COLUMNS = (
    "Judge",
    "Pairs in both orders",
    "Seen first: same as people",
    "κ",
    "Other order: same as people",
    "κ, other order",
    "Mean of orders",
    "Both must agree",
    "Positional agreement",
)
ORDER_NOTE = (
    "Of the pairs a judge saw in both orders. Seen first: what it said when it saw a pair the "
    "first time; other order: with the sides swapped. Both must agree: a pair counts as the same "
    "as people only where both verdicts are. Positional agreement: both verdicts are the same "
    "whatever the order, whether people judged the pair or not; what lies below 100 % is the order."
)


def in_both_orders(judges: Sequence[JudgeAgreement]) -> list[JudgeAgreement]:
    """Return the judges that saw pairs in both orders."""
    return [judge for judge in judges if judge.orders is not None]


def order_rows(judges: Sequence[JudgeAgreement]) -> list[tuple[str, ...]]:
    """Return a row of ``ORDER_COLUMNS`` for each judge that saw pairs in both orders."""
    return [
        (
            judge.judge,
            f"{orders.n_pairs:,}",
            text.with_n(orders.first.percent_agreement, text.percent),
            text.with_n(orders.first.kappa),
            text.with_n(orders.second.percent_agreement, text.percent),
            text.with_n(orders.second.kappa),
            text.with_n(orders.mean, text.percent),
            text.with_n(orders.both_agree, text.percent),
            text.with_n(orders.positional, text.percent),
        )
        for judge in judges
        if (orders := judge.orders) is not None
    ]

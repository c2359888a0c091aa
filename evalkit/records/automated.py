"""The records of automated checks: what is checked, and what came of it."""

from evalkit.records import checks
from evalkit.records.checks import Check
from evalkit.vocabulary import CheckResult

AUTOMATED_CHECK = "automated_check"
FINDING = "finding"

#: The fields of each type in the order in which they are written, and which must be there.
AUTOMATED_FIELDS: dict[str, tuple[dict[str, Check], frozenset[str]]] = {
    AUTOMATED_CHECK: (
        {
            "name": checks.name,
            "revision": checks.whole_from(1),
            "kind": checks.name,
            "settings": checks.any_object,
            "case": checks.name,
            "answers": checks.text,
            "retired": checks.boolean,
        },
        frozenset({"name", "kind"}),
    ),
    FINDING: (
        {
            "case": checks.name,
            "model": checks.name,
            "run": checks.name,
            "check": checks.name,
            "revision": checks.whole_from(1),
            "result": checks.one_of(CheckResult),
            "value": checks.number,
            "detail": checks.text,
            "seen": checks.name,
        },
        frozenset({"case", "model", "check", "result"}),
    ),
}

"""Run checks over the responses of an eval set, a few hundred in memory at a time."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from db.commands.checks import store_findings
from db.engine import read_session
from db.queries import checks
from db.queries.checks import CheckSummary, ResponseRow
from db.queries.records.rows import batched
from evalkit.checks.kind import CheckOutcome, untold
from evalkit.checks.running import LimitedChecker, checker_of, seen_hash
from evalkit.checks.table import kind_called
from evalkit.errors import RefusedError
from evalkit.vocabulary import CheckResult

#: So many responses are in memory, and stored in one transaction.
BATCH = 500
_FAILED = "The model returned an error, and no response."


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What a run of one check came to: responses looked at, and of the new ones what it found.

    ``n_not_tried`` counts those it stopped before, of which nothing is stored: the next run goes on
    with them. ``refused`` says why it was not run, where it was not.
    """

    name: str
    n_responses: int
    n_pass: int
    n_fail: int
    n_undefined: int
    n_not_tried: int = 0
    refused: str = ""

    @property
    def n_new(self) -> int:
        """Return how many findings were stored."""
        return self.n_pass + self.n_fail + self.n_undefined


def run_or_refuse(
    check: CheckSummary, *, on_progress: Callable[[int, int], None] = lambda done, of: None
) -> CheckRun:
    """Run a check as `run_check` does; say why where it is refused, so that others go on."""
    try:
        return run_check(check, on_progress=on_progress)
    except RefusedError as refused:
        return CheckRun(check.name, 0, 0, 0, 0, refused=str(refused))


def run_check(
    check: CheckSummary, *, on_progress: Callable[[int, int], None] = lambda done, of: None
) -> CheckRun:
    """Check every response of a check's cases that its newest revision has not seen as it is.

    After ten that took too long the others are not tried, and nothing is stored of them.
    ``on_progress`` is told how many of how many are done. Raises RefusedError where no check can
    be made of its settings any more.
    """
    kind = kind_called(check.kind)
    if not kind.is_run:
        raise RefusedError(f"“{check.name}” is what files bring, and is not run here.")
    checker = checker_of(kind, check.settings)
    with read_session() as session:
        ids = checks.output_ids(session, check)
    new: Counter[CheckResult] = Counter()
    n_done = n_not_tried = 0
    for batch in batched(ids, BATCH):
        with read_session() as session:
            rows = list(checks.responses_of(session, batch))
            before = checks.seen_before(session, check.revision_id, batch)
        looked_at = list(_findings(rows, before, checker))
        findings = [(row, seen, what) for row, seen, what in looked_at if what is not None]
        n_not_tried += len(looked_at) - len(findings)
        if findings:
            new.update(store_findings(check.revision_id, findings))
        n_done += len(batch)
        on_progress(n_done, len(ids))
    return CheckRun(
        check.name,
        len(ids),
        new[CheckResult.PASS],
        new[CheckResult.FAIL],
        new[CheckResult.UNDEFINED],
        n_not_tried,
    )


def _findings(
    rows: Iterable[ResponseRow], before: dict[int, str], checker: LimitedChecker
) -> Iterable[tuple[int, str, CheckOutcome | None]]:
    """Yield what is new: the response, what was seen of it, and what is to be said of that."""
    hashed = ((row, seen_hash(row.response)) for row in rows)
    new = [(row, seen) for row, seen in hashed if before.get(row.output_id) != seen]
    outcomes = iter(checker([row.response for row, _ in new if not row.is_error]))
    for row, seen in new:
        yield row.output_id, seen, untold(_FAILED) if row.is_error else next(outcomes)

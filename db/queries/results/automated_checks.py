"""What automated checks found of the responses of a study's eval set."""

from collections import defaultdict

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import CheckFinding, EvalSetVersion, Study
from db.queries.checks import checks_of
from db.queries.results.studies import ResultStudy
from evalkit.study.found_by_checks import FAILED, PASSED, UNTOLD, FoundByCheck
from evalkit.vocabulary import CheckResult

_CODES = {CheckResult.PASS: PASSED, CheckResult.FAIL: FAILED, CheckResult.UNDEFINED: UNTOLD}


def automated_checks(session: Session, study: ResultStudy) -> tuple[FoundByCheck, ...]:
    """Return what the newest revisions of the checks in use found, in the order of their names."""
    eval_set_id = session.scalar(
        sa.select(col(EvalSetVersion.eval_set_id))
        .join(Study, col(Study.eval_set_version_id) == col(EvalSetVersion.id))
        .where(col(Study.id) == study.study_id)
    )
    checks = [each for each in checks_of(session, eval_set_id or 0) if not each.is_retired]
    rows = session.execute(
        sa.select(
            col(CheckFinding.revision_id), col(CheckFinding.output_id), col(CheckFinding.result)
        ).where(
            col(CheckFinding.revision_id).in_([check.revision_id for check in checks]),
            ~col(CheckFinding.is_superseded),
        )
    )
    findings: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for revision_id, output_id, result in rows:
        findings[revision_id].append((output_id, _CODES[CheckResult(result)]))
    return tuple(
        FoundByCheck(
            check.name,
            check.kind,
            check.number,
            check.case_key,
            check.answers,
            *np.array(findings[check.revision_id], dtype=np.int64).reshape(-1, 2).T,
        )
        for check in checks
    )

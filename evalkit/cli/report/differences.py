"""``report differences``: the cases on which a judge and people differ, worst first."""

from typing import Annotated

import typer

from db.queries.responses.responses import case_keys
from db.queries.results.splits import splits
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.reports.differences.document import differences_document
from evalkit.reports.differences.report import differences as differing, judges_and_subjects
from evalkit.reports.differences.tables import MOST_LISTED, differences_section, listed
from evalkit.study.subjects import subject_key

JudgeOption = Annotated[
    str | None, typer.Option("--judge", help="Only this judge, as reports call it.")
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", help="Only on this: preference, a criterion, any_error, error:TAG."),
]
AgreedFlag = Annotated[
    bool,
    typer.Option("--agreed", help="Only where two people or more say the same, and all of them."),
]
MostOption = Annotated[
    int, typer.Option("--most", min=1, help="How many cases to list of each; --json has all.")
]


@report
def differences(
    asked: Asked,
    judge: JudgeOption = None,
    on: OnOption = None,
    agreed: AgreedFlag = False,
    most: MostOption = MOST_LISTED,
) -> Answer:
    """List the cases on which a judge and people differ, worst first."""
    asked.filters = asked.filters.with_all_judges()
    asked.note_judges_not_admitted()
    collected = asked.collected if asked.as_json else asked.main_part
    judged = judges_and_subjects(collected)
    if judge is not None and judge not in judged:
        raise NotFoundError(f"--judge: no judge “{judge}” here. There are: {quoted(judged)}.")
    keys = dict.fromkeys(subject_key(each) for subjects in judged.values() for each in subjects)
    if on is not None and on not in keys:
        raise NotFoundError(f"--on: no judge judged “{on}” here. They judged: {quoted(keys)}.")
    of_cases = splits(asked.session, asked.study)
    every = [
        differing(collected, of_cases, name, subject, is_agreed=agreed)
        for name, subjects in judged.items()
        for subject in subjects
        if judge in (None, name) and on in (None, subject_key(subject))
    ]
    if asked.as_json:
        named = case_keys(asked.session, {case for of in every for case in of.case.tolist()})
        return differences_document(collected, every, named)
    named = case_keys(asked.session, listed(every, most=most))
    return differences_section(collected, every, named, most=most).blocks

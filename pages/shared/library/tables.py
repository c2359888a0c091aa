"""Tables of the library pages: records and frames in, what a table shows out."""

import re
from collections.abc import Collection, Sequence

import pandas as pd

from db.commands.records import ImportReport
from db.queries.annotation.leaks import LeakCount
from db.queries.library import StudySummary
from evalkit.annotation.assignment.tasks import UNIT_NAMES
from evalkit.formats.read.table import READABLE
from evalkit.phrases import joined
from evalkit.vocabulary import LeakPolicy, LooksRule

_LEAKS = {
    LeakPolicy.MASK: "annotators see the words masked",
    LeakPolicy.LEAVE_OUT: "they are not shown to annotators",
    LeakPolicy.SHOW: "annotators see them as they are, so they are not blind there",
}

#: The shortest file that makes sense, shown where somebody is about to make their first.
EXAMPLE_RECORDS = """\
{"type": "header", "format": "evalkit", "version": 2, "eval_set": "Support questions"}
{"type": "case", "id": "refund-1", "category": "billing", "input": [{"role": "user", "content": "Can I get a refund?"}]}
{"type": "output", "case": "refund-1", "model": "model-a", "content": "Yes, within 30 days.", "latency_ms": 840, "cost_usd": 0.0021}
{"type": "output", "case": "refund-1", "model": "model-b", "content": "It depends on your plan."}
"""  # noqa: E501  (a record is a line)

#: What is read beside that, by name.
READ_TOO = f"Read too: {joined([made_as.name for made_as in READABLE.values()][1:])}."

#: What counts where somebody judged the same again, and no assignment tells looks apart.
LOOKS = {
    "As the file says, else the latest look": None,
    "The latest look counts": LooksRule.LATEST,
    "The mean of looks counts": LooksRule.MEAN,
}

#: The columns of studies that hold text.
TEXTS = ("State", "Eval set", "Models", "By", "Overlap")


def study_table(studies: Sequence[StudySummary]) -> pd.DataFrame:
    """Give one row per study, newest first, with how far it has come."""
    return pd.DataFrame(
        {
            "Study": [study.name for study in studies],
            "State": ["open" if study.is_open else "closed" for study in studies],
            "Eval set": [f"{study.eval_set}, version {study.version_number}" for study in studies],
            "Models": [", ".join(study.models) for study in studies],
            "Cases": [study.cases for study in studies],
            "Annotations": [f"{study.n_annotations:,}" for study in studies],
            "By": [_annotators(study) for study in studies],
            "Overlap": [_overlap(study) for study in studies],
        }
    )


def _overlap(study: StudySummary) -> str:
    """Say how many annotators judge the same; of each kind of task, where a study mixes them."""
    if len(study.tasks) == 1:
        return f"{study.overlap:,}"
    return ", ".join(f"{task.overlap:,} a {UNIT_NAMES[task.kind]}" for task in study.tasks)


def leak_sentence(study: StudySummary, count: LeakCount) -> str:
    """Say how many responses give their maker away, and what the study does about it."""
    if not count.n_leaking:
        return f"None of the {count.n_outputs:,} responses names its maker."
    names = ", ".join(f"“{name}”" for name in count.examples)
    what = f"{count.n_leaking:,} of {count.n_outputs:,} responses name their maker ({names})"
    return f"{what}: {_LEAKS[LeakPolicy(study.leak_policy)]}."


def run_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Give one row per run: how much it answered, how often with nothing or an error."""
    names = ["n_outputs", "n_empty", "n_errors", "n_elsewhere"]
    counts = {name: _with_separators(runs[name]) for name in names}
    if not runs["n_elsewhere"].any():
        runs, _ = runs.drop(columns="n_elsewhere"), counts.pop("n_elsewhere")
    return (
        runs.drop(columns="run_id")
        .assign(**counts)
        .rename(
            columns={
                "model": "Model",
                "run": "Run",
                "n_outputs": "Outputs",
                "n_empty": "Empty",
                "n_errors": "Errors",
                "n_elsewhere": "Text elsewhere",
            }
        )
    )


def version_table(versions: pd.DataFrame) -> pd.DataFrame:
    """Give one row per version, newest first, its hash shortened."""
    table = versions.assign(
        content_hash=versions["content_hash"].str.slice(0, 12),
        n_cases=_with_separators(versions["n_cases"]),
        created_at=[f"{made:%Y-%m-%d %H:%M}" for made in versions["created_at"]],
        parent=["" if pd.isna(number) else f"{number:.0f}" for number in versions["parent"]],
        note=versions["note"].fillna(""),
    )
    return table.drop(columns="version_id").rename(
        columns={
            "number": "Version",
            "content_hash": "Content hash",
            "n_cases": "Cases",
            "parent": "Made of",
            "author": "By",
            "note": "Note",
            "created_at": "Made",
        }
    )


def case_table(cases: pd.DataFrame) -> pd.DataFrame:
    """Give one row per case, without its number and what no case of the eval set says."""
    table = cases.drop(columns="case_id").rename(
        columns={
            "key": "Case",
            "category": "Category",
            "source": "Source",
            "status": "Status",
            "note": "Why it exists",
            "repeats": "Same content as",
        }
    )
    if not len(table):
        return table
    return table.replace("", None).dropna(axis="columns", how="all").fillna("")


def matching_cases(
    cases: pd.DataFrame, *, category: str | None, ids: Collection[int] | None
) -> pd.DataFrame:
    """Keep the cases of a category and of these ids; None is all."""
    matching = cases if category is None else cases[cases["category"].fillna("") == category]
    if ids is not None:
        matching = matching[matching["case_id"].isin(ids)]
    return matching.reset_index(drop=True)


def _annotators(study: StudySummary) -> str:
    if not study.n_annotators:
        return "nobody yet"
    if study.n_simulated_annotators:
        return f"{study.n_annotators} ({study.n_simulated_annotators} simulated)"
    return str(study.n_annotators)


def import_table(report: ImportReport) -> pd.DataFrame:
    """Give one row per type of record a file holds: how many are new, how many there already."""
    return pd.DataFrame(
        {
            "Records": list(report.counts),
            "New": [f"{count.new:,}" for count in report.counts.values()],
            "Of these count": [
                f"{count.new - count.superseded:,}" for count in report.counts.values()
            ],
            "There already": [f"{count.present:,}" for count in report.counts.values()],
        }
    )


def _with_separators(counts: pd.Series) -> list[str]:
    return [f"{count:,}" for count in counts]


def file_name(name: str) -> str:
    """Return a name a file may have everywhere: letters and digits joined by hyphens."""
    return "-".join(re.findall(r"\w+", name.casefold())) or "study"

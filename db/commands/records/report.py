"""What an import did, or would do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db.commands.records.looks import Again
from evalkit.evalset.contents import Contents
from evalkit.formats.read.taking_in import WholeReading
from evalkit.redaction.sentences import RedactionReport
from evalkit.vocabulary import LooksRule

_PLURALS = {
    "criterion": "criteria",
    "taxonomy": "taxonomies",
    "tag": "tags",
    "case": "cases",
    "output": "outputs",
    "gold": "right answers",
    "comparison": "comparisons",
    "ranking": "rankings",
    "score": "scores",
    "check": "checks",
    "answer": "answers",
    "error": "error marks",
    "automated_check": "automated checks",
    "finding": "findings of checks",
    "few_shot": "few-shot cases",
    "clarification": "clarifications",
    "adjudication": "adjudications",
    "taxonomy_change": "changes of taxonomies",
    "recoding": "marks coded anew",
    "reading": "readings",
    "open_note": "open notes",
    "coded_note": "named notes",
    "failure": "known failures",
}
_SINGULARS = {
    **{kind: kind for kind in _PLURALS},
    "error": "error mark",
    "gold": "right answer",
    "automated_check": "automated check",
    "finding": "finding of a check",
    "few_shot": "few-shot case",
    "taxonomy_change": "change of a taxonomy",
    "recoding": "mark coded anew",
    "open_note": "open note",
    "coded_note": "named note",
    "failure": "known failure",
}


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of a type were new, and how many the database held already.

    ``superseded`` of the new ones do not count: something later in the file takes their place.
    """

    new: int
    present: int
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file, or files that belong together, brought; ``source`` names them.

    ``counts`` has an entry for each type they hold; ``contents`` are those of the eval set with
    them. ``elsewhere`` counts the new cases and outputs whose text has not come, ``filled`` those
    of before whose text came now. ``reading`` is what the files were taken for, and ``redaction``
    counts what was replaced, where that was asked for.
    """

    source: str
    eval_set: str
    eval_set_version: int
    study: str | None
    counts: dict[str, RecordCount]
    looks: LooksRule
    n_again: int
    contents: Contents
    elsewhere: dict[str, int]
    filled: dict[str, int]
    warnings: tuple[str, ...]
    redaction: RedactionReport | None
    is_dry_run: bool
    has_news: bool
    reading: WholeReading | None = None

    @property
    def n_superseded(self) -> int:
        """Return how many new annotations do not count, and are kept as history."""
        return sum(count.superseded for count in self.counts.values())

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        present = _listed({kind: count.present for kind, count in self.counts.items()})
        if not self.has_news:
            return f"Nothing new in {self.source}: {present or 'no records'} already there."
        new = _listed({kind: count.new for kind, count in self.counts.items()}) or "no records"
        verb = "Would import" if self.is_dry_run else "Imported"
        place = f"into eval set {self.eval_set!r}"
        if self.study is not None:
            place += f" and study {self.study!r}"
        already = f"; {present} already there" if present else ""
        return f"{verb} {new} from {self.source} {place}{already}."


def again_sentences(
    again: Again,
    looks: LooksRule,
    counts: Mapping[str, RecordCount],
    place: Callable[[int], str],
) -> tuple[str, ...]:
    """Warn of what the same annotator judged again, with what counts of it."""
    if not again.n:
        return ()
    what = "response or pair was" if again.n == 1 else "responses and pairs were"
    warning = (
        f"{again.n:,} {what} judged more than once by the same annotator, with no assignment to "
        f"tell the looks apart (the first again on {place(again.first_line)})."
    )
    if looks is LooksRule.MEAN:
        return (f"{warning} Every look counts: scores, preferences and errors are means of looks.",)
    parts = [
        f"{count.new - count.superseded:,} of {count.new:,} {_PLURALS[kind]}"
        for kind, count in counts.items()
        if count.superseded
    ]
    return (
        f"{warning} The latest look counts: {', '.join(parts)}. To count every look, choose the "
        "mean of looks.",
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{n:,} {_SINGULARS[kind] if n == 1 else _PLURALS[kind]}" for kind, n in counts.items() if n
    )

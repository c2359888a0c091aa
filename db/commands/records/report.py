"""What an import did, or would do."""

from dataclasses import dataclass

_PLURALS = {
    "criterion": "criteria",
    "tag": "tags",
    "case": "cases",
    "output": "outputs",
    "comparison": "comparisons",
    "score": "scores",
    "error": "error marks",
}
_SINGULARS = {**{kind: kind for kind in _PLURALS}, "error": "error mark"}


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of a type were new, and how many the database held already."""

    new: int
    present: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one file brought. ``counts`` has an entry for each type the file holds."""

    source: str
    eval_set: str
    eval_set_version: int
    study: str | None
    counts: dict[str, RecordCount]
    n_superseded: int
    warnings: tuple[str, ...]
    is_dry_run: bool
    has_news: bool

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


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{n:,} {_SINGULARS[kind] if n == 1 else _PLURALS[kind]}" for kind, n in counts.items() if n
    )

"""What a checked file will do to the database."""

from dataclasses import dataclass, field
from typing import Any

from db.commands.records.check.automated import CheckOfFile
from db.commands.records.check.definitions import Definition
from db.commands.records.check.known import ImportTarget
from db.commands.records.looks import Again
from db.commands.records.report import RecordCount
from evalkit.evalset.contents import Contents
from evalkit.study.traffic import Traffic


@dataclass(slots=True)
class ImportPlan:
    """What a checked file will do to the database."""

    target: ImportTarget
    rubrics: list[Definition]
    taxonomies: list[Definition]
    checks: list[CheckOfFile]
    followed: dict[str, int]
    needs_newest: bool
    again: Again
    contents: Contents
    elsewhere: dict[str, int]
    filled: dict[str, int]
    traffic: Traffic
    counts: dict[str, RecordCount] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    mixed: str = ""

    @property
    def signature(self) -> tuple[Any, ...]:
        """Return what must still be true of the database when the file is written."""
        wholes = [(part.name, part.version, part.db_id) for part in self.rubrics + self.taxonomies]
        return self.target.state, tuple(wholes)

    @property
    def has_news(self) -> bool:
        """Tell whether the file would change anything."""
        is_new_study = self.target.study is not None and self.target.study_id is None
        is_new_set = self.target.eval_set_id is None
        is_new = is_new_study or is_new_set or any(self.filled.values()) or bool(self.traffic)
        return is_new or any(count.new for count in self.counts.values())

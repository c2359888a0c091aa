"""What automated checks found, on its way from a file to the staging file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalkit.names import name_key
from evalkit.records.names import DEFAULT_RUN

if TYPE_CHECKING:
    from db.commands.records.staging import Staging

FINDING_TABLE = """
CREATE TABLE finding (
    line INTEGER PRIMARY KEY, "case" TEXT, run INTEGER, check_key TEXT, name TEXT,
    revision INTEGER, result TEXT, value REAL, detail TEXT, seen TEXT
);
"""
INSERT_FINDING = "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def finding_row(staging: "Staging", line: int, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the row of what a check of a file found."""
    return (
        line,
        fields["case"],
        staging.run(fields["model"], fields.get("run", DEFAULT_RUN)),
        name_key(fields["check"]),
        fields["check"],
        fields.get("revision", 1),
        fields["result"],
        fields.get("value"),
        fields.get("detail"),
        fields.get("seen"),
    )

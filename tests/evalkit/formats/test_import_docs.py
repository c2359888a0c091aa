"""docs/import.md says what the table of formats says."""

from pathlib import Path

from evalkit.formats.read.describe import sections, table_rows
from evalkit.formats.read.mapping import NAMED, ROLES

PAGE = Path(__file__).parents[3] / "docs" / "import.md"


def test_the_page_has_the_row_and_the_section_of_every_format():
    text = PAGE.read_text(encoding="utf-8")

    missing = [words for words in (*table_rows(), *sections()) if words not in text]

    assert missing == []


def test_the_page_has_every_role_of_a_column():
    text = PAGE.read_text(encoding="utf-8")
    rows = [f"| `{role}` | {words} |" for role, words in ROLES.items()]

    assert [row for row in rows if row not in text] == []
    assert [role for role in NAMED if f"| `{role}:" not in text] == []

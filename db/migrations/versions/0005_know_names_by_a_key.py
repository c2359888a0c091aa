"""Know names that look alike by one key, and write every name in one way."""

import hashlib
import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ANNOTATOR = sa.table(
    "annotator",
    *(sa.column(name) for name in ("id", "kind", "name", "name_key", "password_hash")),
)
_AUDIT_EVENT = sa.table(
    "audit_event",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("action"),
    sa.column("subject"),
    sa.column("details", sa.JSON()),
)


def upgrade() -> None:
    op.add_column(
        "annotator", sa.Column("name_key", sa.String(), server_default="", nullable=False)
    )
    connection = op.get_bind()
    rows = list(connection.execute(sa.select(_ANNOTATOR)))
    # First comes, and keeps the key, who signs in; then whose name stays; then who was here before.
    rows.sort(key=lambda row: (row.password_hash is None, row.name != _normal(row.name), row.id))
    names = {(row.kind, row.name) for row in rows if row.name == _normal(row.name)}
    keys: set[tuple[str, str]] = set()
    for row in rows:
        name = _normal(row.name)
        if name != row.name and ((row.kind, name) in names or not name):
            name = _free_name(row.kind, name, names)
        names.add((row.kind, name))
        key = _key(name)
        if (row.kind, key) in keys:
            key = f"{key}\n{row.id}"  # no name has a line break in its key: it is found as written
        keys.add((row.kind, key))
        connection.execute(
            sa.update(_ANNOTATOR).where(_ANNOTATOR.c.id == row.id).values(name=name, name_key=key)
        )
        if name != row.name:
            connection.execute(
                sa.insert(_AUDIT_EVENT).values(
                    at=datetime.now(UTC),
                    action="account.renamed",
                    subject=f"annotator:{row.id}",
                    details={"was": row.name, "name": name},
                )
            )
    op.create_index("ix_annotator_kind_name_key", "annotator", ["kind", "name_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_annotator_kind_name_key", table_name="annotator")
    op.drop_column("annotator", "name_key")


def _free_name(kind: str, name: str, names: set[tuple[str, str]]) -> str:
    number = 2
    while (kind, f"{name} ({number})".strip()) in names:
        number += 1
    return f"{name} ({number})".strip()


# What names were written and compared like when this migration was; a migration stays as it is.
def _normal(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    visible = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    key = " ".join(unicodedata.normalize("NFKC", visible).split())
    encoded = key.encode()
    return hashlib.sha256(encoded).hexdigest() if len(encoded) > 1_000 else key

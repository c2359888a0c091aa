"""Keep the images that cases and outputs refer to."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_image_content_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "named_image",
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["eval_set_id"], ["eval_set.id"], name=op.f("fk_named_image_eval_set_id_eval_set")
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_named_image_image_id_image")
        ),
        sa.PrimaryKeyConstraint("eval_set_id", "name", name=op.f("pk_named_image")),
    )
    op.create_index(op.f("ix_named_image_image_id"), "named_image", ["image_id"])


def downgrade() -> None:
    op.drop_table("named_image")
    op.drop_table("image")

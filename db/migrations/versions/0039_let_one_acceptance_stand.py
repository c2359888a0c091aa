"""Let one acceptance of a judge on a thing stand at a time, whoever asks at the same moment."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_OPEN = "state = 'open'"
_NAME = "uq_verdict_acceptance_open"
#: Of two that stand, which only two leads at the same moment could make, the later is stopped.
_STOP_LATER = """
UPDATE verdict_acceptance SET state = 'stopped', stopped_at = created_at,
    reason = 'The same verdicts were accepted at the same moment by another lead.'
WHERE state = 'open' AND EXISTS (
    SELECT 1 FROM verdict_acceptance AS earlier
    WHERE earlier.state = 'open' AND earlier.id < verdict_acceptance.id
        AND earlier.study_id = verdict_acceptance.study_id
        AND earlier.annotator_id = verdict_acceptance.annotator_id
        AND earlier.subject = verdict_acceptance.subject
)
"""


def upgrade() -> None:
    op.execute(_STOP_LATER)
    op.create_index(
        _NAME,
        "verdict_acceptance",
        ["study_id", "annotator_id", "subject"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    op.drop_index(_NAME, table_name="verdict_acceptance")

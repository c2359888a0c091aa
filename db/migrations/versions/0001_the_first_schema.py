"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('human', 'judge')", name=op.f("ck_annotator_kind")),
        sa.CheckConstraint(
            "role IN ('annotator', 'lead', 'admin')", name=op.f("ck_annotator_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotator")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_annotator_kind_name")),
    )
    op.create_table(
        "eval_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eval_set")),
        sa.UniqueConstraint("name", name=op.f("uq_eval_set_name")),
    )
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
        sa.UniqueConstraint("name", name=op.f("uq_model_name")),
    )
    op.create_table(
        "public_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("model_key", sa.String(), nullable=False),
        sa.Column("benchmark", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_score")),
        sa.UniqueConstraint(
            "benchmark",
            "source",
            "measured_on",
            "model_key",
            name=op.f("uq_public_score_benchmark_source_measured_on_model_key"),
        ),
    )
    op.create_table(
        "rubric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_rubric_name_version")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_name_at", ["name", "at"], unique=False)

    op.create_table(
        "taxonomy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_taxonomy_name_version")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["annotator.id"], name=op.f("fk_audit_event_actor_id_annotator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index("ix_audit_event_subject", ["subject"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_hash", sa.String(), nullable=False),
        sa.Column("input", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("context", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tools", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reference", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("canary", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_reason", sa.String(), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('production', 'synthetic', 'benchmark')", name=op.f("ck_case_source")
        ),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_case_status")),
        sa.ForeignKeyConstraint(
            ["eval_set_id"], ["eval_set.id"], name=op.f("fk_case_eval_set_id_eval_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint(
            "eval_set_id", "key", "case_hash", name=op.f("uq_case_eval_set_id_key_case_hash")
        ),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_case_hash"), ["case_hash"], unique=False)
        batch_op.create_index(
            "ix_case_eval_set_id_category", ["eval_set_id", "category"], unique=False
        )

    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("scale", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "level IN ('nominal', 'ordinal', 'interval')", name=op.f("ck_criterion_level")
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["rubric.id"], name=op.f("fk_criterion_rubric_id_rubric")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("rubric_id", "key", name=op.f("uq_criterion_rubric_id_key")),
    )
    op.create_table(
        "eval_set_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["eval_set_id"], ["eval_set.id"], name=op.f("fk_eval_set_version_eval_set_id_eval_set")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["eval_set_version.id"],
            name=op.f("fk_eval_set_version_parent_id_eval_set_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eval_set_version")),
        sa.UniqueConstraint(
            "eval_set_id", "number", name=op.f("uq_eval_set_version_eval_set_id_number")
        ),
    )
    with op.batch_alter_table("eval_set_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_eval_set_version_content_hash"), ["content_hash"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["annotator_id"], ["annotator.id"], name=op.f("fk_invitation_annotator_id_annotator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_annotator_id"), ["annotator_id"], unique=False
        )

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["eval_set_id"], ["eval_set.id"], name=op.f("fk_run_eval_set_id_eval_set")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_run_model_id_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint(
            "eval_set_id", "model_id", "name", name=op.f("uq_run_eval_set_id_model_id_name")
        ),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_model_id"), ["model_id"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taxonomy_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("severities", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["taxonomy_id"], ["taxonomy.id"], name=op.f("fk_tag_taxonomy_id_taxonomy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("taxonomy_id", "key", name=op.f("uq_tag_taxonomy_id_key")),
    )
    op.create_table(
        "output",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("latency_ms", sa.Float(), nullable=True),
        sa.Column("time_to_first_token_ms", sa.Float(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("finish_reason", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("cost_usd IS NULL OR cost_usd >= 0", name=op.f("ck_output_cost_usd")),
        sa.CheckConstraint(
            "input_tokens IS NULL OR input_tokens >= 0", name=op.f("ck_output_input_tokens")
        ),
        sa.CheckConstraint(
            "latency_ms IS NULL OR latency_ms >= 0", name=op.f("ck_output_latency_ms")
        ),
        sa.CheckConstraint(
            "output_tokens IS NULL OR output_tokens >= 0", name=op.f("ck_output_output_tokens")
        ),
        sa.CheckConstraint(
            "time_to_first_token_ms IS NULL OR time_to_first_token_ms >= 0",
            name=op.f("ck_output_time_to_first_token_ms"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_output_case_id_case")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_output_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_output")),
        sa.UniqueConstraint("run_id", "case_id", name=op.f("uq_output_run_id_case_id")),
    )
    with op.batch_alter_table("output", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_output_case_id"), ["case_id"], unique=False)

    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("eval_set_version_id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=True),
        sa.Column("taxonomy_id", sa.Integer(), nullable=True),
        sa.Column("guidelines", sa.Text(), nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("pairs_per_case", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("collects_preference", sa.Boolean(), nullable=False),
        sa.Column("collects_scores", sa.Boolean(), nullable=False),
        sa.Column("collects_tags", sa.Boolean(), nullable=False),
        sa.Column("collects_comment", sa.Boolean(), nullable=False),
        sa.Column("leak_policy", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "leak_policy IN ('show', 'mask', 'leave_out')", name=op.f("ck_study_leak_policy")
        ),
        sa.CheckConstraint("overlap >= 1", name=op.f("ck_study_overlap")),
        sa.CheckConstraint("pairs_per_case >= 1", name=op.f("ck_study_pairs_per_case")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["annotator.id"], name=op.f("fk_study_created_by_id_annotator")
        ),
        sa.ForeignKeyConstraint(
            ["eval_set_version_id"],
            ["eval_set_version.id"],
            name=op.f("fk_study_eval_set_version_id_eval_set_version"),
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["rubric.id"], name=op.f("fk_study_rubric_id_rubric")
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_id"], ["taxonomy.id"], name=op.f("fk_study_taxonomy_id_taxonomy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
        sa.UniqueConstraint("name", name=op.f("uq_study_name")),
    )
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_eval_set_version_id"), ["eval_set_version_id"], unique=False
        )

    op.create_table(
        "version_case",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=True),
        sa.Column("inclusion_probability", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "inclusion_probability IS NULL OR (inclusion_probability > 0 AND inclusion_probability <= 1)",
            name=op.f("ck_version_case_inclusion_probability"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_version_case_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["eval_set_version.id"],
            name=op.f("fk_version_case_version_id_eval_set_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "case_id", name=op.f("pk_version_case")),
    )
    with op.batch_alter_table("version_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_case_case_id"), ["case_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=True),
        sa.Column("presentation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("sampling", sa.String(), nullable=True),
        sa.Column("inclusion_probability", sa.Float(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("skip_reason", sa.String(), nullable=True),
        sa.Column("skip_note", sa.Text(), nullable=True),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("active_seconds", sa.Float(), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'skipped') = (skip_reason IS NOT NULL)",
            name=op.f("ck_assignment_skipped_has_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('work', 'training', 'gold', 'repeat')", name=op.f("ck_assignment_kind")
        ),
        sa.CheckConstraint(
            "sampling IN ('random', 'stratified', 'adaptive', 'hand_picked')",
            name=op.f("ck_assignment_sampling"),
        ),
        sa.CheckConstraint(
            "skip_reason IN ('unclear_case', 'not_my_field', 'unfamiliar_language', 'display_problem', 'upsetting', 'other')",
            name=op.f("ck_assignment_skip_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'draft', 'submitted', 'skipped')", name=op.f("ck_assignment_state")
        ),
        sa.CheckConstraint(
            "active_seconds IS NULL OR active_seconds >= 0",
            name=op.f("ck_assignment_active_seconds"),
        ),
        sa.CheckConstraint(
            "inclusion_probability IS NULL OR (inclusion_probability > 0 AND inclusion_probability <= 1)",
            name=op.f("ck_assignment_inclusion_probability"),
        ),
        sa.CheckConstraint(
            "left_output_id <> right_output_id", name=op.f("ck_assignment_two_outputs")
        ),
        sa.ForeignKeyConstraint(
            ["annotator_id"], ["annotator.id"], name=op.f("fk_assignment_annotator_id_annotator")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assignment_case_id_case")),
        sa.ForeignKeyConstraint(
            ["left_output_id"], ["output.id"], name=op.f("fk_assignment_left_output_id_output")
        ),
        sa.ForeignKeyConstraint(
            ["right_output_id"], ["output.id"], name=op.f("fk_assignment_right_output_id_output")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_assignment_study_id_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "study_id",
            "annotator_id",
            "presentation",
            name=op.f("uq_assignment_study_id_annotator_id_presentation"),
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assignment_annotator_id_study_id_state",
            ["annotator_id", "study_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_assignment_left_output_id"), ["left_output_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assignment_right_output_id"), ["right_output_id"], unique=False
        )
        batch_op.create_index(
            "ix_assignment_study_id_case_id", ["study_id", "case_id"], unique=False
        )

    op.create_table(
        "study_run",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_study_run_run_id_run")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_run_study_id_study")
        ),
        sa.PrimaryKeyConstraint("study_id", "run_id", name=op.f("pk_study_run")),
    )
    with op.batch_alter_table("study_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_study_run_run_id"), ["run_id"], unique=False)

    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_seconds", sa.Float(), nullable=True),
        sa.Column("preference", sa.String(), nullable=True),
        sa.Column("is_unreadable", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "preference IN ('left', 'right', 'tie', 'both_bad')",
            name=op.f("ck_annotation_preference"),
        ),
        sa.CheckConstraint(
            "active_seconds IS NULL OR active_seconds >= 0",
            name=op.f("ck_annotation_active_seconds"),
        ),
        sa.CheckConstraint(
            "preference IS NULL OR NOT is_unreadable",
            name=op.f("ck_annotation_unreadable_is_empty"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_annotation_revision")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_annotation_assignment_id_assignment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
        sa.UniqueConstraint(
            "assignment_id", "revision", name=op.f("uq_annotation_assignment_id_revision")
        ),
        sa.UniqueConstraint("submission_key", name=op.f("uq_annotation_submission_key")),
    )
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.create_index(
            "uq_annotation_current",
            ["assignment_id"],
            unique=True,
            sqlite_where=sa.text("is_superseded = 0"),
            postgresql_where=sa.text("NOT is_superseded"),
        )

    op.create_table(
        "error_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "severity IN ('minor', 'major', 'critical')", name=op.f("ck_error_mark_severity")
        ),
        sa.CheckConstraint(
            '(start IS NULL AND "end" IS NULL) OR start <= "end"', name=op.f("ck_error_mark_span")
        ),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotation.id"],
            name=op.f("fk_error_mark_annotation_id_annotation"),
        ),
        sa.ForeignKeyConstraint(
            ["output_id"], ["output.id"], name=op.f("fk_error_mark_output_id_output")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_error_mark_tag_id_tag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_mark")),
    )
    with op.batch_alter_table("error_mark", schema=None) as batch_op:
        batch_op.create_index("ix_error_mark_annotation_id", ["annotation_id"], unique=False)
        batch_op.create_index(
            "ix_error_mark_output_id_tag_id", ["output_id", "tag_id"], unique=False
        )
        batch_op.create_index("ix_error_mark_tag_id", ["tag_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotation.id"], name=op.f("fk_score_annotation_id_annotation")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["output_id"], ["output.id"], name=op.f("fk_score_output_id_output")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "annotation_id",
            "output_id",
            "criterion_id",
            name=op.f("uq_score_annotation_id_output_id_criterion_id"),
        ),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(
            "ix_score_criterion_id_output_id", ["criterion_id", "output_id"], unique=False
        )
        batch_op.create_index("ix_score_output_id", ["output_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index("ix_score_output_id")
        batch_op.drop_index("ix_score_criterion_id_output_id")

    op.drop_table("score")
    with op.batch_alter_table("error_mark", schema=None) as batch_op:
        batch_op.drop_index("ix_error_mark_tag_id")
        batch_op.drop_index("ix_error_mark_output_id_tag_id")
        batch_op.drop_index("ix_error_mark_annotation_id")

    op.drop_table("error_mark")
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_annotation_current",
            sqlite_where=sa.text("is_superseded = 0"),
            postgresql_where=sa.text("NOT is_superseded"),
        )

    op.drop_table("annotation")
    with op.batch_alter_table("study_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_run_run_id"))

    op.drop_table("study_run")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_study_id_case_id")
        batch_op.drop_index(batch_op.f("ix_assignment_right_output_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_left_output_id"))
        batch_op.drop_index("ix_assignment_annotator_id_study_id_state")

    op.drop_table("assignment")
    with op.batch_alter_table("version_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_case_case_id"))

    op.drop_table("version_case")
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_eval_set_version_id"))

    op.drop_table("study")
    with op.batch_alter_table("output", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_output_case_id"))

    op.drop_table("output")
    op.drop_table("tag")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_model_id"))

    op.drop_table("run")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_annotator_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("eval_set_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_eval_set_version_content_hash"))

    op.drop_table("eval_set_version")
    op.drop_table("criterion")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_eval_set_id_category")
        batch_op.drop_index(batch_op.f("ix_case_case_hash"))

    op.drop_table("case")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_subject")

    op.drop_table("audit_event")
    op.drop_table("taxonomy")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_name_at")

    op.drop_table("sign_in_failure")
    op.drop_table("setting")
    op.drop_table("rubric")
    op.drop_table("public_score")
    op.drop_table("model")
    op.drop_table("eval_set")
    op.drop_table("annotator")

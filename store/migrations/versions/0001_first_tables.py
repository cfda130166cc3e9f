"""The first tables: people, configuration versions, calls, agents' time, cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_span",
        sa.Column("agent", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("group", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=10), nullable=False),
        sa.Column("said_reason", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("agent", "seq", name=op.f("pk_agent_span")),
    )
    with op.batch_alter_table("agent_span", schema=None) as batch_op:
        batch_op.create_index("ix_agent_span_ended", ["ended", "started"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_span_started"), ["started"], unique=False)

    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_what"), ["what"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_who"), ["who"], unique=False)

    op.create_table(
        "call",
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("hotline", sa.String(length=40), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("called", sa.String(length=40), nullable=False),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("caller_raw", sa.String(length=100), nullable=False),
        sa.Column("caller_name", sa.String(length=100), nullable=False),
        sa.Column("trunk", sa.String(length=64), nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("flow_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("group", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=20), nullable=False),
        sa.Column("intent", sa.String(length=100), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("entered", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("ivr_ms", sa.Integer(), nullable=False),
        sa.Column("wait_ms", sa.Integer(), nullable=False),
        sa.Column("ring_ms", sa.Integer(), nullable=False),
        sa.Column("talk_ms", sa.Integer(), nullable=False),
        sa.Column("hold_ms", sa.Integer(), nullable=False),
        sa.Column("wrap_ms", sa.Integer(), nullable=False),
        sa.Column("total_ms", sa.Integer(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("has_recording", sa.Boolean(), nullable=False),
        sa.Column("has_message", sa.Boolean(), nullable=False),
        sa.Column("customer", sa.String(length=100), nullable=False),
        sa.Column("customer_status", sa.String(length=10), nullable=False),
        sa.Column("summary_category", sa.String(length=100), nullable=False),
        sa.Column("summary_result", sa.String(length=100), nullable=False),
        sa.Column("summary_note", sa.Text(), nullable=False),
        sa.Column("summary_agent", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_call")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("ix_call_agent_started", ["agent", "started"], unique=False)
        batch_op.create_index("ix_call_caller_started", ["caller", "started"], unique=False)
        batch_op.create_index("ix_call_group_started", ["group", "started"], unique=False)
        batch_op.create_index("ix_call_hotline_started", ["hotline", "started"], unique=False)
        batch_op.create_index("ix_call_started", ["started", "call"], unique=False)

    op.create_table(
        "config_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_config_version")),
    )
    op.create_table(
        "projection",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projection")),
    )
    op.create_table(
        "segment",
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=20), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("keys", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=100), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("offer", sa.BigInteger(), nullable=True),
        sa.Column("ring_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("call", "n", name=op.f("pk_segment")),
    )
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_segment_kind_agent_started", ["kind", "agent", "started"], unique=False
        )
        batch_op.create_index("ix_segment_kind_started", ["kind", "started"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agent", sa.String(length=20), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("agent", name=op.f("uq_user_agent")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_session_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_expires"), ["expires"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_session_expires"))

    op.drop_table("session")
    op.drop_table("user")
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_index("ix_segment_kind_started")
        batch_op.drop_index("ix_segment_kind_agent_started")

    op.drop_table("segment")
    op.drop_table("projection")
    op.drop_table("config_version")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index("ix_call_started")
        batch_op.drop_index("ix_call_hotline_started")
        batch_op.drop_index("ix_call_group_started")
        batch_op.drop_index("ix_call_caller_started")
        batch_op.drop_index("ix_call_agent_started")

    op.drop_table("call")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_who"))
        batch_op.drop_index(batch_op.f("ix_audit_what"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))

    op.drop_table("audit")
    with op.batch_alter_table("agent_span", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agent_span_started"))
        batch_op.drop_index("ix_agent_span_ended")

    op.drop_table("agent_span")

"""Recordings of prompts that were in force once; messages, and what was done about them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prompt_take",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("hotline", sa.String(length=32), nullable=False),
        sa.Column("audio", sa.String(length=16), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_take")),
    )
    with op.batch_alter_table("prompt_take", schema=None) as batch_op:
        batch_op.create_index("ix_prompt_take_prompt", ["prompt"], unique=False)
    op.create_table(
        "message",
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("box", sa.String(length=40), nullable=False),
        sa.Column("hotline", sa.String(length=32), nullable=False),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_box_at", ["box", "at"], unique=False)
    op.create_table(
        "message_work",
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_message_work")),
    )


def downgrade() -> None:
    op.drop_table("message_work")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_box_at")
    op.drop_table("message")
    with op.batch_alter_table("prompt_take", schema=None) as batch_op:
        batch_op.drop_index("ix_prompt_take_prompt")
    op.drop_table("prompt_take")

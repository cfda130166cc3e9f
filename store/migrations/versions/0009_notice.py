"""The recording notice of a call: which sound was played and how much of it was heard."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("notice", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("notice_ms", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("notice_cut", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("notice_cut")
        batch_op.drop_column("notice_ms")
        batch_op.drop_column("notice")

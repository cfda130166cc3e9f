"""What callers did in flows: passes at nodes, keys pressed, the arm of a trial."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flow_step",
        sa.Column("call", sa.String(length=26), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(length=64), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("call", "n", name=op.f("pk_flow_step")),
    )
    with op.batch_alter_table("flow_step", schema=None) as batch_op:
        batch_op.create_index("ix_flow_step_at", ["at"], unique=False)
        batch_op.create_index("ix_flow_step_flow_at", ["flow", "at"], unique=False)

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pressed", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("arm", sa.String(length=8), server_default="", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("arm")
        batch_op.drop_column("pressed")

    with op.batch_alter_table("flow_step", schema=None) as batch_op:
        batch_op.drop_index("ix_flow_step_flow_at")
        batch_op.drop_index("ix_flow_step_at")

    op.drop_table("flow_step")

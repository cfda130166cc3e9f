"""Calls out: which way a call went, why nobody was reached, consent; who withheld a number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("direction", sa.String(length=3), nullable=False, server_default="in"),
    sa.Column("reason", sa.String(length=40), nullable=False, server_default=""),
    sa.Column("sip", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("sip_id", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("consent", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("dial_ms", sa.Integer(), nullable=False, server_default="0"),
)


def upgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        for column in COLUMNS:
            batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        for column in reversed(COLUMNS):
            batch_op.drop_column(column.name)

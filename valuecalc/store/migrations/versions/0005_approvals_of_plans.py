"""Plans that customers have approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this step."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "plan_approval",
        sa.Column("id", number, nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("share_id", number, nullable=False),
        sa.Column("case_id", number, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by", sa.String(length=300), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["value_case.id"],
            name=op.f("fk_plan_approval_case_id_value_case"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["share.id"],
            name=op.f("fk_plan_approval_share_id_share"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_approval")),
        sa.UniqueConstraint("uid", name=op.f("uq_plan_approval_uid")),
    )
    with op.batch_alter_table("plan_approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_approval_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_approval_share_id"), ["share_id"], unique=False)


def downgrade() -> None:
    """Back to the step before."""
    with op.batch_alter_table("plan_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_approval_share_id"))
        batch_op.drop_index(batch_op.f("ix_plan_approval_case_id"))

    op.drop_table("plan_approval")

"""Plans that customers have approved."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from valuecalc.store.tables import Approval, Share


def of_share(session: Session, share_id: int) -> Sequence[Approval]:
    """The approvals that were given on a link, the newest first."""
    query = select(Approval).where(Approval.share_id == share_id).order_by(Approval.id.desc())
    return session.scalars(query).all()


def of_case(session: Session, case_id: int) -> Sequence[tuple[Approval, Share]]:
    """The approvals of a case, the newest first, each with the link that it was given on."""
    query = (
        select(Approval, Share)
        .join(Share, Share.id == Approval.share_id)
        .where(Approval.case_id == case_id)
        .order_by(Approval.id.desc())
    )
    return [(approval, share) for approval, share in session.execute(query)]


def of_team_case(session: Session, case_id: int) -> Sequence[Approval]:
    """All approvals of a case, in the order in which they were given."""
    query = select(Approval).where(Approval.case_id == case_id).order_by(Approval.id)
    return session.scalars(query).all()

"""Everything that belongs to one team, for its archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from valuecalc.store.tables import (
    Comment,
    Event,
    Opening,
    Proposal,
    ProposedValue,
    Share,
    StoredCase,
    StoredReference,
    Version,
)

_AT_ONCE = 200


def cases(session: Session, team_id: int) -> Sequence[StoredCase]:
    """The heads of all cases, those in the bin included."""
    query = select(StoredCase).where(StoredCase.team_id == team_id).order_by(StoredCase.id)
    return session.scalars(query).all()


def case_uids(session: Session, team_id: int) -> set[str]:
    """The public names of all cases of a team."""
    return set(session.scalars(select(StoredCase.uid).where(StoredCase.team_id == team_id)))


def comments(session: Session, case_id: int) -> Sequence[Comment]:
    """All comments on a case."""
    query = select(Comment).where(Comment.case_id == case_id).order_by(Comment.id)
    return session.scalars(query).all()


def shares(session: Session, case_id: int) -> Sequence[Share]:
    """All shares of a case."""
    return session.scalars(select(Share).where(Share.case_id == case_id).order_by(Share.id)).all()


def openings(session: Session, share_id: int) -> Sequence[Opening]:
    """When a share was opened."""
    query = select(Opening).where(Opening.share_id == share_id).order_by(Opening.id)
    return session.scalars(query).all()


def proposals(session: Session, case_id: int) -> Sequence[Proposal]:
    """All proposals for a case."""
    query = select(Proposal).where(Proposal.case_id == case_id).order_by(Proposal.id)
    return session.scalars(query).all()


def proposed_values(session: Session, proposal_id: int) -> Sequence[ProposedValue]:
    """The numbers of a proposal."""
    query = select(ProposedValue).where(ProposedValue.proposal_id == proposal_id)
    return session.scalars(query.order_by(ProposedValue.id)).all()


def references(session: Session, team_id: int) -> Sequence[StoredReference]:
    """The team's own straw-men."""
    query = select(StoredReference).where(StoredReference.team_id == team_id)
    return session.scalars(query.order_by(StoredReference.id)).all()


def events(session: Session, team_id: int) -> Iterator[Event]:
    """The audit log of a team, from its beginning."""
    query = select(Event).where(Event.team_id == team_id).order_by(Event.id)
    return iter(session.scalars(query.execution_options(yield_per=_AT_ONCE)))


def add_case(
    session: Session, head: StoredCase, versions: Sequence[Version], comments: Sequence[Comment]
) -> None:
    """A case with all its versions and comments, as it was elsewhere."""
    session.add(head)
    session.flush()
    for version in versions:
        version.case_id = head.id
    for comment in comments:
        comment.case_id = head.id
    session.add_all([*versions, *comments])
    session.flush()

"""Links for customers, with what comes in through them: openings, proposals, comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.tables import (
    Comment,
    Opening,
    Proposal,
    ProposedValue,
    Share,
    StoredCase,
)

OPEN = "open"
"""The state of a proposed number on which nobody has decided."""


@dataclass(frozen=True)
class Openings:
    """How often a link was opened, and when last."""

    count: int = 0
    last: datetime | None = None


def is_storable(uid: str) -> bool:
    """Whether a text from outside may be compared: PostgreSQL has no NUL character."""
    return "\0" not in uid


# --------------------------------------------------------------------------- links


def by_secret(session: Session, sha: str, *, lock: bool = False) -> Share | None:
    """The share of a link, by the hash of its secret."""
    query = select(Share).where(Share.secret_sha == sha)
    return session.scalar(query.with_for_update() if lock else query)


def by_uid(session: Session, uid: str, *, lock: bool = False) -> Share | None:
    """A share by its public name."""
    if not is_storable(uid):
        return None
    query = select(Share).where(Share.uid == uid)
    return session.scalar(query.with_for_update() if lock else query)


def of_case(session: Session, case_id: int) -> Sequence[Share]:
    """The shares of a case, the newest first."""
    return session.scalars(
        select(Share).where(Share.case_id == case_id).order_by(Share.id.desc())
    ).all()


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Share]:
    """Shares by their row numbers."""
    return {each.id: each for each in session.scalars(select(Share).where(Share.id.in_(ids)))}


def add(session: Session, share: Share) -> None:
    """A new share."""
    session.add(share)
    session.flush()


def case_of(session: Session, share: Share) -> StoredCase | None:
    """The head of the case that a share belongs to."""
    return session.get(StoredCase, share.case_id)


# --------------------------------------------------------------------------- openings


def openings(session: Session, ids: Sequence[int]) -> Mapping[int, Openings]:
    """How often each of some shares was opened, by their row numbers."""
    query = (
        select(Opening.share_id, func.count(), func.max(Opening.at))
        .where(Opening.share_id.in_(ids))
        .group_by(Opening.share_id)
    )
    return {id: Openings(count, last) for id, count, last in session.execute(query)}


def opened(session: Session, share_id: int, limit: int, before: int | None) -> Slice[Opening]:
    """The last openings of a share, the newest first, from below the number `before` on."""
    query = select(Opening).where(Opening.share_id == share_id).order_by(Opening.id.desc())
    if before is not None:
        query = query.where(Opening.id < before)
    return sliced(session.scalars(query.limit(limit + 1)), limit)


# --------------------------------------------------------------------------- proposals


def proposal_by_uid(session: Session, uid: str, *, lock: bool = False) -> Proposal | None:
    """A proposal by its public name."""
    if not is_storable(uid):
        return None
    query = select(Proposal).where(Proposal.uid == uid)
    return session.scalar(query.with_for_update() if lock else query)


def proposals_of_share(session: Session, share_id: int) -> Sequence[Proposal]:
    """What came in through a link, the newest first."""
    query = select(Proposal).where(Proposal.share_id == share_id).order_by(Proposal.id.desc())
    return session.scalars(query).all()


def proposals_of_case(
    session: Session, case_id: int, limit: int, before: int | None
) -> Slice[Proposal]:
    """What was proposed for a case, the newest first, from below the number `before` on."""
    query = select(Proposal).where(Proposal.case_id == case_id).order_by(Proposal.id.desc())
    if before is not None:
        query = query.where(Proposal.id < before)
    return sliced(session.scalars(query.limit(limit + 1)), limit)


def proposed_values(
    session: Session, proposals: Sequence[Proposal]
) -> Mapping[int, tuple[ProposedValue, ...]]:
    """The numbers of some proposals, by the proposals' row numbers."""
    ids = [each.id for each in proposals]
    query = select(ProposedValue).where(ProposedValue.proposal_id.in_(ids))
    found: dict[int, tuple[ProposedValue, ...]] = dict.fromkeys(ids, ())
    for value in session.scalars(query.order_by(ProposedValue.id)):
        found[value.proposal_id] += (value,)
    return found


def waiting(session: Session, case_ids: Sequence[int]) -> Mapping[int, int]:
    """How many proposals for each of some cases hold a number that nobody has decided on."""
    query = (
        select(Proposal.case_id, func.count(distinct(Proposal.id)))
        .join(ProposedValue, ProposedValue.proposal_id == Proposal.id)
        .where(Proposal.case_id.in_(case_ids), ProposedValue.state == OPEN)
        .group_by(Proposal.case_id)
    )
    return dict(session.execute(query).all())


def add_proposal(session: Session, proposal: Proposal, values: Sequence[ProposedValue]) -> None:
    """A new proposal with its numbers."""
    session.add(proposal)
    session.flush()
    for each in values:
        each.proposal_id = proposal.id
    session.add_all(values)
    session.flush()


# --------------------------------------------------------------------------- comments


def comments(session: Session, share_ids: Sequence[int]) -> Sequence[Comment]:
    """What was said on some shares, by customers and by the team, the oldest first."""
    query = select(Comment).where(Comment.share_id.in_(share_ids)).order_by(Comment.id)
    return session.scalars(query).all()


def count_comments(session: Session, share_id: int) -> int:
    """How many comments a share has."""
    query = select(func.count()).select_from(Comment).where(Comment.share_id == share_id)
    return session.scalar(query) or 0


def add_row(session: Session, row: Comment | Opening) -> None:
    """A new comment or opening."""
    session.add(row)
    session.flush()

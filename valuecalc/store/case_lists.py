"""Lists of cases for people: in an order that they choose, with what there is to choose from.

Programs get cases by their last change only (`valuecalc.store.cases.page`), as that order is
the one in which a list can be followed up later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from valuecalc.store import milestones
from valuecalc.store.cases import Wanted, matching
from valuecalc.store.pages import Slice, sliced
from valuecalc.store.shares import OPEN
from valuecalc.store.tables import Proposal, ProposedValue, StoredCase

WEAK_EVIDENCE = 0.5
"""A case needs evidence while less than this share of its benefits rests on grades A and B."""

MOST_CHOICES = 200

Key = datetime | date | float
"""What a row has its place in a list by."""

Cursor = tuple[Key, int]
"""Where a slice ended: the key and the number of its last row."""


class Order(StrEnum):
    """What a list of cases is ordered by; those without come last."""

    CHANGED = "changed"
    VALUE = "value"
    EVIDENCE = "evidence"
    MILESTONE = "milestone"

    @property
    def is_falling(self) -> bool:
        """Whether it begins with the largest: the newest change, the highest value."""
        return self in (Order.CHANGED, Order.VALUE)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list is narrowed to beside `store.cases.Wanted`.

    `is_waiting` asks for cases with a proposed number that nobody has decided on,
    `needs_evidence` for those that have little of it, or none that could be counted.
    """

    is_waiting: bool = False
    needs_evidence: bool = False


def page(
    session: Session,
    wanted: Wanted,
    asked: Asked,
    order: Order,
    limit: int,
    after: Cursor | None,
    today: date,
) -> Slice[tuple[StoredCase, Key]]:
    """Cases with their keys, in an order, from behind `after` on."""
    key = _key(order, today)
    query = _narrowed(matching(wanted), asked).add_columns(key)
    if after is not None:
        query = query.where(_is_behind(key, after, order.is_falling))
    columns = (key, StoredCase.id)
    query = query.order_by(*(each.desc() if order.is_falling else each for each in columns))
    rows = session.execute(query.limit(limit + 1)).all()
    return sliced(rows, limit)


def _key(order: Order, today: date) -> ColumnElement[Key]:
    keys: dict[Order, ColumnElement[Any]] = {
        Order.CHANGED: StoredCase.updated_at.expression,
        Order.VALUE: func.coalesce(StoredCase.value, literal(-1e308)),
        Order.EVIDENCE: func.coalesce(StoredCase.evidence_share, literal(1e308)),
        Order.MILESTONE: func.coalesce(milestones.next_day(today), literal(date.max)),
    }
    return keys[order]


def _is_behind(key: ColumnElement[Key], after: Cursor, is_falling: bool) -> ColumnElement[bool]:
    last, id = after
    if is_falling:
        return or_(key < last, and_(key == last, StoredCase.id < id))
    return or_(key > last, and_(key == last, StoredCase.id > id))


def _narrowed(query: Select[StoredCase], asked: Asked) -> Select[StoredCase]:
    if asked.is_waiting:
        waiting = (
            select(Proposal.case_id)
            .join(ProposedValue, ProposedValue.proposal_id == Proposal.id)
            .where(ProposedValue.state == OPEN)
        )
        query = query.where(StoredCase.id.in_(waiting))
    if asked.needs_evidence:
        share = StoredCase.evidence_share
        query = query.where(or_(share.is_(None), share < WEAK_EVIDENCE))
    return query


@dataclass(frozen=True)
class Choices:
    """What the cases of some teams can be narrowed to; the first few of each, by name."""

    sectors: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


def choices(session: Session, team_ids: Sequence[int]) -> Choices:
    """The sectors, customers and currencies of the cases of some teams."""

    def texts(column: InstrumentedAttribute[str]) -> tuple[str, ...]:
        of_teams = StoredCase.team_id.in_(team_ids)
        query = select(column).where(of_teams, StoredCase.deleted_at.is_(None), column != "")
        return tuple(session.scalars(query.distinct().order_by(column).limit(MOST_CHOICES)))

    return Choices(*map(texts, (StoredCase.sector, StoredCase.customer, StoredCase.currency)))


def count_made_by(session: Session, user_id: int) -> int:
    """How many cases somebody has made, in whichever team."""
    query = select(func.count()).select_from(StoredCase).where(StoredCase.created_by == user_id)
    return session.scalar(query) or 0

"""The home of somebody who has signed in: the cases of their teams, and what waits for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from valuecalc.services import saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.saved_cases import Listed, Saved
from valuecalc.services.teams import team_for
from valuecalc.store import case_lists, people, shares
from valuecalc.store import cases as stored
from valuecalc.store.case_lists import WEAK_EVIDENCE, Asked, Choices, Cursor, Key, Order
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import now

__all__ = [
    "WEAK_EVIDENCE",
    "Asked",
    "Choices",
    "Cursor",
    "Key",
    "Order",
    "Row",
    "choices",
    "duplicate",
    "made_by",
    "page",
]

LONGEST_TITLE = 300
COPY_OF = "Copy of "
ALL = Asked()


@dataclass(frozen=True)
class Row:
    """A case in the list of home.

    `waiting` is how many proposals of customers nobody has decided on yet. `cursor` is where
    the list goes on after it.
    """

    listed: Listed
    waiting: int
    cursor: Cursor


def page(
    store: Database,
    actor: Actor,
    limit: int,
    after: Cursor | None = None,
    *,
    team_uid: str | None = None,
    order: Order = Order.CHANGED,
    asked: Asked = ALL,
    today: date | None = None,
    **filters: Any,
) -> Slice[Row]:
    """The cases of somebody's teams in an order; `filters` are those of `store.cases.Wanted`.

    Of what waits, only what they may decide on is asked for. A case whose place changes while
    somebody turns the pages may come twice or not at all; all others come exactly once.
    """
    today = today or now().date()
    with store.read() as session:
        action = Action.EDIT if asked.is_waiting else Action.READ
        team_ids = _team_ids(session, actor, team_uid, action)
        wanted = stored.Wanted(team_ids=team_ids, **filters)
        found = case_lists.page(session, wanted, asked, order, limit, after, today)
        return Slice(_rows(session, found, today), found.has_more)


def _team_ids(
    session: Session, actor: Actor, team_uid: str | None, action: Action
) -> tuple[int, ...]:
    if team_uid is None:
        return actor.teams_for(action)
    team = team_for(session, actor, team_uid, Action.READ)
    return (team.id,) if actor.may(action, team.id) else ()


def _rows(session: Session, found: Slice[Any], today: date) -> tuple[Row, ...]:
    heads = tuple(head for head, _ in found.rows)
    waiting = shares.waiting(session, [head.id for head in heads])
    listed = saved_cases.listed(session, heads, today)
    return tuple(
        Row(each, waiting.get(head.id, 0), (key, head.id))
        for each, (head, key) in zip(listed, found.rows, strict=True)
    )


def choices(store: Database, actor: Actor) -> Choices:
    """What the list can be narrowed to."""
    with store.read() as session:
        return case_lists.choices(session, actor.teams_for(Action.READ))


def duplicate(store: Database, actor: Actor, uid: str) -> Saved:
    """A copy of the newest version of a case as a new case of the same team.

    Its comments, versions, links and proposals stay with the case that was copied.
    """
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.EDIT)
        original = saved_cases.version_of(session, head)
        [team] = people.teams(session, (head.team_id,))
        case = Saved(head, original).case
    copy = replace(case, title=f"{COPY_OF}{case.title}"[:LONGEST_TITLE])
    note = f"Copied from “{case.title}”, version {original.number}."
    saved, _ = saved_cases.create(store, actor, copy, team.uid, note)
    return saved


def made_by(store: Database, actor: Actor) -> int:
    """How many cases somebody has made, those in the bin included."""
    with store.read() as session:
        return case_lists.count_made_by(session, actor.account.id)

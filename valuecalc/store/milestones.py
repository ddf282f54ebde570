"""The milestones of cases, for lists: which comes next, and for which case first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ScalarSelect, delete, func, select
from sqlalchemy.orm import Session

from valuecalc.store.search import storable
from valuecalc.store.tables import CaseMilestone, StoredCase

Planned = tuple[date, str]
"""The day and the label of a milestone."""


def keep(session: Session, case_id: int, planned: Sequence[Planned]) -> None:
    """Keep these milestones of a case in the place of those that it had."""
    wanted = sorted((day, storable(label)) for day, label in planned)
    query = select(CaseMilestone).where(CaseMilestone.case_id == case_id)
    kept = session.scalars(query.order_by(CaseMilestone.number)).all()
    # A case is saved often, and its plan hardly ever changes.
    if [(each.day, each.label) for each in kept] == wanted:
        return
    session.execute(delete(CaseMilestone).where(CaseMilestone.case_id == case_id))
    session.add_all(
        CaseMilestone(case_id=case_id, number=number, day=day, label=label)
        for number, (day, label) in enumerate(wanted, start=1)
    )
    session.flush()


def upcoming(session: Session, case_ids: Sequence[int], today: date) -> Mapping[int, CaseMilestone]:
    """The next milestone of each of some cases, by the cases' row numbers."""
    query = (
        select(CaseMilestone)
        .where(CaseMilestone.case_id.in_(case_ids), CaseMilestone.day >= today)
        .order_by(CaseMilestone.case_id, CaseMilestone.number.desc())
    )
    # The last one that is put in is the first in time.
    return {each.case_id: each for each in session.scalars(query)}


def next_day(today: date) -> ScalarSelect[date]:
    """The day of a case's next milestone, to order a list of cases by."""
    query = select(func.min(CaseMilestone.day)).where(
        CaseMilestone.case_id == StoredCase.id, CaseMilestone.day >= today
    )
    return query.correlate(StoredCase).scalar_subquery()

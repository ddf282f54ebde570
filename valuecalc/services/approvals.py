"""The customer's approval of a plan: given on a shared page, for the version that it shows.

Nothing of it is ever taken away: an approval that is taken back says by whom and when, and the
audit log of the team has both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from valuecalc import phrases
from valuecalc.case.case import Case
from valuecalc.errors import Conflict, Forbidden, NotFound
from valuecalc.phrases import phrase
from valuecalc.schemas.shares import Reading
from valuecalc.services import audit, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Saved, version_of
from valuecalc.services.shared import Visit, alive, count_post
from valuecalc.store import approvals as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Approval, Share, now

GIVEN, TAKEN_BACK = "plan.approved", "plan.approval_taken_back"
"""How the two are called in the audit log."""


@dataclass(frozen=True, kw_only=True)
class Approved:
    """An approval of the plan of a case, for people.

    `is_of_this` says whether the plan that was approved is the one of the version that is looked
    at, apart from what is done of it.
    """

    uid: str
    name: str
    customer: str
    at: datetime
    version: int
    is_of_this: bool
    taken_back_by: str = ""
    taken_back_at: datetime | None = None

    @property
    def is_in_force(self) -> bool:
        """Whether it was not taken back, and is of this plan."""
        return self.is_of_this and self.taken_back_at is None

    @property
    def words(self) -> str:
        """Who approved what and when: `The plan was approved by Jo Fox on 3 March 2027 …`."""
        day = phrases.day(self.at.date())
        if self.customer and self.customer != self.name:
            return phrase(
                "The plan was approved by {name}, {customer}, on {day} (version {version})",
                name=self.name,
                customer=self.customer,
                day=day,
                version=self.version,
            )
        return phrase(
            "The plan was approved by {name} on {day} (version {version})",
            name=self.name,
            day=day,
            version=self.version,
        )


def approve(store: Database, visit: Visit, by: Actor, name: str, address: str) -> Approval:
    """Approve the plan of the version that a link shows.

    Whoever has approved it already has done so once. Raises `CaseError` without a name,
    `Forbidden` for one of the team, `Conflict` for a case without a plan, `NotFound`, `TooMany`.
    """
    signed = _signed(visit, by, name)
    if not visit.case.plan.steps:
        raise Conflict("There is no plan in this case.", "Ask the person who sent you the link.")

    def work(session: Session) -> Approval:
        share, head = alive(session, visit.share.secret_sha, lock=True)
        for each in stored.of_share(session, share.id):
            if each.name == signed and each.version == share.version and not each.taken_back_at:
                return each
        count_post(session, share, address)
        made = Approval(share_id=share.id, case_id=head.id, version=share.version, name=signed)
        session.add(made)
        session.flush()
        _record(session, GIVEN, visit, made, signed)
        return made

    return store.run(work)


def take_back(
    store: Database, visit: Visit, by: Actor, approval: str, name: str, address: str
) -> Approval:
    """Take an approval back that was given on this link; that it was given stays recorded.

    Raises `CaseError` without a name, `Forbidden` for one of the team, `NotFound`, `TooMany`.
    """
    signed = _signed(visit, by, name)

    def work(session: Session) -> Approval:
        share, _ = alive(session, visit.share.secret_sha, lock=True)
        given = {each.uid: each for each in stored.of_share(session, share.id)}
        found = given.get(approval)
        if found is None:
            raise NotFound("approval")
        if found.taken_back_at is None:
            count_post(session, share, address)
            found.taken_back_by, found.taken_back_at = signed, now()
            _record(session, TAKEN_BACK, visit, found, signed)
        return found

    return store.run(work)


def _signed(visit: Visit, by: Actor, name: str) -> str:
    if visit.is_ours(by):
        raise Forbidden(
            "A plan is approved by the customer, and you are one of the team.",
            "Send the link to your customer.",
        )
    reading = Reading()
    signed = reading.name(name)
    reading.finish()
    return signed


def _record(session: Session, verb: str, visit: Visit, approval: Approval, name: str) -> None:
    audit.record(
        session,
        Actor(),
        verb,
        team_id=visit.head.team_id,
        subject=visit.head.uid,
        name=name,
        share=visit.share.uid,
        version=approval.version,
        approval=approval.uid,
    )


# --------------------------------------------------------------------------- reading


def of_visit(store: Database, visit: Visit) -> Sequence[Approved]:
    """The approvals that were given on a link, the newest first."""
    with store.read() as session:
        found = stored.of_share(session, visit.share.id)
    shown = visit.share.version
    return [_approved(each, visit.customer, is_of_this=each.version == shown) for each in found]


def of_case(
    store: Database, actor: Actor, uid: str, case: Case | None = None
) -> Sequence[Approved]:
    """The approvals of a case, the newest first, beside the plan of `case`.

    Without `case` that of the newest version is meant. Raises what `saved_cases.load` raises.
    """
    saved = saved_cases.load(store, actor, uid)
    with store.read() as session:
        pairs = stored.of_case(session, saved.head.id)
        numbers = {approval.version for approval, _ in pairs}
        versions = {each: version_of(session, saved.head, each) for each in numbers}
    if not pairs:
        return []
    looked_at = _plan_of(case or saved.case)
    same = {
        number: _plan_of(Saved(saved.head, version).case) == looked_at
        for number, version in versions.items()
    }
    return [
        _approved(
            approval, _customer(share, saved.head.customer), is_of_this=same[approval.version]
        )
        for approval, share in pairs
    ]


def _customer(share: Share, customer: str) -> str:
    return share.label or customer


def _plan_of(case: Case) -> object:
    """What a customer approves: the steps and their days, not what is done of them."""
    tasks = tuple(replace(each, done=0.0) for each in case.plan.tasks)
    return replace(case.plan, tasks=tasks), case.timeline.start


def _approved(approval: Approval, customer: str, *, is_of_this: bool) -> Approved:
    return Approved(
        uid=approval.uid,
        name=approval.name,
        customer=customer,
        at=approval.at,
        version=approval.version,
        is_of_this=is_of_this,
        taken_back_by=approval.taken_back_by or "",
        taken_back_at=approval.taken_back_at,
    )

"""Deciding on numbers that a customer proposes: accept or decline each of them.

What is accepted becomes one new version of the case, made on behalf of the customer: each
number with the evidence that it is the customer's own, and with a range that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Conflict, Problem, did_you_mean
from valuecalc.schemas.shares import Decisions
from valuecalc.services import audit, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.proposals import (
    ACCEPTED,
    DECLINED,
    Received,
    Review,
    Row,
    proposal_for,
    review,
)
from valuecalc.services.saved_cases import Draft, Expected, Saved, version_of
from valuecalc.services.taking_over import Given, taken_over, written_day
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import ProposedValue, now

LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Decided:
    """What came of a decision: the case, and whether it had been made before.

    `widened` says which ranges were made wider by it.
    """

    saved: Saved
    is_repeated: bool
    widened: tuple[str, ...] = ()


def decide(
    store: Database, actor: Actor, uid: str, decisions: Decisions, expected: Expected
) -> Decided:
    """Accept and decline numbers of a proposal; those accepted make one new version.

    `expected` is the tag of the version that the numbers were compared with. The same
    decisions made again change nothing. Raises `CaseError` for numbers that were not proposed
    or are both accepted and declined, `Conflict` for those that somebody has decided otherwise
    and for those that have changed since and are not to be replaced, `PreconditionRequired`,
    `PreconditionFailed`.
    """
    _refuse_contradiction(decisions)
    looked_at = review(store, actor, uid)
    _refuse_strangers(looked_at, decisions)
    draft = None
    if decisions.accept and not _is_done(looked_at.values, decisions):
        _refuse_other_decisions(looked_at.rows, decisions)
        _refuse_hindered(looked_at, decisions)
        draft = Draft.of(_with_accepted(looked_at, decisions.accept))

    def work(session: Session) -> Decided:
        found = proposal_for(session, actor, uid, Action.SHARE, lock=True)
        if _is_done(found.values, decisions):
            newest = version_of(session, found.head)
            return Decided(saved_cases.saved(session, found.head, newest), True)
        _refuse_other_decisions(looked_at.refreshed(found.values), decisions)
        head, newest = saved_cases.for_change(session, actor, found.head.uid, expected)
        saved = saved_cases.saved(session, head, newest)
        if draft is not None:
            saved = saved_cases.add_version(
                session,
                actor,
                head,
                newest,
                draft,
                action="proposal.accepted",
                note=_note_of_version(looked_at, decisions),
                on_behalf_of=_on_behalf_of(looked_at),
            )
        _settle(session, actor, found, decisions, saved.version.number)
        return Decided(saved, False, tuple(widened(looked_at, decisions.accept)))

    return store.run(work)


def _refuse_contradiction(decisions: Decisions) -> None:
    both = set(decisions.accept) & set(decisions.decline)
    if both:
        raise CaseError(
            Problem(
                code="conflict",
                place=f"decline.{id}",
                cause="This number is both accepted and declined.",
                remedy="Decide for one of the two.",
            )
            for id in sorted(both)
        )
    if not decisions.accept and not decisions.decline:
        raise CaseError(
            [
                Problem(
                    code="missing",
                    place="request",
                    cause="Nothing is decided.",
                    remedy="Accept or decline at least one number.",
                )
            ]
        )


def _refuse_strangers(review: Review, decisions: Decisions) -> None:
    known = [each.assumption for each in review.values]
    asked = [(id, "accept") for id in decisions.accept]
    asked += [(id, "decline") for id in decisions.decline]
    unknown = [(id, place) for id, place in asked if id not in known]
    if unknown:
        raise CaseError(
            Problem(
                code="unknown_name",
                place=place,
                cause=f"No number was proposed for “{id}”.",
                remedy=did_you_mean(id, known),
            )
            for id, place in unknown
        )


def _wanted(decisions: Decisions) -> dict[str, str]:
    return dict.fromkeys(decisions.accept, ACCEPTED) | dict.fromkeys(decisions.decline, DECLINED)


def _is_done(values: Iterable[ProposedValue], decisions: Decisions) -> bool:
    states = {each.assumption: each.state for each in values}
    return all(states[id] == state for id, state in _wanted(decisions).items())


def _refuse_other_decisions(rows: Iterable[Row], decisions: Decisions) -> None:
    wanted = _wanted(decisions)
    for row in rows:
        kept = row.value
        if not row.is_open and kept.assumption in wanted:
            raise Conflict(
                f"{kept.decided_by} has {kept.state} “{row.label}” already.",
                "Open the proposal again to see what is left to decide.",
            )


def _refuse_hindered(review: Review, decisions: Decisions) -> None:
    for row in review.rows:
        if row.value.assumption not in decisions.accept:
            continue
        if row.hindrance:
            raise Conflict(f"“{row.label}” cannot be accepted. {row.hindrance}", "Decline it.")
        if row.has_moved and row.value.assumption not in decisions.replace:
            assert row.newest is not None
            raise Conflict(
                f"“{row.label}” was {row.shown(row.value.ours)} when it was shared and is "
                f"{row.shown(row.newest)} now.",
                "Say that it is to be replaced, or decline it.",
            )


def _with_accepted(review: Review, accept: Sequence[str]) -> Case:
    proposal = review.proposal
    given = {
        each.assumption: Given(
            review.customer, each.source, proposal.name, proposal.at, each.theirs
        )
        for each in review.values
        if each.assumption in accept
    }
    return taken_over(review.newest.case, given)


def _on_behalf_of(review: Review) -> str:
    """The person, and the customer if that is somebody else: “Ann Lee, Company A”."""
    name, customer = review.proposal.name, review.customer
    return f"{name}, {customer}"[:300] if customer and customer != name else name


def _note_of_version(review: Review, decisions: Decisions) -> str:
    count = len(decisions.accept)
    numbers = "1 number" if count == 1 else f"{count} numbers"
    day = written_day(review.proposal.at)
    taken = f"{numbers} proposed by {review.proposal.name} on {day} taken over."
    return " ".join((taken, *widened(review, decisions.accept)))[:LONGEST_NOTE]


def widened(review: Review, accept: Sequence[str]) -> list[str]:
    """What becomes of the ranges that do not hold an accepted number, for each of them."""
    return [
        f"“{row.label}”: {row.widened}" for row in review.rows if row.id in accept and row.widened
    ]


def _settle(
    session: Session, actor: Actor, found: Received, decisions: Decisions, number: int
) -> None:
    moment = now()
    wanted = _wanted(decisions)
    for each in found.values:
        state = wanted.get(each.assumption)
        if state is None or each.state == state:
            continue
        each.state = state
        each.decided_by, each.decided_at = actor.name, moment
        each.decided_in = number if state == ACCEPTED else None
        each.reason = decisions.decline.get(each.assumption, "")
    audit.record(
        session,
        actor,
        "proposal.decided",
        team_id=found.head.team_id,
        subject=found.head.uid,
        proposal=found.proposal.uid,
        accepted=list(decisions.accept),
        declined=list(decisions.decline),
    )
    session.flush()

"""Numbers that customers propose: worked out and sent on their page, looked at by the team.

`valuecalc.services.deciding` is what the team then does about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from valuecalc.case import checks
from valuecalc.case.case import Assumption, Case
from valuecalc.engine.result import Figure, Result
from valuecalc.errors import CaseError, Conflict, Forbidden, NotFound, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.shares import Numbers, read_numbers, read_sender
from valuecalc.services import audit, cases
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.saved_cases import Saved, head_for, version_of
from valuecalc.services.shared import SAME_WITHIN, Visit, alive, count_post
from valuecalc.services.taking_over import Given, taken_over, widening
from valuecalc.store import shares as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Proposal, ProposedValue, Share, StoredCase, now

KIND = "proposal"
MOST_PROPOSALS = 100
MOST_WAITING = 200
OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"


# --------------------------------------------------------------------------- the customer's side


def changeable(visit: Visit) -> tuple[Assumption, ...]:
    """The assumptions for which a link asks for the customer's numbers."""
    asked = set(visit.share.may_change)
    return tuple(each for each in visit.case.assumptions if each.id in asked)


def read(visit: Visit, values: Mapping[str, str], sources: Mapping[str, str]) -> Numbers:
    """The customer's numbers as they were written. Raises `CaseError` with every mistake."""
    return read_numbers(changeable(visit), values, sources)


def with_numbers(visit: Visit, numbers: Numbers) -> Case:
    """The shared case with the customer's numbers, as it would be if all were accepted.

    Raises `CaseError` when it cannot be worked out; mistakes of a number have the place
    `values.ID`, others `values`.
    """
    given = {
        id: Given(visit.customer, numbers.sources.get(id, ""), "", now(), value)
        for id, value in numbers.values.items()
    }
    changed = taken_over(visit.case, given)
    mistakes = checks.errors(changed)
    if mistakes:
        raise CaseError(_placed(each, numbers.values) for each in mistakes)
    return changed


def _placed(problem: Problem, values: Mapping[str, float]) -> Problem:
    """The problem beside the number that it is about, if it is about one."""
    _, _, below = problem.place.partition(".")
    id = below.partition(".")[0]
    is_ours = problem.place.startswith("assumptions.") and id in values
    return replace(problem, place=f"values.{id}" if is_ours else "values")


@dataclass(frozen=True)
class Moved:
    """A figure with our numbers and with the customer's; `change` is in words."""

    ours: Figure
    theirs: Figure
    change: str


def effect(ours: Result, theirs: Result) -> tuple[Moved, ...]:
    """What the customer's numbers do: to the headline, then to each line that they move."""
    lines = [f"{line.prefix}.total" for line in ours.lines]
    names = [figure.name for figure in ours.headline] + lines
    pairs = ((ours.figures[name], theirs.figures[name]) for name in dict.fromkeys(names))
    return tuple(
        Moved(mine, other, difference(mine, other))
        for mine, other in pairs
        if mine.name == "value" or mine.value != other.value
    )


def difference(ours: Figure, theirs: Figure) -> str:
    """How much more or less it is, in words; empty where one of the two does not exist."""
    if ours.value is None or theirs.value is None:
        return ""
    by = theirs.value - ours.value
    if ours.unit == "%":
        return f"{_signed(by * 100, 1)} points"
    if ours.unit == "months":
        return f"{_signed(by, 1).removesuffix('.0')} months"
    if ours.unit == "x":
        return _signed(by, 2)
    return quantity.show(by, ours.unit, sign=True) + quantity.unit_tail(ours.unit, by)


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def send(
    store: Database,
    visit: Visit,
    numbers: Numbers,
    name: str,
    note: str,
    address: str,
) -> Proposal:
    """Keep what a customer proposes, for the team to decide on.

    The same numbers sent again at once are one proposal. Raises `CaseError` with every
    mistake, `Forbidden`, `Conflict` when there are too many, `TooMany`.
    """
    sender = read_sender(name, note)
    _refuse_unasked(visit, numbers)
    with_numbers(visit, numbers)
    proposed = [
        ProposedValue(
            assumption=each.id,
            ours=each.value,
            theirs=numbers.values[each.id],
            source=numbers.sources.get(each.id, ""),
        )
        for each in changeable(visit)
        if each.id in numbers.values
    ]

    def work(session: Session) -> Proposal:
        share, head = alive(session, visit.share.secret_sha, lock=True)
        # What a link asks for may have changed since its page was opened.
        _refuse_unasked(replace(visit, share=share), numbers)
        earlier = stored.proposals_of_share(session, share.id)
        same = _same(session, earlier, sender.name, sender.note, proposed)
        if same is not None:
            return same
        if len(earlier) >= MOST_PROPOSALS:
            raise Conflict("There are too many proposals on this page.", _ASK)
        count_post(session, share, address)
        proposal = Proposal(
            share_id=share.id,
            case_id=head.id,
            version=share.version,
            name=sender.name,
            note=sender.note,
        )
        stored.add_proposal(session, proposal, [_copy(each) for each in proposed])
        audit.record(
            session,
            Actor(),
            "proposal.received",
            team_id=head.team_id,
            subject=head.uid,
            name=sender.name,
            share=share.uid,
            proposal=proposal.uid,
            values=len(proposed),
        )
        return proposal

    return store.run(work)


_ASK = "Ask the person who sent you the link."


def _refuse_unasked(visit: Visit, numbers: Numbers) -> None:
    if not numbers.values:
        empty = "All fields are empty, so there is nothing to send."
        problem = Problem(code="missing", place="values", cause=empty, remedy="Fill in one.")
        raise CaseError([problem])
    if not set(numbers.values) <= {each.id for each in changeable(visit)}:
        raise Forbidden("This link does not ask for all of these numbers.", "Open it again.")


def _copy(value: ProposedValue) -> ProposedValue:
    # The transaction may be tried again, and a row belongs to one session.
    copied = ("assumption", "ours", "theirs", "source")
    return ProposedValue(**{name: getattr(value, name) for name in copied})


def _same(
    session: Session,
    earlier: Sequence[Proposal],
    name: str,
    note: str,
    values: Sequence[ProposedValue],
) -> Proposal | None:
    since = now() - SAME_WITHIN
    recent = [
        each for each in earlier if each.at >= since and (each.name, each.note) == (name, note)
    ]
    found = stored.proposed_values(session, recent)
    wanted = [_content(each) for each in values]
    for each in recent:
        if [_content(value) for value in found[each.id]] == wanted:
            return each
    return None


def _content(value: ProposedValue) -> tuple[str, float, str]:
    return value.assumption, value.theirs, value.source


@dataclass(frozen=True)
class Received:
    """A proposal with its numbers, the link that it came in through, and its case."""

    proposal: Proposal
    values: tuple[ProposedValue, ...]
    share: Share
    head: StoredCase

    @property
    def open_count(self) -> int:
        """How many of its numbers are not decided yet."""
        return sum(each.state == OPEN for each in self.values)

    @property
    def customer(self) -> str:
        """What the customer is called."""
        return self.share.label or self.head.customer


def of_visit(store: Database, visit: Visit) -> tuple[Received, ...]:
    """What was proposed through a link, with what became of it, the newest first."""
    with store.read() as session:
        return _received(session, stored.proposals_of_share(session, visit.share.id), visit.head)


def _received(
    session: Session, proposals: Sequence[Proposal], head: StoredCase
) -> tuple[Received, ...]:
    values = stored.proposed_values(session, proposals)
    shares = stored.by_ids(session, [each.share_id for each in proposals])
    return tuple(Received(each, values[each.id], shares[each.share_id], head) for each in proposals)


# --------------------------------------------------------------------------- the team's side


@dataclass(frozen=True, kw_only=True)
class Row:
    """A proposed number beside ours and beside that of the newest version.

    `newest` is None where the assumption is no longer there. `effect` is what this number
    alone does to the value of the newest version, None where that cannot be said. `hindrance`
    says why it cannot be accepted as it is. `widened` says what becomes of the range.
    """

    value: ProposedValue
    label: str
    unit: str
    newest: float | None
    effect: float | None
    hindrance: str
    widened: str

    @property
    def id(self) -> str:
        """The id of the assumption."""
        return self.value.assumption

    @property
    def has_moved(self) -> bool:
        """Whether somebody has changed our number since it was shared."""
        return self.newest is None or self.newest != self.value.ours

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.value.state == OPEN

    def shown(self, number: float) -> str:
        """A number of this row as people read it."""
        return quantity.show_with_unit(number, self.unit)


@dataclass(frozen=True)
class Review(Received):
    """A proposal as the team decides on it."""

    newest: Saved
    shared: Case
    rows: tuple[Row, ...]

    @property
    def currency(self) -> str:
        """The currency of the effects."""
        return self.newest.case.currency

    def refreshed(self, values: Iterable[ProposedValue]) -> tuple[Row, ...]:
        """The rows with the state of their numbers at this moment."""
        by_assumption = {each.assumption: each for each in values}
        return tuple(replace(row, value=by_assumption[row.value.assumption]) for row in self.rows)


def of_case(
    store: Database, actor: Actor, uid: str, limit: int = 50, before: int | None = None
) -> Slice[Received]:
    """What customers have proposed for a case, the newest first, from below `before` on."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.READ)
        found = stored.proposals_of_case(session, head.id, limit, before)
        return Slice(_received(session, found.rows, head), found.has_more)


def count_waiting(store: Database, actor: Actor, uid: str) -> int:
    """How many proposals for a case hold a number to decide on, without working them out."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.READ)
        return stored.waiting(session, [head.id]).get(head.id, 0)


def waiting(store: Database, actor: Actor, uid: str) -> tuple[Review, ...]:
    """The proposals for a case that hold numbers to decide on, the newest first.

    Their rows are those numbers alone.
    """
    with store.read() as session:
        head = head_for(session, actor, uid, Action.READ)
        found = stored.proposals_of_case(session, head.id, MOST_WAITING, None).rows
        received = [each for each in _received(session, found, head) if each.open_count]
        if not received:
            return ()
        newest = Saved(head, version_of(session, head))
        seen = {
            each.proposal.version: version_of(session, head, each.proposal.version)
            for each in received
        }
    return tuple(
        _waiting(each, newest, Saved(head, seen[each.proposal.version])) for each in received
    )


def _waiting(found: Received, newest: Saved, seen: Saved) -> Review:
    undecided = [each for each in found.values if each.state == OPEN]
    rows = tuple(_rows(undecided, newest, seen.case))
    return Review(found.proposal, found.values, found.share, found.head, newest, seen.case, rows)


def review(store: Database, actor: Actor, uid: str, case_uid: str | None = None) -> Review:
    """A proposal beside the newest version. Raises `NotFound`, also for another case's."""
    with store.read() as session:
        found = proposal_for(session, actor, uid, Action.READ)
        if case_uid not in (None, found.head.uid):
            raise NotFound(KIND)
        newest = Saved(found.head, version_of(session, found.head))
        seen = Saved(found.head, version_of(session, found.head, found.proposal.version))
    rows = tuple(_rows(found.values, newest, seen.case))
    return Review(found.proposal, found.values, found.share, found.head, newest, seen.case, rows)


def proposal_for(
    session: Session, actor: Actor, uid: str, action: Action, *, lock: bool = False
) -> Received:
    """The only way to a proposal for the team. Raises `Unauthenticated`, `NotFound`, …"""
    proposal = stored.proposal_by_uid(session, uid) if actor.account else None
    share = stored.by_ids(session, [proposal.share_id]).get(proposal.share_id) if proposal else None
    head = stored.case_of(session, share) if share else None
    is_there = head is not None and head.deleted_at is None
    require(actor, action, head.team_id if head and is_there else None, KIND)
    assert proposal is not None
    assert share is not None
    assert head is not None
    if lock:
        head = head_for(session, actor, head.uid, action, lock=True)
    values = stored.proposed_values(session, [proposal])[proposal.id]
    return Received(proposal, values, share, head)


def _rows(values: Iterable[ProposedValue], newest: Saved, seen: Case) -> Iterable[Row]:
    case = newest.case
    for each in values:
        before = seen.assumption(each.assumption)
        assumption = case.assumption(each.assumption)
        named = assumption or before
        yield Row(
            value=each,
            label=named.label if named else each.assumption,
            unit=before.unit if before else "1",
            newest=assumption.value if assumption else None,
            effect=_effect_alone(newest, each) if assumption else None,
            hindrance=_hindrance(before, assumption),
            widened=widening(assumption, each.theirs) if assumption else "",
        )


VALUES_ARE_KEPT_OF = 512
"""So many cases with one other number; the editor asks for them again whenever somebody types."""

_values: dict[tuple[str, str, float], float | None] = {}


def _value_with(newest: Saved, assumption: str = "", number: float = 0.0) -> float | None:
    """The value of a case, with another number for one assumption; None if it has none."""
    key = (newest.version.sha, assumption, number)
    if key not in _values:
        if len(_values) >= VALUES_ARE_KEPT_OF:
            _values.clear()
        case = newest.case.with_values({assumption: number}) if assumption else newest.case
        _values[key] = _value_of(case)
    return _values[key]


def _value_of(case: Case) -> float | None:
    try:
        return cases.calculate(case).value("value")
    except CaseError:
        return None


def _effect_alone(newest: Saved, value: ProposedValue) -> float | None:
    if value.state != OPEN:
        return None
    value_now = _value_with(newest)
    value_then = _value_with(newest, value.assumption, value.theirs)
    return None if value_now is None or value_then is None else value_then - value_now


def _hindrance(before: Assumption | None, assumption: Assumption | None) -> str:
    if assumption is None or before is None:
        return "The newest version no longer has this assumption."
    if before.unit != assumption.unit:
        return f"Its unit has changed from {before.unit} to {assumption.unit}."
    return ""

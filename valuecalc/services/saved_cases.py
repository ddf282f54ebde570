"""Cases that are kept: create, list, open, save, bin.

Every save is a version, and says who made it and what it changed. Whoever saves names the
version that he started from; if somebody else has saved in the meantime, nothing is lost and
nothing is overwritten: the save is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from valuecalc.case.case import Case
from valuecalc.case.schedule import schedule
from valuecalc.errors import (
    CaseError,
    Conflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
)
from valuecalc.schemas import changes
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.keyed import patched
from valuecalc.schemas.saved import read_note
from valuecalc.services import audit, cases
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.teams import team_for
from valuecalc.store import cases as stored
from valuecalc.store import milestones, people
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import (
    CaseMilestone,
    IdempotencyKey,
    StoredCase,
    Team,
    Version,
    new_uid,
    now,
    sha256,
)

KIND = "case"
KEYS_ARE_KEPT = timedelta(days=7)

Expected = str | Container[str] | None
"""The tag of the version that a change started from, or several, one of which has to fit."""


@dataclass(frozen=True)
class Listed:
    """A case as a list shows it: its head, its team, and the name of who saved it last.

    `milestone` is the next one of its plan: the first whose day has not passed.
    """

    head: StoredCase
    team: Team
    updated_by: str
    milestone: CaseMilestone | None = None


@dataclass(frozen=True)
class Saved:
    """A case that is kept, in one of its versions; `team` where it was asked for (`saved`).

    `draft` is what the version was made from, when it was made just now.
    """

    head: StoredCase
    version: Version
    team: Team | None = None
    draft: Draft | None = None

    @cached_property
    def document(self) -> dict[str, Any]:
        """The canonical JSON document."""
        return dict(json.loads(self.version.document))

    @cached_property
    def case(self) -> Case:
        """The case itself; it may have mistakes, as a draft does."""
        return self.draft.case if self.draft else load_case(self.document)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every mistake and every oddity of the case."""
        found = _problems.get(self.version.sha)
        if found is None:
            found = self.draft.problems if self.draft else cases.check(self.case)
            _remember_problems(self.version.sha, found)
        return found

    @property
    def is_newest(self) -> bool:
        """Whether nobody has saved since."""
        return self.version.number == self.head.version

    @property
    def tag(self) -> str:
        """Names this state of this case: for ETag and If-Match."""
        return tag_of(self.head, self.version)


@dataclass(frozen=True)
class Draft:
    """A case made ready to be kept: all that takes time is done before the database waits."""

    case: Case
    text: str
    problems: tuple[Problem, ...]
    value: float | None
    npv: float | None
    evidence_share: float | None

    @classmethod
    def of(cls, case: Case) -> Draft:
        """The case with its document and the figures for lists; None for those of a draft."""
        text = canonical(dump_case(case))
        try:
            result = cases.calculate(case)
        except CaseError:
            return cls(case, text, cases.check(case), None, None, None)
        figures = (_finite(result.value(name)) for name in FIGURES_OF_LISTS)
        return cls(case, text, result.warnings, *figures)

    def put_on(self, head: StoredCase) -> None:
        """Show the case's name and figures on its head."""
        case = self.case
        stored.show_texts(head, case.title, case.customer, _sector(case))
        head.currency = case.currency
        head.value, head.npv = self.value, self.npv
        head.evidence_share = self.evidence_share

    def keep_plan(self, session: Session, head: StoredCase) -> None:
        """Show the days of the case's plan in lists; `head` has its number by now."""
        planned = schedule(self.case.plan, self.case.timeline.start)
        days = [(planned.over(each.id), each.label) for each in self.case.plan.milestones]
        milestones.keep(session, head.id, [(day, label) for day, label in days if day is not None])

    def version(self, actor: Actor, number: int, **details: Any) -> Version:
        """The case as a version."""
        user = actor.account
        return Version(
            number=number,
            document=self.text,
            sha=sha256(self.text),
            author_id=user.id,
            author=user.name,
            value=self.value,
            npv=self.npv,
            **details,
        )


PROBLEMS_ARE_KEPT_OF = 256
"""So many documents; what is wrong with one stays the same, as a version is never changed."""

_problems: dict[str, tuple[Problem, ...]] = {}


def _remember_problems(sha: str, problems: tuple[Problem, ...]) -> None:
    """Keep what is wrong with a document, because finding it means to work the case out."""
    if len(_problems) >= PROBLEMS_ARE_KEPT_OF:
        _problems.clear()
    _problems[sha] = problems


FIGURES_OF_LISTS = ("value", "npv", "finance_view.share")


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _sector(case: Case) -> str:
    """The sector of a straw-man, or of the first one that the case was made from."""
    if case.reference and case.reference.sector:
        return case.reference.sector
    origins = case.origin.references if case.origin else ()
    return next((each.sector for each in origins if each.sector), "")


def canonical(document: dict[str, Any]) -> str:
    """A document as text, the same for the same content."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


# --------------------------------------------------------------------------- find


def head_for(
    session: Session, actor: Actor, uid: str, action: Action, *, lock: bool = False
) -> StoredCase:
    """The only way to a case: it is there, and `actor` may do `action` with it.

    Raises `Unauthenticated`, `NotFound` or `Forbidden`. A case in the bin is not there.
    """
    found = binned_or_not(session, actor, uid, action, lock=lock)
    if found.deleted_at is not None:
        raise NotFound(KIND)
    return found


def binned_or_not(
    session: Session, actor: Actor, uid: str, action: Action, *, lock: bool = False
) -> StoredCase:
    """The same for a case that may lie in the bin."""
    found = stored.by_uid(session, uid, lock=lock) if actor.account else None
    require(actor, action, found.team_id if found else None, KIND)
    assert found is not None
    return found


def version_of(session: Session, head: StoredCase, number: int | None = None) -> Version:
    """One version of a case, the newest without `number`. Raises `NotFound`."""
    found = stored.version(session, head, number)
    if found is None:
        raise NotFound("version")
    return found


def load(store: Database, actor: Actor, uid: str, number: int | None = None) -> Saved:
    """A case in its newest version, or in the one of that number."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.READ)
        return saved(session, head, version_of(session, head, number))


def saved(
    session: Session, head: StoredCase, version: Version, draft: Draft | None = None
) -> Saved:
    """A case in one of its versions, with its team."""
    [team] = people.teams(session, (head.team_id,))
    return Saved(head, version, team, draft)


def page(
    store: Database,
    actor: Actor,
    limit: int = 50,
    after: stored.Cursor | None = None,
    team_uid: str | None = None,
    **filters: Any,
) -> Slice[Listed]:
    """The cases that changed last; `filters` are those of `store.cases.Wanted`.

    A case that is saved while somebody turns the pages moves to the first one; all others
    come exactly once.
    """
    with store.read() as session:
        team_ids: tuple[int, ...] = actor.teams_for(Action.READ)
        if team_uid is not None:
            team_ids = (team_for(session, actor, team_uid, Action.READ).id,)
        wanted = stored.Wanted(team_ids=team_ids, **filters)
        found = stored.page(session, wanted, limit, after)
        return Slice(listed(session, found.rows), found.has_more)


def cursor_after(listed: Listed) -> stored.Cursor:
    """Where the list goes on after one of its cases."""
    return listed.head.updated_at, listed.head.id


def listed(
    session: Session, heads: tuple[StoredCase, ...], today: date | None = None
) -> tuple[Listed, ...]:
    """Cases as a list shows them on a day."""
    teams = {
        each.id: each for each in people.teams(session, list({head.team_id for head in heads}))
    }
    users = people.users_of(session, list({head.updated_by for head in heads}))
    days = milestones.upcoming(session, [head.id for head in heads], today or now().date())
    return tuple(
        Listed(each, teams[each.team_id], users[each.updated_by].name, days.get(each.id))
        for each in heads
    )


# --------------------------------------------------------------------------- create


def create(
    store: Database,
    actor: Actor,
    case: Case,
    team_uid: str | None = None,
    note: str = "",
    key: str | None = None,
    asked: str | None = None,
) -> tuple[Saved, bool]:
    """Keep a new case; and whether it was made by an earlier request with the same `key`.

    Without `team_uid` it goes to the actor's only team. `asked` is what was asked for, as a
    text, where it is not the case itself. Raises `Conflict` for a key that was used for
    something else.
    """
    draft, note = Draft.of(case), read_note(note)

    def work(session: Session) -> tuple[Saved, bool]:
        team = team_for(session, actor, team_uid, Action.EDIT)
        used = _used(actor, key, f"{team.uid}\n{note}\n{asked or draft.text}")
        earlier = _made_with(session, actor, used)
        if earlier is not None:
            return earlier, True
        return _created(session, actor, draft, team, note, used), False

    try:
        return store.run(work)
    except stored.KeyTaken:
        return store.run(work)


def _used(actor: Actor, key: str | None, asked: str) -> IdempotencyKey | None:
    """The key as it will be kept, with the name of the case that it is used for."""
    if key is None:
        return None
    return IdempotencyKey(
        user_id=actor.account.id, key=key, fingerprint=sha256(asked), uid=new_uid()
    )


def _made_with(session: Session, actor: Actor, used: IdempotencyKey | None) -> Saved | None:
    known = stored.idempotency_key(session, used.user_id, used.key) if used else None
    if known is None or used is None:
        return None
    if known.fingerprint != used.fingerprint:
        raise Conflict(
            "This Idempotency-Key was used for another request.", "Send a new key with a new case."
        )
    head = binned_or_not(session, actor, known.uid, Action.READ)
    return saved(session, head, version_of(session, head, 1))


def _created(
    session: Session,
    actor: Actor,
    draft: Draft,
    team: Team,
    note: str,
    used: IdempotencyKey | None,
) -> Saved:
    user = actor.account
    uid = used.uid if used else new_uid()
    if used is not None:
        stored.remember_key(session, used, now() - KEYS_ARE_KEPT)
    head = StoredCase(uid=uid, team_id=team.id, version=1, created_by=user.id, updated_by=user.id)
    draft.put_on(head)
    first = draft.version(actor, 1, note=note)
    stored.add(session, head, first)
    draft.keep_plan(session, head)
    audit.record(session, actor, "case.created", team_id=team.id, subject=uid, title=head.title)
    return Saved(head, first, team, draft)


# --------------------------------------------------------------------------- save


def save(
    store: Database,
    actor: Actor,
    uid: str,
    case: Case,
    expected: Expected,
    note: str = "",
    on_behalf_of: str = "",
) -> Saved:
    """Keep a changed case as a new version; nothing when nothing has changed.

    `expected` is the tag of the version that the change started from. Raises
    `PreconditionRequired` without it, `PreconditionFailed` when somebody else has saved since.
    """
    draft, note = Draft.of(case), read_note(note)

    def work(session: Session) -> Saved:
        head, before = for_change(session, actor, uid, expected)
        return add_version(
            session, actor, head, before, draft, note=note, on_behalf_of=on_behalf_of
        )

    return store.run(work)


def change(
    store: Database,
    actor: Actor,
    uid: str,
    expected: Expected,
    make: Callable[[dict[str, Any]], Case],
    note: str = "",
) -> Saved:
    """Keep what `make` makes of the document of the newest version."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.EDIT)
        before = saved(session, head, version_of(session, head))
    _refuse_other(head, before.version, expected)
    return save(store, actor, uid, make(before.document), before.tag, note)


def patch(
    store: Database,
    actor: Actor,
    uid: str,
    expected: Expected,
    merge_patch: Mapping[str, Any],
    note: str = "",
) -> Saved:
    """Keep a case changed in part, by a JSON Merge Patch on its keyed view.

    Raises `CaseError` for a patch that does not fit, or makes what is no case.
    """
    return change(
        store,
        actor,
        uid,
        expected,
        lambda document: load_case(patched(document, merge_patch)),
        note,
    )


def for_change(
    session: Session, actor: Actor, uid: str, expected: Expected
) -> tuple[StoredCase, Version]:
    """The head of a case, locked, and its newest version, which must be the expected one."""
    head = head_for(session, actor, uid, Action.EDIT, lock=True)
    newest = version_of(session, head)
    _refuse_other(head, newest, expected)
    return head, newest


def tag_of(head: StoredCase, version: Version) -> str:
    """Names one state of one case: for ETag and If-Match."""
    return f"{head.uid}.{version.number}"


def _refuse_other(head: StoredCase, newest: Version, expected: Expected) -> None:
    if expected is None:
        raise PreconditionRequired(
            "It is not said which version this change was made to.",
            "Send If-Match with the ETag of the version that you read.",
        )
    # A text is a container too: of its parts.
    allowed = (expected,) if isinstance(expected, str) else expected
    if tag_of(head, newest) not in allowed:
        raise PreconditionFailed(
            f"{newest.author} has saved version {newest.number} in the meantime.",
            "Open it again and repeat your change.",
        )


def add_version(
    session: Session,
    actor: Actor,
    head: StoredCase,
    before: Version,
    draft: Draft,
    action: str = "case.saved",
    **details: Any,
) -> Saved:
    """The draft as the next version of a case, unless it is the same as the one before."""
    if before.document == draft.text:
        return saved(session, head, before, draft)
    found = changes.changes_between(json.loads(before.document), json.loads(draft.text))
    head.version += 1
    head.updated_by, head.updated_at = actor.account.id, now()
    draft.put_on(head)
    after = draft.version(actor, head.version, changes=changes.dump_changes(found), **details)
    after.case_id = head.id
    session.add(after)
    draft.keep_plan(session, head)
    audit.record(
        session,
        actor,
        action,
        team_id=head.team_id,
        subject=head.uid,
        version=head.version,
        changes=len(found),
    )
    session.flush()
    return saved(session, head, after, draft)


# --------------------------------------------------------------------------- bin


def delete(store: Database, actor: Actor, uid: str, expected: Expected = None) -> None:
    """Put a case into the bin."""

    def work(session: Session) -> None:
        head = head_for(session, actor, uid, Action.EDIT, lock=True)
        if expected is not None:
            _refuse_other(head, version_of(session, head), expected)
        head.deleted_at, head.deleted_by = now(), actor.account.id
        audit.record(session, actor, "case.binned", team_id=head.team_id, subject=head.uid)

    store.run(work)


def put_back(store: Database, actor: Actor, uid: str) -> Saved:
    """Take a case out of the bin; nothing when it is not in it."""

    def work(session: Session) -> Saved:
        head = binned_or_not(session, actor, uid, Action.EDIT, lock=True)
        if head.deleted_at is not None:
            head.deleted_at = head.deleted_by = None
            audit.record(session, actor, "case.put_back", team_id=head.team_id, subject=uid)
        return saved(session, head, version_of(session, head))

    return store.run(work)


def empty_bin(store: Database, days: int) -> int:
    """Take away for good what has lain in the bin for `days`; how many cases that were."""

    def work(session: Session) -> int:
        old = stored.binned_before(session, now() - timedelta(days=days))
        for head in old:
            stored.remove(session, head)
            audit.record(
                session,
                Actor(),
                "case.removed",
                team_id=head.team_id,
                subject=head.uid,
                name="valuecalc",
                title=head.title,
            )
        return len(old)

    return store.run(work)

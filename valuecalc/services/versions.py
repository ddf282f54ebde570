"""The versions of a case: list them, give one a name, go back to one, see what changed."""

from __future__ import annotations

from valuecalc.errors import Conflict
from valuecalc.schemas.saved import read_name
from valuecalc.services import audit, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.saved_cases import Draft, Expected, Saved
from valuecalc.store import cases as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import StoredCase, Version, now


def page(
    store: Database, actor: Actor, uid: str, limit: int = 50, before: int | None = None
) -> Slice[Version]:
    """The newest versions of a case below the number `before`, without their documents."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        return stored.versions(session, head, limit, before)


def freeze(store: Database, actor: Actor, uid: str, number: int, name: str) -> Saved:
    """Give a version its name, such as “Offer of 3 March”; it keeps it for good.

    Raises `Conflict` when it has another one, `CaseError` for a name that cannot be kept.
    """
    name = read_name(name)

    def work(session: Session) -> Saved:
        head = saved_cases.head_for(session, actor, uid, Action.EDIT, lock=True)
        version = saved_cases.version_of(session, head, number)
        _refuse_other_name(version, name)
        if version.name is None:
            _name(session, actor, head, version, name)
        return saved_cases.saved(session, head, version)

    return store.run(work)


def _refuse_other_name(version: Version, name: str) -> None:
    if version.name not in (None, name):
        raise Conflict(
            f"Version {version.number} has the name “{version.name}” already.",
            "A name is given once: save a new version and name that one.",
        )


def _name(session: Session, actor: Actor, head: StoredCase, version: Version, name: str) -> None:
    version.name, version.frozen_by, version.frozen_at = name, actor.name, now()
    audit.record(
        session,
        actor,
        "version.frozen",
        team_id=head.team_id,
        subject=head.uid,
        version=version.number,
        title=name,
    )


def restore(
    store: Database, actor: Actor, uid: str, number: int, expected: Expected = None
) -> Saved:
    """Keep an earlier version as the newest one; nothing when they are the same.

    Raises `PreconditionRequired` and `PreconditionFailed` as saving does.
    """
    draft = Draft.of(saved_cases.load(store, actor, uid, number).case)

    def work(session: Session) -> Saved:
        head, newest = saved_cases.for_change(session, actor, uid, expected)
        return saved_cases.add_version(
            session,
            actor,
            head,
            newest,
            draft,
            action="case.restored",
            note=f"Version {number} restored.",
            restored_from=number,
        )

    return store.run(work)


def two(store: Database, actor: Actor, uid: str, first: int, last: int) -> tuple[Saved, Saved]:
    """Two versions of a case, to be compared."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        found = [saved_cases.version_of(session, head, number) for number in (first, last)]
        earlier, later = (saved_cases.saved(session, head, each) for each in found)
        return earlier, later

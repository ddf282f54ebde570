"""The versions of a case: list them, give one a name, go back to one, see what changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest

from valuecalc.errors import Conflict
from valuecalc.schemas.saved import read_name
from valuecalc.services import audit, saved_cases
from valuecalc.services.access import Action, Actor
from valuecalc.services.saved_cases import Draft, Expected, Saved
from valuecalc.services.sittings import Sitting, grouped, sitting
from valuecalc.store import cases as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice, sliced
from valuecalc.store.tables import StoredCase, Version, now

READ_AT_ONCE = 200
"""Versions are read from the database in pieces of so many."""


def page(
    store: Database, actor: Actor, uid: str, limit: int = 50, before: int | None = None
) -> Slice[Version]:
    """The newest versions of a case below the number `before`, without their documents."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        return stored.versions(session, head, limit, before)


def sittings(
    store: Database, actor: Actor, uid: str, limit: int = 30, before: int | None = None
) -> Slice[Sitting]:
    """The newest sittings of a case below the version `before`, none of them split.

    `before` is the first version of the sitting that the slice before ended with.
    """
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        # The sitting after the last one wanted begins with what that one started from.
        runs = list(islice(grouped(_from_newest(session, head, before)), limit + 1))
        wanted = sliced(runs, limit)
        previous = [run[0] for run in runs[1:]]
        ends = {run[0].number for run in wanted.rows} | {each.number for each in previous}
        texts = stored.documents(session, head, ends)
    pairs = zip_longest(wanted.rows, previous[: len(wanted.rows)])
    return Slice(tuple(sitting(run, earlier, texts) for run, earlier in pairs), wanted.has_more)


def _from_newest(session: Session, head: StoredCase, before: int | None) -> Iterator[Version]:
    """The versions of a case from the newest on, read as far as they are looked at."""
    while True:
        found = stored.versions(session, head, READ_AT_ONCE, before)
        yield from found.rows
        if not found.has_more:
            return
        before = found.rows[-1].number


def headings(store: Database, actor: Actor, uid: str, limit: int = 300) -> tuple[Version, ...]:
    """The newest versions of a case and all that have a name, to choose from: the newest first.

    They come with number, name, author and moment alone.
    """
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        return tuple(stored.headings(session, head, limit))


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


def newest_complete(store: Database, actor: Actor, uid: str) -> Saved:
    """A case in the newest version that could be worked out; the newest where none could."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        found = stored.newest_with_value(session, head)
        return saved_cases.saved(session, head, found or saved_cases.version_of(session, head))


def two(store: Database, actor: Actor, uid: str, first: int, last: int) -> tuple[Saved, Saved]:
    """Two versions of a case, to be compared."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        found = [saved_cases.version_of(session, head, number) for number in (first, last)]
        earlier, later = (saved_cases.saved(session, head, each) for each in found)
        return earlier, later

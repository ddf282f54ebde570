"""Cases and their versions in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, event, inspect, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer, load_only

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.search import folded, storable, with_texts, with_words
from valuecalc.store.tables import IdempotencyKey, StoredCase, Version

MAY_CHANGE_IN_A_VERSION = frozenset({"name", "frozen_by", "frozen_at"})
"""All else in a version stays as it was saved."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which cases a list shows: those of some teams, and of these the ones that match.

    Every word of `words` has to stand in the title, the customer or the sector; customer and
    sector have to be the same but for upper and lower case.
    """

    team_ids: Sequence[int]
    words: str = ""
    customer: str = ""
    sector: str = ""
    currency: str = ""
    changed_since: datetime | None = None
    in_bin: bool = False


Cursor = tuple[datetime, int]
"""Where a slice of cases ended: the moment and the number of its last row."""


def by_uid(session: Session, uid: str, *, lock: bool = False) -> StoredCase | None:
    """The head of a case; with `lock` nobody else can save it until the transaction ends."""
    wanted = select(StoredCase).where(StoredCase.uid == storable(uid))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def by_id(session: Session, id: int) -> StoredCase | None:
    """The head of a case by its row number."""
    return session.get(StoredCase, id)


def page(session: Session, wanted: Wanted, limit: int, after: Cursor | None) -> Slice[StoredCase]:
    """The cases that changed last, from below `after` on."""
    query = matching(wanted)
    if after is not None:
        query = query.where(tuple_(StoredCase.updated_at, StoredCase.id) < after)
    query = query.order_by(StoredCase.updated_at.desc(), StoredCase.id.desc())
    return sliced(session.scalars(query.limit(limit + 1)), limit)


def matching(wanted: Wanted) -> Select[StoredCase]:
    """The query for the heads of such cases, in no order yet."""
    query = select(StoredCase).where(StoredCase.team_id.in_(wanted.team_ids))
    binned = StoredCase.deleted_at
    query = query.where(binned.is_not(None) if wanted.in_bin else binned.is_(None))
    if wanted.currency:
        query = query.where(StoredCase.currency == wanted.currency.upper())
    if wanted.changed_since is not None:
        query = query.where(StoredCase.updated_at >= wanted.changed_since)
    keys = {StoredCase.customer_key: wanted.customer, StoredCase.sector_key: wanted.sector}
    return with_words(with_texts(query, keys), StoredCase.search, wanted.words)


def show_texts(head: StoredCase, title: str, customer: str, sector: str) -> None:
    """Put what a case is called on its head, and what it is found by."""
    head.title, head.customer, head.sector = title, customer, sector
    head.search = folded(title, customer, sector)
    head.customer_key, head.sector_key = folded(customer), folded(sector)


@event.listens_for(Version, "before_update")
def _refuse_changed_version(mapper: object, connection: object, version: Version) -> None:
    state = inspect(version)
    changed = {each.key for each in state.attrs if each.history.has_changes()}
    if changed - MAY_CHANGE_IN_A_VERSION:
        raise AssertionError(f"A version is never changed; this would change {changed}.")


def add(session: Session, head: StoredCase, first: Version) -> None:
    """A new case with its first version."""
    session.add(head)
    session.flush()
    first.case_id = head.id
    session.add(first)
    session.flush()


def version(session: Session, head: StoredCase, number: int | None = None) -> Version | None:
    """One version of a case, the newest without `number`."""
    return session.get(Version, (head.id, head.version if number is None else number))


def versions(session: Session, head: StoredCase, limit: int, before: int | None) -> Slice[Version]:
    """The newest versions below the number `before`, without their documents."""
    query = select(Version).where(Version.case_id == head.id)
    if before is not None:
        query = query.where(Version.number < before)
    query = query.order_by(Version.number.desc()).limit(limit + 1)
    return sliced(session.scalars(query.options(defer(Version.document, raiseload=True))), limit)


def newest_with_value(session: Session, head: StoredCase) -> Version | None:
    """The newest version that could be worked out; None where there is none."""
    query = select(Version).where(Version.case_id == head.id, Version.value.is_not(None))
    return session.scalar(query.order_by(Version.number.desc()).limit(1))


def documents(session: Session, head: StoredCase, numbers: Iterable[int]) -> dict[int, str]:
    """The documents of some versions of a case, by their numbers."""
    query = select(Version.number, Version.document).where(
        Version.case_id == head.id, Version.number.in_(tuple(numbers))
    )
    rows = session.execute(query)
    return {row.number: row.document for row in rows}


def headings(session: Session, head: StoredCase, limit: int) -> Sequence[Version]:
    """The newest versions and all that have a name, the newest first, with what lists show."""
    newest = head.version - limit
    query = select(Version).where(
        Version.case_id == head.id, or_(Version.number > newest, Version.name.is_not(None))
    )
    shown = (Version.number, Version.name, Version.author, Version.on_behalf_of, Version.at)
    query = query.options(load_only(*shown, raiseload=True))
    return session.scalars(query.order_by(Version.number.desc())).all()


def all_versions(session: Session, head: StoredCase) -> Sequence[Version]:
    """Every version of a case with its document, from the first on."""
    query = select(Version).where(Version.case_id == head.id).order_by(Version.number)
    return session.scalars(query).all()


def binned_before(session: Session, moment: datetime) -> Sequence[StoredCase]:
    """The cases that have lain in the bin since before a moment; nobody can put them back now."""
    query = select(StoredCase).where(StoredCase.deleted_at < moment)
    return session.scalars(query.with_for_update()).all()


def remove(session: Session, head: StoredCase) -> None:
    """Take a case away for good, with all that belongs to it and the keys it was made with."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.uid == head.uid))
    session.execute(delete(StoredCase).where(StoredCase.id == head.id))


class KeyTaken(Exception):
    """Another request has used the key at the same moment, and was faster."""


def idempotency_key(session: Session, user_id: int, key: str) -> IdempotencyKey | None:
    """What a key was used for."""
    return session.get(IdempotencyKey, (user_id, key))


def remember_key(session: Session, key: IdempotencyKey, forget_before: datetime) -> None:
    """Keep a key, and drop those that nobody will repeat any more.

    Waits for a transaction that is about to keep the same one; raises `KeyTaken` when that
    one was kept. The transaction can then only be given up.
    """
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < forget_before))
    session.add(key)
    try:
        session.flush()
    except IntegrityError as error:
        raise KeyTaken from error

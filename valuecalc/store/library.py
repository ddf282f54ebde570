"""Straw-men of teams in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.search import folded, storable, with_texts, with_words
from valuecalc.store.tables import StoredReference


class SlugTaken(Exception):
    """The team has a straw-man of that name already."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which straw-men a list shows: those of some teams, and of these the ones that match.

    Every word of `words` has to stand in the title, the sector or the region.
    """

    team_ids: Sequence[int]
    words: str = ""
    sector: str = ""
    region: str = ""
    year: int | None = None


def by_uid(session: Session, uid: str) -> StoredReference | None:
    """A straw-man by its public name."""
    return session.scalar(select(StoredReference).where(StoredReference.uid == storable(uid)))


def page(
    session: Session, wanted: Wanted, limit: int, before: int | None
) -> Slice[StoredReference]:
    """The newest straw-men below the row number `before`, without their documents."""
    query = select(StoredReference).where(StoredReference.team_id.in_(wanted.team_ids))
    if before is not None:
        query = query.where(StoredReference.id < before)
    if wanted.year is not None:
        query = query.where(StoredReference.year == wanted.year)
    keys = {
        StoredReference.sector_key: wanted.sector,
        StoredReference.region_key: wanted.region,
    }
    query = with_words(with_texts(query, keys), StoredReference.search, wanted.words)
    query = query.order_by(StoredReference.id.desc()).limit(limit + 1)
    hidden = defer(StoredReference.document, raiseload=True)
    return sliced(session.scalars(query.options(hidden)), limit)


def add(session: Session, reference: StoredReference) -> None:
    """Keep a new straw-man. Raises `SlugTaken`; the transaction can then only be given up."""
    texts = (reference.title, reference.sector, reference.region)
    reference.search = folded(*texts)
    reference.sector_key, reference.region_key = folded(texts[1]), folded(texts[2])
    session.add(reference)
    try:
        session.flush()
    except IntegrityError as error:
        raise SlugTaken from error


def remove(session: Session, reference: StoredReference) -> None:
    """Take a straw-man away for good."""
    session.execute(delete(StoredReference).where(StoredReference.id == reference.id))

"""Straw-men to start from: those of the program and the team's own; publishing and extrapolating.

A straw-man of the program is known by its slug (`predictive-maintenance`), one of a team by a
random id. The former are for everybody, the latter for their team.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from valuecalc.case.case import Case, Driver, Reference
from valuecalc.case.journey import Extrapolation, Target
from valuecalc.case.rates import Rates
from valuecalc.case.travel import Origin, OriginReference
from valuecalc.errors import NotFound
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import audit, cases, extrapolation, library, saved_cases
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.saved_cases import Saved
from valuecalc.services.teams import team_for
from valuecalc.store import holdings, people
from valuecalc.store import library as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.search import folded
from valuecalc.store.tables import StoredReference, Team, new_uid

KIND = "straw-man"

Cursor = tuple[int, int]
"""Where a slice ended: 0 and a number of files of the program, or 1 and a row of a team."""


@dataclass(frozen=True, kw_only=True)
class StrawMan:
    """A straw-man as a list shows it; `row` and `team` are None for those of the program."""

    id: str
    title: str
    sector: str
    region: str
    year: int | None
    currency: str
    slug: str = ""
    row: StoredReference | None = None
    team: Team | None = None
    published_by: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """A straw-man with its case."""

    about: StrawMan
    case: Case

    @property
    def kept_as(self) -> OriginReference:
        """How a case that is made from it names it."""
        reference = self.case.reference or Reference()
        is_of_team = self.about.team is not None
        return OriginReference(
            title=self.case.title,
            slug="" if is_of_team else self.about.id,
            uid=self.about.id if is_of_team else "",
            sector=reference.sector,
            region=reference.region,
            year=reference.year,
            customer=reference.customer,
        )


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a delivered case is to be published with.

    `achieved` is what came of each line over the horizon, by its id. Without the text of a
    `permission` the customer is made anonymous; `names` are others that it goes by. What is
    left out is taken from the case.
    """

    achieved: Mapping[str, float] = field(default_factory=dict)
    sector: str = ""
    region: str = ""
    year: int | None = None
    drivers: Sequence[Driver] = ()
    permission: str = ""
    names: Sequence[str] = ()
    note: str = ""


# --------------------------------------------------------------------------- find


def page(
    store: Database,
    actor: Actor,
    limit: int = 50,
    after: Cursor | None = None,
    **filters: Any,
) -> Slice[StrawMan]:
    """Straw-men of the program, then those of the actor's teams, the newest first.

    `filters` are those of `store.library.Wanted`. A stranger sees those of the program.
    """
    kind, position = after or (0, 0)
    files = [] if kind else [each for each in _files() if _matches(each, **filters)][position:]
    found = files[:limit]
    if len(files) > limit or not actor.is_known:
        return Slice(tuple(found), len(files) > limit)
    below = position if kind else None
    with store.read() as session:
        wanted = stored.Wanted(team_ids=actor.teams_for(Action.READ), **filters)
        rows = stored.page(session, wanted, limit - len(found), below)
        return Slice((*found, *_listed(session, rows.rows)), rows.has_more)


def cursor_after(found: Slice[StrawMan], after: Cursor | None) -> Cursor:
    """Where the list goes on after a slice that began at `after`."""
    last = found.rows[-1]
    if last.row is not None:
        return 1, last.row.id
    return 0, (after[1] if after else 0) + len(found.rows)


def _files() -> tuple[StrawMan, ...]:
    return tuple(_of_file(each.slug, each.case) for each in library.straw_men())


def _of_file(slug: str, case: Case) -> StrawMan:
    reference = case.reference or Reference()
    return StrawMan(
        id=slug,
        slug=slug,
        title=case.title,
        sector=reference.sector,
        region=reference.region,
        year=reference.year,
        currency=case.currency,
    )


def _matches(
    each: StrawMan, words: str = "", sector: str = "", region: str = "", year: int | None = None
) -> bool:
    """The rule of `store.library.page`, for what is not in the database."""
    text = folded(each.title, each.sector, each.region)
    return (
        all(word in text for word in folded(words).split())
        and (not sector or folded(each.sector) == folded(sector))
        and (not region or folded(each.region) == folded(region))
        and (year is None or each.year == year)
    )


def _listed(session: Session, rows: Sequence[StoredReference]) -> tuple[StrawMan, ...]:
    teams = {each.id: each for each in people.teams(session, [row.team_id for row in rows])}
    users = people.users_of(session, [row.published_by for row in rows])
    return tuple(_of_row(each, teams[each.team_id], users[each.published_by].name) for each in rows)


def _of_row(row: StoredReference, team: Team, published_by: str) -> StrawMan:
    return StrawMan(
        id=row.uid,
        slug=row.slug,
        title=row.title,
        sector=row.sector,
        region=row.region,
        year=row.year,
        currency=row.currency,
        row=row,
        team=team,
        published_by=published_by,
        published_at=row.published_at,
    )


def load(store: Database, actor: Actor, id: str) -> Opened:
    """A straw-man with its case. Raises `NotFound`, also for those of other teams."""
    if id in library.slugs():
        case = library.straw_man(id).case
        return Opened(_of_file(id, case), case)
    if not actor.is_known:
        raise NotFound(KIND)
    with store.read() as session:
        row = _row_for(session, actor, id, Action.READ)
        [about] = _listed(session, (row,))
        return Opened(about, load_case(json.loads(row.document)))


def _row_for(session: Session, actor: Actor, uid: str, action: Action) -> StoredReference:
    found = stored.by_uid(session, uid) if actor.account else None
    require(actor, action, found.team_id if found else None, KIND)
    assert found is not None
    return found


# --------------------------------------------------------------------------- publish


def preview(store: Database, actor: Actor, uid: str, number: int | None, wish: Wish) -> Opened:
    """The straw-man that a case would become; nothing is kept."""
    saved = _delivered(store, actor, uid, number)
    case = _published(saved.case, wish, _people_of_customer(store, saved))
    return Opened(_of_file("", case), case)


def publish(store: Database, actor: Actor, uid: str, number: int | None, wish: Wish) -> Opened:
    """Keep a case as a straw-man of its team. Raises `CaseError` as `extrapolation.publish`."""
    saved = _delivered(store, actor, uid, number)
    assert saved.team is not None
    case = _published(saved.case, wish, _people_of_customer(store, saved))
    return keep(store, actor, case, saved.team.uid, saved)


def _delivered(store: Database, actor: Actor, uid: str, number: int | None) -> Saved:
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.PUBLISH)
        version = saved_cases.version_of(session, head, number)
        return saved_cases.saved(session, head, version)


def _people_of_customer(store: Database, saved: Saved) -> tuple[str, ...]:
    """Everybody who has proposed a number or commented over a link to the case."""
    with store.read() as session:
        proposals = holdings.proposals(session, saved.head.id)
        comments = holdings.comments(session, saved.head.id)
    said = [each.author for each in comments if each.share_id and not each.author_id]
    return tuple(dict.fromkeys([*(each.name for each in proposals), *said]))


def _published(case: Case, wish: Wish, people: Sequence[str]) -> Case:
    before = case.reference or about_origin(case.origin)
    return extrapolation.publish(
        case,
        wish.achieved,
        sector=wish.sector or before.sector,
        region=wish.region or before.region,
        year=wish.year or before.year,
        drivers=tuple(wish.drivers) or before.drivers or _drivers_of_origin(case),
        permission=wish.permission,
        names=tuple(wish.names),
        people=people,
        note=wish.note,
    )


def about_origin(origin: Origin | None) -> Reference:
    """What is known of a case's customer from what it was made of: the line of business, prices."""
    if origin is None:
        return Reference()
    sector = next((each.sector for each in origin.references if each.sector), "")
    return Reference(sector=sector, region=origin.region, year=origin.year)


def _drivers_of_origin(case: Case) -> tuple[Driver, ...]:
    """The drivers that the case was made with are those of its customer."""
    return tuple(
        Driver(id=each.id, label=each.label, value=each.value, unit=each.unit)
        for each in (case.origin.drivers if case.origin else ())
    )


def keep(
    store: Database, actor: Actor, case: Case, team_uid: str | None, source: Saved | None = None
) -> Opened:
    """Keep a case with its `reference` block as a straw-man of a team, as it is.

    `source` is the case that it was made from, where that is kept.
    """
    stem = cases.file_stem(case)
    try:
        return _kept(store, actor, case, team_uid, stem, source)
    except stored.SlugTaken:
        slug = f"{stem}-{secrets.token_hex(4)}"
        return _kept(store, actor, case, team_uid, slug, source)


def _kept(
    store: Database,
    actor: Actor,
    case: Case,
    team_uid: str | None,
    slug: str,
    source: Saved | None,
) -> Opened:
    document = saved_cases.canonical(dump_case(case))

    def work(session: Session) -> Opened:
        team = team_for(session, actor, team_uid, Action.PUBLISH)
        row = _new_row(case, document, slug, source)
        row.team_id, row.published_by = team.id, actor.account.id
        stored.add(session, row)
        audit.record(
            session,
            actor,
            "reference.published",
            team_id=team.id,
            subject=row.uid,
            title=row.title,
            case=source.head.uid if source else None,
        )
        return Opened(_of_row(row, team, actor.name), case)

    return store.run(work)


def _new_row(case: Case, document: str, slug: str, source: Saved | None) -> StoredReference:
    reference = case.reference or Reference()
    return StoredReference(
        uid=new_uid(),
        slug=slug,
        title=case.title,
        sector=reference.sector,
        region=reference.region,
        year=reference.year,
        currency=case.currency,
        document=document,
        from_case_id=source.head.id if source else None,
        from_version=source.version.number if source else None,
    )


def delete(store: Database, actor: Actor, id: str) -> None:
    """Take a straw-man of a team away for good; cases that were made from it stay."""

    def work(session: Session) -> None:
        row = _row_for(session, actor, id, Action.PUBLISH)
        stored.remove(session, row)
        audit.record(
            session,
            actor,
            "reference.deleted",
            team_id=row.team_id,
            subject=row.uid,
            title=row.title,
        )

    store.run(work)


# --------------------------------------------------------------------------- extrapolate


def extrapolate(
    store: Database, actor: Actor, ids: Sequence[str], target: Target, given: Rates | None = None
) -> Extrapolation:
    """The case of a new customer, made from straw-men; the first one gives the structure.

    Raises `NotFound`, and `CaseError` as `extrapolation.extrapolate` does.
    """
    # One that is named twice is one reference, not two that agree.
    opened = [load(store, actor, id) for id in dict.fromkeys(ids)]
    kept_as = [each.kept_as for each in opened]
    return extrapolation.extrapolate([each.case for each in opened], target, given, kept_as)


def start_case(
    store: Database,
    actor: Actor,
    ids: Sequence[str],
    target: Target,
    given: Rates | None = None,
    **keeping: Any,
) -> tuple[Extrapolation, Saved, bool]:
    """The same, kept as a new case at once; `keeping` is that of `saved_cases.create`.

    The last part says whether an earlier request with the same key has made the case.
    """
    with store.read() as session:
        team_for(session, actor, keeping.get("team_uid"), Action.EDIT)
    made = extrapolate(store, actor, ids, target, given)
    saved, is_replay = saved_cases.create(store, actor, made.case, **keeping)
    return made, saved, is_replay

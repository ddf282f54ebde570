"""How the database takes it when there are many cases with many versions.

Every work is measured in this process, on databases that differ in nothing but the number of
cases, in turns. What a work costs beside the database (calculating, JSON over HTTP) is left out,
as it does not grow.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, Insert, create_engine, event, insert, literal, select, text, true
from sqlalchemy.orm import Session

from tests.bench import reference
from tests.bench.measure import side_by_side, turn_of
from tests.bench.report import Table, duration, ratio
from tests.serving import ready_database
from tests.team_members import new_member, new_team
from valuecalc.services import saved_cases, versions
from valuecalc.services.access import Action, Actor
from valuecalc.services.saved_cases import Draft
from valuecalc.store import cases as stored
from valuecalc.store.database import Database
from valuecalc.store.search import folded
from valuecalc.store.tables import StoredCase, Team, Version, new_uid

SIZES = (100, 1_000)
LARGE_SIZES = (*SIZES, 10_000)
VERSIONS = 200
TEAMS = 3
"""The first has nine cases of ten, so that somebody in all teams sees a few more."""

SECONDS = 0.4
SEED = 7
PAGE = 50
_COPIED = (
    Version.document,
    Version.sha,
    Version.changes,
    Version.note,
    Version.author_id,
    Version.author,
    Version.on_behalf_of,
    Version.at,
    Version.value,
    Version.npv,
)


@dataclass(frozen=True)
class Filled:
    """A database with many cases, and who works in it."""

    store: Database
    one_team: Actor
    all_teams: Actor
    uids: Sequence[str]
    middle: stored.Cursor
    draft: Draft


Work = Callable[[Filled], Callable[[], object]]
"""Makes the call that is measured; each call is about another case."""


def growth(folder: Path, sizes: Sequence[int], kind: str = "sqlite") -> Table:
    """The times at each number of cases. Raises `tests.postgres.NoPostgresql`."""
    with ExitStack() as stack:
        filled = {}
        for size in sizes:
            place = folder / f"{kind}-{size}"
            place.mkdir()
            url = stack.enter_context(ready_database(kind, place))
            filled[size] = fill(url, size)
            stack.callback(filled[size].store.close)
        rows = [_row(label, work, filled) for label, work in WORKS.items()]
        note = _note(filled[sizes[-1]], sizes[-1])
    name = "SQLite" if kind == "sqlite" else "PostgreSQL"
    head = ("work", *(f"{size:,} cases" for size in sizes))
    title = f"Growth with what is kept: {VERSIONS} versions of each case, {name}"
    return Table(title, head, rows, note)


def _row(label: str, work: Work, filled: Mapping[int, Filled]) -> Sequence[str]:
    turns = {str(size): turn_of(work(each), SECONDS) for size, each in filled.items()}
    found = list(side_by_side(turns, SECONDS).values())
    return [label, duration(found[0]), *(ratio(each, found[0]) for each in found[1:])]


def _note(largest: Filled, size: int) -> str:
    with largest.store.read() as session:
        taken = _bytes_taken(session, largest.store.is_sqlite)
    return (
        f"Each version holds the reference case: {len(largest.draft.text.encode()):,} bytes of "
        f"JSON, kept compressed. {size:,} cases with {size * VERSIONS:,} versions take "
        f"{taken / 1e6:,.0f} MB. A ratio is to {SIZES[0]} cases, with the time beside it."
    )


def _bytes_taken(session: Session, is_sqlite: bool) -> int:
    if is_sqlite:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(session.execute(text("PRAGMA page_size")).scalar_one())
    return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


# --------------------------------------------------------------------------- works


def _chosen(filled: Filled) -> Callable[[], str]:
    chance = random.Random(SEED)
    return lambda: chance.choice(filled.uids)


def _list(filled: Filled) -> Callable[[], object]:
    return lambda: saved_cases.page(filled.store, filled.one_team, PAGE)


def _list_all_teams(filled: Filled) -> Callable[[], object]:
    return lambda: saved_cases.page(filled.store, filled.all_teams, PAGE)


def _list_middle(filled: Filled) -> Callable[[], object]:
    return lambda: saved_cases.page(filled.store, filled.one_team, PAGE, filled.middle)


def _search_frequent(filled: Filled) -> Callable[[], object]:
    return lambda: saved_cases.page(filled.store, filled.one_team, PAGE, words="works ltd")


def _search_rare(filled: Filled) -> Callable[[], object]:
    return lambda: saved_cases.page(filled.store, filled.one_team, PAGE, words="number 0077")


def _load(filled: Filled) -> Callable[[], object]:
    uid = _chosen(filled)
    return lambda: saved_cases.load(filled.store, filled.one_team, uid())


def _load_old(filled: Filled) -> Callable[[], object]:
    uid, chance = _chosen(filled), random.Random(SEED)
    return lambda: saved_cases.load(
        filled.store, filled.one_team, uid(), chance.randint(1, VERSIONS)
    )


def _versions(filled: Filled) -> Callable[[], object]:
    uid = _chosen(filled)
    return lambda: versions.page(filled.store, filled.one_team, uid(), PAGE)


def _save(filled: Filled) -> Callable[[], object]:
    uid, number = _chosen(filled), count(1)

    def save() -> None:
        draft = replace(filled.draft, text=f'{filled.draft.text[:-1]},"n":{next(number)}}}')
        wanted = uid()

        def work(session: Session) -> None:
            head = saved_cases.head_for(session, filled.one_team, wanted, Action.EDIT, lock=True)
            newest = saved_cases.version_of(session, head)
            saved_cases.add_version(session, filled.one_team, head, newest, draft)

        filled.store.run(work)

    return save


WORKS: dict[str, Work] = {
    "list: the first 50 of a team": _list,
    f"list: the first 50 of {TEAMS} teams": _list_all_teams,
    "list: 50 from the middle on": _list_middle,
    "search: a word of every case": _search_frequent,
    "search: a word of few cases": _search_rare,
    "load the newest version": _load,
    "load an old version": _load_old,
    "list the newest 50 versions": _versions,
    "save one more version": _save,
}


# --------------------------------------------------------------------------- fill


def fill(url: str, size: int) -> Filled:
    """Put cases with their versions into an empty database."""
    store = Database(url)
    teams = [new_team(store, f"Team {number}") for number in range(TEAMS)]
    one, all_of_them = new_member(store, teams[0]), new_member(store, *teams)
    first, _ = saved_cases.create(store, one, reference.case())
    store.close()
    quick = _quick_engine(url)
    with quick.begin() as connection:
        heads = list(_heads(first.head, teams, size))
        if heads:
            connection.execute(insert(StoredCase), heads)
        for number in range(1, VERSIONS + 1):
            connection.execute(_copies(first.head.id, number))
        connection.execute(StoredCase.__table__.update().values(version=VERSIONS))  # type: ignore[attr-defined]
    if not store.is_sqlite:
        with quick.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # As the server does by itself in the course of a day.
            connection.execute(text("VACUUM ANALYZE"))
    quick.dispose()
    others = [str(each["uid"]) for each in heads if each["team_id"] == teams[0].id]
    uids = [first.head.uid, *others]
    draft = Draft.of(reference.case())
    return Filled(store, one, all_of_them, uids, _middle(store, one, len(uids)), draft)


def _quick_engine(url: str) -> Engine:
    """An engine without any care for what a power cut would leave behind."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _(connection: object, _: object) -> None:
            for each in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
                connection.execute(f"PRAGMA {each}")  # type: ignore[attr-defined]

    return engine


def _heads(first: StoredCase, teams: Sequence[Team], size: int) -> Iterator[dict[str, object]]:
    """The rows of the other cases, which changed one after the other."""
    same = ("sector", "sector_key", "currency", "value", "npv", "evidence_share", "version")
    whose = ("created_by", "updated_by")
    for number in range(1, size):
        title, customer = f"Data services, number {number:05}", f"Works Ltd {number % 97}"
        yield {
            **{name: getattr(first, name) for name in (*same, *whose)},
            "uid": new_uid(),
            "team_id": teams[0 if number % 10 else 1 + number % (TEAMS - 1)].id,
            "title": title,
            "customer": customer,
            "search": folded(title, customer, ""),
            "customer_key": folded(customer),
            "created_at": first.created_at,
            "updated_at": first.updated_at - timedelta(minutes=number),
        }


def _copies(first_id: int, number: int) -> Insert:
    """The statement that gives every case its version of this number.

    One number after the other, so that the versions of a case lie scattered, as in real life.
    """
    other = StoredCase.id != first_id if number == 1 else true()
    chosen = select(StoredCase.id, literal(number), *_COPIED).join(Version, other)
    chosen = chosen.where(Version.case_id == first_id, Version.number == 1)
    names = [each.key for each in (Version.case_id, Version.number, *_COPIED)]
    return insert(Version).from_select(names, chosen)


def _middle(store: Database, actor: Actor, size: int) -> stored.Cursor:
    """Where the list of a team is half through."""
    with store.read() as session:
        wanted = select(StoredCase).where(StoredCase.team_id.in_(actor.roles))
        wanted = wanted.order_by(StoredCase.updated_at.desc(), StoredCase.id.desc())
        head = session.scalars(wanted.offset(size // 2).limit(1)).one()
        return head.updated_at, head.id

"""Looks every acknowledged save up, and the whole database for half versions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from tests.killing.writers import Acknowledged, Writer
from valuecalc.store.database import Database


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """What was done, and what was found afterwards; the last six have to be 0 or empty."""

    workers_killed: int
    servers_killed: int
    acknowledged: int
    replayed: int
    cut_off: int
    answers: dict[str, int]
    median_ms: float
    p99_ms: float
    lost: int
    wrong: int
    holes: int
    twice: int
    created_twice: int
    damage: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, nothing is half there, and nothing is there twice."""
        counts = (self.lost, self.wrong, self.holes, self.twice, self.created_twice)
        return not any(counts) and not self.damage


def reckon(
    url: str,
    acknowledged: Sequence[Acknowledged],
    writers: Sequence[Writer],
    workers_killed: int,
    servers_killed: int,
) -> Reckoning:
    """Compare what was acknowledged with what is there, over fresh connections."""
    store = Database(url)
    titles, heads = stored_titles(store), stored_heads(store)
    counts = Counter(uid for uid, _ in titles)
    times = sorted(each.seconds * 1000 for each in acknowledged)
    answers: Counter[int] = sum((writer.answers for writer in writers), Counter())
    found = Reckoning(
        workers_killed=workers_killed,
        servers_killed=servers_killed,
        acknowledged=len(acknowledged),
        replayed=sum(writer.replayed for writer in writers),
        cut_off=sum(writer.cut_off for writer in writers),
        answers={str(status): count for status, count in sorted(answers.items())},
        median_ms=round(times[len(times) // 2], 1) if times else 0,
        p99_ms=round(times[int(len(times) * 0.99)], 1) if times else 0,
        lost=sum((each.uid, each.version) not in titles for each in acknowledged),
        wrong=sum(
            titles.get((each.uid, each.version), each.title) != each.title for each in acknowledged
        ),
        holes=sum(newest != counts[uid] for uid, newest in heads.items()),
        twice=len(acknowledged) - len({(each.uid, each.version) for each in acknowledged}),
        created_twice=created_twice(titles),
        damage=damage(store),
    )
    store.close()
    return found


def stored_titles(store: Database) -> dict[tuple[str, int], str]:
    """The title of every version that is there, by case and number."""
    from valuecalc.store.tables import StoredCase, Version

    with store.read() as session:
        rows = session.query(StoredCase.uid, Version.number, Version.document).filter(
            Version.case_id == StoredCase.id
        )
        return {(uid, number): json.loads(document)["title"] for uid, number, document in rows}


def stored_heads(store: Database) -> dict[str, int]:
    """The number of the newest version by case, as its head says."""
    with store.read() as session:
        rows = session.execute(text("SELECT uid, version FROM value_case"))
        return {str(row.uid): int(row.version) for row in rows}


def created_twice(titles: dict[tuple[str, int], str]) -> int:
    """How many cases were made a second time by a repeated request."""
    firsts = Counter(title for (_, number), title in titles.items() if number == 1)
    return sum(count - 1 for count in firsts.values())


def damage(store: Database) -> list[str]:
    """What the database itself finds wrong."""
    if not store.is_sqlite:
        return []
    with store.read() as session:
        integrity = session.scalar(text("PRAGMA integrity_check"))
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    return [*([] if integrity == "ok" else [str(integrity)]), *map(str, orphans)]

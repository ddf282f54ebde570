"""The database comes to the newest shape: once, as a whole, and only forwards."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from multiprocessing.synchronize import Event

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from tests.services import ready_processes
from tests.store.people import somebody
from valuecalc.errors import StoreUnavailable
from valuecalc.services import library, saved_cases
from valuecalc.store import migrate
from valuecalc.store.database import Database
from valuecalc.store.tables import CaseMilestone, Table

PATIENCE_SECONDS = 120


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    store = Database(empty_url)
    yield store
    store.close()


def tables(store: Database) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    migrate.upgrade(empty)
    assert tables(empty) == {*Table.metadata.tables, "alembic_version"}
    empty.ping()


def test_the_steps_lead_to_exactly_the_tables_of_the_program(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        session.execute(
            text("INSERT INTO team (uid, name, created_at) VALUES ('u', 'n', '2026-01-01')")
        )
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalar(text("SELECT count(*) FROM team")) == 1


def test_a_migration_that_is_interrupted_leaves_nothing_behind(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        MigrationContext, "_ensure_version_table", MigrationContext._ensure_version_table
    )
    with pytest.raises(KeyboardInterrupt), migrate.locked(empty) as connection:
        migrate.run(connection)
        assert "team" in inspect(connection).get_table_names()
        raise KeyboardInterrupt
    assert tables(empty) == set()
    migrate.upgrade(empty)
    empty.ping()


def migrate_and_hang(url: str, has_migrated: Event) -> None:
    with migrate.locked(Database(url)) as connection:
        migrate.run(connection)
        has_migrated.set()
        time.sleep(10 * PATIENCE_SECONDS)


def test_a_replica_that_is_killed_while_migrating_leaves_the_way_free(empty_url: str) -> None:
    context = ready_processes.forks()
    has_migrated = context.Event()
    replica = context.Process(target=migrate_and_hang, args=(empty_url, has_migrated))
    replica.start()
    assert has_migrated.wait(PATIENCE_SECONDS)
    assert replica.pid is not None
    os.kill(replica.pid, signal.SIGKILL)
    replica.join(PATIENCE_SECONDS)
    migrate.upgrade(empty_url)
    store = Database(empty_url)
    store.ping()
    store.close()


def test_replicas_that_start_together_migrate_once(empty_url: str) -> None:
    context = ready_processes.forks()
    replicas = [context.Process(target=migrate.upgrade, args=(empty_url,)) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join(PATIENCE_SECONDS)
    assert [replica.exitcode for replica in replicas] == [0, 0, 0, 0]
    store = Database(empty_url)
    store.ping()
    store.close()


def test_a_database_of_a_newer_version_is_left_alone(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="step 9999, which this version"):
        migrate.upgrade(empty)


def test_a_database_that_is_not_migrated_is_not_ready(empty: Database) -> None:
    with pytest.raises(StoreUnavailable, match="Run: valuecalc migrate"):
        empty.ping()


def test_the_milestones_of_cases_that_were_kept_before_are_listed(empty: Database) -> None:
    migrate.upgrade(empty)
    ann = somebody(empty)
    case = library.straw_man(library.FEATURED).case
    kept, _ = saved_cases.create(empty, ann.actor, case)
    before = listed_milestones(empty)
    with migrate.locked(empty) as connection:
        command.downgrade(migrate._config(connection), "0002")
    migrate.upgrade(empty)
    assert listed_milestones(empty) == before
    assert [label for _, _, label in before] == [each.label for each in case.plan.milestones]
    saved_cases.save(empty, ann.actor, kept.head.uid, replace(case, title="Again"), kept.tag)
    assert listed_milestones(empty) == before


def listed_milestones(store: Database) -> list[tuple[int, date, str]]:
    with store.read() as session:
        rows = session.scalars(select(CaseMilestone).order_by(CaseMilestone.number))
        return [(each.number, each.day, each.label) for each in rows]


def test_every_step_can_be_taken_back(empty: Database) -> None:
    migrate.upgrade(empty)
    with migrate.locked(empty) as connection:
        command.downgrade(migrate._config(connection), "base")
    assert tables(empty) == {"alembic_version"}

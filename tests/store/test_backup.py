"""A backup holds everything, is whole or not there, and goes into either kind of database."""

from __future__ import annotations

import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store.people import somebody
from valuecalc.errors import Conflict, InputError
from valuecalc.services import library, saved_cases
from valuecalc.store import backup, migrate
from valuecalc.store.database import Database
from valuecalc.store.tables import Team


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url)
    yield opened
    opened.close()


def filled(store: Database) -> str:
    """The uid of a case with two versions."""
    ann = somebody(store, "Änn")
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(store, ann.actor, case, key="key-1")
    moved = case.with_values({case.assumptions[0].id: 1.0})
    saved_cases.save(store, ann.actor, saved.head.uid, moved, saved.tag, note="Ünïcode")
    return saved.head.uid


def content(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "tables" in name}


def test_everything_comes_back_in_the_other_database(
    store: Database, empty: Database, tmp_path: Path
) -> None:
    uid = filled(store)
    written = backup.write(store, tmp_path / "one.zip")
    assert written.rows["case_version"] == 2
    backup.restore(empty, tmp_path / "one.zip")
    empty.ping()
    backup.write(empty, tmp_path / "two.zip")
    assert content(tmp_path / "one.zip") == content(tmp_path / "two.zip")
    bob = somebody(empty, "Bob")
    assert bob.actor.account.id > 1
    assert uid in content(tmp_path / "two.zip")["tables/value_case.jsonl"].decode()


def test_a_case_can_be_saved_again_after_restoring(
    store: Database, empty: Database, tmp_path: Path
) -> None:
    filled(store)
    backup.write(store, tmp_path / "one.zip")
    backup.restore(empty, tmp_path / "one.zip")
    cleo = somebody(empty, "Cleo")
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(empty, cleo.actor, case)
    assert saved_cases.load(empty, cleo.actor, saved.head.uid).case == case


def test_the_file_is_for_its_owner_alone(store: Database, tmp_path: Path) -> None:
    backup.write(store, tmp_path / "one.zip")
    assert stat.S_IMODE((tmp_path / "one.zip").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*.zip*")] == ["one.zip"]


def test_it_is_one_state_although_people_go_on_saving(store: Database, tmp_path: Path) -> None:
    ann = somebody(store, "Ann")
    case = library.straw_man(library.FEATURED).case
    stop = threading.Event()

    def save() -> None:
        while not stop.is_set():
            saved_cases.create(store, ann.actor, case)

    saving = threading.Thread(target=save)
    saving.start()
    try:
        for number in range(3):
            written = backup.write(store, tmp_path / f"{number}.zip")
            assert written.rows["value_case"] == written.rows["case_version"]
            assert written.rows["value_case"] == written.rows["audit_event"]
    finally:
        stop.set()
        saving.join()


def test_it_goes_into_an_empty_database_only(store: Database, tmp_path: Path) -> None:
    filled(store)
    backup.write(store, tmp_path / "one.zip")
    with pytest.raises(Conflict, match="goes into an empty one"):
        backup.restore(store, tmp_path / "one.zip")


@pytest.mark.parametrize("damage", ["cut", "a table", "the number of rows", "text", "the format"])
def test_a_damaged_backup_changes_nothing(
    store: Database, empty: Database, tmp_path: Path, damage: str
) -> None:
    filled(store)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup.write(store, good)
    damaged(good, bad, damage)
    with pytest.raises(InputError, match="no whole backup"):
        backup.restore(empty, bad)
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalar(text("SELECT count(*) FROM value_case")) == 0


def damaged(good: Path, bad: Path, damage: str) -> None:
    if damage == "text":
        bad.write_text("no zip")
        return
    if damage == "cut":
        bad.write_bytes(good.read_bytes()[:-200])
        return
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if damage == "a table" and "membership" in name:
                continue
            if damage == "the number of rows" and "case_version" in name:
                data = data.splitlines(keepends=True)[0]
            if damage == "the format" and name == "manifest.json":
                data = data.replace(b"valuecalc-backup/1", b"valuecalc-backup/9")
            target.writestr(name, data)


def test_a_place_that_cannot_be_written_is_named(store: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none/one\.zip cannot be written"):
        backup.write(store, tmp_path / "none" / "one.zip")


def test_an_empty_database_is_no_database_to_back_up(empty: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no database to back up"):
        backup.write(empty, tmp_path / "one.zip")
    assert list(tmp_path.glob("*.zip*")) == []


def test_a_backup_knows_its_teams(store: Database, tmp_path: Path) -> None:
    store.run(lambda session: session.add(Team(name="Red\u0000"[:3])))
    assert backup.write(store, tmp_path / "one.zip").rows["team"] == 1

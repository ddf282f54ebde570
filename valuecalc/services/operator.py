"""What the operator of the service does about accounts, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from valuecalc.config import Settings
from valuecalc.errors import InputError, NotFound
from valuecalc.services import accounts, archive, archive_reading
from valuecalc.services.access import Actor, Role
from valuecalc.services.archive import Contents
from valuecalc.services.archive_reading import Imported
from valuecalc.services.operation import open_store
from valuecalc.store import people
from valuecalc.store.database import Database


def set_up_path(settings: Settings) -> str | None:
    """The path and query that make the first account; None once there is one."""
    with _opened(settings) as store:
        if accounts.anybody(store):
            return None
    return f"/setup?{urlencode({'key': accounts.set_up_key(settings.read_secret_key())})}"


def create_owner(settings: Settings, name: str, email: str, password: str, team: str) -> None:
    """Make an account and a team that it owns. Raises `CaseError` and `Conflict`."""
    fields = {"name": name, "email": email, "password": password, "team": team}
    with _opened(settings) as store:
        accounts.create_owner(store, fields)


def reset_path(settings: Settings, email: str) -> str:
    """The path and query with which somebody may choose a new password. Raises `NotFound`."""
    with _opened(settings) as store:
        key = accounts.reset_key(store, settings.read_secret_key(), email)
    return f"/reset?{urlencode({'key': key})}"


def set_password(settings: Settings, email: str, password: str) -> None:
    """Give an account another password, and end its sessions. Raises `NotFound`, `CaseError`."""
    with _opened(settings) as store:
        accounts.set_password(store, email, password)


def export_team(settings: Settings, team_uid: str, file: Path) -> Contents:
    """Everything that a team owns as one file. Raises `NotFound`, `InputError`."""
    with _opened(settings) as store:
        actor = _owner(store, team_uid)
        try:
            with file.open("wb") as target:
                return archive.write_archive(store, actor, team_uid, target)
        except OSError as error:
            raise InputError(
                f"{file} cannot be written ({error.strerror}).", "Choose another place."
            ) from error


def import_team(settings: Settings, team_uid: str, file: Path) -> Imported:
    """Bring an archive into a team, in the name of one of its owners."""
    with _opened(settings) as store, file.open("rb") as source:
        actor = _owner(store, team_uid)
        return archive_reading.read_archive(store, actor, team_uid, source)


def _owner(store: Database, team_uid: str) -> Actor:
    """The first owner of a team, as somebody who types a command. Raises `NotFound`."""
    with store.read() as session:
        team = people.team_by_uid(session, team_uid)
        members = people.members(session, team.id) if team else ()
        owner = next((user for user, each in members if each.role == Role.OWNER), None)
    if team is None or owner is None:
        raise NotFound("team")
    return Actor(user=owner, roles={team.id: Role.OWNER}, via="command line")


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()

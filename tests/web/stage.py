"""Everybody who may ask, before two teams that have the same things.

A `Stage` begins again after each request that has changed something, and can tell whether
anything was written at all.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords, documents_here
from tests.team_members import new_member, new_team
from tests.web import worked_out_once
from tests.web.beginning import Beginning
from tests.web.belongings import Belongings, belongings, program_token
from tests.web.conftest import served
from tests.web.rights import DOCUMENT, ROLES, Row, filled
from valuecalc.services import identity
from valuecalc.services.access import Actor, Role
from valuecalc.services.cases import XLSX
from valuecalc.store.database import Database
from valuecalc.store.tables import Membership, now
from valuecalc.web.identity import SESSION_KEY, SINCE_KEY

SECRET_KEY = "s" * 40
STRANGER, OTHER = "stranger", "other"

_CSRF = re.compile(r'name="csrf[_-]token" (?:value|content)="([^"]+)"')


# --------------------------------------------------------------------------- who asks


@dataclass(frozen=True)
class Person:
    """Somebody with a browser or a program; nothing is carried over between requests."""

    app: Flask
    headers: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""

    def ask(
        self, row: Row, of: Belongings, names: Mapping[str, str] | None = None, method: str = ""
    ) -> TestResponse:
        """Send the request of a row about the things of a team, or about those of `names`."""
        names = of.names if names is None else names
        headers = {**self.headers, **filled(row.headers, names)}
        options: dict[str, object] = {}
        if row.is_api or row.json is not None:
            if self.csrf:
                headers["X-CSRFToken"] = self.csrf
            if row.is_archive:
                options = {"data": of.archive, "content_type": "application/zip"}
            elif row.is_workbook:
                options = {"data": of.workbook, "content_type": XLSX}
            elif row.is_document:
                file = (io.BytesIO(DOCUMENT), "offer.docx")
                options = {"data": {**(row.form or {}), "document": file}}
            elif row.table:
                options = {"data": row.table, "content_type": "text/csv"}
            elif row.json is not None:
                options = {"json": filled(row.json, names)}
        elif row.form is not None:
            options = {"data": {**filled(row.form, names), "csrf_token": self.csrf}}
        return self.app.test_client(use_cookies=False).open(
            row.address(names),
            method=method or row.method,
            query_string=filled(row.query, names),
            headers=headers,
            **options,
        )


def browser(app: Flask, actor: Actor | None = None) -> Person:
    """Somebody who has signed in, or a stranger who has opened the page for it."""
    client = app.test_client()
    if actor is not None:
        with client.session_transaction() as session:
            session[SESSION_KEY] = identity.session_mark(actor.account)
            session[SINCE_KEY] = int(time.time())
    found = _CSRF.search(client.get("/account" if actor else "/sign-in").text)
    assert found is not None
    cookie = client.get_cookie("valuecalc")
    assert cookie is not None
    return Person(app, {"Cookie": f"valuecalc={cookie.value}"}, found[1])


def program(app: Flask, token: str) -> Person:
    """A program that shows a token."""
    return Person(app, {"Authorization": f"Bearer {token}"})


# --------------------------------------------------------------------------- the stage


class Stage:
    """Two teams with all that a team can have, everybody who may ask, and the database."""

    def __init__(self, folder: Path) -> None:
        self.app = served(folder, sign_in_limit="")
        self.store: Database = self.app.extensions["store"]
        self.ours = belongings(self.store, SECRET_KEY, "North")
        self.theirs = belongings(self.store, SECRET_KEY, "South")
        self.actors = {"owner": self.ours.owner, OTHER: self.theirs.owner} | {
            role: new_member(self.store, self.ours.team, role=Role(role), name=role.title())
            for role in ROLES[:-1]
        }
        self.people = {who: browser(self.app, actor) for who, actor in self.actors.items()}
        self.people[STRANGER] = browser(self.app)
        self.programs = self._programs()
        self.beginning = Beginning(folder)

    def _programs(self) -> dict[str, tuple[Person, str]]:
        """Programs by what is special about them, each with whom it is worth."""
        made = {}
        for who, actor in self.actors.items():
            team = self.theirs.team if who == OTHER else self.ours.team
            made[f"a token of the {who}"] = (program_token(self.store, actor, team), who)
        owner, team = self.ours.owner, self.ours.team
        small = program_token(self.store, owner, team, Role.VIEWER)
        made["an owner's token as a viewer"] = (small, "viewer")
        made["the owner's token of another team"] = (self._elsewhere(), OTHER)
        past = {"revoked_at": now()}
        revoked = program_token(self.store, owner, team, **past)
        made["a revoked token"] = (revoked, STRANGER)
        expired = program_token(self.store, owner, team, expires_at=now())
        made["an expired token"] = (expired, STRANGER)
        outsider = new_member(self.store, new_team(self.store, "West"), role=Role.OWNER)
        left = program_token(self.store, outsider, team)
        made["a token of somebody who has left"] = (left, STRANGER)
        made["a token with another secret"] = (f"{small[:-2]}xx", STRANGER)
        return {name: (program(self.app, text), worth) for name, (text, worth) in made.items()}

    def _elsewhere(self) -> str:
        """A token of our owner for a second team of hers, with things of its own."""
        team = new_team(self.store, "East")
        with self.store.write() as session:
            user = self.ours.owner.account
            session.add(Membership(team_id=team.id, user_id=user.id, role=Role.OWNER))
        return program_token(self.store, self.ours.owner, team)

    @property
    def state(self) -> int:
        """A number that is another one as soon as anything has been written."""
        [[number]] = self.beginning.database.execute("PRAGMA data_version")
        return int(number)

    def begin_again(self) -> None:
        """Everything as it was in the beginning."""
        self.beginning.again()


@contextmanager
def new_stage(folder: Path) -> Iterator[Stage]:
    """A stage with its data in a folder; passwords are kept cheaply, nothing is worked out
    twice, and no process is started for a document, while it stands."""
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords.use(patch)
        documents_here.use(patch)
        worked_out_once.use(patch)
        found = Stage(folder)
        with found.beginning:
            yield found

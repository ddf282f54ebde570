"""People in front of the pages: members of a team by role, and somebody of another team."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from valuecalc.services import identity
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Membership, Team, User
from valuecalc.web.identity import SESSION_KEY, SINCE_KEY

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser; `actor` is whom the services see."""

    client: FlaskClient
    actor: Actor

    def open(self, path: str, status: int = 200) -> lxml.html.HtmlElement:
        """A page as a tree; it has to have this status."""
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return lxml.html.fromstring(response.text)

    def text(self, path: str) -> str:
        """What a page says, with single spaces."""
        return " ".join(self.open(path).text_content().split())

    def send(self, path: str, form: dict[str, Any] | None = None) -> TestResponse:
        """Send a form of one of the pages, with the token that they hold."""
        return self.client.post(path, data={"csrf_token": self.token(), **(form or {})})

    def token(self) -> str:
        """The hidden field that every form of theirs has."""
        # Every page has it; the one that says there is none is made quickest.
        found = _TOKEN.search(self.client.get("/nothing").text)
        assert found is not None
        return found[1]


def visitor(app: Flask, actor: Actor) -> Visitor:
    """Somebody who has signed in."""
    client = app.test_client()
    if actor.user is not None:
        with client.session_transaction() as session:
            session[SESSION_KEY] = identity.session_mark(actor.user)
            session[SINCE_KEY] = int(time.time())
    return Visitor(client, actor)


class Cast:
    """One team with somebody in each role, and somebody of another team.

    Who is not asked for by a test opens no browser.
    """

    def __init__(self, app: Flask, team: Team, actors: Mapping[str, Actor]) -> None:
        self.team = team
        self._app = app
        self._actors = actors

    def _visitor(self, name: str) -> Visitor:
        return visitor(self._app, self._actors[name])

    @cached_property
    def owner(self) -> Visitor:
        """Who owns the team."""
        return self._visitor(Role.OWNER)

    @cached_property
    def editor(self) -> Visitor:
        """Who may change its cases."""
        return self._visitor(Role.EDITOR)

    @cached_property
    def commenter(self) -> Visitor:
        """Who may say something to them."""
        return self._visitor(Role.COMMENTER)

    @cached_property
    def viewer(self) -> Visitor:
        """Who may read them."""
        return self._visitor(Role.VIEWER)

    @cached_property
    def other(self) -> Visitor:
        """Who owns another team."""
        return self._visitor(_OTHER)

    @cached_property
    def stranger(self) -> Visitor:
        """Who has no account."""
        return visitor(self._app, Actor())


def cast(app: Flask) -> Cast:
    """New people in the database of the application."""
    mark = f"{time.time_ns()}"

    def work(session: Session) -> Cast:
        team, elsewhere = Team(name=f"Team of Olga {mark}"), Team(name=f"Team of Otto {mark}")
        users = {role: _user(f"{_NAMES.get(role, role)} {mark}") for role in (*Role, _OTHER)}
        session.add_all([team, elsewhere, *users.values()])
        session.flush()
        actors = {}
        for name, user in users.items():
            group, role = (elsewhere, Role.OWNER) if name == _OTHER else (team, Role(name))
            session.add(Membership(team_id=group.id, user_id=user.id, role=role))
            actors[name] = Actor(user=user, roles={group.id: role})
        return Cast(app, team, actors)

    store: Database = app.extensions["store"]
    return store.run(work)


_OTHER = "other"
_NAMES = {Role.OWNER: "Olga", _OTHER: "Otto"}


def _user(name: str) -> User:
    return User(email=f"{name.lower()}@example.com", name=name)

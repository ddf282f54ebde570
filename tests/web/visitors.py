"""People in front of the pages: members of a team by role, and somebody of another team."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.store.people import somebody
from valuecalc.services import identity
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team
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
        found = _TOKEN.search(self.client.get("/cases").text)
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


@dataclass(frozen=True)
class Cast:
    """One team with somebody in each role, and somebody of another team."""

    team: Team
    owner: Visitor
    editor: Visitor
    commenter: Visitor
    viewer: Visitor
    other: Visitor
    stranger: Visitor


def cast(app: Flask) -> Cast:
    """New people in the database of the application."""
    store: Database = app.extensions["store"]
    mark = f"{time.time_ns()}"
    owner = somebody(store, f"Olga {mark}")
    members = {
        role: somebody(store, f"{role} {mark}", role, owner.team).actor
        for role in (Role.EDITOR, Role.COMMENTER, Role.VIEWER)
    }
    return Cast(
        team=owner.team,
        owner=visitor(app, owner.actor),
        editor=visitor(app, members[Role.EDITOR]),
        commenter=visitor(app, members[Role.COMMENTER]),
        viewer=visitor(app, members[Role.VIEWER]),
        other=visitor(app, somebody(store, f"Otto {mark}").actor),
        stranger=visitor(app, Actor()),
    )

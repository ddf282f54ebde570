"""Nobody reaches what is not theirs: every address, asked by everybody.

The addresses stand in `tests.web.rights`, what they lead to in `tests.web.belongings`. Two teams
have the same things; people of the first one, of the second one and of none ask for those of
the first. Whoever is refused must have changed nothing at all, which the database itself says.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords
from tests.team_members import new_member, new_team
from tests.web.belongings import Belongings, belongings, program_token
from tests.web.conftest import served
from tests.web.rights import (
    OF_PEOPLE_ALONE,
    ROLES,
    ROWS,
    SMALLEST,
    Row,
    Takes,
    filled,
)
from valuecalc.services import identity
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import now
from valuecalc.web.csrf import STATELESS
from valuecalc.web.identity import SESSION_KEY, SINCE_KEY

SECRET_KEY = "s" * 40
NOBODYS = "A" * 16
IN = "taken"
OPEN = (Takes.NOTHING, Takes.LINK)

STRANGER, OTHER = "stranger", "other"
EVERYBODY = (STRANGER, OTHER, *ROLES)
SOME = (STRANGER, OTHER, "owner")
"""Enough to ask where everybody is let in."""

_CSRF = re.compile(r'name="csrf[_-]token" (?:value|content)="([^"]+)"')
_ALWAYS_DIFFERENT = re.compile(r'(csrf[_-]token" (?:value|content)=")[^"]+')


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
        if row.is_api:
            if self.csrf:
                headers["X-CSRFToken"] = self.csrf
            if row.is_archive:
                options = {"data": of.archive, "content_type": "application/zip"}
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
        self.database = sqlite3.connect(folder / "valuecalc.db", isolation_level=None)
        self.kept = sqlite3.connect(":memory:")
        self.database.backup(self.kept)

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
            from valuecalc.store.tables import Membership

            user = self.ours.owner.account
            session.add(Membership(team_id=team.id, user_id=user.id, role=Role.OWNER))
        return program_token(self.store, self.ours.owner, team)

    @property
    def state(self) -> int:
        """A number that is another one as soon as anything has been written."""
        [[number]] = self.database.execute("PRAGMA data_version")
        return int(number)

    def begin_again(self) -> None:
        """Everything as it was in the beginning."""
        self.kept.backup(self.database)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords.use(patch)
        found = Stage(tmp_path_factory.mktemp("rights"))
        with closing(found.database), closing(found.kept):
            yield found


# --------------------------------------------------------------------------- what is expected


def expected(row: Row, who: str, *, is_program: bool = False) -> str | int:
    """How a row answers somebody: `IN`, or the status of the refusal."""
    takes: Takes | str = row.takes
    if is_program and who != STRANGER and row.by_token is not None:
        takes = row.by_token
    if takes == OF_PEOPLE_ALONE:
        return 403
    if takes == Takes.BEING_FIRST:
        return 404
    if takes in OPEN:
        return 401 if is_program and who == STRANGER else IN
    if who == STRANGER:
        return 401 if is_program else row.stranger or _turned_away(row)
    if takes == Takes.ACCOUNT:
        return IN
    if takes == Takes.OWNING:
        return IN if who in (OTHER, "owner") else 403
    if who == OTHER:
        return 404 if row.is_api else row.other
    smallest = SMALLEST[Takes(takes)]
    return IN if ROLES.index(who) >= ROLES.index(smallest) else 403


def _turned_away(row: Row) -> int:
    """Pages send a reader to sign in, and come back; forms and programs are told no."""
    return 401 if row.is_api or row.changes else 303


def complaint(row: Row, answer: TestResponse, wanted: str | int) -> str | None:
    """What is wrong with an answer."""
    status = answer.status_code
    if wanted == IN:
        is_right = status in row.answers if row.answers else status < 400
        is_right = is_right and not _leads_to_sign_in(answer)
    else:
        is_right = status == wanted and (status != 303 or _leads_to_sign_in(answer))
    return None if is_right else f"{status} instead of {wanted}: {answer.text[:300]!r}"


def _leads_to_sign_in(answer: TestResponse) -> bool:
    return "/sign-in?next=" in answer.headers.get("Location", "")


# --------------------------------------------------------------------------- the tests

by_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_the_table_names_every_address_of_the_application_and_no_other(stage: Stage) -> None:
    there = {
        (method, rule.rule)
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    named = {(row.method, row.rule) for row in ROWS}
    assert there - named == set(), "these are missing in tests/web/rights.py"
    assert named - there == set(), "these stand in tests/web/rights.py, and nowhere else"


@by_row
def test_an_address_answers_everybody_as_they_may_expect(stage: Stage, row: Row) -> None:
    wrong = []
    for who in SOME if row.takes in OPEN else EVERYBODY:
        wanted = expected(row, who)
        before = stage.state
        answer = stage.people[who].ask(row, stage.ours)
        said = complaint(row, answer, wanted)
        if said:
            wrong.append(f"{who}: {said}")
        if wanted == IN and row.changes:
            stage.begin_again()
        elif wanted != IN and stage.state != before:
            wrong.append(f"{who}: was refused, and changed something")
            stage.begin_again()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_api], ids=lambda row: row.id)
def test_a_program_may_do_what_its_token_is_worth(stage: Stage, row: Row) -> None:
    wrong = []
    for name, (asking, worth) in stage.programs.items():
        wanted = expected(row, worth, is_program=True)
        if row.takes in OPEN and worth not in SOME:
            continue
        before = stage.state
        said = complaint(row, asking.ask(row, stage.ours), wanted)
        if said:
            wrong.append(f"{name}: {said}")
        if wanted == IN and row.changes:
            stage.begin_again()
        elif wanted != IN and stage.state != before:
            wrong.append(f"{name}: was refused, and changed something")
            stage.begin_again()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_api], ids=lambda row: row.id)
def test_a_wrong_token_is_not_mended_by_a_good_cookie(stage: Stage, row: Row) -> None:
    owner = stage.people["owner"]
    headers = {**owner.headers, "Authorization": "Bearer vc_AAAAAAAAAAAAAAAA.x"}
    before = stage.state
    answer = Person(stage.app, headers, owner.csrf).ask(row, stage.ours)
    assert answer.status_code == 401
    assert stage.state == before


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if not row.is_api and row.takes in SMALLEST],
    ids=lambda row: row.id,
)
def test_a_token_opens_no_page(stage: Stage, row: Row) -> None:
    program_of_owner, _ = stage.programs["a token of the owner"]
    stranger = stage.people[STRANGER]
    headers = {**stranger.headers, **program_of_owner.headers}
    before = stage.state
    answer = Person(stage.app, headers, stranger.csrf).ask(row, stage.ours)
    assert complaint(row, answer, row.stranger or _turned_away(row)) is None
    assert stage.state == before


# What is nowhere, and what is elsewhere, look alike.


def hidden(row: Row) -> bool:
    """Whether the address of a row leads somebody of another team nowhere."""
    return expected(row, OTHER) == 404 and row.takes is not Takes.BEING_FIRST


def as_seen(answer: TestResponse, names: Mapping[str, str]) -> tuple[int, str, dict[str, str]]:
    """An answer without what is different each time, and without the ids that were sent."""
    passing = ("Date", "Content-Length", "Set-Cookie", "X-Request-ID")
    headers = {name: each for name, each in answer.headers.items() if name not in passing}
    texts = [_ALWAYS_DIFFERENT.sub(r"\1", answer.text), headers.pop("Location", "")]
    for each in {*names.values(), NOBODYS}:
        texts = [text.replace(each, "ID") for text in texts]
    return answer.status_code, "\n".join(texts), headers


@pytest.mark.parametrize("row", list(filter(hidden, ROWS)), ids=lambda row: row.id)
def test_what_others_have_looks_like_what_nobody_has(stage: Stage, row: Row) -> None:
    other = stage.people[OTHER]
    nobodys = {name: NOBODYS for name in stage.ours.names}
    of_others = as_seen(other.ask(row, stage.ours), stage.ours.names)
    of_nobody = as_seen(other.ask(row, stage.ours, nobodys), stage.ours.names)
    assert of_others == of_nobody


@pytest.mark.parametrize("row", list(filter(hidden, ROWS)), ids=lambda row: row.id)
def test_other_methods_tell_nothing_either(stage: Stage, row: Row) -> None:
    nobodys = {name: NOBODYS for name in stage.ours.names}
    before = stage.state
    for who in (STRANGER, OTHER):
        asking = stage.people[who]
        for method in ("HEAD", "OPTIONS"):
            of_others = asking.ask(row, stage.ours, method=method)
            of_nobody = asking.ask(row, stage.ours, nobodys, method=method)
            names = stage.ours.names
            assert as_seen(of_others, names) == as_seen(of_nobody, names), (who, method)
        head = asking.ask(row, stage.ours, method="HEAD")
        assert head.data == b""
        if row.method == "GET":
            assert head.status_code == asking.ask(row, stage.ours).status_code
    assert stage.state == before


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if hidden(row) and len(set(row.things)) > 1],
    ids=lambda row: row.id,
)
def test_what_others_have_is_not_reached_through_what_one_has(stage: Stage, row: Row) -> None:
    """An owner asks for a thing of others under his own team or case, and the other way."""
    for strange in set(row.things):
        for of, names in ((stage.theirs, stage.ours), (stage.ours, stage.theirs)):
            mixed = {**of.names, strange: names.names[strange]}
            before = stage.state
            answer = stage.people[OTHER].ask(row, stage.theirs, mixed)
            assert answer.status_code == 404, (strange, of.team.name, answer.status_code)
            assert stage.state == before, (strange, of.team.name)


def test_a_list_of_cases_to_work_out_tells_nothing_about_those_of_others(stage: Stage) -> None:
    [row] = [row for row in ROWS if row.rule == "/api/v1/calculate/bulk"]
    asked = {"cases": [{"id": "$case"}, {"id": NOBODYS}]}
    row = Row(row.method, row.rule, row.takes, json=asked)
    ours, nobodys = stage.people[OTHER].ask(row, stage.ours).get_json()["results"]
    assert ours["result"] is None
    assert ours["problem"] == nobodys["problem"]


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.changes and row.takes is not Takes.BEING_FIRST],
    ids=lambda row: row.id,
)
def test_a_cookie_alone_changes_nothing(stage: Stage, row: Row) -> None:
    endpoint, _ = stage.app.url_map.bind("localhost").match(
        row.address(stage.ours.names), method=row.method
    )
    if endpoint in STATELESS:
        pytest.skip("keeps nothing, so there is nothing to forge")
    for headers in ({}, {"X-CSRFToken": "made-up"}, {"Content-Type": "text/plain"}):
        owner = stage.people["owner"]
        before = stage.state
        answer = Person(stage.app, {**owner.headers, **headers}).ask(row, stage.ours)
        assert answer.status_code == 400, (headers, answer.status_code)
        assert stage.state == before, headers


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.takes is Takes.LINK], ids=lambda row: row.id
)
def test_another_secret_opens_nothing(stage: Stage, row: Row) -> None:
    wrong = {name: f"{text[:-3]}AAA" for name, text in stage.ours.names.items()}
    for who in (STRANGER, OTHER, "owner"):
        before = stage.state
        answer = stage.people[who].ask(row, stage.ours, wrong)
        assert answer.status_code in (404, 410), (who, answer.status_code)
        assert stage.state == before

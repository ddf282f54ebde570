"""Attacks that are not about rights: hostile addresses, headers, bodies and forms.

They are tried on every address of `tests.web.rights` that takes such a thing, by an owner, who
gets furthest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords, documents_here
from tests.databases import SqliteTemplates, upgrade
from tests.postgres import PostgresServer
from tests.web import worked_out_once
from tests.web.belongings import Belongings, belongings
from tests.web.conftest import served
from tests.web.rights import ROWS, Row, Takes, filled
from tests.web.stage import SECRET_KEY, Person, Stage, browser, new_stage
from valuecalc.store.database import Database
from valuecalc.web.api.v1 import EXAMPLE_CASE

EVIL = "evil.example.com"
TAKING_JSON = [row for row in ROWS if row.is_api and isinstance(row.json, dict)]
# Models of other programs have more in them than is read; nothing of them is kept.
TAKING_OURS = [row for row in TAKING_JSON if "/exchange/" not in row.rule]
WITH_A_FORM = [row for row in ROWS if row.form and row.takes is not Takes.BEING_FIRST]
FILE = "application/zip"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with new_stage(tmp_path_factory.mktemp("attacks")) as found:
        yield found


def send(stage: Stage, row: Row, data: bytes, **headers: str) -> TestResponse:
    """The request of a row by a program of the owner, with another body."""
    owner, _ = stage.programs["a token of the owner"]
    names = stage.ours.names
    given = {name.replace("_", "-"): each for name, each in headers.items()}
    return stage.app.test_client(use_cookies=False).open(
        row.address(names),
        method=row.method,
        data=data,
        headers={**owner.headers, **filled(row.headers, names), **given},
    )


# --------------------------------------------------------------------------- too much asked for

WISHED = {
    "id": "AAAAAAAAAAAAAAAA",
    "uid": "AAAAAAAAAAAAAAAA",
    "team_id": 1,
    "user_id": 1,
    "created_by": 1,
    "is_admin": True,
    "secret": "x",
    "deleted_at": "2026-01-01",
    "__class__": "Team",
}
OFTEN_TAKEN = {"team": "AAAAAAAAAAAAAAAA", "role": "owner", "version": 1, "owner": "Eve"}


@pytest.fixture(scope="module")
def described(stage: Stage) -> Mapping[str, Any]:
    """The description of the API."""
    found: Mapping[str, Any] = stage.app.test_client().get("/api/openapi.json").get_json()
    return found


@pytest.mark.parametrize("row", TAKING_OURS, ids=lambda row: row.id)
def test_nothing_can_be_set_that_was_not_asked_for(
    stage: Stage, described: Mapping[str, Any], row: Row
) -> None:
    before = stage.state
    for key, value in {**WISHED, **_not_taken(described, row)}.items():
        body = {**filled(row.json, stage.ours.names), key: value}
        kind = row.headers.get("Content-Type", "application/json")
        answer = send(stage, row, json.dumps(body).encode(), Content_Type=kind)
        assert answer.status_code == 422, (key, answer.text)
        assert f"“{key}”" in answer.text
    assert stage.state == before


def _not_taken(described: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """Those of the often taken names that the description of an address does not have."""
    path = row.rule
    for part in ("<uid:", "<version:", "<straw_man:"):
        path = path.replace(part, "{")
    operation = described["paths"][path.replace(">", "}")][row.method.lower()]
    [content] = operation["requestBody"]["content"].values()
    schema = content["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    known = schema.get("properties", {})
    return {key: each for key, each in OFTEN_TAKEN.items() if key not in known}


@pytest.mark.parametrize("key", [*WISHED, *OFTEN_TAKEN])
def test_a_case_holds_nothing_but_a_case(stage: Stage, key: str) -> None:
    [row] = [row for row in TAKING_JSON if (row.method, row.rule) == ("POST", "/api/v1/cases")]
    body = {"case": {**EXAMPLE_CASE, key: "x"}}
    answer = send(stage, row, json.dumps(body).encode(), Content_Type="application/json")
    assert answer.status_code == 422
    assert f"no field “{key}” here" in answer.text


def test_who_accepts_an_invitation_does_not_choose_the_role(stage: Stage) -> None:
    [row] = [row for row in ROWS if (row.method, row.rule) == ("POST", "/invitations/<secret>")]
    form = {**(row.form or {}), "role": "owner", "team": "x", "id": "1", "user_id": "1"}
    chosen = Row(row.method, row.rule, row.takes, parts=row.parts, form=form)
    assert stage.people["stranger"].ask(chosen, stage.ours).status_code == 303
    [members] = [row for row in ROWS if (row.method, row.rule[-8:]) == ("GET", "/members")]
    listed = stage.people["owner"].ask(members, stage.ours).get_json()["members"]
    assert [each["role"] for each in listed if each["name"] == "Bo Fox"] == ["viewer"]
    stage.begin_again()


# --------------------------------------------------------------------------- bodies

BOMBS = {
    "lists": b"[" * 100_000,
    "objects": b'{"a":' * 50_000,
    "closed lists": b"[" * 50_000 + b"]" * 50_000,
    "a long number": b'{"name": ' + b"9" * 100_000 + b"}",
    "a huge exponent": b'{"name": 1e999999}',
    "not a number": b'{"name": NaN}',
    "half a character": rb'{"name": "\ud800"}',
    "a zero character": rb'{"name": "a\u0000b"}',
    "no text": b'{"name": "\xff\xfe"}',
    "twice the same": b'{"name": "a", "name": "b"}',
    "nothing": b"",
}


@pytest.mark.parametrize("row", TAKING_JSON, ids=lambda row: row.id)
def test_a_body_that_is_a_trap_is_refused(stage: Stage, row: Row) -> None:
    before = stage.state
    kind = row.headers.get("Content-Type", "application/json")
    for name, body in BOMBS.items():
        answer = send(stage, row, body, Content_Type=kind)
        assert answer.status_code in (400, 422), (name, answer.status_code)
    assert stage.state == before


@pytest.mark.parametrize("row", TAKING_JSON, ids=lambda row: row.id)
def test_a_body_that_any_site_can_send_is_refused(stage: Stage, row: Row) -> None:
    """A browser asks first before it sends JSON elsewhere, and does not before these."""
    before = stage.state
    body = json.dumps(filled(row.json, stage.ours.names)).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = send(stage, row, body, Content_Type=kind)
        assert answer.status_code == 415, (kind, answer.status_code)
    assert stage.state == before


class Endless:
    """A body that goes on for as long as somebody reads it."""

    read_so_far = 0

    def read(self, size: int = 1) -> bytes:
        self.read_so_far += size
        return b"x" * size

    readline = read


def pour(person: Person, row: Row, of: Belongings, body: Endless, size: int) -> TestResponse:
    """Send an endless body that claims to have a size."""
    overrides = {"wsgi.input": body, "CONTENT_LENGTH": str(size), "CONTENT_TYPE": FILE}
    return person.app.test_client(use_cookies=False).open(
        row.address(of.names),
        method=row.method,
        headers=dict(person.headers),
        environ_overrides=overrides,
    )


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.changes and not row.is_archive], ids=lambda row: row.id
)
def test_fifty_megabytes_are_refused_without_being_read(stage: Stage, row: Row) -> None:
    body = Endless()
    answer = pour(stage.people["owner"], row, stage.ours, body, 50_000_000)
    assert answer.status_code == 413
    assert body.read_so_far == 0


def test_an_archive_of_somebody_who_may_not_bring_one_is_not_read(stage: Stage) -> None:
    [row] = [row for row in ROWS if row.is_archive]
    refused = {name: asking for name, (asking, worth) in stage.programs.items() if worth != "owner"}
    assert refused
    for name, asking in refused.items():
        body = Endless()
        answer = pour(asking, row, stage.ours, body, 500_000_000)
        assert answer.status_code in (401, 403, 404), name
        assert body.read_so_far == 0, name


# --------------------------------------------------------------------------- headers

OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "GET" and row.is_api and row.takes is Takes.READ],
    ids=lambda row: row.id,
)
def test_a_read_stays_a_read_whatever_its_headers_say(stage: Stage, row: Row) -> None:
    before = stage.state
    wanted = stage.people["owner"].ask(row, stage.ours).data[:200]
    for header in OVERRIDES:
        owner = stage.people["owner"]
        sneaking = Person(stage.app, {**owner.headers, header: "DELETE"}, owner.csrf)
        query = {**row.query, "_method": "DELETE"}
        answer = sneaking.ask(row, stage.ours)
        assert answer.data[:200] == wanted
        asked = Row("GET", row.rule, row.takes, parts=row.parts, query=query)
        assert sneaking.ask(asked, stage.ours).status_code in (200, 422)
    assert row.is_recorded or stage.state == before


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Belongings]]:
    """A service that knows under which address people reach it, behind a proxy."""
    folder = tmp_path_factory.mktemp("public")
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords.use(patch)
        documents_here.use(patch)
        worked_out_once.use(patch)
        app = served(folder, public_url="https://value.example.com", trusted_proxies=1)
        yield app, belongings(app.extensions["store"], SECRET_KEY, "North")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL},
        {"X-Forwarded-For": EVIL, "X-Forwarded-Server": EVIL, "X-Original-Host": EVIL},
        {"Forwarded": f"host={EVIL};proto=http"},
        {"X-Forwarded-Prefix": f"//{EVIL}", "X-Forwarded-Proto": "http"},
        {"X-Forwarded-Port": "8443", "X-Original-URL": f"//{EVIL}/"},
    ],
    ids=" ".join,
)
def test_links_for_others_lead_to_the_public_address_whatever_the_headers_say(
    public: tuple[Flask, Belongings], headers: dict[str, str]
) -> None:
    app, ours = public
    owner = browser(app, ours.owner)
    asking = Person(app, {**owner.headers, **headers}, owner.csrf)
    giving_links = (
        "/api/v1/teams/<uid:team>/invitations",
        "/api/v1/cases/<uid:case_id>/shares",
        "/teams/<uid:team>/invitations",
        "/cases/<uid>/shares",
    )
    for row in [row for row in ROWS if row.method == "POST" and row.rule in giving_links]:
        answer = asking.ask(row, ours)
        assert answer.status_code in (200, 201), answer.text
        assert "https://value.example.com/" in answer.text
        assert EVIL not in answer.text
        assert EVIL not in str(answer.headers)


def test_no_redirect_leads_to_the_host_that_a_request_names(
    public: tuple[Flask, Belongings],
) -> None:
    app, ours = public
    owner = browser(app, ours.owner)
    asking = Person(app, {**owner.headers, "Host": EVIL, "X-Forwarded-Host": EVIL}, owner.csrf)
    for row in ROWS:
        if row.method == "GET" and row.takes is not Takes.NOTHING:
            location = asking.ask(row, ours).headers.get("Location", "/")
            assert location.startswith("/"), (row.id, location)
            assert not location.startswith("//"), (row.id, location)


# --------------------------------------------------------------------------- addresses and forms

PATHS = (
    "/cases/../account",
    "/cases/%2e%2e/account",
    "/cases/..%2faccount",
    "/cases/%00",
    "/cases/a%00b/comments",
    "/cases/%ff%fe",
    "/cases/{case}%00",
    "/cases/{case}/explain/%00",
    "/cases/{case}/export.%00",
    "/cases/{case}/explain/..%2f..",
    "/cases/{case}/proposals/%00",
    "/cases/{case}?version=%00",
    "/cases/{case}?version=99999999999999999999",
    "/cases/{case}/versions?after=%00",
    "/cases/{case}/comments?after=99999999999999999999",
    "/cases/{case}/compare?from=99999999999&to=1",
    "/cases?q=%00",
    "/cases?q=%25_%5c'",
    "/cases?team=%00",
    "/cases?after=%00",
    "/cases/bin?after=9999-99-99,1",
    "/teams/{team}/log?action=%00&subject=%00&after=%00",
    "/teams/%00",
    "/references/%00",
    "/references/..%2f..%2fsetup",
    "/straw-men/..%2f..%2fsetup",
    "/straw-men/%00",
    "/straw-men/new-data-services/export/%00.xlsx",
    "/start?from=%00",
    "/start?from=..%2f..%2fsetup",
    "/s/%00",
    "/s/{secret}%00",
    "/s/{secret}/download/%00",
    "/invitations/%00",
    "/reset?key=%00",
    "/reset?key=a.b.c.d",
    "/static/0/../../../setup.cfg",
    "/static/0/..%2f..%2fconfig.py",
    "/static/0/%2e%2e/%2e%2e/config.py",
    "/static/0//etc/passwd",
    "/static/0/css%00.css",
    "/static/%2e%2e/app.py",
    "/api/v1/cases/%00",
    "/api/v1/cases/..%2f..%2fme",
    "/api/v1/cases/{case}/versions/99999999999999999999",
    "/api/v1/cases/{case}/versions/-1",
    "/api/v1/cases/{case}/versions/%d9%a1",
    "/api/v1/cases?q=%00",
    "/api/v1/cases?customer=%00&sector=%00&currency=%00",
    "/api/v1/references?q=%00&sector=%00&region=%00",
    "/api/v1/references/%00",
    "/api/v1/audit?team={team}&subject=%00",
    "/api/v1/cases/{case}/comments?place=%00",
    "/api/v1/cases/{case}/explain?figure=%00",
    "//evil.example.com/cases",
    "/\\evil.example.com",
)
LONG = "A" * 10_000


_BY_KIND: dict[str, Belongings] = {}
"""What stands in the databases that `furnish` has made, by their kind."""


def furnish(url: str) -> None:
    """Make a database in which a team has everything."""
    upgrade(url)
    store = Database(url)
    _BY_KIND[_kind(url)] = belongings(store, SECRET_KEY, "North")
    store.close()


def _kind(url: str) -> str:
    return url.partition(":")[0].partition("+")[0]


@pytest.fixture
def furnished_sqlite(sqlite_templates: SqliteTemplates, tmp_path: Path) -> str:
    """A copy of such a database."""
    return sqlite_templates.fresh_database(furnish, tmp_path)


@pytest.fixture
def furnished_postgresql(postgres_server: PostgresServer) -> Iterator[str]:
    """The same of the other kind."""
    with postgres_server.fresh_database(furnish) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def owner_and_things(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Person, Belongings]:
    """An owner before each kind of database."""
    cheap_passwords.use(monkeypatch)
    documents_here.use(monkeypatch)
    worked_out_once.use(monkeypatch)
    url = request.getfixturevalue(f"furnished_{request.param}")
    app = served(tmp_path, database_url=url, sign_in_limit="")
    ours = _BY_KIND[_kind(url)]
    return browser(app, ours.owner), ours


def test_a_strange_address_leads_nowhere(owner_and_things: tuple[Person, Belongings]) -> None:
    """An error that nobody expected would be raised here, and fail the test."""
    owner, ours = owner_and_things
    longer = [path.replace("%00", LONG) for path in PATHS if "%00" in path]
    for path in (*PATHS, *longer):
        answer = owner.app.test_client(use_cookies=False).get(
            path.format(**ours.names), headers=dict(owner.headers)
        )
        assert answer.status_code < 500, path
        assert b"root:" not in answer.data, path
        assert b"packages =" not in answer.data, path
        if "%2f" in path or ".." in path:
            assert answer.status_code in (301, 303, 308, 404), (path, answer.status_code)


HOSTILE = {
    "a zero character": "a\0b",
    "a long number": "9" * 400,
    "a long text": LONG,
    "another script": "\u202e\u0661\u0662<script>'\"--;%s{}${7*7}",
    "half a character": "\ud800",
    "nothing": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_form_full_of_hostile_text_does_no_harm(
    owner_and_things: tuple[Person, Belongings], text: str
) -> None:
    """An error that nobody expected would be raised here, and fail the test."""
    owner, ours = owner_and_things
    sent = text.encode("utf-8", "surrogatepass").decode("latin-1") if "\ud800" in text else text
    for row in WITH_A_FORM:
        fields = row.form or {}
        leading = _in_address(row)
        # A form of nothing else would be an honest one.
        for kept in ({}, leading) if 0 < len(leading) < len(fields) else ({},):
            form = {**dict.fromkeys(fields, sent), **kept}
            strange = Row(row.method, row.rule, row.takes, parts=row.parts, form=form)
            answer = owner.ask(strange, ours)
            assert answer.status_code < 500, row.id
            assert b"<script>'" not in answer.data, row.id


def _in_address(row: Row) -> dict[str, str]:
    """What leads on to the other fields of a form."""
    leading = ("from", "tag", "version", "document")
    return {name: each for name, each in (row.form or {}).items() if name in leading}

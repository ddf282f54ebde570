"""The service over HTTP: requests per second and how long they take, beside the empty route.

`valuecalc serve` with two workers, on SQLite and on PostgreSQL, asked by eight connections at
once. All kinds of requests take turns, and each is compared with the empty route of the same
turn, because a machine is not equally fast from one minute to the next.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import reference
from tests.bench.report import Table, duration, per_second
from tests.postgres import NoPostgresql
from tests.serving import SECRET_KEY, ready_database, serving
from tests.team_members import new_member, new_team, new_token
from valuecalc.config import Settings
from valuecalc.schemas.case import dump_case
from valuecalc.services import identity as accounts
from valuecalc.services import saved_cases
from valuecalc.services.access import Actor
from valuecalc.store.database import Database
from valuecalc.web import identity
from valuecalc.web.app import create_app

FOLDER = Path(__file__).resolve().parent
KINDS = {"SQLite": "sqlite", "PostgreSQL": "postgresql"}
WORKERS = 2
CONNECTIONS = 8
CASES = 64
ROUNDS = 4
SECONDS = 0.5
"""For each kind of request in each round."""

EMPTY = "the empty route (`/healthz`)"
NUMBER = "@number@"
"""The client puts another number of seven digits in its place in every request."""

_DIGITS = "1000000"


class Unexpected(Exception):
    """The server has answered otherwise than it should, so its times say nothing."""


@dataclass(frozen=True)
class Work:
    """A kind of request: for each connection what is asked first, and what again and again."""

    label: str
    asks: Sequence[tuple[str, str]]
    status: int = 200


@dataclass
class Found:
    """What was measured of one kind of request; a rate for each round."""

    rates: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return median(self.rates)

    def quantile(self, share: float) -> float:
        """The seconds in which that share of the requests was answered."""
        return sorted(self.taken)[int(len(self.taken) * share)]

    def times(self, empty: Found) -> float:
        """How many empty requests one of these is worth: the median of the rounds."""
        return median(one / mine for one, mine in zip(empty.rates, self.rates, strict=True))


def speed() -> Table:
    """One table for both databases; for one, where there is no PostgreSQL."""
    found, notes = {}, [_READING]
    with client() as asking:
        notes.append(_ceiling(asking))
        for name, kind in KINDS.items():
            try:
                with tempfile.TemporaryDirectory() as folder:
                    found[name] = measured(kind, Path(folder), asking)
            except NoPostgresql as reason:
                notes.append(str(reason))
    return _table(found, notes)


_READING = (
    "Each request is told as how many empty ones of the same server it is worth, with requests per "
    "second beside it, then the time within which half of them, and 99 of 100, were answered."
)


def _table(found: dict[str, dict[str, Found]], notes: Sequence[str]) -> Table:
    head = ["request"]
    for name in found:
        head += [name, "half", "99 %"]
    rows = []
    for label in next(iter(found.values())):
        row = [label]
        for of_kind in found.values():
            each = of_kind[label]
            row.append(per_second(each.rate, each.times(of_kind[EMPTY])))
            row += [duration(each.quantile(0.5)), duration(each.quantile(0.99))]
        rows.append(row)
    title = f"The service: {WORKERS} workers, {CONNECTIONS} connections"
    return Table(title, head, rows, " ".join(notes))


# --------------------------------------------------------------------------- measure


@dataclass
class Client:
    """The process that asks."""

    process: subprocess.Popen[str]

    def ask(self, port: int, seconds: float, asks: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """What `client.drive` has found."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {"port": port, "seconds": seconds, "connections": asks}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline() or "{}"))


@contextmanager
def client() -> Iterator[Client]:
    """A client that is there until the block ends."""
    with _python("client.py") as process:
        yield Client(process)


@contextmanager
def _python(script: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, FOLDER / script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _ceiling(asking: Client) -> str:
    """What the client can do at most, as a sentence."""
    with _python("answerer.py") as answerer:
        assert answerer.stdout is not None
        port = int(answerer.stdout.readline())
        ask = get("/healthz")
        found = asking.ask(port, 2 * SECONDS, [(ask, ask)] * CONNECTIONS)
    count = len(found["taken"])
    return (
        f"The client asks a server that does nothing {count / found['elapsed']:,.0f} times a "
        f"second, and needs {duration(found['busy'] / count)} of its own for each request."
    )


def measured(kind: str, folder: Path, asking: Client) -> dict[str, Found]:
    """All kinds of requests in turns, on one database; the first round only warms up."""
    with ready_database(kind, folder) as url:
        asked = works(url)
        with serving(url, WORKERS) as server:
            found = {each.label: Found() for each in asked}
            for number in range(ROUNDS + 1):
                for each in asked:
                    answer = _answered(each, asking.ask(server.port, SECONDS, each.asks))
                    if number:
                        found[each.label].rates.append(len(answer["taken"]) / answer["elapsed"])
                        found[each.label].taken += answer["taken"]
    return found


def _answered(work: Work, answer: dict[str, Any]) -> dict[str, Any]:
    statuses = answer.get("statuses")
    if statuses is None or set(statuses) != {str(work.status)}:
        raise Unexpected(f"{work.label}: {statuses}, not {work.status}")
    return answer


# --------------------------------------------------------------------------- requests


def works(url: str) -> list[Work]:
    """The requests, with the cases that they are about put into the database."""
    store = Database(url)
    try:
        team = new_team(store)
        actor = new_member(store, team)
        token = new_token(store, actor, team)
        uids = _keep_cases(store, actor)
    finally:
        store.close()
    return [
        Work(EMPTY, _each(get("/healthz"))),
        *_programs_work(f"Authorization: Bearer {token}", uids),
        *_readers_work(f"Cookie: {cookie(url, actor)}", uids),
    ]


def _programs_work(token: str, uids: Sequence[str]) -> list[Work]:
    """What a program asks: the API, with a token."""
    loads = [get(f"/api/v1/cases/{uid}", token) for uid in uids]
    calculate = send("POST", "/api/v1/calculate", {"case": _document()}, token)
    saves = [
        send("PUT", f"/api/v1/cases/{uid}", {"case": _document()}, token, "If-Match: @tag@")
        for uid in uids
    ]
    known = [get(f"/api/v1/cases/{uid}", token, "If-None-Match: @tag@") for uid in uids]
    create = send("POST", "/api/v1/cases", {"case": _document()}, token)
    first = loads[:CONNECTIONS]
    return [
        Work("calculate (`POST /calculate`)", _each(calculate)),
        Work("load (`GET /cases/{id}`)", list(zip(first, first, strict=True))),
        Work("load what has not changed (304)", list(zip(first, known, strict=False)), 304),
        Work("save (`PUT /cases/{id}`)", list(zip(first, saves, strict=False))),
        Work("create (`POST /cases`)", _each(create), 201),
        Work("list 50 (`GET /cases?limit=50`)", _each(get("/api/v1/cases?limit=50", token))),
    ]


def _readers_work(session: str, uids: Sequence[str]) -> list[Work]:
    """What somebody opens in a browser: pages, with a session."""
    pages = [get(f"/cases/{uid}", session) for uid in uids[:CONNECTIONS]]
    return [
        Work("the page of a case", list(zip(pages, pages, strict=True))),
        Work("the page with the list of cases", _each(get("/cases", session))),
    ]


def _each(ask: str) -> list[tuple[str, str]]:
    return [(ask, ask)] * CONNECTIONS


def get(path: str, *headers: str) -> str:
    """A request that reads."""
    return _request("GET", path, headers, "")


def send(method: str, path: str, body: object, *headers: str) -> str:
    """A request with a JSON body, in which the client puts its numbers."""
    text = json.dumps(body)
    # The mark is as long as it is, and what takes its place is as long as `_DIGITS`.
    length = len(text.replace(NUMBER, _DIGITS).encode())
    more = ("Content-Type: application/json", f"Content-Length: {length}")
    return _request(method, path, (*headers, *more), text)


def _request(method: str, path: str, headers: Sequence[str], body: str) -> str:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", *headers]
    return "\r\n".join([*lines, "", body])


def _document() -> dict[str, Any]:
    """The reference case, with another value of its first assumption in each request."""
    document = dump_case(reference.case())
    document["assumptions"][0]["value"] = NUMBER
    document["assumptions"][0].pop("low", None)
    document["assumptions"][0].pop("high", None)
    return document


def _keep_cases(store: Database, actor: Actor) -> list[str]:
    case = reference.case()
    kept = (replace(case, title=f"{case.title} {number}") for number in range(CASES))
    return [saved_cases.create(store, actor, each)[0].head.uid for each in kept]


def cookie(url: str, actor: Actor) -> str:
    """The cookie of somebody who has signed in on a server that uses the same key."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, rate_limit=""))
    app.extensions["store"].close()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    mark = {
        identity.SESSION_KEY: accounts.session_mark(actor.account),
        identity.SINCE_KEY: int(time.time()),
        "_permanent": True,
    }
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(mark)}"

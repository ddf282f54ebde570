"""What the server does for one answer of the editor: its processor time, by kind of work.

The route itself is asked, in this process, with a clock around each step that it takes; so the
steps are those of the service, whatever becomes of them.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient

from tests.bench.report import Table, duration
from tests.bench.service import SECRET_KEY, cookie
from tests.serving import ready_database
from tests.team_members import new_member, new_team
from valuecalc.case.case import Case
from valuecalc.config import Settings
from valuecalc.services import saved_cases
from valuecalc.web.app import create_app

ANSWERS = 40
WARM = 3
PARTS = ("panel", "assumptions", "calculations", "lines")
"""What is asked for: the parts that change with an assumption, as if all were in sight."""

STEPS = {
    "loading: reading what is typed": (
        "valuecalc.services.editing.typed",
        "valuecalc.services.editing.load_case",
    ),
    "checking": ("valuecalc.services.cases.refuse_mistakes",),
    "calculating": ("valuecalc.services.editing.calculate",),
    "rendering": ("valuecalc.web.pages.editor.live._rendered",),
}
"""The kinds of work, each with the functions that do it."""

REST = "all else: session, rights, the version that is kept, tidy texts, compressing"


@dataclass
class Clock:
    """Seconds of the processor for each step of one answer."""

    taken: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))

    def around(self, step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, with its time noted."""

        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                self.taken[step] += time.process_time() - start

        return timed


def table(case: Case) -> Table:
    """The median of each step."""
    with tempfile.TemporaryDirectory() as folder:
        answers = measured(case, Path(folder), ANSWERS)
    whole = median(sum(each.values()) for each in answers)
    rows = []
    for step in answers[0]:
        taken = median(each[step] for each in answers)
        rows.append([step, duration(taken), f"{taken / whole:.0%}"])
    rows.append(["one answer", duration(whole), "100%"])
    note = (
        f"Medians of {len(answers)} answers, each to another value of an assumption; asked for "
        f"{', '.join(PARTS[:-1])} and {PARTS[-1]}."
    )
    title = "The editor: what the server does for one key"
    return Table(title, ["work", "processor time", "share"], rows, note)


def measured(case: Case, folder: Path, count: int) -> list[dict[str, float]]:
    """Seconds of the processor by step, for each of `count` answers."""
    with ready_database("sqlite", folder) as url, _editor(case, url) as (client, address):
        page = client.get(address).get_data(as_text=True)
        headers = {
            "X-CSRFToken": _found(r'name="csrf-token" content="([^"]+)"', page),
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
        }
        document = json.loads(_found(r'id="case-document">(.*?)</script>', page))
        found = []
        for number in range(WARM + count):
            document["assumptions"][0]["value"] = str(number + 1)
            body = json.dumps({"document": document, "parts": PARTS})
            found.append(_one_answer(client, f"{address}/live", body, headers))
    return found[WARM:]


@contextmanager
def _editor(case: Case, url: str) -> Iterator[tuple[FlaskClient, str]]:
    settings = Settings(database_url=url, secret_key=SECRET_KEY, rate_limit="", log_level="error")
    app = create_app(settings)
    store = app.extensions["store"]
    # A line for each request would stand between the tables.
    log = logging.getLogger("valuecalc.web")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        actor = new_member(store, new_team(store))
        uid = saved_cases.create(store, actor, case)[0].head.uid
        name, _, value = cookie(url, actor).partition("=")
        client = app.test_client()
        client.set_cookie(name, value)
        yield client, f"/cases/{uid}/edit"
    finally:
        log.setLevel(before)
        store.close()


def _one_answer(
    client: FlaskClient, address: str, body: str, headers: dict[str, str]
) -> dict[str, float]:
    clock = Clock()
    with ExitStack() as patches:
        for step, functions in STEPS.items():
            for name in functions:
                patches.enter_context(patch(name, clock.around(step, _function(name))))
        start = time.process_time()
        response = client.post(address, data=body, headers=headers)
        whole = time.process_time() - start
    if response.status_code != 200:
        raise RuntimeError(f"POST {address}: {response.status}")
    return {**clock.taken, REST: whole - sum(clock.taken.values())}


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise RuntimeError(f"The page of the editor holds nothing like {pattern}.")
    return found[1]

"""The editor in Chromium, on the service as it runs: from a key to the figure that it moves.

The case is as large as they come in practice (`tests/large_case.py`), beside a straw-man. After
each key the same page asks the same server for next to nothing, with a body of the same size, so
that what a machine and a network take anyway can be taken off. How long it takes is told, never
asserted; only that every figure did move, and nothing else on the page.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.bench import editor_server
from tests.bench.report import Table, duration
from tests.bench.service import WORKERS, cookie
from tests.browser.conftest import ARGUMENTS
from tests.large_case import large_document
from tests.serving import Server, ready_database, serving
from tests.team_members import new_member, new_team
from valuecalc.case.case import Case
from valuecalc.schemas.case import load_case
from valuecalc.services import library, saved_cases
from valuecalc.store.database import Database

STRAW_MAN = "contact-centre"
FIELDS = 20
KEYS = "920"
"""What is typed into each field, key by key; every one of them moves the value."""

FAR_AWAY = 0.06
"""Seconds that a request and its answer take longer, to a server that is not in the house."""

LOADS = 5
VIEWPORT = {"width": 1440, "height": 900}
PATIENCE = 15_000
"""Milliseconds after which a figure that has not moved never will."""

KINDS = {
    "Document": "the page itself",
    "Stylesheet": "styles",
    "Script": "scripts",
    "Font": "fonts",
    "Image": "pictures",
    "XHR": "the first answers",
}
"""What Chromium calls the kinds of what it loads, and what we do."""

WATCH = """
window.watched = { moved: [], shift: 0, longest: 0, long: 0, paint: 0 };
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) watched.shift += each.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    watched.long += 1;
    watched.longest = Math.max(watched.longest, each.duration);
  }
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) {
    watched.paint = each.startTime;
  }
}).observe({ type: "paint", buffered: true });
"""
"""Notes what a page does while it loads."""

NOTE_MOVES = """
() => {
  let typedAt = 0;
  const noteMove = () => {
    if (!typedAt) return;
    const since = typedAt;
    typedAt = 0;
    // The second frame begins when the first one has been painted.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      watched.moved.push(performance.now() - since);
    }));
  };
  addEventListener("input", (event) => { typedAt = event.timeStamp; }, { capture: true });
  const observer = new MutationObserver(noteMove);
  const kinds = { childList: true, characterData: true, subtree: true };
  for (const each of document.querySelectorAll('[data-live^="panel."]')) {
    observer.observe(each, kinds);
  }
}
"""
"""Notes the milliseconds from each change of a field to the frame that shows another result."""

WAIT_FOR_MOVE = """
([before, patience]) => new Promise((done) => {
  const end = performance.now() + patience;
  const look = () => {
    if (watched.moved.length > before) return done(watched.moved.at(-1));
    if (performance.now() > end) return done(null);
    requestAnimationFrame(look);
  };
  look();
})
"""
"""The milliseconds of the next move after so many; null where none comes."""

FIRST_ANSWERED = """
() => performance.getEntriesByType("resource")
  .some((each) => each.name.endsWith("/edit/live") && each.responseEnd > 0)
"""
"""Whether the first live answer is there, which a busy machine may keep until later."""

ASK_FOR_NOTHING = """
async () => {
  const form = document.getElementById("editor");
  const whole = JSON.parse(document.getElementById("case-document").textContent);
  const body = JSON.stringify({ document: whole, from: "1", by: "+1" });
  const start = performance.now();
  const request = new XMLHttpRequest();
  await new Promise((answered) => {
    request.open("POST", form.dataset.liveUrl.replace(/live$/, "add"));
    request.setRequestHeader("Content-Type", "application/json");
    const token = document.querySelector('meta[name="csrf-token"]').content;
    request.setRequestHeader("X-CSRFToken", token);
    request.onloadend = answered;
    request.send(body);
  });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return { status: request.status, taken: performance.now() - start };
}
"""
"""Sends the whole document where one number is added to another, until two frames later."""


class NoChromium(Exception):
    """There is no browser to measure in."""


class Unexpected(Exception):
    """The page or the server did something else, so its times say nothing."""


@dataclass(frozen=True)
class Typed:
    """Seconds from each key to the result, and of an empty round trip after each."""

    moved: list[float]
    empty: list[float]

    @property
    def row(self) -> list[str]:
        """Half of them, 95 of 100, the slowest; the empty one, and how many of it that is."""
        times = [median(self.moved), quantile(self.moved, 0.95), max(self.moved)]
        ratio = median(self.moved) / median(self.empty)
        return [*map(duration, times), duration(median(self.empty)), f"{ratio:.2f} ×"]


@dataclass
class Loaded:
    """A page that was opened for the first time: what came for it, and what it did."""

    sizes: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    paint: float = 0
    shift: float = 0
    long: int = 0
    longest: float = 0

    @property
    def size(self) -> int:
        """Bytes over the wire."""
        return sum(self.sizes.values())


def quantile(taken: Sequence[float], share: float) -> float:
    """The seconds in which that share of them was done."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * share))]


# --------------------------------------------------------------------------- the tables


def tables() -> list[Table]:
    """From a key to the figure, the first load, and what the server does for an answer."""
    large, small = load_case(large_document()), library.straw_man(STRAW_MAN).case
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as at:
        cases = {_size_of(large): at.keep(large), _size_of(small): at.keep(small)}
        typed = {}
        for name, uid in cases.items():
            typed[name] = at.typed(browser, uid)
            typed[f"{name}, {FAR_AWAY * 1000:.0f} ms away"] = at.typed(browser, uid, FAR_AWAY)
        loaded = {name: at.loaded(browser, uid) for name, uid in cases.items()}
    return [_keys_table(typed), _loads_table(loaded), editor_server.table(large)]


def _size_of(case: Case) -> str:
    return f"{len(case.assumptions)} assumptions, {len(case.lines)} lines"


def _keys_table(typed: dict[str, Typed]) -> Table:
    rows = [[name, *found.row] for name, found in typed.items()]
    head = ["case", "half", "95 %", "slowest", "empty round trip", "times that"]
    count = len(next(iter(typed.values())).moved)
    note = (
        f"{count} keys in each case, from the `input` event until the second frame after the "
        "result at the side has changed. The empty round trip is a request of the same size from "
        "the same page to the same server, which adds two numbers, until the second frame after "
        "its answer; half of them take less."
    )
    return Table("The editor: from a key to the figure that it moves", head, rows, note)


def _loads_table(loaded: dict[str, list[Loaded]]) -> Table:
    names = [kind for kind in KINDS if any(each.requests[kind] for each in _all(loaded))]
    rows = []
    for kind in names:
        of_cases = [[each.sizes[kind] for each in loads] for loads in loaded.values()]
        first = next(iter(loaded.values()))[0]
        rows.append([KINDS[kind], str(first.requests[kind]), *map(_kilobytes, of_cases)])
    wholes = [[each.size for each in loads] for loads in loaded.values()]
    count = sum(next(iter(loaded.values()))[0].requests.values())
    rows.append(["together", str(count), *map(_kilobytes, wholes)])
    head = ["what is loaded", "requests", *loaded]
    return Table("The editor: the first load", head, rows, _loads_note(loaded))


def _all(loaded: dict[str, list[Loaded]]) -> Iterator[Loaded]:
    for loads in loaded.values():
        yield from loads


def _kilobytes(sizes: Sequence[int]) -> str:
    return f"{median(sizes) / 1000:.1f} kB"


def _loads_note(loaded: dict[str, list[Loaded]]) -> str:
    parts = ["Bytes over the wire with their headers, nothing in the browser's memory."]
    for name, loads in loaded.items():
        paint = duration(median(each.paint for each in loads))
        shift = max(each.shift for each in loads)
        long = max(each.long for each in loads)
        longest = duration(max(each.longest for each in loads))
        parts.append(
            f"{name}: first contentful paint after {paint}, layout shift {shift:.3f} at most, "
            f"{long} tasks of more than 50 ms at most"
            + (f", the longest of {longest}." if long else ".")
        )
    return " ".join(parts)


# --------------------------------------------------------------------------- the server


@dataclass(frozen=True)
class Desk:
    """A server with a member of a team who is signed in."""

    server: Server
    store: Database
    actor: Any
    cookie: str

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.server.port}"

    def keep(self, case: Case) -> str:
        """Put a case into the database; its uid."""
        return saved_cases.create(self.store, self.actor, case)[0].head.uid

    def context(self, browser: Browser) -> BrowserContext:
        """A browser of its own, signed in, that remembers nothing."""
        context = browser.new_context(
            base_url=self.address,
            viewport=VIEWPORT,  # type: ignore[arg-type]
            locale="en-GB",
            reduced_motion="reduce",
        )
        name, _, value = self.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": self.address}])
        context.add_init_script(WATCH)
        return context

    def typed(self, browser: Browser, uid: str, delay: float = 0) -> Typed:
        """Type into the assumptions of a case, on a network that takes `delay` seconds longer."""
        context = self.context(browser)
        try:
            page = context.new_page()
            _open(page, uid)
            page.evaluate(NOTE_MOVES)
            numbers = _numbers(page)
            # Each worker compiles the formulas when it first sees them.
            _type_into(page, numbers[-1])
            _delay(page, delay)
            found = [_type_into(page, each) for each in islice(cycle(numbers), FIELDS)]
        finally:
            context.close()
        return Typed(
            [taken for each in found for taken in each.moved],
            [taken for each in found for taken in each.empty],
        )

    def loaded(self, browser: Browser, uid: str) -> list[Loaded]:
        """Open a case again and again, each time in a browser that remembers nothing."""
        return [self._opened(browser, uid) for _ in range(LOADS)]

    def _opened(self, browser: Browser, uid: str) -> Loaded:
        context = self.context(browser)
        try:
            page = context.new_page()
            found = Loaded()
            _count(context.new_cdp_session(page), found)
            _open(page, uid)
            watched = page.evaluate("watched")
        finally:
            context.close()
        found.paint, found.longest = watched["paint"] / 1000, watched["longest"] / 1000
        found.shift, found.long = watched["shift"], watched["long"]
        return found


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """`valuecalc serve` on the embedded database, until the block ends."""
    with ready_database("sqlite", folder) as url, serving(url, WORKERS) as server:
        store = Database(url)
        try:
            actor = new_member(store, new_team(store))
            yield Desk(server, store, actor, cookie(url, actor))
        finally:
            store.close()


# --------------------------------------------------------------------------- the browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, until the block ends. Raises `NoChromium`."""
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if shutil.which(program) is None:
        raise NoChromium(f"Chromium is not at {program}: install it, or say where in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _open(page: Page, uid: str) -> None:
    """Open the editor, until its first answer is there. Raises `Unexpected`."""
    answer = page.goto(f"/cases/{uid}/edit", wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise Unexpected(f"The editor: {answer.status if answer else 'nothing'}, not 200")
    page.wait_for_function(FIRST_ANSWERED)


def _numbers(page: Page) -> list[str]:
    """The fields of the assumptions with one number for all years, by their ids."""
    text = page.evaluate("document.getElementById('case-document').textContent")
    rows = json.loads(text)["assumptions"]
    return [f"f-assumptions.{each['id']}.value" for each in rows if not each.get("values")]


def _type_into(page: Page, name: str) -> Typed:
    """Type `KEYS` into a field in place of what is there, and put it back. Raises `Unexpected`."""
    found = page.locator(f'[id="{name}"]')
    before = found.input_value()
    found.focus()
    found.select_text()
    moved, empty = [], []
    for key in KEYS:
        moved.append(_moved_by(page, name, partial(page.keyboard.press, key)))
        empty.append(_empty_round_trip(page))
    found.select_text()
    _moved_by(page, name, partial(page.keyboard.insert_text, before))
    return Typed(moved, empty)


def _moved_by(page: Page, name: str, change: Callable[[], None]) -> float:
    """Seconds until the result has followed a change of a field."""
    before = page.evaluate("watched.moved.length")
    change()
    taken = page.evaluate(WAIT_FOR_MOVE, [before, PATIENCE])
    if taken is None:
        seconds = PATIENCE / 1000
        raise Unexpected(f"{name}: no figure has moved {seconds:.0f} seconds after a change")
    found: float = taken / 1000
    return found


def _empty_round_trip(page: Page) -> float:
    found = page.evaluate(ASK_FOR_NOTHING)
    if found["status"] != 200:
        raise Unexpected(f"The empty round trip: {found['status']}, not 200")
    taken: float = found["taken"] / 1000
    return taken


def _delay(page: Page, seconds: float) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": seconds * 1000,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )


def _count(session: CDPSession, found: Loaded) -> None:
    """Count what comes over the wire, by kind."""
    kinds: dict[str, str] = {}

    def note_kind(event: dict[str, Any]) -> None:
        # A picture that stands in a style sheet has an address, and comes over no wire.
        if not event["response"]["url"].startswith("data:"):
            kinds[event["requestId"]] = event["type"]

    def note_size(event: dict[str, Any]) -> None:
        if event["requestId"] not in kinds:
            return
        kind = kinds[event["requestId"]]
        kind = kind if kind in KINDS else "XHR"
        found.requests[kind] += 1
        found.sizes[kind] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", note_kind)
    session.on("Network.loadingFinished", note_size)
    session.send("Network.enable")

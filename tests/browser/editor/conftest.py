"""The editor in a real browser: a server with a team, cases, and the windows of its members."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, JSHandle, Page, expect

from tests.browser.conftest import PATIENCE_MILLISECONDS, WATCH_POLICY
from tests.browser.signed_in import cookie, listening
from tests.team_members import new_member, new_team
from tests.web.conftest import served
from valuecalc.schemas.case import case_from_text, load_case
from valuecalc.services import editing, saved_cases
from valuecalc.services.access import Actor
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

Document = dict[str, Any]

HELPDESK: Document = {
    "format": "valuecalc/1",
    "title": "A better helpdesk",
    "customer": "Company M",
    "currency": "GBP",
    "timeline": {"start": "2027-01", "years": 3, "period": "year"},
    "discounting": {"rate": 0.1, "timing": "end"},
    "assumptions": [
        {
            "id": "users",
            "label": "Users",
            "value": 100,
            "low": 80,
            "high": 120,
            "unit": "user",
            "evidence": {"grade": "B", "source": "Head of IT"},
        },
        {"id": "saving", "label": "Saved for each user", "value": 500, "unit": "GBP/user/year"},
        {"id": "price", "label": "Price of the licence", "value": 9000, "unit": "GBP"},
    ],
    "benefits": [
        {
            "id": "time",
            "label": "Less time lost",
            "formula": "users * saving",
            "category": "cost_reduction",
        }
    ],
    "investments": [{"id": "licence", "label": "Licence", "formula": "price"}],
}
"""Total benefits of £150,000 less £9,000: a value of £141k."""


@dataclass
class Site:
    """A server, and what stands in its database.

    `pauses` are the seconds that its next live answers take longer, one after the other.
    """

    app: Flask
    address: str
    team: Team
    editor: Actor
    pauses: list[float] = field(default_factory=list)

    @property
    def store(self) -> Database:
        """The database."""
        store: Database = self.app.extensions["store"]
        return store

    def new_case(self, document: Document | str | None = None) -> str:
        """The uid of a new case, made from a document or from the text of one."""
        if isinstance(document, str):
            case = case_from_text(document)
        else:
            case = load_case(document or HELPDESK)
        saved, _ = saved_cases.create(self.store, self.editor, case, self.team.uid)
        return saved.head.uid

    def new_member(self, name: str) -> Actor:
        """Somebody else who may edit the cases of the team."""
        return new_member(self.store, self.team, name=name)

    def document(self, uid: str) -> Document:
        """The newest version of a case, as it is kept."""
        return saved_cases.load(self.store, self.editor, uid).document

    def version(self, uid: str) -> int:
        """The number of the newest version."""
        return saved_cases.load(self.store, self.editor, uid).version.number

    def change(self, uid: str, who: Actor, edit: Callable[[Document], None]) -> None:
        """Save a change of somebody else, made to the newest version."""
        saved = saved_cases.load(self.store, who, uid)
        document = json.loads(json.dumps(saved.document))
        edit(document)
        editing.save(self.store, who, uid, saved.version.number, document)

    def cookie(self, who: Actor) -> Any:
        """What the browser of somebody who has signed in sends."""
        return cookie(self.app, who, self.address)


@pytest.fixture(scope="session")
def editor_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests of the editor; each test makes cases of its own."""
    app = served(tmp_path_factory.mktemp("editor"))
    store = app.extensions["store"]
    team = new_team(store)
    site = Site(app, "", team, new_member(store, team, name="Ann Lee"))
    _slow_down(app, site)
    with listening(app) as site.address:
        yield site


def _slow_down(app: Flask, site: Site) -> None:
    serve = app.wsgi_app

    def serve_late(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/edit/live") and site.pauses:
            time.sleep(site.pauses.pop(0))
        return serve(environ, start)

    app.wsgi_app = serve_late  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_pauses(editor_site: Site) -> Iterator[None]:
    yield
    editor_site.pauses.clear()


@pytest.fixture
def open_editor(
    browser: Browser, browser_context_args: dict[str, Any], editor_site: Site
) -> Iterator[Callable[..., Page]]:
    """Opens the editor of a case in a browser of its own: `open_editor(uid, who=…, **context)`.

    Without `case` it is a new one, of the helpdesk. `expected` are parts of the console messages
    that the test brings about; any other error, message or refusal fails it.
    """
    contexts: list[BrowserContext] = []
    watched: list[Page] = []
    faults: list[str] = []

    def start(
        case: str = "", *, who: Actor | None = None, expected: tuple[str, ...] = (), **settings: Any
    ) -> Page:
        given = {**browser_context_args, "base_url": editor_site.address, **settings}
        context = browser.new_context(**given)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_cookies([editor_site.cookie(who or editor_site.editor)])
        page = context.new_page()
        if settings.get("java_script_enabled", True):
            watched.append(page)
            _watch(page, faults, expected)
        page.goto(f"/cases/{case or editor_site.new_case()}/edit")
        return page

    yield start
    for page in watched:
        if not page.is_closed():
            faults += page.evaluate("window.refused ?? []")
    for context in contexts:
        context.close()
    assert faults == []


# A toast goes after six or twelve seconds, which on a busy machine are over before it is looked
# for.
TOASTS_STAY = """{
  const { setTimeout } = window;
  window.setTimeout = (call, milliseconds, ...others) =>
    setTimeout(call, [6000, 12000].includes(milliseconds) ? 60000 : milliseconds, ...others);
}"""


def _watch(page: Page, faults: list[str], expected: tuple[str, ...]) -> None:
    def note(message: ConsoleMessage) -> None:
        is_expected = any(each in message.text for each in expected)
        if message.type in ("error", "warning") and not is_expected:
            faults.append(message.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)
    page.add_init_script(WATCH_POLICY)
    page.add_init_script(TOASTS_STAY)


SCRIPT = """async (name) => {
  const { src } = document.querySelector('script[src*="/joined/"]');
  return (await import(src))[`$js_editor_${name}`];
}"""


def script(page: Page, name: str) -> JSHandle:
    """What one of the first scripts of the page exports: `script(page, "document")`."""
    return page.evaluate_handle(SCRIPT, name)


def place(page: Page, name: str) -> Any:
    """The field of a place of the document: `assumptions.users.value`."""
    return page.locator(f'[id="f-{name}"]')


def expect_value(page: Page, text: str) -> None:
    """Wait until the panel shows a value."""
    expect(page.locator('[data-live="panel.value"] .value')).to_have_text(text)


def expect_status(page: Page, text: str) -> None:
    """Wait until it is said that everything, or something, is saved."""
    expect(page.locator("#save-status")).to_contain_text(text)


def case_of(page: Page) -> str:
    """The uid of the case in the editor."""
    found: str = page.evaluate("document.getElementById('editor').dataset.uid")
    return found


def rows(page: Page, name: str) -> list[str]:
    """The ids of the rows of a list, in their order on the page."""
    found: list[str] = page.eval_on_selector_all(
        f'[data-list="{name}"] [data-row]', "rows => rows.map(row => row.dataset.row)"
    )
    return found


def menu(page: Page, row: str, words: str) -> None:
    """Choose something from the menu of a row: `menu(page, "assumptions.users", "Delete")`."""
    list_name, _, id = row.rpartition(".")
    page.locator(f'[data-list="{list_name}"] > [data-row="{id}"] .row-button').click()
    page.locator("#row-menu").get_by_role("button", name=words).click()


def value_of(document: Document, assumption: str) -> Any:
    """The value of an assumption of a document."""
    return next(each["value"] for each in document["assumptions"] if each["id"] == assumption)

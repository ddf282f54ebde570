"""Browsers of people, for tests: forms that are read from the page and sent back."""

from __future__ import annotations

from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cheap_passwords import GOOD
from valuecalc.services import accounts
from valuecalc.store.database import Database
from valuecalc.store.tables import User

Page = lxml.html.HtmlElement


class Browser:
    """A browser that fills in the forms of pages, hidden fields and all."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, status: int = 200) -> Page:
        """A page that has to answer so."""
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return lxml.html.fromstring(response.text)

    def send(self, path: str, action: str, **fields: str) -> TestResponse:
        """Fill in the form on a page that goes to `action`, and send it."""
        return self.submit(self.get(path), action, **fields)

    def submit(self, page: Page, action: str, **fields: str) -> TestResponse:
        """The same for a page that is open."""
        [form] = [each for each in page.forms if each.action == action][:1]
        data = {**dict(form.form_values()), **fields}
        return self.client.post(action, data=data)

    def sign_in(self, email: str, password: str = GOOD, **fields: str) -> TestResponse:
        """Sign in on the page for it."""
        return self.send("/sign-in", "/sign-in", email=email, password=password, **fields)


def store_of(app: Flask) -> Database:
    """The database of an application."""
    found: Database = app.extensions["store"]
    return found


def new_owner(app: Flask, email: str, name: str = "Ann Lee", team: str = "North") -> User:
    """Somebody who can sign in with `GOOD`, and owns a team."""
    fields = {"name": name, "email": email, "password": GOOD, "team": team}
    return accounts.create_owner(store_of(app), fields)


def signed_in(app: Flask, email: str) -> Browser:
    """The browser of somebody with an account."""
    browser = Browser(app)
    response = browser.sign_in(email)
    assert response.status_code == 303, response.text
    return browser


def texts(page: Page, path: str) -> list[str]:
    """What the elements of an XPath say."""
    found: Any = page.xpath(path)
    return [" ".join(each.text_content().split()) for each in found]

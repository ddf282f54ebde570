"""People who read the pages: they follow links and send forms as a browser would."""

from __future__ import annotations

import time
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Page
from valuecalc.services import identity
from valuecalc.services.access import STRANGER, Actor
from valuecalc.web.identity import SESSION_KEY, SINCE_KEY


class Reader:
    """Somebody with a browser of their own, signed in unless a stranger."""

    def __init__(self, app: Flask, actor: Actor = STRANGER) -> None:
        self.client: FlaskClient = app.test_client()
        if actor.user is not None:
            with self.client.session_transaction() as session:
                session[SESSION_KEY] = identity.session_mark(actor.user)
                session[SINCE_KEY] = int(time.time())

    def get(self, path: str) -> Page:
        """A page that has to be there."""
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:2000])
        return tree(response)

    def send(self, page: Page, form: str, button: str = "", **fields: Any) -> TestResponse:
        """Sends the form of that class from a page, with some fields filled in.

        `button` is the text of the button. Names with a dot are given in a mapping `more`.
        """
        [found] = page.xpath(f"//form[contains(concat(' ', @class, ' '), ' {form} ')]")
        values = [*found.form_values()]
        address = found.get("action") or page.base_url
        for each in found.xpath(".//button"):
            if button and each.text_content().strip() == button:
                values += [(each.get("name"), each.get("value"))] if each.get("name") else []
                address = each.get("formaction") or address
        changed = {**fields.pop("more", {}), **fields}
        for name, value in changed.items():
            values = [pair for pair in values if pair[0] != name]
            values += [(name, each) for each in (value if isinstance(value, list) else [value])]
        data: dict[str, list[str]] = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        return self.client.post(address, data=data)


def tree(response: TestResponse) -> Page:
    """The page of a response, which knows its address."""
    return lxml.html.fromstring(response.text, base_url=response.request.path)


def words(element: Page) -> str:
    """The text of an element with single spaces."""
    return " ".join(element.text_content().split())

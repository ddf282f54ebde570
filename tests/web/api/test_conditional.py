"""An answer that its reader has already is not made again."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from valuecalc.web.api.conditional import unless_known


def never() -> Response:
    pytest.fail("The answer was made although its reader has it.")


@pytest.mark.parametrize("known", ['"a.1"', 'W/"a.1"', '"a.0", "a.1"', "*"])
def test_what_the_reader_has_is_not_made_again(known: str) -> None:
    with Flask("test").test_request_context(headers={"If-None-Match": known}):
        response = unless_known("a.1", never)
    assert (response.status_code, response.data) == (304, b"")
    assert response.get_etag() == ("a.1", False)


@pytest.mark.parametrize("known", ['"a.10"', '"a"', "a.1.2", ""])
def test_what_the_reader_does_not_have_is_made_and_tagged(known: str) -> None:
    with Flask("test").test_request_context(headers={"If-None-Match": known}):
        response = unless_known("a.1", lambda: Response("new"))
    assert (response.status_code, response.data) == (200, b"new")
    assert response.get_etag() == ("a.1", False)

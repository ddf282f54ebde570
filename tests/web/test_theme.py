from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from valuecalc.web.local_paths import local_path


def test_without_a_choice_the_page_follows_the_system(client: FlaskClient) -> None:
    assert "data-theme=" not in client.get("/").text.split("<head>")[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_and_holds_before_anything_is_drawn(
    client: FlaskClient, theme: str
) -> None:
    response = client.post("/theme", data={"theme": theme, "next": "/help"})
    assert (response.status_code, response.headers["Location"]) == (303, "/help")
    assert "HttpOnly" in response.headers["Set-Cookie"]
    assert f'<html lang="en-GB" data-theme="{theme}">' in client.get("/help").text


def test_going_back_to_the_system_forgets_the_choice(client: FlaskClient) -> None:
    client.post("/theme", data={"theme": "dark"})
    client.post("/theme", data={"theme": "system"})
    assert "data-theme=" not in client.get("/").text.split("<head>")[0]


def test_a_theme_that_does_not_exist_is_refused(client: FlaskClient) -> None:
    response = client.post("/theme", data={"theme": "<pink>"})
    assert response.status_code == 400
    assert "&lt;pink&gt;" in response.text


def test_a_cookie_that_somebody_made_up_is_ignored(client: FlaskClient) -> None:
    client.set_cookie("theme", '"><script>')
    assert "data-theme=" not in client.get("/").text.split("<head>")[0]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://e.com", "//e.com", "/\\e.com", "/\t/e.com", "/\n/e.com", "javascript:0", "e.com", ""],
)
def test_the_way_back_never_leaves_the_server(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"


def test_the_way_back_keeps_a_path_with_its_query() -> None:
    assert local_path("/straw-men/x?scenario=stretch") == "/straw-men/x?scenario=stretch"

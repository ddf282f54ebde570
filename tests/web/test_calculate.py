"""A case that somebody sends in: shown, explained and exported, and kept nowhere."""

from __future__ import annotations

import io
from collections.abc import Callable

import lxml.html
import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from tests.web import cases as hard
from valuecalc.services import library

Post = Callable[..., TestResponse]


def test_the_form_can_start_from_an_example(client: FlaskClient) -> None:
    page = lxml.html.fromstring(client.get("/calculate?example=new-data-services").text)
    text = library.straw_man("new-data-services").path.read_text()
    assert page.get_element_by_id("document").text.strip() == text.strip()


@pytest.mark.parametrize("slug", [each.slug for each in library.straw_men()])
def test_the_text_of_a_straw_man_gives_the_figures_of_its_page(
    client: FlaskClient, post: Post, slug: str
) -> None:
    own = lxml.html.fromstring(client.get(f"/straw-men/{slug}").text)
    sent = lxml.html.fromstring(post(library.straw_man(slug).path.read_text()).text)
    # A case that is kept nowhere has no pages of its own to go on to.
    for links in own.find_class("insight-links"):
        links.drop_tree()
    for id in ("result", "cash-flow", "scenarios"):
        told = own.get_element_by_id(id).text_content().split()
        assert sent.get_element_by_id(id).text_content().split() == told


def test_a_file_is_read_instead_of_the_text(client: FlaskClient) -> None:
    file = (io.BytesIO(hard.as_text(hard.minimal()).encode()), "case.json")
    response = client.post("/calculate", data={"document": "no case", "file": file})
    assert response.status_code == 200
    assert "Small case" in response.text


def test_a_file_that_is_no_text_is_refused_with_the_remedy(client: FlaskClient) -> None:
    file = (io.BytesIO(b"PK\x03\x04\xff\xfe"), "case.xlsx")
    response = client.post("/calculate", data={"file": file})
    assert response.status_code == 422
    assert "Save it as UTF-8" in response.text


BROKEN = """\
format: valuecalc/1
title: Broken
assumptions:
  - {id: users, label: Users, value: "3,80"}
  - {id: price, label: Price, value: £5, colour: red}
benefits:
  - {id: time, label: Time}
"""

UNKNOWN_NAME = """\
format: valuecalc/1
title: Broken
assumptions:
  - id: users
    label: Users
    value: 100
benefits:
  - id: time
    label: Time
    formula: user * 50 GBP/year
"""


def mistakes(response: TestResponse) -> list[str]:
    page = lxml.html.fromstring(response.text)
    return [" ".join(each.text_content().split()) for each in page.xpath("//ol/li")]


def test_all_mistakes_are_shown_at_once_with_line_place_cause_and_remedy(post: Post) -> None:
    response = post(BROKEN)
    assert response.status_code == 422
    found = mistakes(response)
    assert len(found) == 3
    assert found[0].startswith("Line 4: assumptions.users.value")
    assert "“3,80” uses a decimal comma. Write 3.80." in found[0]
    assert found[1].startswith("Line 5: assumptions.price.colour")
    assert found[2].startswith("Line 7: benefits.time.formula")
    assert "3 mistakes to mend" in response.text


def test_mistakes_of_meaning_have_their_line_and_a_caret(post: Post) -> None:
    [found] = mistakes(post(UNKNOWN_NAME))
    assert found.startswith("Line 10: benefits.time.formula")
    assert "Did you mean users?" in found
    assert "^^^^" in found


def test_the_text_stays_in_the_form_as_it_was_sent(post: Post) -> None:
    text = "format: valuecalc/1\ntitle: <i>&amp;</i>\nnonsense: ['</textarea>']\n"
    page = post(text).text
    assert str(escape(text)) in page


def test_an_empty_form_says_how_to_begin(post: Post) -> None:
    response = post("")
    assert response.status_code == 422
    assert "Begin it with: format: valuecalc/1" in response.text


def test_the_buttons_of_the_page_send_the_case_along(post: Post) -> None:
    page = lxml.html.fromstring(post(hard.minimal()).text)
    [form] = page.xpath("//form[@id='case-form']")
    assert form.xpath("textarea[@name='document']")[0].text.strip() == hard.as_text(hard.minimal())
    numbers = page.xpath("//button[@data-explain][@form='case-form']/@formaction")
    assert "/calculate/explain/npv" in numbers
    assert not page.xpath("//a[@data-explain]")


def test_a_scenario_of_the_case_that_was_sent(post: Post) -> None:
    document = hard.hostile("x")
    response = post(document, "/calculate?scenario=conservative")
    assert response.status_code == 200
    assert "/calculate/explain/value?scenario=conservative" in response.text


def test_a_scenario_that_the_case_does_not_have_is_not_found(post: Post) -> None:
    response = post(hard.minimal(), "/calculate?scenario=conservativ")
    assert response.status_code == 404
    assert "Did you mean conservative?" in response.text


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_case_that_was_sent_can_be_downloaded(post: Post, kind: str) -> None:
    response = post(hard.minimal(), f"/calculate/export/{kind}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f"attachment; filename=small-case.{kind}"
    assert response.data.startswith(b"PK")


def test_an_export_of_a_broken_case_says_what_is_wrong(post: Post) -> None:
    response = post(UNKNOWN_NAME, "/calculate/export/xlsx")
    assert response.status_code == 422
    assert "The case has 1 mistake" in response.text

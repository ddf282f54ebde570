"""Workshop mode: what matters most comes first, and who has said what is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import lxml.html
import pytest
from flask import Flask
from lxml.html import HtmlElement

from tests.web.cases import MARKUP, empty, hostile, minimal, undefined
from tests.web.visitors import Cast, cast
from valuecalc.case.case import Assumption, Evidence, Grade
from valuecalc.schemas.case import load_case
from valuecalc.schemas.written import written
from valuecalc.services import saved_cases, uncertainty
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.pages.editor import workshop
from valuecalc.web.pages.editor.workshop import Number, Sitting, effects_of

DAY = date(2026, 11, 3)
SITTING = Sitting("Company M", DAY)
USERS = Assumption(id="users", label="Users", value=100, low=80, high=130, unit="user")


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def rich() -> dict[str, Any]:
    """Five numbers with a range and two without; the last one moves the value most."""
    small = [
        {"id": f"extra_{at}", "label": f"Extra {at}", "value": 10, "low": 10 - at, "high": 10 + at}
        for at in range(1, 5)
    ]
    users = {"id": "users", "label": "Users", "value": 100, "low": 80, "high": 130, "unit": "user"}
    formula = " + ".join(f"{each['id']} * 1 GBP" for each in small)
    return minimal() | {
        "assumptions": [
            {"id": "price", "label": "Price", "value": 9000, "unit": "GBP"},
            *small,
            {"id": "unused", "label": "Unused", "value": 7},
            users,
        ],
        "benefits": [
            {"id": "time", "label": "Less time", "formula": "users * 50 GBP/user/year"},
            {"id": "more", "label": "More", "formula": formula},
        ],
        "people": [
            {"id": "cfo", "name": "A. Jones", "role": "Finance director"},
            {"id": "us", "name": "B. Lee", "side": "vendor"},
        ],
    }


def keep(store: Database, people: Cast, document: dict[str, Any]) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(document))[0]


def screen(people: Cast, saved: Saved) -> HtmlElement:
    return people.editor.open(f"/cases/{saved.head.uid}/workshop")


def shown(page: HtmlElement) -> list[str]:
    found: list[str] = page.xpath("//li[@data-assumption][not(@hidden)]/@data-assumption")
    return found


def live(people: Cast, saved: Saved, document: dict[str, Any]) -> HtmlElement:
    """The answer to the document as it is typed."""
    page = screen(people, saved)
    [token] = page.xpath("//meta[@name='csrf-token']/@content")
    response = people.editor.client.post(
        f"/cases/{saved.head.uid}/edit/live",
        json={"document": written(document), "parts": ["workshop.tiles"]},
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 200, response.text
    return lxml.html.fromstring(response.text)


# --------------------------------------------------------------------------- the screen


def test_five_numbers_that_move_the_value_most_come_first(store: Database, people: Cast) -> None:
    page = screen(people, keep(store, people, rich()))
    assert shown(page) == ["users", "extra_4", "extra_3", "extra_2", "extra_1"]
    assert page.xpath("//li[@data-assumption][@hidden]/@data-assumption") == ["price", "unused"]
    [effect] = page.xpath("//p[@data-live='workshop.users.effect']")
    assert effect.text_content().split("by ")[1].split() == ["−£3.00k", "+£4.50k"]
    [none] = page.xpath("//p[@data-live='workshop.price.effect']")
    assert none.text_content().strip() == "No range yet"


def test_a_payback_that_there_is_none_of_says_why(store: Database, people: Cast) -> None:
    document = minimal()
    document["investments"][0]["formula"] = "900000 GBP"
    page = screen(people, keep(store, people, document))
    [tile] = page.xpath("//*[@data-live='workshop.tiles']/div[dt='Payback']")
    assert "Not within the horizon of 3 years." in tile.text_content()


def test_the_figures_stand_beside_the_fields(store: Database, people: Cast) -> None:
    page = screen(people, keep(store, people, rich()))
    tiles = page.xpath("//*[@data-live='workshop.tiles']//dt/text()")
    assert [each.split()[0].rstrip(",") for each in tiles] == ["Net", "Payback", "ROI"]
    assert page.get_element_by_id("f-assumptions.users.value").get("value") == "100"
    assert page.get_element_by_id("f-assumptions.users.low").get("value") == "80"
    assert page.xpath("//*[@data-live='workshop.chart']//*[local-name()='svg']")


def test_the_people_of_the_customer_are_offered(store: Database, people: Cast) -> None:
    page = screen(people, keep(store, people, rich()))
    assert page.xpath("//datalist[@id='who-people']/option/@value") == ["A. Jones"]


def test_values_by_year_and_single_outcomes_have_the_fields_that_fit(
    store: Database, people: Cast
) -> None:
    document = minimal()
    document["assumptions"] += [
        {"id": "grown", "label": "Grown", "value": 1, "values": [1, 2, 3]},
        {
            "id": "coin",
            "label": "Coin",
            "value": 1,
            "distribution": "discrete",
            "outcomes": [{"value": 0, "chance": 0.5}, {"value": 2, "chance": 0.5}],
        },
    ]
    page = screen(people, keep(store, people, document))
    assert page.get_element_by_id("f-assumptions.grown.values").get("value") == "1; 2; 3"
    assert page.xpath("//li[@data-assumption='coin']//input/@data-field") == [
        "assumptions.coin.value"
    ]


@pytest.mark.parametrize("document", [empty(), undefined(), hostile(), minimal()])
def test_any_case_can_be_shown(store: Database, people: Cast, document: dict[str, Any]) -> None:
    saved = keep(store, people, document)
    page = screen(people, saved)
    assert page.get_element_by_id("editor").get("data-uid") == saved.head.uid
    markup = people.editor.client.get(f"/cases/{saved.head.uid}/workshop").text
    assert "<script>alert" not in markup


def test_names_and_customers_are_shown_and_never_markup(store: Database, people: Cast) -> None:
    document = rich() | {"customer": MARKUP}
    document["people"][0]["name"] = MARKUP
    document["assumptions"][-1]["evidence"] = {"grade": "C", "source": MARKUP}
    page = screen(people, keep(store, people, document))
    assert page.xpath("//datalist/option/@value") == [MARKUP]
    named = json.loads(page.get_element_by_id("workshop").get("data-named"))
    assert named["source"].startswith(f"Workshop with {MARKUP}, ")
    [said] = page.xpath("//p[@data-live='workshop.users.said']")
    assert MARKUP in said.text_content()
    assert MARKUP in said.get("data-was")


def test_whoever_may_only_read_or_comment_is_not_let_in(store: Database, people: Cast) -> None:
    saved = keep(store, people, rich())
    for visitor in (people.viewer, people.commenter):
        visitor.open(f"/cases/{saved.head.uid}/workshop", 403)
    people.other.open(f"/cases/{saved.head.uid}/workshop", 404)


def test_the_editor_leads_there_and_back(store: Database, people: Cast) -> None:
    saved = keep(store, people, rich())
    address = f"/cases/{saved.head.uid}"
    assert people.editor.open(f"{address}/edit").xpath(f"//a[@href='{address}/workshop']")
    assert screen(people, saved).xpath(f"//a[@href='{address}/edit']")


# --------------------------------------------------------------------------- while one types


def test_what_is_typed_moves_figures_effects_and_who_said_it(store: Database, people: Cast) -> None:
    saved = keep(store, people, rich())
    document = json.loads(json.dumps(saved.document))
    users = document["assumptions"][-1]
    users |= {"low": 50, "evidence": {"grade": "B", "owner": "A. Jones", "date": f"{date.today()}"}}
    answer = live(people, saved, document)
    [effect] = answer.xpath("//p[@data-live='workshop.users.effect']")
    assert "−£7.50k" in effect.text_content()
    [said] = answer.xpath("//p[@data-live='workshop.users.said']")
    assert said.text_content().strip() == "B – A. Jones, today"


def test_in_a_very_large_case_the_effects_wait_and_all_else_moves(
    store: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "MOST_LIVE", 10)
    saved = keep(store, people, rich())
    answer = live(people, saved, saved.document)
    assert answer.xpath("//p[@data-live='workshop.users.said']")
    assert not answer.xpath("//p[@data-live='workshop.users.effect']")


# --------------------------------------------------------------------------- the words


def test_a_name_makes_it_the_estimate_of_the_customer() -> None:
    assert json.loads(SITTING.named) == {
        "grade": "B",
        "source": "Workshop with Company M, 3 November 2026",
        "date": "2026-11-03",
        "url": "",
        "tested": "",
    }


def test_without_a_name_it_is_an_assumption_of_nobody() -> None:
    unnamed = json.loads(SITTING.unnamed)
    assert unnamed["grade"] == "E"
    assert unnamed["source"].endswith("3 November 2026, by nobody named")
    evidence = Evidence(grade=Grade.E, source=unnamed["source"], date=DAY)
    number = Number(replace(USERS, evidence=evidence), None, SITTING)
    assert number.said == "E – nobody named, today"
    assert number.is_asked


def test_what_stood_there_before_is_kept_once() -> None:
    before = Evidence(
        grade=Grade.A,
        source="Billing",
        owner="Bo",
        date=DAY,
        tested="pilot",
        note="Without guests.",
    )
    was = SITTING.was(replace(USERS, evidence=before))
    assert was == (
        "Was 100\u00a0users, low 80, high 130 (A, Billing, Bo, 3 November 2026, tested by pilot). "
        "Without guests."
    )
    said = Evidence(grade=Grade.B, source=SITTING.source, owner="Jane", date=DAY, note=was)
    assert SITTING.was(replace(USERS, value=90, evidence=said)) == was


def test_the_next_meeting_keeps_what_the_last_one_said() -> None:
    said = Evidence(grade=Grade.B, source=SITTING.source, owner="Jane", note="Was 7 (no evidence).")
    later = Sitting("Company M", date(2026, 11, 10))
    assert later.was(replace(USERS, low=None, high=None, evidence=said)) == (
        "Was 100\u00a0users (B, Workshop with Company M, 3 November 2026, Jane). "
        "Was 7 (no evidence)."
    )


def test_a_note_never_gets_longer_than_a_case_may_hold() -> None:
    before = Evidence(grade=Grade.C, note="x" * 5_000)
    assert len(SITTING.was(replace(USERS, evidence=before))) == 5_000


def test_who_said_something_earlier_is_told_with_the_day() -> None:
    evidence = Evidence(grade=Grade.C, source="Annual report", date=date(2025, 1, 31))
    assert Number(replace(USERS, evidence=evidence), None, SITTING).said == (
        "C – Annual report, 31 January 2025"
    )
    assert Number(USERS, None, SITTING).said == "No evidence yet"


def test_an_effect_that_is_the_same_both_ways_is_told_once() -> None:
    document = rich()
    document["assumptions"][-1]["high"] = 120
    bar = uncertainty.tornado(load_case(document), "value").bar("users")
    assert effects_of(bar) == ("±£3.00k",)

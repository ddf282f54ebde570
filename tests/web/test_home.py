"""The home of a member: the cases of their teams, narrowed, ordered, and what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.web.cases import minimal
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import home, proposals, saved_cases, shared, shares
from valuecalc.services.home import Order
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import now

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def keep(store: Database, people: Cast, **changes: Any) -> Saved:
    case = load_case(minimal() | changes)
    return saved_cases.create(store, people.editor.actor, case)[0]


def worth(amount: int) -> dict[str, Any]:
    line = {"id": "time", "label": "Time", "formula": f"{amount} GBP", "category": "revenue"}
    return {"benefits": [line]}


def planned(*milestones: tuple[str, date]) -> dict[str, Any]:
    rows = [
        {"id": f"step_{number}", "label": label, "date": day.isoformat()}
        for number, (label, day) in enumerate(milestones)
    ]
    return {"plan": {"milestones": rows}}


def titles(visitor: Visitor, path: str) -> list[str]:
    """The titles of the rows, in their order."""
    rows = visitor.open(path).xpath("//table[contains(@class, 'case-list')]/tbody/tr/th/a[1]")
    return [row.text_content() for row in rows]


def today() -> date:
    return now().date()


def propose(store: Database, people: Cast, kept: Saved) -> None:
    wish = Wish(label="Company M", may_comment=False, may_change=("users",))
    made = shares.create(store, people.editor.actor, kept.head.uid, wish)
    visit = shared.open_link(store, made.secret)
    numbers = proposals.read(visit, {"users": "120"}, {"users": "Count"})
    proposals.send(store, visit, numbers, "Bob Fox", "", "192.0.2.7")


# --------------------------------------------------------------------------- milestones


def test_the_next_milestone_is_the_first_that_has_not_passed(people: Cast, store: Database) -> None:
    day = today()
    past, near, far = day - timedelta(1), day, day + timedelta(90)
    kept = keep(store, people, **planned(("Far", far), ("Near", near), ("Past", past)))
    text = people.viewer.text("/cases")
    assert "Near" in text
    assert "Far" not in text
    [row] = home.page(store, people.viewer.actor, 9, today=day + timedelta(1)).rows
    assert row.listed.milestone is not None
    assert row.listed.milestone.label == "Far"
    emptied = replace(kept.case, plan=replace(kept.case.plan, milestones=()))
    saved_cases.save(store, people.editor.actor, kept.head.uid, emptied, kept.tag)
    assert "Near" not in people.viewer.text("/cases")


def test_the_day_of_a_milestone_without_a_date_is_that_of_the_work_before_it(
    people: Cast, store: Database
) -> None:
    monday = date(2027, 1, 4)
    plan = {
        "start": monday.isoformat(),
        "tasks": [{"id": "work", "label": "Work", "days": 10}],
        "milestones": [{"id": "live", "label": "Live", "after": ["work"]}],
    }
    keep(store, people, plan=plan)
    [row] = home.page(store, people.viewer.actor, 9, today=monday).rows
    assert row.listed.milestone is not None
    assert row.listed.milestone.day == date(2027, 1, 15)


# --------------------------------------------------------------------------- order


def test_the_list_can_be_ordered_in_four_ways(people: Cast, store: Database) -> None:
    keep(store, people, title="B", **worth(200), **planned(("x", today() + timedelta(9))))
    keep(store, people, title="C", **worth(300))
    keep(store, people, title="A", **worth(100), **planned(("x", today() + timedelta(5))))
    assert titles(people.viewer, "/cases") == ["A", "C", "B"]
    assert titles(people.viewer, "/cases?sort=value") == ["C", "B", "A"]
    assert titles(people.viewer, "/cases?sort=milestone") == ["A", "B", "C"]
    assert len(titles(people.viewer, "/cases?sort=evidence")) == 3
    assert titles(people.viewer, "/cases?sort=nonsense") == ["A", "C", "B"]


@pytest.mark.parametrize("order", list(Order))
def test_every_order_is_paged_without_gaps_or_repeats(
    people: Cast, store: Database, order: Order
) -> None:
    for number in range(7):
        plan = planned(("x", today() + timedelta(number // 2))) if number < 5 else {}
        keep(store, people, title=f"Case {number}", **worth(1000 * (number // 2)), **plan)
    keep(store, people, title="Draft", benefits=[{"id": "a", "label": "A", "formula": "nobody"}])
    found, after = [], None
    while True:
        page = home.page(store, people.viewer.actor, 2, after, order=order)
        found += [row.listed.head.title for row in page.rows]
        if not page.has_more:
            break
        after = page.rows[-1].cursor
    everything = home.page(store, people.viewer.actor, 50, order=order).rows
    assert found == [row.listed.head.title for row in everything]
    assert len(set(found)) == 8
    if order is not Order.CHANGED:
        assert "Draft" in found[-3:]


def test_a_page_in_another_order_leads_to_the_next_one(
    people: Cast, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("valuecalc.web.pages.cases.PAGE", 2)
    for number in range(5):
        keep(store, people, title=f"Case {number}", customer="Co", **worth(1000 * number))
    address, found = "/cases?sort=value&customer=Co", []
    while address:
        found += titles(people.viewer, address)
        links = people.viewer.open(address).xpath("//a[text()='More cases']/@href")
        address = links[0] if links else ""
        assert not address or "customer=Co" in address
    assert found == [f"Case {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize(
    "after", ["x", "~", "nan~1", "inf~1", "1e999~1", "2026-13-01~1", "1~99999999999999999999"]
)
def test_a_made_up_place_begins_anew(
    people: Cast, store: Database, after: str, order: Order
) -> None:
    keep(store, people)
    assert titles(people.viewer, f"/cases?sort={order}&after={after}") == ["Small case"]


# --------------------------------------------------------------------------- filters


def test_filters_leave_out_what_does_not_fit(people: Cast, store: Database) -> None:
    reference = {"sector": "Retail", "region": "GB", "year": 2026}
    keep(store, people, title="Pounds", customer="Dorset", reference=reference)
    euros = {"currency": "EUR", "benefits": [], "investments": []}
    keep(store, people, title="Euros", customer="Kent", **euros)
    yesterday, tomorrow = today() - timedelta(1), today() + timedelta(1)
    for query, expected in {
        "currency=EUR": ["Euros"],
        "customer=dorset": ["Pounds"],
        "sector=Retail": ["Pounds"],
        "q=kent": ["Euros"],
        f"since={yesterday}": ["Euros", "Pounds"],
        f"since={tomorrow}": [],
        "since=nonsense": ["Euros", "Pounds"],
        f"team={people.team.uid}": ["Euros", "Pounds"],
        "waiting=yes": [],
        "currency=EUR&customer=Dorset": [],
    }.items():
        assert titles(people.viewer, f"/cases?{query}") == expected, query
    assert "Nothing matches" in people.viewer.text("/cases?waiting=yes")


def test_needs_evidence_means_less_than_half_on_the_customers_own(
    people: Cast, store: Database
) -> None:
    saved = {"id": "saved", "label": "Saved", "value": 100, "unit": "GBP"}
    line = {"id": "time", "label": "Time", "formula": "saved", "category": "revenue"}
    graded = saved | {"evidence": {"grade": "A", "source": "Ledger"}}
    keep(store, people, title="Weak", assumptions=[saved], benefits=[line])
    keep(store, people, title="Strong", assumptions=[graded], benefits=[line])
    assert titles(people.viewer, "/cases?evidence=yes") == ["Weak"]


def test_what_is_chosen_stays_in_the_form(people: Cast, store: Database) -> None:
    keep(store, people, customer="Kent")
    page = people.viewer.open("/cases?customer=Kent&waiting=yes&sort=value")
    assert page.xpath("//option[@selected and text()='Kent']")
    assert page.xpath("//input[@name='waiting' and @checked]")
    assert page.xpath("//select[@name='sort']/option[@value='value' and @selected]")
    assert page.xpath("//details[contains(@class, 'more-filters')]/@open")


# --------------------------------------------------------------------------- proposals


def test_a_proposal_that_waits_is_shown_until_it_is_decided(people: Cast, store: Database) -> None:
    kept = keep(store, people, title="Waits")
    keep(store, people, title="Rests")
    propose(store, people, kept)
    assert "1 proposal waiting" in people.viewer.text("/cases")
    assert titles(people.editor, "/cases?waiting=yes") == ["Waits"]
    # Only who may decide is waited for.
    assert titles(people.viewer, "/cases?waiting=yes") == []
    [row] = [each for each in home.page(store, people.editor.actor, 9).rows if each.waiting]
    assert row.listed.head.uid == kept.head.uid


# --------------------------------------------------------------------------- the row


def test_the_menu_of_a_row_offers_what_its_reader_may_do(people: Cast, store: Database) -> None:
    uid = keep(store, people).head.uid
    menu = people.editor.open("/cases").xpath(f"//*[@id='menu-{uid}']")[0]
    assert menu.xpath(f".//form[@action='/cases/{uid}/duplicate']")
    assert menu.xpath(f".//form[@action='/cases/{uid}/delete']")
    assert menu.xpath(f".//a[@href='/cases/{uid}/shares']")
    menu = people.viewer.open("/cases").xpath(f"//*[@id='menu-{uid}']")[0]
    assert not menu.xpath(".//form")
    assert menu.xpath(f".//a[@href='/cases/{uid}/export.xlsx']")
    for link in menu.xpath(".//a/@href"):
        assert people.viewer.client.get(link).status_code == 200


def test_who_may_edit_opens_the_editor_and_all_others_the_page(
    people: Cast, store: Database
) -> None:
    uid = keep(store, people).head.uid
    opened = "//table//tbody//th/a[1]/@href"
    assert people.editor.open("/cases").xpath(opened) == [f"/cases/{uid}/edit"]
    assert people.viewer.open("/cases").xpath(opened) == [f"/cases/{uid}"]


def test_a_copy_is_a_new_case_that_says_where_it_comes_from(people: Cast, store: Database) -> None:
    kept = keep(store, people)
    response = people.editor.send(f"/cases/{kept.head.uid}/duplicate")
    assert response.status_code == 303
    [copy, _] = home.page(store, people.editor.actor, 9).rows
    assert copy.listed.head.uid in response.location
    saved = saved_cases.load(store, people.editor.actor, copy.listed.head.uid)
    assert saved.case == replace(kept.case, title="Copy of Small case")
    assert "Small case" in saved.version.note
    assert people.viewer.send(f"/cases/{kept.head.uid}/duplicate").status_code == 403


def test_hostile_texts_stay_texts(people: Cast, store: Database) -> None:
    plan = planned((HOSTILE, today()))
    keep(store, people, title=HOSTILE, customer=HOSTILE, **plan)
    page = people.editor.open("/cases")
    assert page.text_content().count("alert(1)") >= 3
    assert not page.xpath("//script[not(@src)]")
    people.editor.open(f"/cases?q={HOSTILE}&customer={HOSTILE}&sort={HOSTILE}")


def test_a_newcomer_gets_the_three_ways_to_start(people: Cast) -> None:
    links = people.editor.open("/cases").xpath("//ul[contains(@class, 'ways')]//a/@href")
    assert links == ["/straw-men", "/start/file", "/start/blank"]
    for link in links:
        people.editor.open(link)


# --------------------------------------------------------------------------- from blank


def test_a_case_from_blank_is_kept_once_and_opened(people: Cast, store: Database) -> None:
    page = people.editor.open("/start/blank")
    form = _fields(page)
    form |= {"title": "New billing", "customer": "Company Q", "currency": "EUR"}
    form |= {"timeline.years": "5", "discounting.rate": "8%"}
    first = people.editor.send("/start/blank", form)
    again = people.editor.send("/start/blank", form)
    assert first.status_code == 303
    assert first.location == again.location
    [row] = home.page(store, people.editor.actor, 9).rows
    case = saved_cases.load(store, people.editor.actor, row.listed.head.uid).case
    assert (case.title, case.customer, case.currency) == ("New billing", "Company Q", "EUR")
    assert (case.timeline.months, case.discounting.rate) == (60, 0.08)
    assert "Nothing in it yet" in people.viewer.text("/cases")


def test_only_the_first_case_of_somebody_comes_with_the_tour(people: Cast) -> None:
    for title, has_tour in (("First", True), ("Second", False)):
        form = _fields(people.editor.open("/start/blank")) | {"title": title}
        made = people.editor.send("/start/blank", form)
        assert ("?guide=1" in made.location) is has_tour


def _fields(page: Any) -> dict[str, str]:
    [form] = page.xpath("//form[contains(@class, 'start-form')]")
    return dict(form.form_values())


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("title", "", "The title is missing"),
        ("currency", "pounds", "currency"),
        ("timeline.years", "many", "“many”"),
        ("timeline.start", "next spring", "next spring"),
        ("discounting.rate", "8,5%", "decimal comma"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(
    people: Cast, name: str, text: str, told: str
) -> None:
    form = _fields(people.editor.open("/start/blank")) | {"title": "A"}
    response = people.editor.send("/start/blank", form | {name: text})
    assert response.status_code == 422
    assert told in response.text
    assert f'id="{name}-mistake"' in response.text


def test_a_viewer_is_told_that_he_cannot_keep_cases(people: Cast) -> None:
    assert "As a viewer you cannot keep cases" in people.viewer.text("/start/blank")
    form = {"title": "A", "team": people.team.uid}
    assert people.viewer.send("/start/blank", form).status_code == 403


# --------------------------------------------------------------------------- the gallery


def test_the_gallery_shows_what_each_straw_man_brings(people: Cast) -> None:
    page = people.viewer.open("/straw-men?q=data services")
    [card] = page.xpath("//li[contains(@class, 'straw-man')]")
    text = " ".join(card.text_content().split())
    for each in ("Telecommunications", "New data services", "£12.0m", "8 assumptions, 1 benefit"):
        assert each in text
    assert card.xpath(".//svg//desc") or card.xpath(".//*[local-name()='svg']")
    assert "Nothing matches" in people.viewer.text("/straw-men?q=airship")


def test_strangers_keep_their_first_page(people: Cast) -> None:
    assert "Reference example" in people.stranger.text("/")
